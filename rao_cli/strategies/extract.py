"""Turn what stored runs did into one plan that mirrors it: siblings folded, slots for goals, selectors for ids.

For each stage the shortest selector is looked for that picks just what the runs read. Where none does, it picks
the evidence out of what they read; where none does that either, it picks more, which only the model can replay.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, get_args

from rao_cli.agent.combine import weight
from rao_cli.agent.records import Returns
from rao_cli.documents.model import Section, Span
from rao_cli.strategies.levels import Level, Stage, UnusableError
from rao_cli.strategies.plan import (
    MOST_READ,
    Ask,
    Check,
    Combine,
    Group,
    Operator,
    Recurse,
    Rule,
    Search,
    Select,
    Stop,
)
from rao_cli.strategies.records import SlotType
from rao_cli.strategies.selecting import Chooser
from rao_cli.strategies.slots import fill

Operators = tuple[Operator, ...]
Selector = tuple[Search | None, Select]
Form = tuple[SlotType, Returns, Rule]
"""What siblings have in common: the slot that is their goal, what they return, and how it is combined."""
USUAL = Check().least
"""What a check asks for where the runs do not speak against it."""
EVERY_PART = MOST_READ // 2
"""Parts that no outline has more of: two questions can be asked of all of them."""
_GROUPINGS = ("section", "part", "all")
_MOST_FEATURES = 2
"""What a selector is told by besides how many it picks: more would only describe the runs at hand."""
_Features = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """One stage of one agent, and what that agent could choose from."""

    level: Level
    number: int

    @property
    def stage(self) -> Stage:
        """Return the stage."""
        return self.level.stages[self.number]

    @cached_property
    def read(self) -> frozenset[str]:
        """Return the sections that earlier stages read for the same goal."""
        before = self.level.stages[: self.number]
        return frozenset().union(*(one.sections for one in before if one.goal == self.stage.goal))

    @cached_property
    def answers(self) -> list[str]:
        """Return what earlier stages came to."""
        told = (self.level.told(number).answer for number in range(self.number))
        return [answer for answer in told if answer]

    @cached_property
    def chooser(self) -> Chooser:
        """Return what chooses among the agent's sections, with all slots filled."""
        goal = self.level.state.handoff.goal
        slots = {kind: fill(kind, goal, self.answers) for kind in get_args(SlotType)}
        return Chooser(self.level.state, self.level.lesson.prepared.reading, slots)

    @cached_property
    def evidence(self) -> frozenset[str]:
        """Return the sections that the answer to this goal was found in; none where it was not found yet."""
        if not self.is_last:
            return frozenset()
        told = self.level.told(self.number)
        among = self.stage.evidence(told)
        spans = [Span(one.start, one.end) for one in told.citations if one.verified]
        cited = (section for section in self.level.state.numbered if any(map(section.span.overlaps, spans)))
        return frozenset(section.id for section in cited if section.id in among) or among

    @property
    def is_last(self) -> bool:
        """Tell whether what follows is asked something else, or nothing."""
        after = self.level.stages[self.number + 1 :]
        return not after or after[0].goal != self.stage.goal

    def form(self) -> Form:
        """Return the stage's form. Raises UnusableError where its goal is no part of the question."""
        stage = self.stage
        if not stage.goal:
            return "question", stage.returns, stage.how
        types: tuple[SlotType, ...] = ("inner", "outer", "subject", "name")
        kind = next((one for one in types if self.chooser.slots[one] == stage.goal), None)
        if kind is None:
            raise UnusableError("its agents were asked what no part of the question is")
        return kind, stage.returns, stage.how

    def chosen(self, search: Search | None, select: Select) -> list[int]:
        """Return the numbers of the sections that a selector picks."""
        return self.chooser.choose(select, search, self.read)

    def ids(self, numbers: Sequence[int]) -> frozenset[str]:
        """Return the ids of sections by their numbers."""
        return frozenset(self.section(number).id for number in numbers)

    def section(self, number: int) -> Section:
        """Return a section by its number."""
        return self.level.state.numbered[number - 1]

    def groups(self, numbers: Sequence[int], by: str) -> set[frozenset[str]]:
        """Return what children are given of sections that are grouped in one way."""
        targets = self.chooser.group(numbers, Group.model_validate({"by": by}))
        return {self.ids(target.sections) for target in targets}


def forms(level: Level) -> tuple[Form, ...]:
    """Return the forms of an agent's stages, equal ones that follow each other once. Raises UnusableError."""
    found = [Unit(level, number).form() for number in range(len(level.stages))]
    return tuple(form for at, form in enumerate(found) if not at or found[at - 1] != form)


def alike(levels: Sequence[Level]) -> list[Level]:
    """Return the levels that were gone through like most of them."""
    common = Counter(map(forms, levels)).most_common(1)
    return [level for level in levels if forms(level) == common[0][0]] if common else []


def mirror(levels: Sequence[Level]) -> Operators:
    """Return the operators that do what all of these levels did. Raises UnusableError."""
    operators: Operators = ()
    search: Search | None = None
    read = 0
    for number in range(max(len(level.stages) for level in levels)):
        units = [Unit(level, number) for level in levels if number < len(level.stages)]
        found = {unit.form() for unit in units}
        if len(found) > 1:
            raise UnusableError("it was taken apart in another way than the others")
        stage = _stage(units, found.pop(), MOST_READ - read, search)
        search = next((one for one in stage if isinstance(one, Search)), search)
        read += next(one.first for one in stage if isinstance(one, Select))
        operators += stage
    return operators


def recursion(levels: Sequence[Level], operators: Operators) -> Recurse | None:
    """Return what agents below the root did, as one plan for them; None where they did not do alike."""
    try:
        inner = mirror(alike(levels)) if levels else ()
    except UnusableError:
        return None
    own = all(one.goal == "question" for one in inner if isinstance(one, Ask))
    if not inner or not own:
        return None
    return Recurse() if inner == operators else Recurse(plan=inner)


def _stage(units: Sequence[Unit], form: Form, most: int, before: Search | None) -> Operators:
    """Return the operators of one stage; a search holds until the next one, so it is not told twice."""
    slot, returns, how = form
    search, select, by = _selector(units, list(_selectors(units, slot, before)), most)
    stops = all(not unit.level.stages[unit.number + 1 :] or not unit.is_last for unit in units)
    return (
        *([search] if search and search != before else []),
        select,
        *([Group.model_validate({"by": by})] if by != "section" else []),
        Ask(goal=slot, returns=returns),
        Combine(how=how),
        *((Check(least=_least(units)), Stop()) if stops else ()),
    )


def _least(units: Sequence[Unit]) -> float:
    """Return what passes answers that were taken, and, if anything does, none that was not."""
    told = [(unit.level.told(unit.number), unit.number + 1 == len(unit.level.stages)) for unit in units]
    passing = min((weight(report) for report, last in told if last), default=1.0)
    failing = max((weight(report) for report, last in told if not last and report.verified), default=0.0)
    if failing < USUAL <= passing:
        return USUAL
    between = (failing + passing) / 2 if failing < passing else passing
    return int(100 * between) / 100


# ---------------------------------------------------------------------- selectors


def _selector(units: Sequence[Unit], known: Sequence[Selector], most: int) -> tuple[Search | None, Select, str]:
    """Return the shortest selector, and how what it picks is grouped. Raises UnusableError."""
    count = max(len(unit.stage.sections) for unit in units)
    for search, select in known:
        exact = select.model_copy(update={"first": min(count, most)})
        if all(unit.ids(unit.chosen(search, exact)) == unit.stage.sections for unit in units):
            by = _grouping(units, search, exact)
            if by:
                return search, _widest(units, search, exact, most), by
    for may_read_more in (False, True):
        for first in range(1, most + 1):
            for search, select in known:
                taken = select.model_copy(update={"first": first})
                by = _grouping(units, search, taken, may_read_more=may_read_more)
                if by and all(_covers(unit, search, taken) for unit in units):
                    return search, taken, by
    raise UnusableError("no selector picks what it read")


def _covers(unit: Unit, search: Search | None, select: Select) -> bool:
    return unit.evidence <= unit.ids(unit.chosen(search, select))


def _grouping(units: Sequence[Unit], search: Search | None, select: Select, *, may_read_more: bool = False) -> str:
    """Return how sections are grouped so that children are given what children were; empty where they are not."""
    chosen = [(unit, unit.chosen(search, select)) for unit in units]
    if not all(numbers for _, numbers in chosen):
        return ""
    if may_read_more:
        return "section"
    fitting = (
        by
        for by in _GROUPINGS
        if all(unit.groups(numbers, by) <= set(unit.stage.groups) for unit, numbers in chosen)
    )
    return next(fitting, "")


def _widest(units: Sequence[Unit], search: Search | None, select: Select, most: int) -> Select:
    """Return a selector of an outline's parts without a number where all of them are picked."""
    every = select.model_copy(update={"first": min(most, EVERY_PART)})
    if select.of == "parts" and all(unit.chosen(search, every) == unit.chosen(search, select) for unit in units):
        return every
    return select


def _selectors(units: Sequence[Unit], slot: SlotType, before: Search | None) -> Iterator[Selector]:
    """Yield selectors, those that are told by little first; ``before`` is the search that holds already."""
    features = list(_features(units, slot))
    for number in range(_MOST_FEATURES + 1):
        for some in combinations(features, number):
            told = {name: value for one in some for name, value in one.items()}
            if len(told) == number and not (told.get("of") == "parts" and "search" in told):
                search = told.pop("search", before)
                yield search, Select(**told)


def _features(units: Sequence[Unit], slot: SlotType) -> Iterator[_Features]:
    yield {"of": "parts"}
    if slot in ("inner", "outer"):
        yield {"search": Search(slot=slot)}
    yield {"order": "text"}
    bound: list[SlotType] = [
        kind for kind in ("subject", "name") if all(unit.chooser.slots[kind] for unit in units)
    ]
    yield from ({"titled": kind} for kind in bound)
    yield from ({"search": Search.model_validate({"slot": kind, "how": how})} for kind, how in _searched(bound))
    yield {"holds": "number"}
    yield {"holds": "time"}
    yield from ({"kinds": (kind,)} for kind in sorted(_kinds(units)))


def _searched(bound: Sequence[SlotType]) -> Iterator[tuple[SlotType, str]]:
    if "name" in bound:
        yield from (("name", "exact"), ("name", "ranked"))
    if "subject" in bound:
        yield "subject", "ranked"


def _kinds(units: Sequence[Unit]) -> set[str]:
    """Return the kinds of sections that evidence of all units has."""
    held = [
        {section.kind for section in unit.level.state.numbered if section.id in unit.evidence} for unit in units
    ]
    return set.intersection(*held) if held else set()
