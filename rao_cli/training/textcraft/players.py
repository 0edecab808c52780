"""Policies that need no training: one that plays perfectly, and one that plays at random.

The perfect player looks a target's recipe up, hands what that lacks to children, crafts and finishes; where it
may not delegate it does the same with the ingredients itself. It demonstrates, and shows that tasks can be
solved.
"""

import math
from collections.abc import Sequence
from random import Random

from rao_cli.training.samples import Sample
from rao_cli.training.textcraft.actions import Action, Craft, Delegate, Finish, Info, Situation
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.rollout import Decision
from rao_cli.training.textcraft.world import Recipe, World


class PerfectPlayer:
    """Decides as an agent would that calculates."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.alphabet = Alphabet()

    def decide(self, decisions: Sequence[Decision]) -> list[Sample]:
        """Return the right action of each state."""
        chosen = [decision.actions.index(self.action(decision)) for decision in decisions]
        return [self.alphabet.sample(decision, place) for decision, place in zip(decisions, chosen, strict=True)]

    def action(self, decision: Decision) -> Action:
        """Return the right action of a state: one of those on offer."""
        situation = decision.situation
        for item, count in situation.lacking.items():
            if count:
                return self._towards(item, count, situation, decision.actions)
        return Finish()

    def _towards(self, item: str, count: int, situation: Situation, actions: Sequence[Action]) -> Action:
        """Return the next step towards so many of an item."""
        recipe = next((recipe for recipe in situation.known if recipe.item == item), None)
        if recipe is None:
            return Info(item)
        times = recipe.times(count)
        short = {
            part: needed - situation.inventory.get(part, 0)
            for part, needed in recipe.takes(times).items()
            if situation.inventory.get(part, 0) < needed
        }
        if not short:
            return _craft(recipe, count, actions)
        parts = {part: missing for part, missing in short.items() if not self.world.raw(part)}
        handed = Delegate(tuple({part: missing} for part, missing in parts.items()))
        if handed in actions:
            return handed
        if parts:
            return self._towards(*next(iter(parts.items())), situation, actions)
        return Finish()


def _craft(recipe: Recipe, count: int, actions: Sequence[Action]) -> Action:
    """Return the craft that makes what is wanted, or, where that is not on offer, the greatest smaller one."""
    enough = recipe.times(count) * recipe.makes
    on_offer = [action for action in actions if isinstance(action, Craft) and action.item == recipe.item]
    return max((action for action in on_offer if action.count <= enough), key=lambda action: action.count)


class RandomPlayer:
    """Takes any action on offer, all equally likely: it knows what can be done, and nothing about the game."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"player {seed}")  # noqa: S311 - nothing secret
        self.alphabet = Alphabet()

    def decide(self, decisions: Sequence[Decision]) -> list[Sample]:
        """Return an action of each state."""
        return [
            self.alphabet.sample(
                decision, self.random.randrange(len(decision.options)), -math.log(len(decision.options))
            )
            for decision in decisions
        ]
