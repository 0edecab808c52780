"""Credit: the published numbers and the edge rules."""

import math

import pytest

from rao_cli.errors import UsageError
from rao_cli.training.credit import (
    CreditSettings,
    assign,
    baselines,
    bonuses,
    by_episode,
    counted,
    depth_weights,
    kept,
    scores,
    summary,
)
from rao_cli.training.samples import NodeRollout, Sample
from tests.training.trees import PLAIN, close, decision, node, published, root, tree


def advantages(group, settings=PLAIN):
    """Return the advantages of one group's nodes."""
    return [credit.advantage for credit in assign([group], settings)]


def weights(group, settings=PLAIN):
    """Return the weights of one group's nodes."""
    return [credit.weight for credit in assign([group], settings)]


JUDGED = tree(
    root(1),
    node(0, 1, 0.6),
    node(0, 1, 1.0, counted=False),
    node(1, 2, 1.0),
    node(1, 2, 0.0),
)


def test_bonus_is_direct_and_a_rate():
    """Children add lambda times the mean of their own successes; judges add nothing, grandchildren neither."""
    assert bonuses(JUDGED, 0.4) == close([0.24, 0.20, 0, 0, 0])


def test_reward_is_success_and_bonus():
    """The published rewards: 1.24 for the root, 0.80 for its child, the leaves their own success."""
    rewards = [credit.reward for credit in assign([[JUDGED]], CreditSettings())]
    assert rewards == close([1.24, 0.80, 1.0, 0.0])


def test_published_batch_rewards():
    """The worked example's rewards R."""
    rewards = [credit.reward for credit in assign([published()], CreditSettings())]
    assert rewards == close([1.2, 1.4, 0, 1, 0.4, 1, 0])


def test_published_batch_baselines():
    """Each tree's baseline is the mean root reward of the others, bonus included, for all of its nodes."""
    found = [credit.baseline for credit in assign([published()], CreditSettings())]
    assert found == close([0.2] * 4 + [0.6] * 2 + [0.8])


def test_published_batch_advantages():
    """The worked example's advantages A; d has a positive one though its root failed."""
    assert advantages(published(), CreditSettings()) == close([1.0, 1.2, -0.2, 0.8, -0.2, 0.4, -0.8])


def test_published_batch_weights():
    """The worked example's depth weights w, which add up to the number of nodes."""
    found = weights(published(), CreditSettings())
    assert found == close([7 / 9, 7 / 9, 7 / 9, 7 / 3, 7 / 9, 7 / 9, 7 / 9])
    assert math.fsum(found) == close(7)


def test_published_batch_credit():
    """The worked example's credit w A."""
    found = [credit.credit for credit in assign([published()], CreditSettings())]
    assert found == close([7 / 9, 1.2 * 7 / 9, -1.4 / 9, 0.8 * 7 / 3, -1.4 / 9, 2.8 / 9, -5.6 / 9])


def test_published_batch_without_bonus():
    """With lambda = 0 the same trees have the published advantages."""
    assert advantages(published()) == close([1, 1, 0, 1, -0.5, 0.5, -0.5])


def test_published_weights_by_tokens():
    """Scaled by policy tokens, the weights are those that Tinker gives."""
    group = published((10,), (20,), (5,), (5,), (10,), (20,), (30,))
    found = weights(group, CreditSettings(mass="tokens"))
    assert found == close([10 / 11, 10 / 11, 10 / 11, 30 / 11, 10 / 11, 10 / 11, 10 / 11])


@pytest.mark.parametrize("mass", ["decisions", "tokens"])
def test_published_weights_by_sequences(mass):
    """Nodes of several sequences with equally many tokens: both backends' weights."""
    group = published((4, 4), (4,), (4,), (4, 4, 4), (4,), (4,), (4,))
    assert weights(group, CreditSettings(mass=mass)) == close([0.625] * 3 + [1.875] + [0.625] * 3)


def test_published_baselines():
    """Leave-one-out over four roots."""
    assert baselines([1, 0, 0.5, 1], [True] * 4) == close([0.5, 5 / 6, 2 / 3, 0.5])


def test_unfinished_root_leaves_the_baseline():
    """An unfinished root is nobody's baseline, and its own tree has the mean of the finished ones."""
    assert baselines([1, 0, 0.5, 1], [True, True, True, False]) == close([0.25, 0.75, 0.5, 0.5])


def test_published_depth_weights():
    """Two, four and eight nodes at three depths."""
    depths = [0] * 2 + [1] * 4 + [2] * 8
    assert depth_weights(depths, CreditSettings()) == close({0: 7 / 3, 1: 7 / 6, 2: 7 / 12})


def test_published_discount():
    """Gamma 0.5 at depths 0, 1, 2, 2 keeps the mean weight at 1."""
    found = depth_weights([0, 1, 2, 2], CreditSettings(discount=0.5))
    assert [found[depth] for depth in (0, 1, 2, 2)] == close([2, 1, 0.5, 0.5])


def test_depths_without_nodes_have_no_share():
    """A depth that nothing trains at takes nothing from the others."""
    assert depth_weights([0, 2], CreditSettings()) == close({0: 1, 2: 1})


def test_no_depth_weighting():
    """Switched off, every node weighs 1."""
    assert weights(published(), CreditSettings(depth_weighting=False)) == close([1] * 7)


def test_discount_replaces_inverse_counts():
    """With a discount, weights fall by it and not by the number of nodes."""
    found = depth_weights([0, 1, 1, 1, 1], CreditSettings(discount=1.0))
    assert found == close({0: 1, 1: 1})


def test_a_discount_of_nothing_trains_nothing():
    """Gamma 0 where no root trains gives weight 0, not a division by zero."""
    assert depth_weights([1, 2], CreditSettings(discount=0.0)) == {1: 0, 2: 0}


def test_no_nodes_have_no_weights():
    """An empty batch is no error."""
    assert depth_weights([], CreditSettings()) == {}
    assert assign([], CreditSettings()) == []


def test_single_agents_are_plain_leave_one_out():
    """Trees of one node have weight 1 and their advantage over the others."""
    group = [tree(root(score)) for score in (1, 0, 0.5, 1)]
    found = assign([group], CreditSettings())
    assert [credit.credit for credit in found] == close([0.5, -5 / 6, -1 / 6, 0.5])


def test_sparse_gives_all_the_root_success():
    """Every node of a tree has its root's success, no bonus, and so its root's advantage."""
    found = assign([published()], CreditSettings(sparse=True))
    assert [credit.score for credit in found] == [1, 1, 1, 1, 0, 0, 0]
    assert [credit.bonus for credit in found] == [0] * 7
    assert [credit.advantage for credit in found] == close([1] * 4 + [-0.5] * 3)


def test_sparse_does_not_train_below_an_unfinished_root():
    """A success that was never reached says nothing of the children."""
    group = [tree(root(0, finished=False), node(0, 1, 1)), tree(root(1)), tree(root(0))]
    assert [bool(credit.kept) for credit in assign([group], CreditSettings(sparse=True))] == [
        False,
        False,
        True,
        True,
    ]


def test_scores_are_the_nodes_own():
    """A node's score is its own unless all have their root's."""
    nodes = published()[0]
    assert scores(nodes) == [1, 1, 0, 1]
    assert scores(nodes, sparse=True) == [1] * 4


def test_children_of_an_unfinished_root_train():
    """They have the mean of the finished roots as their baseline; their root does not train."""
    group = [tree(root(0, finished=False), node(0, 1, 1)), tree(root(1)), tree(root(0))]
    found = assign([group], PLAIN)
    assert [credit.advantage for credit in found] == close([-0.5, 0.5, 1, -1])
    assert [credit.kept for credit in found] == [(), (0,), (0,), (0,)]


def test_unfinished_children_do_not_train():
    """They count as what their parent asked for in vain, and in no depth's number of nodes."""
    group = [tree(root(1), node(0, 1, 0, finished=False), node(0, 1, 1)), tree(root(0))]
    found = assign([group], CreditSettings())
    assert found[0].bonus == close(0.2)
    assert [credit.weight for credit in found] == close([0.75, 0, 1.5, 0.75])


def test_only_finished_root_has_no_advantage():
    """It is its own baseline, and its tree's; the other trees' nodes have it too."""
    group = [tree(root(0.5), node(0, 1, 1)), tree(root(1, finished=False), node(0, 1, 0))]
    assert advantages(group) == close([0, 0.5, 0.5, -0.5])


def test_a_tree_alone_is_its_own_baseline():
    """One tree in the group: its root has no advantage, its children theirs over it."""
    assert advantages([tree(root(0), node(0, 1, 1))]) == close([0, 1])


def test_without_a_finished_root_nothing_trains():
    """A group that has no baseline has no advantages and no samples."""
    found = assign([[tree(root(1, finished=False), node(0, 1, 1))]], PLAIN)
    assert [(credit.baseline, credit.advantage, credit.kept) for credit in found] == [(None, 0.0, ())] * 2


def test_equal_groups_are_dropped():
    """Where no node is better than another nothing trains."""
    found = assign([[tree(root(1), node(0, 1, 1)), tree(root(1))]], PLAIN)
    assert [(credit.kept, credit.credit) for credit in found] == [((), 0)] * 3


def test_equal_but_for_rounding_is_equal():
    """Rewards that differ in the last digit only are equal."""
    group = [tree(root(score)) for score in (0.1 + 0.2, 0.3, 0.3)]
    assert not any(credit.kept for credit in assign([group], PLAIN))


def test_a_child_keeps_its_group():
    """Roots that are all equal still train when a child is not."""
    found = assign([[tree(root(1), node(0, 1, 0)), tree(root(1))]], PLAIN)
    assert [credit.credit for credit in found] == close([0, -1.5, 0])
    assert all(credit.kept for credit in found)


def test_dropped_groups_do_not_weigh():
    """Depth weights count the nodes that train, over all groups of the batch."""
    equal = [
        tree(
            root(
                1,
            ),
            node(0, 1, 1),
        ),
        tree(root(1)),
    ]
    found = assign([equal, published()], PLAIN)
    assert [credit.weight for credit in found[3:]] == close(weights(published()))


def test_weights_are_the_batch_s():
    """Two groups share the numbers of nodes at each depth."""
    deep, flat = published(), [tree(root(1)), tree(root(0))]
    found = assign([deep, flat], CreditSettings())
    assert found[-1].weight == close(9 / 3 / 5)
    assert found[3].weight == close(9 / 3)


def test_groups_do_not_share_baselines():
    """A group's advantages are the same whatever else is in the batch."""
    found = assign([published(), [tree(root(1)), tree(root(0))]], PLAIN)
    assert [credit.advantage for credit in found[:7]] == close(advantages(published()))


def test_judges_have_no_credit():
    """Judges do not train, nor does anyone whom a judge opened."""
    judge = tree(root(1), node(0, 1, 1, counted=False), node(1, 2, 1), node(0, 1, 0))
    assert counted(judge) == [True, False, False, True]
    assert [credit.place for credit in assign([[judge, tree(root(0))]], PLAIN)] == [0, 3, 0]


def test_a_tree_of_judges_is_nobody_s_baseline():
    """A tree whose root does not count is left out of its group."""
    group = [tree(root(1, counted=False), node(0, 1, 1)), tree(root(1)), tree(root(0))]
    assert advantages(group) == close([1, -1])


def test_failed_steps_are_not_praised():
    """Samples whose action was refused train only where the node's credit is not positive."""
    actor = node(-1, 0, 1, decision(), decision(2), decision(), failed_steps=frozenset({1}))
    assert kept(actor, 0.5) == (0, 2)
    assert kept(actor, -0.5) == (0, 1, 2)
    assert kept(actor, 0.0) == (0, 1, 2)


def test_failed_steps_are_masked_in_a_batch():
    """The mask follows the centred reward, so a success below the baseline keeps its failed steps."""
    actor = node(-1, 0, 0.5, decision(), decision(4), failed_steps=frozenset({1}))
    good, bad = assign([[tree(actor), tree(root(0))]], PLAIN)[0], assign([[tree(actor), tree(root(1))]], PLAIN)[0]
    assert (good.kept, good.tokens) == ((0,), 1)
    assert (bad.kept, bad.tokens) == ((0, 1), 5)


def test_nodes_without_anything_to_train_do_not_weigh():
    """A node that took no decision of the policy's, or praised failures only, is in no depth's number of nodes."""
    silent = NodeRollout(0, 1, 1)
    failing = node(0, 1, 1, failed_steps=frozenset({0}))
    assert weights([tree(root(1), silent, failing, node(0, 1, 1)), tree(root(0))]) == close(
        [0.75, 0, 0, 1.5, 0.75]
    )


def test_a_choice_is_one_token():
    """A decision chosen among offered actions counts as one token, however long they are."""
    choice = Sample((1,), ((2, 3, 4), (5, 6)), 1, (-0.7,))
    found = assign([[tree(node(-1, 0, 1, choice, decision(3))), tree(root(0))]], PLAIN)
    assert found[0].tokens == 4


def test_attempts_are_gathered_by_episode():
    """Trees of one episode are one group, wherever they stand."""
    one, two, three = tree(root(0), episode="a"), tree(root(1), episode="b"), tree(root(1), episode="a")
    assert by_episode([one, two, three]) == [[one, three], [two]]


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_senseless_settings_are_refused(value):
    """A bonus or discount that is no number from 0 on is a usage error."""
    with pytest.raises(UsageError):
        CreditSettings(bonus=value)
    with pytest.raises(UsageError):
        CreditSettings(discount=value)


def test_the_summary_names_the_stages():
    """The log has each stage's mean and each depth's weight."""
    figures = summary(assign([published()], CreditSettings()))
    assert figures["credit/root_score"] == close(1 / 3)
    assert figures["credit/reward"] == close(5 / 7)
    assert figures["credit/baseline"] == close(2.8 / 7)
    assert figures["credit/advantage"] == close(2.2 / 7)
    assert [figures[f"credit/depth{depth}/weight"] for depth in range(3)] == close([7 / 9, 7 / 9, 7 / 3])


def test_the_summary_counts_what_is_masked():
    """Steps left out of nodes that train are counted; a batch in which nothing trains has zeros."""
    actor = node(-1, 0, 1, decision(), decision(), failed_steps=frozenset({1}))
    figures = summary(assign([[tree(actor), tree(root(0))]], PLAIN))
    assert (
        figures["credit/masked_steps"],
        figures["credit/training_nodes"],
        figures["credit/training_tokens"],
    ) == (
        1,
        2,
        2,
    )
    assert summary(assign([[tree(root(1)), tree(root(1))]], PLAIN))["credit/depth0/weight"] == 0
    assert summary([])["credit/advantage"] == 0


def test_the_summary_passes_over_what_is_not_there():
    """A group without a baseline has none in the mean, and a depth's weight is that of those who train."""
    groups = [[tree(root(1, finished=False))], [tree(root(0.5, finished=False)), tree(root(1)), tree(root(0))]]
    figures = summary(assign(groups, PLAIN))
    assert figures["credit/baseline"] == close(0.5)
    assert figures["credit/depth0/weight"] == close(1)
