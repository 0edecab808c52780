"""Learn a strategy from stored runs: by code alone, and kept only as far as replays bear it out.

    learned = await learn(lessons, engine)     # a Lesson(run, prepared, gold) is that of lessons.py
    learned.strategy, learned.active, learned.ratios, learned.unseen, learned.refused

The first plan mirrors the runs (extract.py); it is shrunk while every run keeps its answer (shrink.py); and it is
learned once more without each document in turn and tried on that one, which it has not seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rao_cli.engine.base import Engine
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.ratios import Ratios
from rao_cli.strategies.records import Strategy

LEAST_UNSEEN = 2
"""Documents that a strategy must have kept the answers of without having seen them, before it is used."""


@dataclass(frozen=True)
class Unseen:
    """What a strategy learned from the other documents came to on one that it had not seen."""

    digest: str
    """Of the document."""
    kept: bool | None
    """Whether all answers were kept without a fallback; None where calls of the model were missed."""
    questions: int
    """How many questions the document was asked."""


@dataclass(frozen=True)
class Refused:
    """A run that nothing was learned from, and why."""

    run: str
    reason: str


@dataclass(frozen=True)
class Learned:
    """A strategy, and what is known of it."""

    strategy: Strategy
    """With its ranges, budget, evidence (of documents unseen) and provenance."""
    active: bool
    """Whether it held on ``LEAST_UNSEEN`` documents unseen; else it is a candidate."""
    ratios: Ratios
    unseen: tuple[Unseen, ...]
    refused: tuple[Refused, ...]
    edits: tuple[str, ...]
    """What was changed in the first plan, in words and in order."""
    calls: int
    """Calls of the model that learning made."""


async def learn(
    lessons: Sequence[Lesson],
    engine: Engine | None = None,
    *,
    name: str = "learned",
    most_calls: int | None = None,
    day: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Learned:
    """Learn one strategy from runs of one class of questions.

    ``engine`` is asked what no run has recorded, at most ``most_calls`` times; without one only what was read
    before can be replayed. ``day`` (2026-01-31) is noted as that of the last use; ``say`` is told how far it is.

    Raises UsageError where sources have changed, questions are of two classes or nothing can be learned, and what
    the engine raises.
    """
    raise NotImplementedError(name)
