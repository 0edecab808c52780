"""What holds of the credit of every batch."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.training.credit import CreditSettings, assign, baselines, bonuses
from tests.training.trees import GROUPS, PLAIN, SCORE, close, node, root, tree, trees

MASS = st.sampled_from(["nodes", "decisions", "tokens"])


@given(GROUPS)
def test_weights_add_up_to_the_nodes(groups):
    """Depth weights move weight between nodes and make none."""
    training = [credit for credit in assign(groups, CreditSettings()) if credit.kept]
    assert math.fsum(credit.weight for credit in training) == close(len(training))


@given(GROUPS)
def test_every_depth_weighs_the_same(groups):
    """Each depth at which something trains has the same weight in all."""
    total = {}
    for credit in assign(groups, CreditSettings()):
        total[credit.node.depth] = total.get(credit.node.depth, 0.0) + credit.weight
    assert len({round(value, 6) for value in total.values() if value}) <= 1


@given(GROUPS, MASS, st.sampled_from([None, 0.5, 2.0]))
def test_weights_keep_the_mass(groups, mass, discount):
    """Whatever the weights are by, the weighted tokens (nodes, decisions) are as many as the unweighted."""
    found = assign(groups, CreditSettings(mass=mass, discount=discount))
    training = [credit for credit in found if credit.kept]
    masses = [{"nodes": 1, "decisions": len(c.kept), "tokens": c.tokens}[mass] for c in training]
    weighted = [credit.weight * amount for credit, amount in zip(training, masses, strict=True)]
    assert math.fsum(weighted) == close(math.fsum(masses))


@given(st.lists(SCORE, min_size=2, max_size=8), st.floats(-10, 10))
def test_baselines_move_with_the_roots(roots, shift):
    """Adding the same to every root's reward changes no root's advantage."""
    done = [True] * len(roots)
    before, after = baselines(roots, done), baselines([value + shift for value in roots], done)
    assert [value + shift for value in before] == close(after)


@given(st.lists(st.tuples(SCORE, st.booleans()), min_size=1, max_size=8))
def test_finished_roots_advantages_cancel(roots):
    """The advantages of a group's finished roots add up to nothing."""
    base = baselines([score for score, _ in roots], [done for _, done in roots])
    found = [score - base[at] for at, (score, done) in enumerate(roots) if done]
    assert math.fsum(found) == close(0)


@given(st.lists(SCORE, min_size=2, max_size=6), st.floats(0, 1))
def test_a_baseline_does_not_see_its_own_root(roots, other):
    """Another reward of a tree's root leaves that tree's baseline as it was."""
    done = [True] * len(roots)
    assert baselines([other, *roots[1:]], done)[0] == close(baselines(roots, done)[0])


@given(trees())
def test_no_lambda_no_bonus(one):
    """With lambda = 0 every reward is the node's own success."""
    found = assign([[one]], PLAIN)
    assert [credit.reward for credit in found] == [credit.node.score for credit in found]


@given(trees(), st.floats(0, 2))
def test_a_bonus_is_at_most_lambda(one, bonus):
    """However many children there are, they add between nothing and lambda."""
    assert all(0 <= value <= bonus * (1 + 1e-9) for value in bonuses(one, bonus))


@given(st.integers(1, 6), SCORE)
def test_more_of_the_same_children_add_nothing(count, score):
    """A second child as good as the first leaves the bonus as it was."""
    one, many = tree(root(1), node(0, 1, score)), tree(root(1), *[node(0, 1, score)] * count)
    assert bonuses(many, 0.4)[0] == close(bonuses(one, 0.4)[0])


@given(GROUPS)
def test_praise_spares_failures_and_nobody_else_trains(groups):
    """What trains is of finished, counted nodes, and where praised no failed step is among it."""
    for credit in assign(groups, CreditSettings()):
        assert credit.node.counted
        assert credit.node.finished or not credit.kept
        assert credit.credit <= 0 or not credit.node.failed_steps & set(credit.kept)
        assert bool(credit.kept) == (credit.weight > 0)


@given(st.lists(trees(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_trees_does_not_matter(group, random):
    """Each tree's nodes have the same credit wherever the tree stands in its group."""
    order = list(range(len(group)))
    random.shuffle(order)
    before = {(c.tree, c.place): c for c in assign([group], CreditSettings())}
    for credit in assign([[group[at] for at in order]], CreditSettings()):
        same = before[order[credit.tree], credit.place]
        assert (credit.credit, credit.kept) == (close(same.credit), same.kept)


@given(GROUPS)
def test_trees_stay_as_they_were(groups):
    """Assigning credit changes no rollout: doing it twice gives the same."""
    copy = [[replace(one) for one in group] for group in groups]
    assert assign(groups, CreditSettings()) == assign(copy, CreditSettings())
