"""Tests of trees of crafting agents."""

from itertools import islice

import pytest

from rao_cli.training.textcraft.actions import Craft, Delegate, Finish, Info
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.generated import LEVELS, generate, tasks
from rao_cli.training.textcraft.players import PerfectPlayer, RandomPlayer
from rao_cli.training.textcraft.rollout import SINGLE, Limits, roll
from rao_cli.training.textcraft.world import Recipe, Task, World

WORLD = World(
    {
        "plank": Recipe("plank", 4, {"log": 1}),
        "nail": Recipe("nail", 2, {"ore": 1}),
        "table": Recipe("table", 1, {"plank": 2, "nail": 3}),
    }
)
TABLE = Task("table", "easy", {"table": 1}, {"log": 2, "ore": 3})
PLANK = Task("plank", "easy", {"plank": 2}, {"log": 2})


class Script:
    """Takes given actions, those of each agent by what it must craft; where an agent's are used up it finishes."""

    def __init__(self, **actions):
        self.actions = {item: list(each) for item, each in actions.items()}
        self.prompts = []
        self.options = []
        self.rounds = []

    def decide(self, decisions):
        """Take the next action of each agent."""
        self.rounds.append(len(decisions))
        return [self.one(decision) for decision in decisions]

    def one(self, decision):
        """Take an agent's next action, which must be on offer."""
        self.prompts.append(decision.prompt)
        self.options += decision.options
        left = self.actions.get(next(iter(decision.situation.lacking)), [])
        action = left.pop(0) if left else Finish()
        return Alphabet().sample(decision, decision.actions.index(action))


BOTH = Delegate(({"plank": 2}, {"nail": 3}))
IDEAL = {
    "table": [Info("table"), BOTH, Craft("table", 1)],
    "plank": [Info("plank"), Craft("plank", 4)],
    "nail": [Info("nail"), Craft("nail", 4)],
}


def play(task=TABLE, limits=None, **actions):
    """Return the tree of a script, and the script."""
    script = Script(**actions)
    return roll(WORLD, [task], script, limits or Limits())[0], script


def test_every_agent_is_judged_by_its_own_targets():
    """A tree that works has a success at each node, and a parent before its children."""
    tree, _ = play(**IDEAL)
    assert [(node.parent, node.depth, node.score) for node in tree.nodes] == [
        (-1, 0, 1.0),
        (0, 1, 1.0),
        (0, 1, 1.0),
    ]
    assert all(node.finished for node in tree.nodes)


def test_a_child_can_succeed_where_its_parent_fails():
    """The root finishes without crafting; its children made what they were asked."""
    tree, _ = play(**{**IDEAL, "table": [Info("table"), BOTH]})
    assert [node.score for node in tree.nodes] == [0.0, 1.0, 1.0]


def test_a_parent_can_succeed_where_a_child_fails():
    """A child that finishes at once fails; the root does its work instead."""
    own = [Info("table"), BOTH, Info("plank"), Craft("plank", 4), Craft("table", 1)]
    tree, _ = play(**{**IDEAL, "table": own, "plank": []})
    assert [node.score for node in tree.nodes] == [1.0, 0.0, 1.0]


def test_siblings_work_at_the_same_time():
    """Children of one delegation are asked in one round, and their parent only after both."""
    _, script = play(**IDEAL)
    assert script.rounds == [1, 1, 2, 2, 2, 1, 1]


def test_attempts_advance_in_lock_step():
    """All attempts are asked in one round; the two that finish at once leave the third alone in the next."""
    script = Script(plank=[Info("plank")])
    roll(WORLD, [PLANK, PLANK, PLANK], script, Limits())
    assert script.rounds == [3, 1]


def test_an_agent_without_steps_left_has_not_reported():
    """It made what it was asked, but did not say so: no success."""
    tree, _ = play(PLANK, limits=Limits(steps=2), plank=[Info("plank"), Craft("plank", 4)])
    assert [(node.finished, node.score) for node in tree.nodes] == [(False, 0.0)]


def test_a_last_step_of_delegating_lets_the_children_work():
    """The parent has no step left when they are done, and ends without a report."""
    tree, _ = play(limits=Limits(steps=3), **{**IDEAL, "table": [Info("table"), Info("plank"), BOTH]})
    assert [(node.finished, node.score) for node in tree.nodes] == [(False, 0.0), (True, 1.0), (True, 1.0)]


def test_a_parent_hears_of_a_helper_that_gave_up():
    """After a child ran out of steps, its parent's next prompt says so."""
    waste = [Info("nail"), Craft("nail", 2), Craft("nail", 2)]
    only = Delegate(({"nail": 3},))
    tree, script = play(limits=Limits(steps=3), table=[Info("table"), only], nail=waste)
    assert [node.finished for node in tree.nodes] == [True, False]
    assert script.prompts[-1].endswith("a helper gave up\n")


def test_delegating_is_not_on_offer_to_the_single_agent():
    """At the greatest depth an agent must do all itself."""
    tree, script = play(limits=SINGLE, table=[Info("table"), Info("plank"), Info("nail")])
    assert len(tree.nodes) == 1
    assert not any("delegate" in option for option in script.options)


def test_a_craft_that_became_impossible_is_a_failed_step():
    """Two siblings want the same log: the second's craft is refused, its step marked, and it is told."""
    task = Task("two", "easy", {"table": 1}, {"log": 1, "plank": 1})
    same = World({**WORLD.recipes, "nail": Recipe("nail", 2, {"log": 1, "plank": 1})})
    script = Script(
        table=[Info("table"), Delegate(({"plank": 1}, {"nail": 3}))],
        plank=[Info("plank"), Craft("plank", 4)],
        nail=[Info("nail"), Craft("nail", 2)],
    )
    tree = roll(same, [task], script, Limits())[0]
    assert [node.failed_steps for node in tree.nodes] == [frozenset(), frozenset(), frozenset({1})]
    assert any(prompt.endswith("refused\n") for prompt in script.prompts)


def test_a_tree_never_has_more_agents_than_its_limit():
    """Two agents that want the last place get it one after another: the second's step fails."""
    for limit in (1, 2, 3, 7):
        trees = roll(GENERATED, SOME, RandomPlayer(limit), Limits(agents=limit))
        assert max(len(tree.nodes) for tree in trees) <= limit


def test_no_agent_is_deeper_or_takes_more_steps_than_its_limit():
    """Whatever a random player does, limits hold."""
    trees = roll(GENERATED, SOME, RandomPlayer(1), Limits(depth=2, steps=6, agents=40))
    nodes = [node for tree in trees for node in tree.nodes]
    assert max(node.depth for node in nodes) == 2
    assert max(len(node.samples) for node in nodes) <= 6


def test_a_task_is_not_changed_by_its_attempts():
    """Each attempt has an inventory of its own."""
    script = Script(**IDEAL)
    roll(WORLD, [TABLE], script, Limits())
    assert TABLE.inventory == {"log": 2, "ore": 3}


def test_attempts_at_one_task_share_its_name():
    """They are one another's baseline."""
    trees = roll(WORLD, [TABLE, TABLE, PLANK], RandomPlayer(0), Limits(agents=5))
    assert [tree.episode for tree in trees] == ["table", "table", "plank"]


GENERATED = generate(1)
SOME = list(islice(tasks(GENERATED, "medium", 0), 6))


@pytest.mark.parametrize("level", LEVELS)
def test_the_perfect_player_solves_every_level(level):
    """Tasks can be solved by delegating, at each node by its own targets."""
    few = list(islice(tasks(GENERATED, level, 3), 2 if level == "hard" else 12))
    trees = roll(GENERATED, few, PerfectPlayer(GENERATED), Limits(depth=12, agents=4000))
    assert [tree.nodes[0].score for tree in trees] == [1.0] * len(few)


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_the_perfect_player_needs_no_helper(level):
    """Tasks can be solved by one agent, given steps."""
    few = list(islice(tasks(GENERATED, level, 4), 8))
    trees = roll(GENERATED, few, PerfectPlayer(GENERATED), Limits(depth=0, steps=2000, agents=1))
    assert [tree.nodes[0].score for tree in trees] == [1.0] * len(few)
