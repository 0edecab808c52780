"""Tests of the generated world."""

from itertools import islice

import pytest

from rao_cli.training.textcraft.generated import LEVELS, generate, needs, tasks
from rao_cli.training.textcraft.world import Recipe, World


def test_the_same_seed_makes_the_same_world():
    """Worlds depend on their seed, and on nothing else."""
    assert generate(1) == generate(1)
    assert generate(1) != generate(2)


def test_an_items_depth_is_its_tier():
    """Every item has an ingredient of the tier below."""
    depths = generate(3).depths
    assert all(depth == int(item.rpartition("_i")[2]) for item, depth in depths.items() if "_i" in item)


@pytest.mark.parametrize("level", LEVELS)
def test_targets_lie_in_the_depths_of_their_level(level):
    """A task's target is as deep as its level says."""
    world = generate(1)
    least, greatest, _ = LEVELS[level]
    for task in islice(tasks(world, level, 0), 20):
        assert all(least <= world.depths[item] <= greatest for item in task.targets)


def test_inventories_hold_raw_items_only():
    """Everything must be crafted."""
    world = generate(1)
    assert all(world.raw(item) for task in islice(tasks(world, "medium", 0), 20) for item in task.inventory)


def test_the_same_seed_makes_the_same_tasks():
    """Tasks depend on their seed, and their names are their own."""
    world = generate(1)
    first, again, other = (list(islice(tasks(world, "easy", seed), 5)) for seed in (1, 1, 2))
    assert first == again
    assert not {task.name for task in first} & {task.name for task in other}


def test_raw_items_are_counted_as_if_recipes_made_one():
    """Two tables of two planks take four logs, though a log makes four planks: always enough, never exact."""
    world = World({"plank": Recipe("plank", 4, {"log": 1}), "table": Recipe("table", 1, {"plank": 2, "nail": 3})})
    assert needs(world, {"table": 2}) == {"log": 4, "nail": 6}


def test_a_world_without_deep_items_has_no_hard_tasks():
    """Asking for what a world does not have ends at once."""
    assert list(tasks(generate(1, tiers=3), "hard", 0)) == []
