"""Read a file of benchmark tasks: one JSON object a line, with a question on a source and its true answer.

Fields: id, family, source, question, answers, metric; where they apply match, choices, letters, tolerance,
subtype and the evidence: a span of characters, a page with a quotation, or a file with a line. A question that its
source does not answer has ``"absent": true`` and no answers. Sources are files beside the tasks, or one folder up.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from rao_cli.errors import InputError
from rao_cli.text import one_line

_SIZES = ((12_000, "8k"), (48_000, "32k"), (192_000, "128k"), (768_000, "512k"))
_LARGEST = ">512k"
SIZES = (*(name for _, name in _SIZES), _LARGEST)
"""What sizes of sources are called, the smallest first."""
Metric = Literal["contains", "exact", "f1", "number", "choice"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the answer stands, in one of three ways."""

    characters: tuple[int, int] | None = None
    """First character and end in the text file."""
    page: int = 0
    quote: str = ""
    """Words on that page."""
    file: str = ""
    line: int = 0
    """A line of a file inside the source."""


@dataclass(frozen=True, slots=True)
class BenchTask:
    """One question with its answer."""

    name: str
    family: str
    source: Path
    question: str
    answers: tuple[str, ...]
    is_number: bool
    tolerance: float
    size: str
    """About how long the source is, in tokens: 8k, 32k, 128k, 512k or >512k."""
    evidence: Evidence | None
    metric: Metric = "contains"
    """How an answer is compared with the true ones (quality/scoring.py)."""
    match_all: bool = False
    """Every answer is wanted, not one of them; a | inside an answer separates its forms."""
    choices: tuple[str, ...] = ()
    letters: bool = False
    """The choices are named by letters."""
    subtype: str = ""
    absent: bool = False
    """The source does not answer the question, and that is to be said."""


def read_tasks(path: Path, family: str | None = None, limit: int | None = None) -> list[BenchTask]:
    """Return the tasks of a file, or of one family, at most ``limit`` of each family.

    Raises InputError for a file that cannot be read, a line that is no task, and where none is left.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InputError(
            f"cannot read the tasks {one_line(str(path))}: {reason}",
            hint="one JSON object a line: id, family, source, question, answers, evidence",
        ) from error
    counts: dict[str, int] = {}
    chosen: list[BenchTask] = []
    for task in _tasks(text, path):
        counts[task.family] = counts.get(task.family, 0) + 1
        if family in (None, task.family) and (limit is None or counts[task.family] <= limit):
            chosen.append(task)
    if not chosen:
        known = one_line(", ".join(sorted(counts)), 200) or "none"
        raise InputError(f"{one_line(str(path))} has no such tasks", hint=f"its families are {known}")
    return chosen


def _tasks(text: str, path: Path) -> Iterator[BenchTask]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _task(json.loads(line), path.parent)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise InputError(
                f"{one_line(str(path))}:{number} is no task: {one_line(repr(error), 120)}",
                hint="each line is a JSON object with id, family, source, question and answers",
            ) from error


def _task(fields: dict[str, Any], folder: Path) -> BenchTask:
    evidence = fields.get("evidence")
    metric = fields.get("metric", "contains")
    if metric not in get_args(Metric):
        raise ValueError(f"no metric is called {metric}")
    absent = bool(fields.get("absent", False))
    answers = tuple(str(answer) for answer in fields["answers"])
    if absent == bool(answers):
        raise ValueError("answers are missing, or the question has some and is absent")
    if metric == "number":
        _check_numbers(answers)
    return BenchTask(
        name=str(fields["id"]),
        family=str(fields["family"]),
        source=_source(folder, str(fields["source"])),
        question=str(fields["question"]),
        answers=answers,
        is_number=metric == "number",
        tolerance=float(fields.get("tolerance", 0)),
        size=_size(int(fields.get("context_tokens_est", 0))),
        evidence=_evidence(evidence) if evidence else None,
        metric=metric,
        match_all=fields.get("match") == "all",
        choices=tuple(str(choice) for choice in fields.get("choices", ())),
        letters=bool(fields.get("letters", False)),
        subtype=str(fields.get("subtype", "")),
        absent=absent,
    )


def _check_numbers(answers: Iterable[str]) -> None:
    """Raise ValueError for a true answer that is no number."""
    for answer in answers:
        if not math.isfinite(float(answer.replace(",", ""))):
            raise ValueError(f"no number is {answer}")


def _source(folder: Path, name: str) -> Path:
    beside = folder / name
    return beside if beside.exists() else folder.parent / name


def _size(tokens: int) -> str:
    return next((name for most, name in _SIZES if tokens <= most), _LARGEST)


def _evidence(fields: dict[str, Any]) -> Evidence:
    span = fields.get("char_span")
    if span and not 0 <= int(span[0]) <= int(span[1]):
        raise ValueError("a span of characters ends before it starts")
    return Evidence(
        characters=(int(span[0]), int(span[1])) if span else None,
        page=int(fields.get("page", 0)),
        quote=str(fields.get("quote", "")),
        file=str(fields.get("file", "")),
        line=int(fields.get("line", 0)),
    )
