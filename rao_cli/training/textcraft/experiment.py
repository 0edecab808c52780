"""The comparison of the paper at small scale: recursion against one agent, from scratch, at equal computing time.

    python -m rao_cli.training.textcraft recursive --seed 1 >> curve.jsonl

Both arms have the same network, actions, prompts and tasks; the single agent has more steps and nobody to hand
anything to. Each row is what was measured: while training the success at the step's own tasks, now and then at
tasks of the validation set. Checks are not part of the computing time.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal

from rao_cli.training.credit import CreditSettings
from rao_cli.training.samples import TreeRollout
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.chooser import Chooser
from rao_cli.training.textcraft.learn import CraftSettings, level, success, tokens, train
from rao_cli.training.textcraft.players import RandomPlayer
from rao_cli.training.textcraft.rollout import SINGLE, Limits, roll
from rao_cli.training.textcraft.world import Task, World
from rao_cli.training.tiny import Shape, TinyNetwork

Arm = Literal["recursive", "single", "sparse"]
"""Sparse: recursion where every node is rewarded with its root's success."""
Row = dict[str, str | int | float]
Tasks = Mapping[str, Sequence[Task]]
"""Tasks of each level."""

TRAINING = Limits(depth=6, steps=12, agents=48)
"""An untrained policy opens agents without end; these keep a step of training at seconds."""
CHECKING = Limits(depth=12, steps=25, agents=1000)
LEVELLING = 64
"""Attempts of a random player in which actions are made equally likely at first."""


@dataclass(frozen=True)
class Experiment:
    """One run of one arm."""

    arm: Arm = "recursive"
    seed: int = 1
    seconds: float = 140.0
    """Processor time of training; the run ends with the step that exceeds it."""
    steps: int = 60
    """The most steps."""
    rate: float = 4e-3
    width: int = 64
    levelling: int = 50
    """Steps in which actions are made equally likely."""
    every: int = 10
    """Steps between checks."""
    check: int = 20
    """Tasks of each level in a check."""
    final: int = 60
    """Tasks of each level at the end."""

    @property
    def limits(self) -> tuple[Limits, Limits]:
        """Return the limits while training and while checking."""
        return (SINGLE, SINGLE) if self.arm == "single" else (TRAINING, CHECKING)


def run(world: World, training: Tasks, validation: Tasks, experiment: Experiment) -> Iterator[Row]:
    """Train one arm on all levels in turn; yield what is measured."""
    network = levelled(world, training, experiment)
    limits, _ = experiment.limits
    credit = CreditSettings(bonus=0.0, sparse=experiment.arm == "sparse")
    settings = CraftSettings(
        limits=limits, steps=experiment.steps, rate=experiment.rate, seed=experiment.seed, credit=credit
    )
    yield from _checked(world, validation, experiment, network, 0, experiment.check)
    spent, done, started = 0.0, 0, time.process_time()
    for step in train(network, world, _drawn(training, experiment.seed), settings):
        spent += time.process_time() - started
        done = step.step
        yield {
            "kind": "step",
            "step": done,
            "seconds": spent,
            **_measured(step.trees),
            **_by_level(step.trees, training),
        }
        if spent > experiment.seconds:
            break
        if done % experiment.every == 0:
            yield from _checked(world, validation, experiment, network, done, experiment.check)
        started = time.process_time()
    yield from _checked(world, validation, experiment, network, done, experiment.final)


def levelled(world: World, training: Tasks, experiment: Experiment) -> TinyNetwork:
    """Return a new network that acts at random."""
    network = TinyNetwork(Shape(vocabulary=Alphabet().size, width=experiment.width), experiment.seed)
    drawn = _drawn(training, experiment.seed)
    limits, _ = experiment.limits
    trees = roll(world, [next(drawn) for _ in range(LEVELLING)], RandomPlayer(experiment.seed), limits)
    for _ in level(network, trees, steps=experiment.levelling, rate=experiment.rate):
        pass
    return network


def _drawn(tasks: Tasks, seed: int) -> Iterator[Task]:
    """Yield tasks without end, their levels in turn."""
    random = Random(f"tasks {seed}")  # noqa: S311 - nothing secret
    levels = list(tasks)
    for number in count():
        yield random.choice(tasks[levels[number % len(levels)]])


def _checked(
    world: World, validation: Tasks, experiment: Experiment, network: TinyNetwork, step: int, most: int
) -> Iterator[Row]:
    _, limits = experiment.limits
    for name, tasks in validation.items():
        trees = roll(world, tasks[:most], Chooser(network, 0), limits)
        yield {"kind": "check", "step": step, "level": name, "tasks": len(trees), **_measured(trees)}


def _by_level(trees: Sequence[TreeRollout], tasks: Tasks) -> Row:
    """Return the success at each level, by its name."""
    names = {name: {task.name for task in known} for name, known in tasks.items()}
    return {name: success([tree for tree in trees if tree.episode in known]) for name, known in names.items()}


def _measured(trees: Sequence[TreeRollout]) -> Row:
    """Return the means of some trees."""
    nodes = [node for tree in trees for node in tree.nodes]
    return {
        "success": success(trees),
        "node_success": sum(node.score for node in nodes) / len(nodes),
        "agents": len(nodes) / len(trees),
        "depth": sum(max(node.depth for node in tree.nodes) for tree in trees) / len(trees),
        "decisions": sum(len(node.samples) for node in nodes) / len(trees),
        "tokens": tokens(trees) / len(trees),
    }
