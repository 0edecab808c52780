"""What an agent is shown: its targets, the recipes it looked up, what there is of each ingredient, its last step.

Items go by short names in the order in which the agent met them, raw ones r1, r2, ... and others i1, i2, ...:
the world's own names mean nothing, and a policy that is trained from scratch cannot learn a thousand of them.
"""

from rao_cli.training.textcraft.actions import Situation
from rao_cli.training.textcraft.world import Recipe, World

SOON = 5
"""From here on the steps left are counted."""


def short_names(world: World, situation: Situation) -> dict[str, str]:
    """Return the name that each met item goes by."""
    names: dict[str, str] = {}
    counts = {"r": 0, "i": 0}
    for item in situation.met():
        kind = "r" if world.raw(item) else "i"
        counts[kind] += 1
        names[item] = f"{kind}{counts[kind]}"
    return names


def prompt(situation: Situation, names: dict[str, str], *, steps: int, last: str) -> str:
    """Return the text of a state; ``steps`` are those left, this one included; ``last`` tells of the last one."""
    lines = [f"craft {count} more {names[item]}" for item, count in situation.lacking.items()]
    lines += [_recipe(recipe, situation, names) for recipe in situation.known]
    lines.append(f"{steps if steps < SOON else 'many'} steps left")
    if last:
        lines.append(last)
    return "\n".join(lines) + "\n"


def _recipe(recipe: Recipe, situation: Situation, names: dict[str, str]) -> str:
    parts = ", ".join(
        f"{count} {names[item]} of {situation.inventory.get(item, 0)}"
        for item, count in recipe.ingredients.items()
    )
    return f"{recipe.makes} {names[recipe.item]} from {parts}"
