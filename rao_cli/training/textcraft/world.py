"""The crafting world: recipes, what crafting takes from an inventory, and when a task has succeeded.

The rules are those of the published environment: a craft makes a multiple of what its recipe makes and takes
exactly as many times the ingredients; a task succeeds when the inventory gained every target. One recipe for
each item, as in TextCraft-Synth; no tags.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Items = Mapping[str, int]
"""Items with how many there are."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one item is made: once makes ``makes`` of it from ``ingredients``."""

    item: str
    makes: int
    ingredients: Items

    def takes(self, times: int) -> dict[str, int]:
        """Return what crafting so many times takes."""
        return {item: count * times for item, count in self.ingredients.items()}

    def times(self, count: int) -> int:
        """Return how often to craft for at least so many."""
        return -(-count // self.makes)

    def affordable(self, inventory: Items) -> int:
        """Return how often the inventory suffices for."""
        return min(inventory.get(item, 0) // count for item, count in self.ingredients.items())


@dataclass(frozen=True, slots=True)
class Task:
    """Items to craft on top of those that are there."""

    name: str
    level: str
    targets: Items
    inventory: Items


@dataclass(frozen=True)
class World:
    """All recipes by the item they make; an item without one is raw."""

    recipes: Mapping[str, Recipe]

    def raw(self, item: str) -> bool:
        """Tell whether an item cannot be crafted."""
        return item not in self.recipes

    @cached_property
    def depths(self) -> dict[str, int]:
        """How many crafts stand on one another in each item: 0 for a raw one."""
        depths: dict[str, int] = {}
        for item in self.recipes:
            self._measure(item, depths)
        return depths

    def _measure(self, item: str, depths: dict[str, int]) -> int:
        if item not in depths:
            parts = () if self.raw(item) else tuple(self.recipes[item].ingredients)
            depths[item] = 1 + max(self._measure(part, depths) for part in parts) if parts else 0
        return depths[item]

    def craft(self, inventory: dict[str, int], item: str, count: int) -> str:
        """Craft in place; return why it cannot be done, and then nothing has changed, or an empty text."""
        recipe = self.recipes.get(item)
        if recipe is None:
            return f"no recipe makes {item}"
        if count <= 0 or count % recipe.makes:
            return f"{item} is made in multiples of {recipe.makes}, not {count}"
        taken = recipe.takes(count // recipe.makes)
        for part, needed in taken.items():
            if inventory.get(part, 0) < needed:
                return f"{count} {item} take {needed} {part}, there are {inventory.get(part, 0)}"
        for part, needed in taken.items():
            inventory[part] -= needed
            if not inventory[part]:
                del inventory[part]
        inventory[item] = inventory.get(item, 0) + count
        return ""


def lacking(targets: Items, before: Items, now: Items) -> dict[str, int]:
    """Return what an inventory must still gain, since it was as ``before``, to have gained every target."""
    short = {item: count - now.get(item, 0) + before.get(item, 0) for item, count in targets.items()}
    return {item: count for item, count in short.items() if count > 0}
