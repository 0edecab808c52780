"""Figures of the experiment: how right each arm is and at what cost, beside the default and learning alone.

Intervals are those of 95 of 100 draws of a bootstrap over the texts, since questions on one text are no
independent ones; where several seeds were tested a text's questions are drawn with all of them. Costs to
competence are medians over courses; a course that never became competent counts with all that it spent.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from rao_cli.bench.transfer.arms import Taken
from rao_cli.bench.transfer.ledger import Outcome
from rao_cli.intervals import RESAMPLES, Mean
from rao_cli.strategies.costs import Size, Spent

ALL = "all"
_SEED = 7
T = TypeVar("T")
Pair = tuple[Outcome, Outcome]
"""An arm's outcome and the default's, on one question."""


@dataclass(frozen=True)
class Row:
    """One arm on the test questions of one cell and size, or of all of them."""

    arm: str
    cell: str
    size: int
    asked: int
    right: Mean
    gain: Mean
    """How much more often right than the default."""
    tokens: Mean
    ratio: Mean
    """Its tokens over the default's."""
    agents: float
    fell_back: float
    harmed: float
    """Share of the questions that the default has right and this arm not."""
    helped: float
    computed: float
    """Share that code answered."""
    operations: float
    """Of a question, the student's."""
    teaching: float
    """Tokens of the teacher for each question, while it is asked."""
    anchored: int
    """Outcomes left out, because what was told beforehand holds the answer."""


@dataclass(frozen=True)
class Learning:
    """What it took an arm in one cell to become competent."""

    arm: str
    cell: str
    size: int
    courses: int
    competent: int
    student: float
    """Median of the tokens that the student spent."""
    teacher: float
    """Tokens that the teacher spent, once."""
    student_operations: float
    teacher_operations: float
    ratio: Mean
    """How many times more the student spends that learns alone; none where that was not measured."""
    with_teacher: float
    """The same in operations, the teacher's added, for one student; 0 where that was not measured."""
    students: float
    """Students from which teaching is cheaper than learning alone; infinite where it never is, 0 if unknown."""


def rows(taken: Sequence[Taken], size: Size | None) -> list[Row]:
    """Return the figures of all arms in each cell, and over all cells where there are several."""
    defaults = {_place(one): one for one in taken if one.arm == "default"}
    cells = list(dict.fromkeys(map(_place, taken)))
    found = [_row([one], defaults, size, *_place(one)) for one in taken]
    if len(cells) > 1:
        names = dict.fromkeys(one.arm for one in taken)
        found += [_row([one for one in taken if one.arm == name], defaults, size, ALL, 0) for name in names]
    return found


def _place(taken: Taken) -> tuple[str, int]:
    return taken.tasks.cell.name, taken.tasks.size


def _row(
    some: Sequence[Taken], defaults: dict[tuple[str, int], Taken], size: Size | None, cell: str, tokens: int
) -> Row:
    whole = [outcome for one in some for seed in one.outcomes for outcome in seed]
    kept = [outcome for outcome in whole if not outcome.anchored]
    pairs = [pair for one in some for pair in _pairs(one, defaults.get(_place(one)))]
    return Row(
        some[0].arm,
        cell,
        tokens,
        len(kept),
        clustered(kept, lambda one: one.source, lambda one: float(one.right)),
        clustered(pairs, _source, lambda pair: float(pair[0].right) - float(pair[1].right)),
        clustered(kept, lambda one: one.source, lambda one: float(one.spent.tokens)),
        clustered(pairs, _source, lambda pair: float(pair[0].spent.tokens), lambda pair: pair[1].spent.tokens),
        _average(kept, lambda one: one.agents),
        _average(kept, lambda one: bool(one.fell_back)),
        _average(pairs, lambda pair: pair[1].right and not pair[0].right),
        _average(pairs, lambda pair: pair[0].right and not pair[1].right),
        _average(kept, lambda one: one.computed),
        _average(kept, lambda one: size.operations(one.spent)) if size else 0.0,
        _average(some, lambda one: one.each),
        len(whole) - len(kept),
    )


def _pairs(taken: Taken, default: Taken | None) -> list[Pair]:
    if default is None:
        return []
    known = {one.key.task: one for one in default.outcomes[0]}
    return [
        (one, known[one.key.task])
        for seed in taken.outcomes
        for one in seed
        if one.key.task in known and not one.anchored
    ]


def _average(items: Sequence[T], of: Callable[[T], float]) -> float:
    return sum(map(of, items)) / max(1, len(items))


def _source(pair: Pair) -> str:
    return pair[0].source


def clustered(
    items: Sequence[T],
    source: Callable[[T], str],
    above: Callable[[T], float],
    below: Callable[[T], float] = lambda _: 1.0,
) -> Mean:
    """Return the sum of one thing over the sum of another, with the interval of a bootstrap over sources."""
    import numpy

    groups: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for item in items:
        group = groups[source(item)]
        group[0] += above(item)
        group[1] += below(item)
    sums = numpy.array(list(groups.values()), dtype=float)
    if not len(sums) or not sums[:, 1].sum():
        return Mean(0)
    drawn = sums[numpy.random.default_rng(_SEED).integers(0, len(sums), (RESAMPLES, len(sums)))].sum(axis=1)
    drawn = drawn[drawn[:, 1] > 0]
    low, high = numpy.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    whole = sums.sum(axis=0)
    return Mean(len(items), float(whole[0] / whole[1]), float(low), float(high))


def learnings(taken: Sequence[Taken], student: Size | None, teachers: Mapping[str, Size | None]) -> list[Learning]:
    """Return what it took each arm that learned to become competent, cell by cell."""
    alone = {_place(one): one for one in taken if one.arm == "independent"}
    return [_learning(one, alone.get(_place(one)), student, teachers) for one in taken if one.courses]


def _learning(
    taken: Taken, alone: Taken | None, student: Size | None, teachers: Mapping[str, Size | None]
) -> Learning:
    cell, size = _place(taken)
    teacher = teachers.get(taken.arm.partition(":")[2], student)
    spent, others = _spent(taken), _spent(alone) if alone and alone is not taken else []
    cost = median(one.tokens for one in spent)
    teaching, own = _compute(taken.teaching, teacher), median(_compute(one, student) for one in spent)
    by_itself = median(_compute(one, student) for one in others) if others else 0.0
    return Learning(
        taken.arm,
        cell,
        size,
        len(taken.courses),
        sum(one is not None for one in taken.competent),
        float(cost),
        float(taken.teaching.tokens),
        own if student else 0.0,
        teaching if teacher else 0.0,
        _ratio([float(one.tokens) for one in others], cost),
        by_itself / max(1.0, own + teaching),
        _break_even(teaching, by_itself, own) if others else 0.0,
    )


def _compute(spent: Spent, size: Size | None) -> float:
    """Return the operations that something took, or its tokens where the model's size is not known."""
    return size.operations(spent) if size else float(spent.tokens)


def _spent(taken: Taken) -> list[Spent]:
    """Return what the student spent in each course until it was competent, or in all of one where it never was."""
    pairs = zip(taken.courses, taken.competent, strict=True)
    return [spent or course.last.student for course, spent in pairs]


def _ratio(others: Sequence[float], cost: float) -> Mean:
    """Return the median of how many times more others spent, with a bootstrap's interval over their courses."""
    import numpy

    if not others:
        return Mean(0)
    values = numpy.array(others) / max(1.0, cost)
    drawn = numpy.random.default_rng(_SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = numpy.percentile(numpy.median(values[drawn], axis=1), (2.5, 97.5))
    return Mean(len(values), float(numpy.median(values)), float(low), float(high))


def _break_even(teaching: float, alone: float, cost: float) -> float:
    """Return the number of students from which a teacher's cost and theirs are less than learning alone."""
    return teaching / (alone - cost) if alone > cost else float("inf")
