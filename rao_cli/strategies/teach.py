"""Teach by a strategy: a teacher's own runs that are known to be right become a record for a student.

    lessons = [lesson_of(task, prepared, events, gold)]
    strategy = for_student((await learn(lessons, engine)).strategy, teacher)

Teacher and student share the record and nothing else: no weights, no tokenizer, no text of a document.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rao_cli import __version__
from rao_cli.agent.events import Event
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Task
from rao_cli.runs.records import Kept, sameness
from rao_cli.runs.store import Contents, Stored
from rao_cli.runs.tree import Run, tree_of
from rao_cli.strategies.learn import WIDER
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.records import Cost, Range, Strategy, digest_of
from rao_cli.strategies.shape import Shape
from rao_cli.text import one_line


def lesson_of(task: Task, prepared: Prepared, events: Sequence[Event], gold: Sequence[str] = ()) -> Lesson:
    """Return a run that was not stored as what strategies are learned from."""
    identity = prepared.engine.identity
    kept = Kept(
        run=f"taught-{digest_of([prepared.reading.document.digest, task.question, identity])}",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        task=task,
        sources=(),
        folder="",
        options={},
        identity=identity,
        key=sameness(task.model_dump(mode="json"), identity),
    )
    tree = tree_of(Contents(tuple(Stored(1, event) for event in events), 0))
    return Lesson(Run(Path(), kept, "finished", tree), prepared, tuple(gold))


def for_student(strategy: Strategy, teacher: str, shapes: Sequence[Shape] = (), name: str = "") -> Strategy:
    """Return a teacher's strategy as a student begins with it: evidence and budget are the teacher's, and go.

    ``shapes`` are those of the documents that it was taught on, where the strategy does not name them itself.
    """
    applies = strategy.applies
    if shapes and not applies.kinds:
        applies = applies.model_copy(
            update={
                "kinds": tuple(sorted({shape.kind for shape in shapes})),
                "leaves": _range([shape.leaves for shape in shapes]),
                "depth": _range([shape.depth for shape in shapes]),
                "fanout": _range([shape.fanout for shape in shapes]),
            }
        )
    provenance = strategy.provenance.model_copy(
        update={"teacher": as_word(teacher), "version": as_word(__version__)}
    )
    changes = {"applies": applies, "evidence": (), "budget": Cost(), "provenance": provenance}
    return Strategy.model_validate({**dict(strategy), **changes, "name": name or strategy.name})


def mended(strategy: Strategy, before: Strategy, teacher: str, name: str = "") -> Strategy:
    """Return a strategy after critique, which names the one before as its parent."""
    told = for_student(strategy, teacher, name=name)
    origin = told.provenance.model_copy(update={"mode": "critique", "parents": (before.id,)})
    return Strategy.model_validate({**dict(told), "provenance": origin, "trust": "local"})


def as_word(text: str) -> str:
    """Return text as a record may hold it: a few letters, digits and marks."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in " ._:/+-") else "-" for c in text)
    return one_line(kept, 80).strip(" ._:/+-")


def _range(numbers: Sequence[float]) -> Range:
    return Range(least=round(min(numbers) / WIDER, 3), most=round(max(numbers) * WIDER, 3))
