"""A small world of the shape of TextCraft-Synth, made from a seed: for tests, and where its package is missing.

Tiers, yields, numbers of ingredients and inventories follow the published generator; there is one domain, and
an item of a tier always has an ingredient of the tier below, so that its depth is its tier.
"""

from collections.abc import Iterator
from random import Random

from rao_cli.training.textcraft.world import Items, Recipe, Task, World

LEVELS: dict[str, tuple[int, int, int]] = {"easy": (2, 3, 3), "medium": (4, 6, 3), "hard": (7, 9, 2)}
"""Of each level the least and the greatest depth of a target, and the most of it that is asked."""

YIELDS = ((1, 1), (2, 4), (2, 3), (1, 2), (1, 2), (1, 2))
"""Least and most that a recipe makes, by tier; 1 of all deeper ones."""


def generate(seed: int, *, tiers: int = 9, each: int = 10) -> World:
    """Return a world with so many tiers of crafted items and so many items in each."""
    random = Random(f"world {seed}")  # noqa: S311 - nothing secret
    items = [[f"raw_m{place}" for place in range(each)]]
    recipes: dict[str, Recipe] = {}
    for tier in range(1, tiers + 1):
        made = [f"m{place}_i{tier}" for place in range(each)]
        recipes |= {item: _recipe(random, item, tier, items) for item in made}
        items.append(made)
    return World(recipes)


def _recipe(random: Random, item: str, tier: int, items: list[list[str]]) -> Recipe:
    below = random.choice(items[tier - 1])
    others = sorted({*items[tier - 1], *items[max(0, tier - 2)]} - {below})
    count = (1 if tier == 1 else 2 if tier < 8 else 3) + random.randint(0, min(2, tier // 3))
    chosen = [below, *random.sample(others, min(count - 1, len(others)))]
    most = 2 if tier <= 4 else 1
    makes = random.randint(*YIELDS[tier]) if tier < len(YIELDS) else 1
    return Recipe(item, makes, {part: random.randint(1, most) for part in chosen})


def tasks(world: World, level: str, seed: int) -> Iterator[Task]:
    """Yield tasks of a level without end; each can be solved with what is in its inventory."""
    random = Random(f"tasks {level} {seed}")  # noqa: S311 - nothing secret
    least, greatest, most = LEVELS[level]
    targets = sorted(item for item, depth in world.depths.items() if least <= depth <= greatest)
    raw = sorted(item for item, depth in world.depths.items() if depth == 0)
    number = 0
    while targets:
        wanted = {random.choice(targets): random.randint(1, most)}
        inventory = {
            item: count + random.randint(0, max(1, count // 2)) for item, count in needs(world, wanted).items()
        }
        for item in random.sample(raw, min(len(raw), random.randint(1, 3))):
            inventory.setdefault(item, random.randint(1, 5))
        yield Task(f"generated.{seed}.{level}.{number}", level, wanted, inventory)
        number += 1


def needs(world: World, targets: Items) -> dict[str, int]:
    """Return raw items that suffice for targets: as many as if every recipe made a single item, as published."""
    total: dict[str, int] = {}
    for item, count in targets.items():
        parts = {} if world.raw(item) else needs(world, world.recipes[item].ingredients)
        for part, each in parts.items() or ((item, 1),):
            total[part] = total.get(part, 0) + each * count
    return total
