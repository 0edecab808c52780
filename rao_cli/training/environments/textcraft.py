"""TextCraft-Synth as published: the world and the tasks of the package platoon-textcraft (MIT), if installed.

Only its data and the module that makes its world are read; neither needs the package's own requirements, so it
may be installed with ``pip install --no-deps``. The demonstrations that its tasks hold are not read.
"""

import json
import random
from collections.abc import Iterator
from importlib import import_module, util
from pathlib import Path
from typing import Any

from rao_cli.errors import InputError, UsageError
from rao_cli.training.textcraft.world import Recipe, Task, World

PACKAGE = "platoon_textcraft"
LEVELS = ("easy", "medium", "hard", "extreme")
SPLITS = ("train", "val")
_SEED, _EACH = 42, 25
"""How the published world was made."""


def installed() -> bool:
    """Tell whether the package is there."""
    return util.find_spec(PACKAGE) is not None


def world() -> World:
    """Return the published world; raise InputError without the package."""
    _folder()
    made = import_module(f"{PACKAGE}.synth_recipe_generator").SynthRecipeDatabase()
    state = random.getstate()
    try:
        made.generate_all_recipes(seed=_SEED, items_per_domain_tier=_EACH)
    finally:
        random.setstate(state)  # the package seeds the generator that all share
    return World({item: _recipe(item, recipes[0]) for item, recipes in made.recipes.items()})


def _recipe(item: str, recipe: Any) -> Recipe:
    return Recipe(item, int(recipe.result_count), dict(recipe.ingredients))


def tasks(split: str, level: str) -> Iterator[Task]:
    """Yield a level's tasks in the package's order; raise InputError without it, UsageError for other names."""
    if split not in SPLITS or level not in LEVELS:
        raise UsageError(
            f"TextCraft-Synth has no {split} tasks that are {level}",
            hint=f"splits are {', '.join(SPLITS)}; levels are {', '.join(LEVELS)}",
        )
    with (_folder() / "data" / f"textcraft_synth_{split}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            known = told["misc"]
            if known["difficulty"] == level:
                yield Task(told["id"], level, known["target_items"], known["initial_inventory"])


def _folder() -> Path:
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise InputError(
            "the tasks of TextCraft-Synth are not installed",
            hint="pip install --no-deps platoon-textcraft, with Python 3.12 or newer",
        )
    return Path(spec.origin).parent
