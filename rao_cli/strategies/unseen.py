"""Try what is learned on documents that it was not learned from: each is left out once.

A strategy is learned from the other documents and tried on the one left out. So the outcomes are those of learning
from these runs, and not of the one strategy that is learned from all of them, which has seen every document.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.errors import UsageError
from rao_cli.strategies.first import first_strategy
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.replay import Replayed
from rao_cli.strategies.shrink import shrink
from rao_cli.strategies.standing import Outcome
from rao_cli.strategies.trials import Trials

LEAST_UNSEEN = 2
"""Documents unseen whose answers must be kept before a strategy is used."""
LEAST_SHARE = 0.7
"""Share of the questions unseen, of a document and of all, whose answers must be."""


@dataclass(frozen=True)
class Question:
    """A question of a document left out, and what came of it by what was learned, and by the first plan."""

    lesson: Lesson
    replayed: Replayed
    kept: bool
    kept_by_first: bool

    @property
    def outcome(self) -> Outcome:
        """Return how a library counts it."""
        if self.kept:
            return "success"
        return "fallback" if self.replayed.fell_back else "failure"

    @property
    def log_cost(self) -> float:
        """Return the logarithm of its tokens over those that the run took."""
        return math.log(max(1, self.replayed.tokens) / max(1, self.lesson.own_tokens))


@dataclass(frozen=True)
class Unseen:
    """What a strategy learned from the other documents came to on one that it had not seen."""

    digest: str
    """Of the document."""
    kept: bool | None
    """Whether enough answers were kept without a fallback; None where calls of the model were missed."""
    questions: tuple[Question, ...]
    """Those that could be tried to the end."""


async def tried_unseen(lessons: Sequence[Lesson], trials: Trials) -> list[Unseen]:
    """Leave out each document in turn; those that nothing can be learned without are passed over."""
    found = []
    for digest in dict.fromkeys(lesson.digest for lesson in lessons):
        others = [lesson for lesson in lessons if lesson.digest != digest]
        left = [lesson for lesson in lessons if lesson.digest == digest]
        if others:
            found += await _tried(digest, others, left, trials)
    return found


async def _tried(digest: str, others: Sequence[Lesson], left: Sequence[Lesson], trials: Trials) -> list[Unseen]:
    try:
        first = await first_strategy(others, trials)
    except UsageError:
        return []
    best, _ = await shrink(first.borne, first.lessons, trials, lambda _: None)
    questions = []
    for lesson in left:
        replayed, held = await trials.one(best.strategy, lesson)
        if replayed.whole:
            by_first = (await trials.one(first.borne.strategy, lesson))[1]
            questions.append(Question(lesson, replayed, held, by_first))
    kept = _enough(questions) if len(questions) == len(left) else None
    return [Unseen(digest, kept, tuple(questions))]


def _enough(questions: Sequence[Question]) -> bool:
    return sum(one.kept for one in questions) >= LEAST_SHARE * len(questions)


def holds(unseen: Sequence[Unseen]) -> bool:
    """Tell whether a strategy may be used: enough documents unseen, and of all their questions, kept answers."""
    kept = sum(one.kept is True for one in unseen)
    return kept >= LEAST_UNSEEN and _enough([question for one in unseen for question in one.questions])


def retention(unseen: Sequence[Unseen]) -> float | None:
    """Return the share of questions kept over that of the first plans; None where these kept none."""
    questions = [question for one in unseen for question in one.questions]
    first = sum(one.kept_by_first for one in questions)
    return sum(one.kept for one in questions) / first if first else None
