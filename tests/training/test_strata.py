"""Stratified credit: agents are compared with, and weigh as, those that had their kind of task."""

import pytest

from rao_cli.errors import UsageError
from rao_cli.training.credit import CreditSettings, assign
from tests.training.trees import close, node, root, tree

STRATIFIED = CreditSettings(bonus=0, stratified=True)


def mixed_trees():
    """Return two trees: in both one child holds the answer; all that hold nothing say so but one."""
    return [
        tree(root(1), node(0, 1, 1), node(0, 1, 1, holds=False), node(0, 1, 1, holds=False)),
        tree(root(0), node(0, 1, 0), node(0, 1, 0, holds=False)),
    ]


def by_stratum(group, settings=STRATIFIED):
    """Return the credit of a group's nodes by depth and by whether they hold the answer, in their order."""
    found = {}
    for one in assign([group], settings):
        found.setdefault((one.node.depth, one.node.holds), []).append(one)
    return found


def test_strata_have_baselines_of_their_own():
    """A child is compared with the other children of its kind: (1 + 0) / 2 and (1 + 1) / 2 for the empty ones."""
    found = by_stratum(mixed_trees())
    assert [one.baseline for one in found[0, True]] == close([0, 1])
    assert [one.baseline for one in found[1, True]] == close([0, 1])
    assert [one.baseline for one in found[1, False]] == close([0.5, 0.5, 1])


def test_strata_weigh_alike():
    """Seven nodes in three strata: each stratum's weights add up to 7 / 3."""
    for some in by_stratum(mixed_trees()).values():
        assert sum(one.weight for one in some) == close(7 / 3)


def test_a_stratum_that_does_not_differ_does_not_train():
    """Where all empty children say absent nothing is learned from them, and they take no weight."""
    group = [
        tree(root(1), node(0, 1, 1), node(0, 1, 1, holds=False)),
        tree(root(0), node(0, 1, 0), node(0, 1, 1, holds=False)),
    ]
    found = by_stratum(group)
    assert [one.kept for one in found[1, False]] == [(), ()]
    assert [one.weight for one in (*found[0, True], *found[1, True])] == close([1, 1, 1, 1])


def test_an_only_node_of_its_stratum_has_no_advantage():
    """There is nobody to compare it with."""
    group = [tree(root(1), node(0, 1, 1)), tree(root(0), node(0, 1, 1, holds=False))]
    found = by_stratum(group)
    assert [one.advantage for one in (*found[1, True], *found[1, False])] == close([0, 0])


def test_unfinished_nodes_are_nobodys_baseline_in_their_stratum():
    """Of three children that hold the answer one did not finish: the others are compared with each other."""
    group = [tree(root(1), node(0, 1, 1), node(0, 1, 0)), tree(root(0), node(0, 1, 0, finished=False))]
    assert [one.baseline for one in by_stratum(group)[1, True]] == close([0, 1, 0.5])


@pytest.mark.parametrize("other", [{"sparse": True}, {"discount": 0.5}, {"depth_weighting": False}])
def test_strata_go_with_no_other_baseline_or_weight(other):
    """What strata would silently replace is refused, with what to do."""
    with pytest.raises(UsageError) as caught:
        CreditSettings(stratified=True, **other)
    assert "or stratified" in caught.value.hint
