"""Tests of the published world and tasks, where their package is installed."""

import random
from itertools import islice

import pytest

from rao_cli.errors import InputError, UsageError
from rao_cli.training.environments import textcraft
from rao_cli.training.textcraft.players import PerfectPlayer
from rao_cli.training.textcraft.rollout import Limits, roll

published = pytest.mark.skipif(not textcraft.installed(), reason="platoon-textcraft is not installed")


@pytest.fixture(scope="module")
def world():
    """Return the published world."""
    return textcraft.world()


@published
def test_the_world_is_the_published_one(world):
    """It has 1,402 recipes, twelve deep."""
    assert len(world.recipes) == 1402
    assert max(world.depths.values()) == 12


@published
def test_tasks_are_those_of_the_paper():
    """The training set has 852 medium tasks, validation 147 easy, 213 medium, 136 hard and 136 extreme ones."""
    assert len(list(textcraft.tasks("train", "medium"))) == 852
    assert [len(list(textcraft.tasks("val", level))) for level in textcraft.LEVELS] == [147, 213, 136, 136]


@published
@pytest.mark.parametrize(("level", "count"), [("easy", 30), ("medium", 15), ("hard", 2)])
def test_a_perfect_recursive_player_solves_them(world, level, count):
    """Every attempt at easy, medium and hard tasks succeeds."""
    tasks = list(islice(textcraft.tasks("val", level), count))
    trees = roll(world, tasks, PerfectPlayer(world), Limits(depth=12, agents=5000))
    assert [tree.nodes[0].score for tree in trees] == [1.0] * count


@published
def test_making_the_world_leaves_chance_alone():
    """The package seeds the shared generator; whoever uses that does not notice."""
    random.seed(5)
    expected = random.random()
    random.seed(5)
    textcraft.world()
    assert random.random() == expected


@pytest.mark.skipif(textcraft.installed(), reason="platoon-textcraft is installed")
def test_a_missing_package_is_explained():
    """The error says what is missing and how to get it."""
    with pytest.raises(InputError, match="not installed") as error:
        textcraft.world()
    assert "platoon-textcraft" in error.value.hint


@pytest.mark.parametrize(("split", "level"), [("test", "easy"), ("val", "trivial")])
def test_unknown_splits_and_levels_are_refused(split, level):
    """A name that the package does not have is told with those that it has."""
    with pytest.raises(UsageError, match=level) as error:
        list(textcraft.tasks(split, level))
    assert "easy, medium, hard, extreme" in error.value.hint
