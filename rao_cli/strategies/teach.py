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
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.records import Strategy, digest_of
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


def for_student(strategy: Strategy, teacher: str) -> Strategy:
    """Return a teacher's strategy as a student begins with it: its evidence is the teacher's, and goes.

    Its budget is in the teacher's tokens, so it goes too.
    """
    named = one_line("".join(c if c.isalnum() or c in " ._:/+-" else "-" for c in teacher), 80).strip(" ._:/+-")
    provenance = strategy.provenance.model_copy(update={"teacher": named, "version": __version__})
    fresh = strategy.model_dump() | {"evidence": (), "budget": {}, "provenance": provenance.model_dump()}
    return Strategy.model_validate(fresh)
