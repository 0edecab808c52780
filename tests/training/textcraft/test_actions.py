"""Tests of what is offered in a state."""

import json
from itertools import islice

import pytest

from rao_cli.training.textcraft.actions import (
    ASIDE,
    Craft,
    Delegate,
    Finish,
    Info,
    Situation,
    offered,
    written,
)
from rao_cli.training.textcraft.generated import generate, tasks
from rao_cli.training.textcraft.players import RandomPlayer
from rao_cli.training.textcraft.rollout import Limits, roll
from rao_cli.training.textcraft.world import Recipe, World

PLANK = Recipe("plank", 4, {"log": 1})
NAIL = Recipe("nail", 2, {"ore": 1})
TABLE = Recipe("table", 1, {"plank": 2, "nail": 3})
WORLD = World({"plank": PLANK, "nail": NAIL, "table": TABLE})


def state(lacking, *known, inventory=None, helpers=9):
    """Return a situation."""
    return Situation(lacking, known, inventory or {}, helpers)


def test_who_knows_nothing_can_look_up_or_finish():
    """At its beginning an agent has met its targets only, and cannot hand them on as they are."""
    assert offered(WORLD, state({"table": 2})) == [Info("table"), Finish()]


def test_a_recipe_is_looked_up_once():
    """Known recipes and raw items are not on offer, ingredients that can be crafted are."""
    found = offered(WORLD, state({"table": 1}, TABLE, PLANK))
    assert [action for action in found if isinstance(action, Info)] == [Info("nail")]


def test_only_what_the_inventory_affords_is_crafted():
    """Six planks are enough for three tables at most, five nails for one."""
    found = offered(WORLD, state({"table": 3}, TABLE, inventory={"plank": 6, "nail": 5}))
    assert [action for action in found if isinstance(action, Craft)] == [Craft("table", 1)]


def test_what_is_short_for_a_recipe_is_handed_out_together():
    """Each ingredient that is short goes to an agent of its own, with what is missing of it."""
    found = offered(WORLD, state({"table": 2}, TABLE, inventory={"plank": 1}))
    assert Delegate(({"plank": 3}, {"nail": 6})) in found
    assert Delegate(({"plank": 3},)) in found
    assert Delegate(({"nail": 6},)) in found


def test_raw_items_are_handed_to_nobody():
    """No agent can craft a log."""
    found = offered(WORLD, state({"plank": 4}, PLANK))
    assert [action for action in found if isinstance(action, Delegate)] == []


def test_the_number_that_covers_a_target_is_on_offer():
    """Five crafts, which no rung of numbers has, are among those offered, and one step more."""
    found = offered(WORLD, state({"plank": 20}, PLANK, inventory={"log": 99}))
    assert [action.count for action in found if isinstance(action, Craft)] == [4, 8, 12, 16, 20, 24]


def test_other_items_are_crafted_a_few_times_at_most():
    """What is no target is made in small numbers."""
    found = offered(WORLD, state({"table": 1}, TABLE, PLANK, inventory={"log": 99}))
    assert max(action.count for action in found if isinstance(action, Craft)) == 4 * ASIDE


@pytest.mark.parametrize("helpers", [0, 1])
def test_no_more_agents_are_opened_than_there_is_room_for(helpers):
    """Delegations to more agents than may be opened are not on offer."""
    found = offered(WORLD, state({"table": 1}, TABLE, helpers=helpers))
    assert all(len(action.to) <= helpers for action in found if isinstance(action, Delegate))


def test_who_is_done_crafts_nothing_more_than_one_step():
    """A target that lacks nothing still has one craft on offer: stopping is a decision."""
    found = offered(WORLD, state({"plank": 0}, PLANK, inventory={"log": 9}))
    assert found == [Craft("plank", 4), Finish()]


def test_actions_are_json_with_the_names_given():
    """Each action is one JSON object."""
    names = {"plank": "i1", "nail": "i2"}
    actions = [Craft("plank", 4), Delegate(({"plank": 3}, {"nail": 6})), Info("nail"), Finish()]
    assert [json.loads(written(action, names)) for action in actions] == [
        {"action": "craft", "item": "i1", "count": 4},
        {"action": "delegate", "to": [{"targets": {"i1": 3}}, {"targets": {"i2": 6}}]},
        {"action": "info", "item": "i2"},
        {"action": "finish"},
    ]


class Checking(RandomPlayer):
    """A random player that notes the states it sees."""

    def __init__(self, seed):
        super().__init__(seed)
        self.seen = []

    def decide(self, decisions):
        """Check every offered craft on a copy of the inventory."""
        for decision in decisions:
            self.seen.append(decision)
            for action in decision.actions:
                if isinstance(action, Craft):
                    assert GENERATED.craft(dict(decision.situation.inventory), action.item, action.count) == ""
        return super().decide(decisions)


GENERATED = generate(5)


def test_every_offered_craft_can_be_done():
    """In states that a random player comes to, each craft on offer follows the rules, and none comes twice."""
    player = Checking(0)
    roll(GENERATED, list(islice(tasks(GENERATED, "easy", 0), 20)), player, Limits(agents=30))
    assert len(player.seen) > 100
    assert all(len(set(decision.options)) == len(decision.options) > 1 for decision in player.seen)
