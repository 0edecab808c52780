"""Figures of outcomes: shares with bootstrap intervals, differences in pairs, and how far confidence holds.

Intervals are percentile bootstraps of 95 % (Efron, 1979) over the tasks, with a fixed seed. The calibration error
is that of Guo et al., 2017, over bins of equal width, joined with the next one until each has enough answers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rao_cli.bench.quality.done import Told
from rao_cli.bench.quality.measure import Outcome
from rao_cli.bench.tasks import SIZES
from rao_cli.intervals import Mean, mean

BINS = 10
FEWEST = 10
"""Answers that a bin of the calibration table has at least, where there are so many."""
LONG = SIZES[1:]
"""Sizes from 32k tokens on, where map-reduce and rao are compared by their tokens."""
_EXTRACTIVE = ("contains", "exact", "f1")


@dataclass(frozen=True, slots=True)
class Group:
    """Outcomes of one arm that belong together: all, a family, or a family's size."""

    family: str
    size: str
    outcomes: tuple[Outcome, ...]

    @property
    def name(self) -> str:
        """Return the family, and the size behind it."""
        return " ".join(filter(None, (self.family, self.size)))

    @property
    def run(self) -> list[Outcome]:
        """Return the outcomes of what was really run."""
        return [each for each in self.outcomes if not each.told.computed]

    @property
    def extractive(self) -> list[Outcome]:
        """Return the outcomes that were run and whose answers are words of the text."""
        return [each for each in self.run if each.task.metric in _EXTRACTIVE and not each.task.absent]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: how many, how sure on average, and how many of them are right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def share(outcomes: Iterable[Outcome], holds: Callable[[Outcome], bool]) -> Mean:
    """Return the share of outcomes of which something holds."""
    return mean(float(holds(each)) for each in outcomes)


def groups(outcomes: Sequence[Outcome]) -> Iterator[Group]:
    """Yield all outcomes of an arm, then each family, each followed by its sizes where there are several."""
    families = list(dict.fromkeys(each.task.family for each in outcomes))
    if len(families) > 1:
        yield from _with_sizes("all", outcomes)
    for family in families:
        yield from _with_sizes(family, [each for each in outcomes if each.task.family == family])


def _with_sizes(name: str, outcomes: Sequence[Outcome]) -> Iterator[Group]:
    yield Group(name, "", tuple(outcomes))
    sizes = [size for size in SIZES if any(each.task.size == size for each in outcomes)]
    for size in sizes if len(sizes) > 1 else ():
        yield Group(name, size, tuple(each for each in outcomes if each.task.size == size))


def difference(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> Mean:
    """Return the mean difference of being right, task by task, over the tasks that both ran."""
    others = {each.task: each for each in theirs if not each.told.computed}
    pairs = ((each, others[each.task]) for each in ours if each.task in others)
    return mean(float(one.right) - float(other.right) for one, other in pairs)


def average(outcomes: Iterable[Outcome], amount: Callable[[Told], float]) -> float:
    """Return how much of something a question took on average."""
    amounts = [amount(each.told) for each in outcomes]
    return sum(amounts) / len(amounts) if amounts else 0.0


def wrong_but_sure(outcomes: Iterable[Outcome]) -> Mean:
    """Return the share of outcomes that are wrong, and confident or verified."""
    return share(outcomes, lambda each: each.sure and not each.right)


def token_ratio(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> float | None:
    """Return our prompt tokens over theirs on long sources, all tasks together; None without any."""
    long = {each.task: each.told.prompt_tokens for each in theirs if each.task.size in LONG}
    pairs = [(each.told.prompt_tokens, long[each.task]) for each in ours if each.task in long]
    total = sum(other for _, other in pairs)
    return sum(own for own, _ in pairs) / total if total else None


def calibration(outcomes: Iterable[Outcome]) -> tuple[list[Bin], float]:
    """Return the bins of the answers that were given, and their calibration error."""
    answered = [each for each in outcomes if each.told.answer and not (each.told.absent or each.told.computed)]
    given = sorted((each.told.confidence, each.right) for each in answered if each.told.confidence is not None)
    bins = [_bin(low, high, some) for low, high, some in _joined(given)]
    error = sum(each.count * abs(each.confidence - each.accuracy) for each in bins)
    return bins, error / len(given) if given else 0.0


def _joined(given: Sequence[tuple[float, bool]]) -> list[tuple[float, float, list[tuple[float, bool]]]]:
    """Cut answers into bins, each joined with the next until it has enough; what is left joins the last."""
    joined: list[tuple[float, float, list[tuple[float, bool]]]] = []
    low, held = 0.0, list[tuple[float, bool]]()
    for number in range(BINS):
        held += [each for each in given if min(int(each[0] * BINS), BINS - 1) == number]
        if len(held) >= FEWEST:
            joined.append((low, (number + 1) / BINS, held))
            low, held = (number + 1) / BINS, []
    if held and joined:
        start, _, before = joined.pop()
        low, held = start, before + held
    return [*joined, (low, 1.0, held)] if held else joined


def _bin(low: float, high: float, some: Sequence[tuple[float, bool]]) -> Bin:
    count = len(some)
    return Bin(low, high, count, sum(sure for sure, _ in some) / count, sum(right for _, right in some) / count)
