"""RAO steps raise the probability of what paid, and a killed run ends like one that was not."""

import random
from itertools import count, islice

import pytest

torch = pytest.importorskip("torch")

from rao_cli.agent.records import Limits  # noqa: E402
from rao_cli.training.credit import CreditSettings, assign  # noqa: E402
from rao_cli.training.episodes import Episode  # noqa: E402
from rao_cli.training.learner import Learner, option_logprobs, packs  # noqa: E402
from rao_cli.training.rl import RlSettings, learn, optimise  # noqa: E402
from rao_cli.training.rollouts import Attempt  # noqa: E402
from rao_cli.training.samples import NodeRollout, Sample, TreeRollout  # noqa: E402
from tests.training.helpers import SmallNetwork, chosen, same  # noqa: E402

PROMPT, OPTIONS = (1, 2), ((3, 4), (5, 6))
BETTER = 1
SETTINGS = RlSettings(steps=12, prompts=2, attempts=4, rate=0.02, credit=CreditSettings(bonus=0.4))


class Numbered:
    """An environment whose episodes are numbered."""

    def episodes(self, seed):
        """Yield episodes without end."""
        return (Episode(f"e{seed}-{number}", "f", "", "?", (), ()) for number in count())


class Bandit:
    """Takes one of two actions by the network's own chances, at a root and at its child; the second is right."""

    def __init__(self, network):
        """Act with a network, and remember what was asked."""
        self.network, self.refreshed, self.asked = network, 0, []

    def refresh(self):
        """Act from now on as the network is now."""
        self.refreshed += 1
        self.shares = probabilities(self.network)

    async def attempts(self, episode, count, seed, limits):
        """Return trees of a root and a child."""
        self.asked.append((episode.name, count, seed, limits))
        chance = random.Random(f"{episode.name} {seed}")
        return [Attempt(self._tree(episode, chance), None) for _ in range(count)]

    def _tree(self, episode, chance):
        taken = [self._taken(chance) for _ in range(2)]
        nodes = [
            NodeRollout(at - 1, at, float(sample.chosen == BETTER), (sample,)) for at, sample in enumerate(taken)
        ]
        return TreeRollout(episode.name, tuple(nodes))

    def _taken(self, chance):
        place = int(chance.random() < self.shares[1])
        return Sample(PROMPT, OPTIONS, place, (float(self.shares[place].log()),))


def probabilities(network):
    """Return how probable a network finds each of the two actions."""
    [pack] = packs([chosen(PROMPT, *OPTIONS)])
    with torch.no_grad():
        [options] = option_logprobs(network, pack)
    return torch.stack([option.sum() for option in options]).softmax(-1)


def optimised(folder, network=None, settings=SETTINGS, stop_after=10**9):
    """Optimise in a folder, killed after so many steps; return the network, the actors and what was told."""
    network, steps = network or SmallNetwork(), []
    actors = Bandit(network)

    def told(step):
        steps.append(step)
        if len(steps) == stop_after:
            raise KeyboardInterrupt

    try:
        optimise(network, Numbered(), actors, settings, folder, told)
    except KeyboardInterrupt:
        assert len(steps) == stop_after
    return network, actors, steps


@pytest.mark.parametrize("seed", range(3))
def test_the_better_action_becomes_more_probable(tmp_path, seed):
    """Whatever the network begins with, the action that pays ends up likelier, and so do the successes."""
    before = float(probabilities(SmallNetwork(seed=seed))[BETTER])
    settings = RlSettings(steps=30, prompts=2, attempts=8, rate=0.03, seed=seed)
    network, _, steps = optimised(tmp_path, SmallNetwork(seed=seed), settings)
    after = float(probabilities(network)[BETTER])
    assert after > max(before, 0.9)
    assert sum(step.success for step in steps[-10:]) >= sum(step.success for step in steps[:10])


@pytest.mark.parametrize("kills", [[1], [3, 2], [1, 1, 1]])
def test_a_killed_run_ends_like_another(tmp_path, kills):
    """Killed after some steps, and again, a run goes on with the same episodes and ends with the same weights."""
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    whole, seen, steps = optimised(tmp_path / "whole")
    asked, told = [], []
    for number, kill in enumerate([*kills, 10**9]):
        network, actors, part = optimised(tmp_path / "cut", SmallNetwork(seed=number), stop_after=kill)
        asked += actors.asked
        told += part
    assert asked == seen.asked
    assert [(one.step, one.success, one.figures) for one in told] == [
        (one.step, one.success, one.figures) for one in steps
    ]
    assert same(network.copied(), whole.copied(), by=0)


def test_each_step_takes_the_next_episodes(tmp_path):
    """Every step asks for so many attempts at so many new episodes, with chances of its own."""
    _, actors, steps = optimised(tmp_path)
    names = [name for name, *_ in actors.asked]
    assert names == [one.name for one in islice(Numbered().episodes(SETTINGS.seed), 24)]
    assert {(many, limits) for _, many, _, limits in actors.asked} == {(4, Limits())}
    assert len({seed for *_, seed, _ in actors.asked}) == len(steps) == actors.refreshed == 12


def test_a_finished_run_is_not_run_again(tmp_path):
    """A run that is done takes no further step."""
    optimised(tmp_path)
    assert optimised(tmp_path)[2] == []


def test_a_step_is_told(tmp_path):
    """A step tells the mean success of the roots, and the figures of credit."""
    settings = RlSettings(steps=1, prompts=2, attempts=4, rate=0.0)
    _, _, [step] = optimised(tmp_path, settings=settings)
    assert (step.step, step.steps, step.success) == (1, 1, step.figures["credit/root_score"])
    assert 0 <= step.success <= 1
    assert {"credit/depth0/weight", "credit/depth1/weight"} <= set(step.figures)


def test_trees_without_nodes_do_no_harm(tmp_path):
    """Attempts that were not even begun have no success, and teach nothing."""

    class Stopped(Bandit):
        async def attempts(self, episode, count, seed, limits):
            return [Attempt(TreeRollout(episode.name, ()), None) for _ in range(count)]

    network, steps = SmallNetwork(), []
    optimise(network, Numbered(), Stopped(network), SETTINGS, tmp_path, steps.append)
    assert {step.success for step in steps} == {0.0}
    assert same(network.copied(), SmallNetwork().copied(), by=0)


def trees(*choices):
    """Return a tree of one decision for each choice."""
    return [
        TreeRollout("e", (NodeRollout(-1, 0, float(place), (chosen(PROMPT, *OPTIONS, place=place),)),))
        for place in choices
    ]


def test_equal_trees_teach_nothing():
    """Where all attempts did alike there is no credit, and nothing changes."""
    network = SmallNetwork()
    loss = learn(Learner(network, 0.1, 10), assign([trees(1, 1, 1)], CreditSettings()), 768)
    assert (loss, same(network.copied(), SmallNetwork().copied(), by=0)) == (0.0, True)


def test_packing_does_not_change_a_step():
    """A step is the same whether decisions share a tree or each has its own."""
    weights = []
    for capacity in (768, 1):
        network = SmallNetwork()
        learn(Learner(network, 0.01, 10), assign([trees(1, 0, 0, 1)], CreditSettings()), capacity)
        weights.append(network.copied())
    assert same(*weights, by=1e-4)
