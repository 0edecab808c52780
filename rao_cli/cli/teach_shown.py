"""What ``rao teach`` prints: right answers and tokens without and with what was taught, and what was tried."""

import json
from collections.abc import Iterator
from typing import Any

from rao_cli.cli.strategies_shown import meant_for, record_of, standing_text
from rao_cli.cli.teach_work import Lesson, total
from rao_cli.cli.words import counted
from rao_cli.strategies.standing import Held
from rao_cli.text import one_line


def lesson_text(lesson: Lesson, mode: str, held: Held | None, *, verbose: bool) -> str:
    """Return what came of teaching in lines; ``verbose`` lists each question."""
    return "".join(f"{line}\n" for line in _lines(lesson, mode, held, verbose=verbose))


def _lines(lesson: Lesson, mode: str, held: Held | None, *, verbose: bool) -> Iterator[str]:
    if held:
        yield f"{held.strategy.name}, for {meant_for(held.strategy)}: {standing_text(held)}"
    elif lesson.reason:
        yield lesson.reason
    asked = counted(len(lesson.default), "question")
    right, tokens = total(lesson.default)
    yield f"without: {right} of {asked} right, {tokens:,} tokens"
    if lesson.taught:
        other, fewer = total(lesson.taught)
        left = sum(bool(one.fell_back) for one in lesson.taught)
        times = f"{fewer / max(1, tokens):.2f} times as many"
        yield f"with the {mode}: {other} right, {fewer:,} tokens, {times}; left for {counted(left, 'question')}"
    yield f"the teacher spent {lesson.teacher_tokens:,} tokens, the student {lesson.student_tokens:,} before"
    yield from (f"{fault}: {count}" for fault, count in sorted(lesson.faults.items()))
    for one in lesson.edits:
        kept = "kept" if one.kept else "rejected"
        yield f"{kept}: {one.fault} at {one.node}, {one.says}: {one.right} right, {one.before} before"
    yield from (f"refused: {why}" for why in lesson.refused)
    if verbose:
        yield from _questions(lesson)


def _questions(lesson: Lesson) -> Iterator[str]:
    for one, other in zip(lesson.taught, lesson.default, strict=False):
        marks = f"{'right' if other.right else 'wrong'} -> {'right' if one.right else 'wrong'}"
        left = f" (left: {one.fell_back})" if one.fell_back else ""
        yield f"{one_line(one.key.task, 60)}: {marks}, {other.spent.tokens:,} -> {one.spent.tokens:,} tokens{left}"


def lesson_json(lesson: Lesson, mode: str, held: Held | None, *, verbose: bool) -> str:  # noqa: ARG001
    """Return what came of teaching as one JSON object."""
    told: dict[str, Any] = {
        "schema": "rao.teach/1",
        "mode": mode,
        "strategy": record_of(held) if held else None,
        "reason": lesson.reason,
        "questions": len(lesson.default),
        "without": dict(zip(("right", "tokens"), total(lesson.default), strict=True)),
        "with": dict(zip(("right", "tokens"), total(lesson.taught), strict=True)) if lesson.taught else None,
        "fell_back": sum(bool(one.fell_back) for one in lesson.taught),
        "teacher_tokens": lesson.teacher_tokens,
        "student_tokens": lesson.student_tokens,
        "faults": dict(lesson.faults),
        "edits": [one.model_dump(mode="json") for one in lesson.edits],
        "refused": list(lesson.refused),
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
