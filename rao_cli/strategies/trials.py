"""Try strategies on lessons by replaying them: a lesson bears a strategy out where its answer is kept by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Select, walk
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.replay import Memory, Replayed, replay

LEAST_SAVING = 0.1
"""Share of the tokens that a longer strategy must save."""


@dataclass(frozen=True)
class Borne:
    """A strategy and what came of it on lessons, one after another; ``kept`` tells which bear it out."""

    strategy: Strategy
    replays: tuple[Replayed, ...]
    kept: tuple[bool, ...]

    @property
    def holds(self) -> bool:
        """Tell whether all lessons bear the strategy out."""
        return all(self.kept)

    @property
    def tokens(self) -> int:
        """Return the tokens of all replays."""
        return sum(one.tokens for one in self.replays)

    @property
    def cost(self) -> tuple[int, int]:
        """Return what strategies are compared by: tokens, and then length."""
        return self.tokens, length(self.strategy)

    def beats(self, other: "Borne") -> bool:
        """Tell whether all lessons bear this one out and it is worth more than another one that they do."""
        if length(self.strategy) > length(other.strategy):
            return self.holds and self.tokens <= (1 - LEAST_SAVING) * other.tokens
        return self.holds and self.cost < other.cost


def length(strategy: Strategy) -> int:
    """Return how much a plan says: its operators, and what its selectors leave others out by."""
    operators = list(walk(strategy.plan.operators))
    told = [each for one in operators if isinstance(one, Select) for each in (one.kinds, one.titled, one.holds)]
    return len(operators) + sum(map(bool, told))


class Trials:
    """Tries strategies on lessons, each once; what replays ask of the model is kept in ``memory``."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._done: dict[tuple[str, str], tuple[Replayed, bool]] = {}
        self._failed: Counter[str] = Counter()

    async def bear(self, strategy: Strategy, lessons: Sequence[Lesson]) -> Borne:
        """Try a strategy on lessons."""
        tried = [await self.one(strategy, lesson) for lesson in lessons]
        return Borne(strategy, tuple(done for done, _ in tried), tuple(kept for _, kept in tried))

    async def bear_within(self, strategy: Strategy, lessons: Sequence[Lesson], most: int) -> Borne | None:
        """Try a strategy on lessons; None as soon as one does not bear it out, or more tokens than ``most`` go."""
        spent = 0
        for lesson in sorted(lessons, key=lambda one: -self._failed[one.name]):
            done, kept = await self.one(strategy, lesson)
            spent += done.tokens
            if not kept:
                self._failed[lesson.name] += 1
            if not kept or spent > most:
                return None
        return await self.bear(strategy, lessons)

    async def one(self, strategy: Strategy, lesson: Lesson) -> tuple[Replayed, bool]:
        """Try a strategy on one lesson; return what came of it, and whether the lesson bears it out."""
        key = (strategy.form, lesson.name)
        if key in self._done:
            return self._done[key]
        done = await replay(strategy, lesson, self.memory)
        held = done.whole and not done.fell_back and done.status == "found" and lesson.keeps(done.answer)
        if done.whole:  # else what was missed may be known another time
            self._done[key] = done, held
        return done, held
