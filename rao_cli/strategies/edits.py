"""The edits that a strategy can be given: a closed list, for shrinking what was learned and for critique.

    for edit in edits(strategy, names={"fewer", "split"}):
        edit.name, edit.place, edit.says, edit.strategy

Each edit is a pure function from a strategy to another one; its name says which. ``drop`` leaves one operator out,
``drop-stage`` a select with all that belongs to it; ``fewer`` and ``more`` change how many sections are selected;
``split`` asks in two stages; ``laxer`` and ``stricter`` move a check; ``group``, ``holds``, ``titled``, ``kinds``,
``of``, ``order``, ``search``, ``returns`` and ``combine`` set what they name; ``recurse`` gives children a plan.
Evidence and budget were those of the strategy before and are left out; a slot that is not used any more goes.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import ValidationError

from rao_cli.agent.records import Returns
from rao_cli.strategies.plan import (
    MOST_READ,
    Ask,
    Check,
    Combine,
    Group,
    Operator,
    Plan,
    Recurse,
    Rule,
    Search,
    Select,
    Stop,
)
from rao_cli.strategies.records import Cost, SlotType, Strategy
from rao_cli.strategies.records import Slot as SlotRecord

EditName = Literal[
    "drop",
    "drop-stage",
    "fewer",
    "more",
    "split",
    "laxer",
    "stricter",
    "group",
    "holds",
    "titled",
    "kinds",
    "of",
    "order",
    "search",
    "returns",
    "combine",
    "recurse",
]
NAMES: tuple[EditName, ...] = get_args(EditName)
Place = tuple[int, ...]
"""Where an operator stands: its number from 0, after those of the recursions that it lies in."""
Operators = tuple[Operator, ...]
SURER = 0.4
"""What the first of two stages is checked for: it stops early only where it is surer than the last one need be."""
STEP = 0.1
"""How far a check is moved."""
SOUGHT: tuple[SlotType, ...] = ("subject", "name")
"""Slots that text is searched for, or headings are compared with."""

LOOKED_UP = 8
"""Sections that a part of a question is looked up in."""
READING: Operators = (Select(of="parts", order="text", first=MOST_READ), Ask(), Combine(), Check(), Stop())
"""The plan of a child that reads each of its parts by itself."""


@dataclass(frozen=True)
class Edit:
    """A strategy as it is after one edit, and what that was, in words for people."""

    name: EditName
    place: Place
    says: str
    strategy: Strategy


@dataclass(frozen=True)
class _Change:
    """What stands in place of an operator, or of a whole stage."""

    says: str
    operators: Operators
    over: int = 1
    """How many operators are replaced."""


@dataclass(frozen=True)
class _Spot:
    """An operator, the level that it stands in, and the kinds of sections that selectors may name."""

    operators: Operators
    at: int
    kinds: tuple[str, ...]

    @property
    def operator(self) -> Operator:
        return self.operators[self.at]

    @property
    def stage(self) -> Operators:
        """Return a select and what belongs to it: all before the next search or select that follows its ask."""
        asked = False
        for place in range(self.at, len(self.operators)):
            if asked and isinstance(self.operators[place], Search | Select):
                return self.operators[self.at : place]
            asked = asked or isinstance(self.operators[place], Ask)
        return self.operators[self.at :]

    @property
    def is_grouped(self) -> bool:
        """Tell whether a group stands before an ask and belongs to it."""
        before = self.operators[: self.at]
        since = max((n for n, one in enumerate(before) if isinstance(one, Ask)), default=-1)
        return any(isinstance(one, Group) for one in before[since + 1 :])


def edits(strategy: Strategy, names: Collection[str] = NAMES, kinds: Sequence[str] = ()) -> list[Edit]:
    """Return all edits of these names that a strategy allows; ``kinds`` are those of the sections of documents."""
    found: dict[str, Edit] = {}
    for place, spot in _spots(strategy.plan.operators, tuple(sorted(set(kinds)))):
        for name in NAMES:
            for change in _EDITS[name](spot) if name in names else ():
                edited = replaced(strategy, place, change.operators, change.over)
                if edited and edited.plan != strategy.plan:
                    found.setdefault(edited.form, Edit(name, place, change.says, edited))
    return list(found.values())


def replaced(strategy: Strategy, place: Place, operators: Operators, over: int = 1) -> Strategy | None:
    """Return a strategy with other operators in place of some; None where that is no plan."""
    try:
        return with_plan(strategy, Plan(operators=_put(strategy.plan.operators, place, operators, over)))
    except ValidationError:
        return None


def with_plan(strategy: Strategy, plan: Plan) -> Strategy:
    """Return a strategy with another plan, the slots that it uses, and nothing of what was measured before.

    Raises ValidationError where a slot has no type that is called like it.
    """
    types = {slot.name: slot.type for slot in strategy.slots}
    slots = tuple(
        SlotRecord.model_validate({"name": name, "type": types.get(name, name)}) for name in sorted(plan.slots)
    )
    changes = {
        "plan": plan,
        "slots": slots,
        "requires": tuple(one for one in strategy.requires if one.slot in plan.slots),
        "budget": Cost(),
        "evidence": (),
    }
    return Strategy.model_validate({**dict(strategy), **changes})


def _spots(operators: Operators, kinds: tuple[str, ...], above: Place = ()) -> Iterator[tuple[Place, _Spot]]:
    for at, operator in enumerate(operators):
        yield (*above, at), _Spot(operators, at, kinds)
        if isinstance(operator, Recurse):
            yield from _spots(operator.plan, kinds, (*above, at))


def _put(operators: Operators, place: Place, new: Operators, over: int) -> Operators:
    at, inner = place[0], place[1:]
    if not inner:
        return (*operators[:at], *new, *operators[at + over :])
    recurse = operators[at]
    if not isinstance(recurse, Recurse):
        return operators
    plan = _put(recurse.plan, inner, new, over)
    return (*operators[:at], Recurse(plan=plan), *operators[at + 1 :])


# ---------------------------------------------------------------------- one function for each name


def _drop(spot: _Spot) -> Iterator[_Change]:
    if not isinstance(spot.operator, Stop) or spot.at + 1 < len(spot.operators):
        yield _Change(f"without its {spot.operator.op}", ())


def _drop_stage(spot: _Spot) -> Iterator[_Change]:
    if isinstance(spot.operator, Select):
        yield _Change("without one of its stages", _recursions(spot.stage), len(spot.stage))


def _first(spot: _Spot, numbers: Sequence[int]) -> Iterator[_Change]:
    operator = spot.operator
    if isinstance(operator, Select):
        for number in dict.fromkeys(numbers):
            if 1 <= number <= MOST_READ and number != operator.first:
                changed = operator.model_copy(update={"first": number})
                yield _Change(f"the first {number} in place of {operator.first}", (changed,))


def _fewer(spot: _Spot) -> Iterator[_Change]:
    first = spot.operator.first if isinstance(spot.operator, Select) else 1
    yield from _first(spot, [number for number in (1, first // 2, first - 1) if number < first])


def _more(spot: _Spot) -> Iterator[_Change]:
    first = spot.operator.first if isinstance(spot.operator, Select) else 1
    yield from _first(spot, (first + 1, 2 * first))


def _split(spot: _Spot) -> Iterator[_Change]:
    """Ask for some first and for the rest only where no check held."""
    select, stage = spot.operator, spot.stage[1:]
    if not isinstance(select, Select) or select.first < 2 or not any(isinstance(one, Stop) for one in stage):
        return
    for number in sorted({1, select.first // 2}):
        for least in (None, SURER):
            before = (_checked(one, least) for one in stage if not isinstance(one, Recurse))
            first, rest = (select.model_copy(update={"first": n}) for n in (number, select.first - number))
            surer = f", if surer than {least}," if least else ""
            says = f"the first {number}{surer} before the other {select.first - number}"
            yield _Change(says, (first, *before, rest, *stage), len(spot.stage))


def _recursions(operators: Operators) -> Operators:
    return tuple(one for one in operators if isinstance(one, Recurse))


def _checked(operator: Operator, least: float | None) -> Operator:
    return operator.model_copy(update={"least": least}) if isinstance(operator, Check) and least else operator


def _moved(spot: _Spot, by: float) -> Iterator[_Change]:
    check = spot.operator
    if isinstance(check, Check):
        least = min(1.0, max(0.0, round(check.least + by, 2)))
        yield _Change(
            f"a check for {least} in place of {check.least}", (check.model_copy(update={"least": least}),)
        )


def _group(spot: _Spot) -> Iterator[_Change]:
    """Set what one child reads; a child for each section needs no operator."""
    operator = spot.operator
    if not isinstance(operator, Group | Ask) or (isinstance(operator, Ask) and spot.is_grouped):
        return
    rest = () if isinstance(operator, Group) else (operator,)
    for by in ("section", "part", "all"):
        group = () if by == "section" else (Group.model_validate({"by": by}),)
        yield _Change(f"grouped by {by}", (*group, *rest))


def _set(operator: Operator, field: str, values: Sequence[object]) -> Iterator[_Change]:
    for value in values:
        if value != getattr(operator, field):
            shown = ", ".join(value) if isinstance(value, tuple) else value
            yield _Change(f"{field} {shown or 'any'}", (operator.model_copy(update={field: value}),))


def _of_select(field: str, values: Callable[[_Spot], Sequence[object]]) -> Callable[[_Spot], Iterator[_Change]]:
    def change(spot: _Spot) -> Iterator[_Change]:
        if isinstance(spot.operator, Select):
            yield from _set(spot.operator, field, values(spot))

    return change


def _search(spot: _Spot) -> Iterator[_Change]:
    """Search for a slot before a select; what part of a question is asked of all parts is looked up instead."""
    select = spot.operator
    if not isinstance(select, Select):
        return
    if select.of == "found":
        for slot, how in ((slot, how) for slot in SOUGHT for how in ("exact", "ranked")):
            search = Search.model_validate({"slot": slot, "how": how})
            yield _Change(f"{how} search for its {slot}", (search, select))
        return
    asked = next((one.goal for one in spot.stage if isinstance(one, Ask)), "")
    if asked in ("inner", "outer"):
        alone = tuple(one for one in spot.stage[1:] if not isinstance(one, Group))
        stage = (Search(slot=asked), Select(first=min(LOOKED_UP, select.first)), *alone)
        yield _Change(f"the {asked} question looked up", stage, len(spot.stage))


def _returns(spot: _Spot) -> Iterator[_Change]:
    if isinstance(spot.operator, Ask):
        yield from _set(spot.operator, "returns", get_args(Returns))


def _combine(spot: _Spot) -> Iterator[_Change]:
    if isinstance(spot.operator, Combine):
        yield from _set(spot.operator, "how", get_args(Rule))


def _recurse(spot: _Spot) -> Iterator[_Change]:
    """Let children that are shown outlines follow the plan too, or read all that they were given."""
    if spot.at or _recursions(spot.operators):
        return
    yield _Change("children follow the plan", (Recurse(), *spot.operators), len(spot.operators))
    yield _Change("children read their parts", (Recurse(plan=READING), *spot.operators), len(spot.operators))


_EDITS: dict[str, Callable[[_Spot], Iterator[_Change]]] = {
    "drop": _drop,
    "drop-stage": _drop_stage,
    "fewer": _fewer,
    "more": _more,
    "split": _split,
    "laxer": lambda spot: _moved(spot, -STEP),
    "stricter": lambda spot: _moved(spot, STEP),
    "group": _group,
    "holds": _of_select("holds", lambda _: ("", "number", "time")),
    "titled": _of_select("titled", lambda _: ("", *SOUGHT)),
    "kinds": _of_select("kinds", lambda spot: ((), *((kind,) for kind in spot.kinds))),
    "of": _of_select("of", lambda _: ("found", "parts")),
    "order": _of_select("order", lambda _: ("rank", "text")),
    "search": _search,
    "returns": _returns,
    "combine": _combine,
    "recurse": _recurse,
}
