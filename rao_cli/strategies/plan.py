"""The operators of a plan: a closed set, each with a few numbers and words of closed sets, and no free text.

A plan is read from top to bottom by an agent that is shown an outline. ``search`` and ``select`` choose sections,
``group`` says which of them one child reads, ``ask`` opens the children; ``combine`` makes one report of theirs,
``check`` tests it and ``stop`` answers with it. Where a check does not hold the plan goes on below; at its end the
agent works as if there were no plan. ``recurse`` has children that are shown outlines follow a plan as well.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rao_cli.agent.records import Record, Returns

MOST_OPERATORS = 24
MOST_READ = 64
"""Sections that an agent may have read by all that one plan asks."""
DEEPEST = 3
"""Plans within plans."""

SlotName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,15}$")]
SectionKind = Annotated[str, Field(pattern=r"^[a-z][a-z -]{0,23}$")]
Rule = Literal["best", "list", "sum", "min", "max", "count", "vote"]
"""How reports are combined: by code alone."""


class Search(Record):
    """Order what may be read by a slot: ``ranked`` by how much of it they hold, ``exact`` if all of it."""

    op: Literal["search"] = "search"
    slot: SlotName
    how: Literal["ranked", "exact"] = "ranked"


class Select(Record):
    """Choose sections that were not read yet: of those found, or of the outline's own parts.

    ``kinds``, ``titled`` (a slot that a heading above holds) and ``holds`` (what stands in the text) leave others
    out; the ``first`` ones in the order of the search, or of the text, are taken.
    """

    op: Literal["select"] = "select"
    of: Literal["found", "parts"] = "found"
    order: Literal["rank", "text"] = "rank"
    kinds: Annotated[tuple[SectionKind, ...], Field(max_length=8)] = ()
    titled: SlotName | Literal[""] = ""
    holds: Literal["", "number", "time"] = ""
    first: Annotated[int, Field(ge=1, le=MOST_READ)] = 1


class Group(Record):
    """Say which sections one child reads: each alone, those of one part of the outline, or all together."""

    op: Literal["group"] = "group"
    by: Literal["section", "part", "all"] = "section"


class Ask(Record):
    """Open the children with a slot as their goal."""

    op: Literal["ask"] = "ask"
    goal: SlotName = "question"
    returns: Returns = "text"


class Combine(Record):
    """Make one report of those that were asked for last, and of earlier ones that were asked the same."""

    op: Literal["combine"] = "combine"
    how: Rule = "best"


class Check(Record):
    """Test what was combined: how far it is to be believed, whether a citation holds, how many say the same."""

    op: Literal["check"] = "check"
    least: Annotated[float, Field(ge=0, le=1)] = 0.2
    verified: bool = True
    agree: Annotated[int, Field(ge=1, le=MOST_READ)] = 1


class Recurse(Record):
    """Have children that cannot read their sections at once follow a plan; without one of its own, this one."""

    op: Literal["recurse"] = "recurse"
    until: Literal["fits"] = "fits"
    plan: Annotated[tuple["Operator", ...], Field(max_length=MOST_OPERATORS)] = ()


class Stop(Record):
    """Answer with what was combined, where the check above holds."""

    op: Literal["stop"] = "stop"


Operator = Annotated[Search | Select | Group | Ask | Combine | Check | Recurse | Stop, Field(discriminator="op")]
Operators = Annotated[tuple[Operator, ...], Field(min_length=1, max_length=MOST_OPERATORS)]


class Plan(Record):
    """Operators in their order. Raises ValueError for a plan that could not come to an end or asks too much."""

    operators: Operators

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if sum(1 for _ in walk(self.operators)) > MOST_OPERATORS:
            raise ValueError(f"a plan has at most {MOST_OPERATORS} operators, those of inner plans included")
        _check(self.operators, 1)
        return self

    @property
    def slots(self) -> set[str]:
        """Return the names of the slots that the plan uses, at all levels."""
        named = (_slots(operator) for operator in walk(self.operators))
        return {slot for slots in named for slot in slots if slot}

    @property
    def inner(self) -> "Plan | None":
        """Return the plan of children that are shown outlines; None where they work without one."""
        recurse = next((one for one in self.operators if isinstance(one, Recurse)), None)
        if recurse is None:
            return None
        return Plan(operators=recurse.plan) if recurse.plan else self


def walk(operators: tuple[Operator, ...]) -> Iterator[Operator]:
    """Yield operators and those of inner plans."""
    for operator in operators:
        yield operator
        if isinstance(operator, Recurse):
            yield from walk(operator.plan)


def _slots(operator: Operator) -> tuple[str, ...]:
    match operator:
        case Search():
            return (operator.slot,)
        case Select():
            return (operator.titled,)
        case Ask():
            return (operator.goal,)
        case _:
            return ()


def _check(operators: tuple[Operator, ...], depth: int) -> None:
    """Refuse what the interpreter would have to guess at. Raises ValueError."""
    if depth > DEEPEST:
        raise ValueError(f"plans lie at most {DEEPEST} deep in each other")
    if not isinstance(operators[-1], Stop):
        raise ValueError("a plan ends with stop")  # noqa: TRY004 - wrong order
    selected = asked = False
    read = 0
    for operator in operators:
        if isinstance(operator, Select):
            selected, read = True, read + operator.first
        elif isinstance(operator, Ask):
            if not selected:
                raise ValueError("ask stands without a select before it")
            selected, asked = False, True
        elif isinstance(operator, Combine | Check | Stop) and not asked:
            raise ValueError(f"{operator.op} stands before anything is asked")
        elif isinstance(operator, Recurse) and operator.plan:
            _check(operator.plan, depth + 1)
    if selected:
        raise ValueError("a select stands with no ask behind it")
    if read > MOST_READ:
        raise ValueError(f"a plan selects at most {MOST_READ} sections, not {read}")
