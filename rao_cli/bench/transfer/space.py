"""The space of plans that a learner without a teacher samples from, the oracle's grid in it, and placebos.

A plan of the space reads in one to three stages, each a selection that is asked, combined and checked. The space
holds senseless plans too, as a learner that knows nothing would try them. The grid holds those that a person would
write: search ranks, few are read first and more where a check does not hold.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import get_args

from pydantic import ValidationError

from rao_cli.agent.question.model import Kind
from rao_cli.agent.records import Returns
from rao_cli.strategies.plan import Ask, Check, Combine, Group, Operator, Plan, Rule, Search, Select, Stop
from rao_cli.strategies.records import Applies, Slot, Strategy, digest_of

_SLOTS = tuple(Slot(name=name, type=name) for name in ("question", "subject", "name", "inner", "outer"))
_FIRST = (1, 2, 3, 4, 6, 8, 12, 16)
_GRID_FIRST, _GRID_MORE, _GRID_LEAST = (1, 2, 4, 8), (0, 4, 12), (0.2, 0.4)
_SWAPPED = {"rank": "text", "text": "rank"}
SHUFFLES = 64
"""Orders of a plan's operators that are tried for one that makes another plan."""


def strategy_of(operators: Sequence[Operator], kind: Kind, name: str = "sampled") -> Strategy:
    """Return a strategy of operators for questions of a class. Raises ValueError for a plan that is none."""
    plan = Plan(operators=tuple(operators))
    slots = tuple(slot for slot in _SLOTS if slot.name in plan.slots)
    applies = Applies(classes=(kind,))
    made = {"name": name, "applies": applies, "slots": slots or _SLOTS[:1], "plan": plan}
    return Strategy.model_validate(made)


def grid(kind: Kind) -> tuple[Strategy, ...]:
    """Return the plans among which the program that teaches looks for the best one."""
    if kind == "chain":
        return tuple(strategy_of(plan, kind, "oracle") for plan in (*_lookups(), *_chained()))
    if kind in ("list", "count"):
        return tuple(strategy_of(plan, kind, "oracle") for plan in (*_lookups(), *_gathered(kind)))
    return tuple(strategy_of(plan, kind, "oracle") for plan in _lookups())


def _lookups() -> Iterator[tuple[Operator, ...]]:
    for first, more, least in product(_GRID_FIRST, _GRID_MORE, _GRID_LEAST):
        yield (*stage(first, least), *(stage(more, least) if more else ()))


def _chained() -> Iterator[tuple[Operator, ...]]:
    """Yield plans that look an inner question up, then the one that its answer is put into."""
    for first, more in product((2, 4, 8), repeat=2):
        inner = (Search(slot="inner"), Select(first=first), Ask(goal="inner"), Combine(), Check(), Stop())
        # Stopping with the inner answer would be wrong: the check is on what is asked after it.
        yield (
            *inner[:-2],
            Search(slot="outer"),
            Select(first=more),
            Ask(goal="outer"),
            Combine(),
            Check(),
            Stop(),
        )


def _gathered(kind: Kind) -> Iterator[tuple[Operator, ...]]:
    returns: Returns = "list" if kind == "list" else "number"
    for first in (2, 4, 8, 16):
        yield (
            Select(first=first),
            Ask(returns=returns),
            Combine(how="list" if kind == "list" else "count"),
            Stop(),
        )


def stage(first: int, least: float) -> tuple[Operator, ...]:
    """Return the operators of one stage of a lookup."""
    return (Select(first=first), Ask(), Combine(), Check(least=least), Stop())


def samples(kind: Kind, seed: int) -> Iterator[Strategy]:
    """Yield plans of the whole space by chance, each once, the same for the same seed."""
    chance = random.Random(f"plans {kind} {seed}")  # noqa: S311 - nothing secret
    known: set[str] = set()
    while True:
        stages = chance.choices((1, 2, 3), (3, 2, 1))[0]
        operators = [one for _ in range(stages) for one in _stage(chance)]
        try:
            made = strategy_of(operators, kind)
        except ValidationError:
            continue
        if made.id not in known:
            known.add(made.id)
            yield made


def _stage(chance: random.Random) -> tuple[Operator, ...]:
    slot = chance.choice(("", "", "subject", "name"))
    how = chance.choice(("ranked", "exact"))
    searched = (Search.model_validate({"slot": slot, "how": how}),) if slot else ()
    select = Select(
        of=chance.choice(("found", "found", "found", "parts")),
        order=chance.choice(("rank", "text")),
        holds=chance.choice(("", "", "number", "time")),
        first=chance.choice(_FIRST),
    )
    by = chance.choice(("section", "section", "part", "all"))
    grouped = (Group.model_validate({"by": by}),) if by != "section" else ()
    rule: Rule = chance.choice((*("best",) * 4, *get_args(Rule)))
    check = Check(least=chance.choice((0.1, 0.2, 0.4, 0.6)), verified=chance.random() < 0.8)
    return (*searched, select, *grouped, Ask(), Combine(how=rule), check, Stop())


def shuffled(strategy: Strategy, seed: int) -> Strategy:
    """Return the placebo of a strategy: the same operators in another order that makes a plan.

    Where no order makes another plan that does other things, the selectors take the text's order for the search's.
    """
    chance = random.Random(f"shuffle {strategy.id} {seed}")  # noqa: S311 - nothing secret
    operators = list(strategy.plan.operators)
    for _ in range(SHUFFLES):
        mixed = [*chance.sample(operators[:-1], len(operators) - 1), operators[-1]]
        made = _replanned(strategy, mixed)
        if made and _reading(mixed) != _reading(operators):
            return made
    swapped = [
        one.model_copy(update={"order": _SWAPPED[one.order]}) if isinstance(one, Select) else one
        for one in operators
    ]
    return _replanned(strategy, swapped) or strategy


def _replanned(strategy: Strategy, operators: Sequence[Operator]) -> Strategy | None:
    try:
        plan = Plan(operators=tuple(operators))
        return Strategy.model_validate({**strategy.model_dump(), "plan": plan.model_dump()})
    except ValidationError:
        return None


def _reading(operators: Sequence[Operator]) -> str:
    """Return a digest of what is read in which order: the places of checks and stops alone change little."""
    return digest_of([one.model_dump(mode="json") for one in operators if isinstance(one, Search | Select | Ask)])
