"""Tests of a network as a policy, and that it learns the game."""

from itertools import islice

import pytest

from rao_cli.training.learner import option_logprobs, packs
from rao_cli.training.textcraft.actions import Finish, Info, Situation, written
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.chooser import Chooser
from rao_cli.training.textcraft.generated import generate, tasks
from rao_cli.training.textcraft.learn import CraftSettings, level, success, tokens, train
from rao_cli.training.textcraft.players import PerfectPlayer, RandomPlayer
from rao_cli.training.textcraft.rollout import SINGLE, Decision, Limits, roll
from rao_cli.training.tiny import Shape, TinyNetwork

torch = pytest.importorskip("torch")

WORLD = generate(1, tiers=2, each=6)
SMALL = Limits(steps=10, agents=20)


def network(seed=0):
    """Return a tiny network of random weights."""
    return TinyNetwork(Shape(vocabulary=Alphabet().size, width=32, layers=2, heads=2), seed)


def some(count, seed=0):
    """Return easy tasks."""
    return list(islice(tasks(WORLD, "easy", seed), count))


def rolled(policy, count=3, limits=SMALL):
    """Return trees of easy tasks."""
    return roll(WORLD, some(count), policy, limits)


def samples(trees):
    """Return all decisions of some trees."""
    return [sample for tree in trees for node in tree.nodes for sample in node.samples]


def test_what_a_chooser_says_it_did_is_what_the_learner_computes():
    """The log-probability of each choice is that of its tokens, among those on offer."""
    net = network()
    made = samples(rolled(Chooser(net, 1)))
    for pack in packs(made):
        for sample, options in zip(pack.samples, option_logprobs(net, pack), strict=True):
            shares = torch.stack([option.sum() for option in options]).log_softmax(0)
            assert float(shares[sample.chosen].detach()) == pytest.approx(sample.logprobs[0], abs=1e-4)


def test_a_chooser_draws_by_its_seed():
    """The same seed makes the same trees, another one other trees."""
    net = network()
    list(level(net, rolled(RandomPlayer(0), 8), steps=25, rate=5e-3))
    assert rolled(Chooser(net, 1)) == rolled(Chooser(net, 1))
    assert rolled(Chooser(net, 1), 8) != rolled(Chooser(net, 2), 8)


def test_the_best_action_is_chosen_where_asked():
    """Choosing the best leaves nothing to chance."""
    net = network()
    assert rolled(Chooser(net, 1, best=True)) == rolled(Chooser(net, 2, best=True))


def test_alike_states_are_computed_once():
    """A network that was asked about a state is not asked again."""

    class Counting(TinyNetwork):
        calls = 0

        def hidden(self, *arguments):
            self.calls += 1
            return super().hidden(*arguments)

    net = Counting(Shape(vocabulary=Alphabet().size, width=16, layers=1, heads=2))
    situation = Situation({"m0_i1": 1}, (), {}, 0)
    actions = (Info("m0_i1"), Finish())
    options = tuple(written(action, {"m0_i1": "i1"}) for action in actions)
    decision = Decision("craft 1 more i1\nmany steps left\n", options, situation, actions)
    chooser = Chooser(net, 0)
    chooser.decide([decision] * 5)
    chooser.decide([decision])
    assert net.calls == 1


def test_a_levelled_network_acts_at_random():
    """Actions on offer are about equally likely: nothing distinguishes them but chance."""
    net = network()
    losses = list(level(net, rolled(RandomPlayer(0), 20), steps=40, rate=5e-3))
    assert losses[0] > 1 > 0.2 > losses[-1] > 0


def test_tokens_are_those_of_prompts_and_choices():
    """What was read and what was chosen is counted."""
    trees = rolled(PerfectPlayer(WORLD))
    expected = sum(len(sample.prompt) + len(sample.options[sample.chosen]) for sample in samples(trees))
    assert tokens(trees) == expected > 0


def test_success_is_the_roots():
    """Children that succeed do not count as successes of their tree."""
    assert success(rolled(PerfectPlayer(WORLD))) == 1.0
    assert success([]) == 0.0


def learned(limits, seed, steps=30):
    """Return the success of each step of a policy from scratch."""
    net = network(seed)
    list(level(net, roll(WORLD, some(16), RandomPlayer(seed), limits), steps=40, rate=5e-3))
    settings = CraftSettings(limits=limits, prompts=4, attempts=8, steps=steps, rate=5e-3, seed=seed)
    return [success(step.trees) for step in train(net, WORLD, tasks(WORLD, "easy", seed), settings)]


def test_numbers_beyond_the_alphabet_are_no_trouble():
    """States that differ in what tokens cannot tell are decided alike."""
    situation = Situation({"m0_i1": 1}, (), {}, 0)
    actions = (Info("m0_i1"), Finish())
    options = tuple(written(action, {"m0_i1": "i1"}) for action in actions)
    texts = [f"craft 1 more i1\n1 i1 from 1 r1 of {count}\nmany steps left\n" for count in (172, 173)]
    made = Chooser(network(), 0, best=True).decide([Decision(text, options, situation, actions) for text in texts])
    assert made[0] == made[1]


@pytest.mark.model
def test_a_policy_from_scratch_learns_to_delegate():
    """Success rises from near nothing to most of the tasks, for most seeds: chance must find a first one."""
    curves = [learned(SMALL, seed) for seed in (1, 2, 3)]
    assert all(sum(curve[:3]) / 3 < 0.2 for curve in curves)
    assert sum(sum(curve[-5:]) / 5 > 0.5 for curve in curves) >= 2


def test_a_step_without_credit_changes_nothing():
    """Where all attempts failed alike there is nothing to learn: the single agent finishes at once."""
    net = network()
    before = [parameter.detach().clone() for parameter in net.trained()]
    settings = CraftSettings(limits=SINGLE, prompts=1, attempts=2, steps=1)
    step = next(train(net, WORLD, iter(some(1)), settings))
    assert success(step.trees) == 0
    assert all(torch.equal(*pair) for pair in zip(before, net.trained(), strict=True))
