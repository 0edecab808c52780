"""What an agent may do, and which of it is offered in a state.

Offered is what is legal and names items that the agent has met: in its targets, or in a recipe that it looked
up. Of numbers there are no more than some, as a recipe can be used any number of times; the one that just
covers a target is always among them. What an agent is offered for its own targets goes one step past what they
lack, never further. Beyond the paper, no agent can hand on a whole target of its own as it is: an untrained policy
would do little else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rao_cli.training.textcraft.world import Items, Recipe, World

TIMES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""How often a recipe may be used in one action."""

ASIDE = 4
"""The most of them for an item that is no target of the agent's own."""


@dataclass(frozen=True, slots=True)
class Craft:
    """Make ``count`` of an item."""

    item: str
    count: int


@dataclass(frozen=True, slots=True)
class Delegate:
    """Hand targets to new agents, one each, that work at the same time."""

    to: tuple[Items, ...]


@dataclass(frozen=True, slots=True)
class Info:
    """Look up the recipe of an item."""

    item: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Report that the work is done."""


Action = Craft | Delegate | Info | Finish


def written(action: Action, names: Mapping[str, str]) -> str:
    """Return an action as JSON; items are called by the names given."""
    match action:
        case Craft(item, count):
            fields: dict[str, object] = {"action": "craft", "item": names[item], "count": count}
        case Delegate(to):
            handed = [{"targets": {names[item]: count for item, count in one.items()}} for one in to]
            fields = {"action": "delegate", "to": handed}
        case Info(item):
            fields = {"action": "info", "item": names[item]}
        case Finish():
            fields = {"action": "finish"}
    return json.dumps(fields, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Situation:
    """What an agent knows: what its targets lack, recipes it looked up, the shared inventory, room for others."""

    lacking: Items
    """Each target with what must still be gained of it, 0 for those that are done."""
    known: Sequence[Recipe]
    inventory: Items
    helpers: int
    """How many agents it may open now; 0 where it must do all by itself."""

    def met(self) -> list[str]:
        """Return the items it has met, targets first."""
        parts = [part for recipe in self.known for part in recipe.ingredients]
        return list(dict.fromkeys([*self.lacking, *parts]))


def offered(world: World, situation: Situation) -> list[Action]:
    """Return the actions on offer, finishing last; none twice."""
    found: list[Action] = [
        *_lookups(world, situation),
        *_crafts(situation),
        *_delegations(world, situation),
        Finish(),
    ]
    return list(dict(zip(map(repr, found), found, strict=True)).values())


def _lookups(world: World, situation: Situation) -> Iterator[Info]:
    known = {recipe.item for recipe in situation.known}
    for item in situation.met():
        if item not in known and not world.raw(item):
            yield Info(item)


def _crafts(situation: Situation) -> Iterator[Craft]:
    for recipe in situation.known:
        affordable = recipe.affordable(situation.inventory)
        for times in _times(recipe, situation):
            if times <= affordable:
                yield Craft(recipe.item, times * recipe.makes)


def _delegations(world: World, situation: Situation) -> Iterator[Delegate]:
    """Hand out all that using a recipe lacks, or, of a target's recipe, one ingredient of that."""
    handed: list[tuple[Items, ...]] = []
    for recipe in situation.known:
        for times in _times(recipe, situation):
            short: list[Items] = [
                {item: count} for item, count in _short(recipe, times, situation) if not world.raw(item)
            ]
            handed.append(tuple(short))
            if recipe.item in situation.lacking:
                handed += [(one,) for one in short]
    for to in handed:
        if 0 < len(to) <= situation.helpers:
            yield Delegate(to)


def _short(recipe: Recipe, times: int, situation: Situation) -> Iterator[tuple[str, int]]:
    for item, count in recipe.takes(times).items():
        missing = count - situation.inventory.get(item, 0)
        if missing > 0:
            yield item, missing


def _times(recipe: Recipe, situation: Situation) -> list[int]:
    """Return how often using a recipe may make sense."""
    lacks = situation.lacking.get(recipe.item)
    if lacks is None:
        return [times for times in TIMES if times <= ASIDE]
    enough = recipe.times(lacks)
    over = [times for times in TIMES if times > enough]
    return sorted({times for times in TIMES if times < enough} | {enough} - {0} | set(over[:1]))
