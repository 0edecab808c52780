"""Tests of the rules of crafting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.training.textcraft.world import Recipe, World, lacking

PLANK = Recipe("plank", 4, {"log": 1})
TABLE = Recipe("table", 1, {"plank": 2, "nail": 3})
WORLD = World({"plank": PLANK, "table": TABLE})


def test_a_craft_takes_exactly_what_it_scales_to():
    """Twice a recipe takes twice its ingredients and makes twice as much."""
    inventory = {"plank": 5, "nail": 6}
    assert WORLD.craft(inventory, "table", 2) == ""
    assert inventory == {"plank": 1, "table": 2}


@pytest.mark.parametrize(
    ("item", "count", "reason"),
    [
        ("log", 1, "no recipe makes log"),
        ("anvil", 1, "no recipe makes anvil"),
        ("plank", 3, "plank is made in multiples of 4, not 3"),
        ("plank", 0, "plank is made in multiples of 4, not 0"),
        ("plank", -4, "plank is made in multiples of 4, not -4"),
        ("table", 2, "2 table take 6 nail, there are 5"),
    ],
)
def test_a_craft_against_the_rules_changes_nothing(item, count, reason):
    """A raw or unknown item, a count that is no multiple, or too few ingredients are refused with the reason."""
    inventory = {"log": 1, "plank": 4, "nail": 5}
    before = dict(inventory)
    assert WORLD.craft(inventory, item, count) == reason
    assert inventory == before


@given(st.integers(0, 30), st.integers(0, 30), st.integers(-5, 12))
def test_nothing_comes_from_nothing(planks, nails, count):
    """Whatever is asked, no count falls below zero, and a table costs two planks and three nails."""
    inventory = {"plank": planks, "nail": nails}
    WORLD.craft(inventory, "table", count)
    made = inventory.get("table", 0)
    assert inventory.get("plank", 0) == planks - 2 * made >= 0
    assert inventory.get("nail", 0) == nails - 3 * made >= 0


def test_what_was_there_before_does_not_count():
    """Targets are gained on top of what an inventory had."""
    assert lacking({"table": 2}, {"table": 1}, {"table": 2}) == {"table": 1}
    assert lacking({"table": 2}, {"table": 1}, {"table": 3}) == {}


def test_what_others_took_is_lacking_too():
    """An inventory that fell below its beginning lacks more than the target."""
    assert lacking({"table": 1}, {"table": 2}, {}) == {"table": 3}


def test_more_than_asked_is_enough():
    """A gain beyond a target lacks nothing."""
    assert lacking({"plank": 3}, {}, {"plank": 4}) == {}


def test_depth_counts_crafts_on_top_of_one_another():
    """Raw items have depth 0, and each craft adds one to its deepest ingredient."""
    assert WORLD.depths == {"log": 0, "plank": 1, "nail": 0, "table": 2}


def test_a_recipe_is_used_as_often_as_covers_a_count():
    """Five planks take two crafts of four."""
    assert [PLANK.times(count) for count in (1, 4, 5)] == [1, 1, 2]
