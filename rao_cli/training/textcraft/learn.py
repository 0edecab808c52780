"""Recursive Agent Optimization on the crafting world: trees, their credit, and a step of the trainer on it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rao_cli.training.credit import CreditSettings, NodeCredit, assign, by_episode
from rao_cli.training.learner import Learner, packs
from rao_cli.training.loss import choice_logprobs
from rao_cli.training.rl import learn
from rao_cli.training.samples import Sample, TreeRollout
from rao_cli.training.textcraft.chooser import CAPACITY, Chooser
from rao_cli.training.textcraft.rollout import Limits, roll
from rao_cli.training.textcraft.world import Task, World

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import OptionLogprobs
    from rao_cli.training.network import Network


TOGETHER = 64
"""Decisions of one step in which actions are made equally likely."""


@dataclass(frozen=True)
class CraftSettings:
    """How a tiny policy is trained; credit and limits as published for TextCraft-Synth."""

    limits: Limits = field(default_factory=Limits)
    prompts: int = 4
    """Tasks of one step."""
    attempts: int = 8
    """Trees of one task."""
    steps: int = 100
    rate: float = 2e-3
    seed: int = 1
    credit: CreditSettings = field(default_factory=lambda: CreditSettings(bonus=0.0))


@dataclass(frozen=True)
class Trained:
    """One step: its trees, and the credit of their nodes."""

    step: int
    trees: list[TreeRollout]
    credits: list[NodeCredit]


def level(network: "Network", trees: Sequence[TreeRollout], *, steps: int, rate: float) -> Iterator[float]:
    """Make the actions on offer in some trees equally likely; yield the mean loss of each step.

    A network of random weights takes short actions for the likelier ones, and would only ever finish. After this
    it acts at random: it knows which actions there are, and nothing of the game.
    """
    learner = Learner(network, rate, steps)
    samples = [sample for tree in trees for node in tree.nodes for sample in node.samples]
    batches = [
        list(packs(samples[start : start + TOGETHER], CAPACITY)) for start in range(0, len(samples), TOGETHER)
    ]
    for step in range(steps):
        batch = batches[step % len(batches)]
        count = sum(len(pack.samples) for pack in batch)

        def loss(_: Sample, options: "OptionLogprobs", count: int = count) -> "torch.Tensor":
            import torch

            shares = choice_logprobs(torch.stack([option.sum() for option in options]))
            return -(shares.mean() + math.log(len(options))) / count

        yield learner.step(batch, loss)


def train(network: "Network", world: World, tasks: Iterator[Task], settings: CraftSettings) -> Iterator[Trained]:
    """Take steps on tasks, and yield each when it is done; the network is changed in place."""
    learner = Learner(network, settings.rate, settings.steps)
    for step in range(settings.steps):
        drawn = [next(tasks) for _ in range(settings.prompts)]
        asked = [task for task in drawn for _ in range(settings.attempts)]
        trees = roll(world, asked, Chooser(network, settings.seed * 1_000_003 + step), settings.limits)
        credits_ = assign(by_episode(trees), settings.credit)
        learn(learner, credits_, CAPACITY)
        yield Trained(step + 1, trees, credits_)


def success(trees: Sequence[TreeRollout]) -> float:
    """Return the share of roots that succeeded."""
    return sum(tree.nodes[0].score for tree in trees) / max(1, len(trees))


def tokens(trees: Sequence[TreeRollout]) -> int:
    """Count the tokens of all prompts and of the chosen actions."""
    samples = (sample for tree in trees for node in tree.nodes for sample in node.samples)
    return sum(len(sample.prompt) + len(sample.options[sample.chosen]) for sample in samples)
