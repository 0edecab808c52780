"""The warm start: learn the teacher's actions from demonstrations.

A choice among offered actions is learned as the choice that it is: the cross-entropy of the ideal action among
all that were on offer, and, with a smaller weight, of its tokens, so that the model can also write it. A written
action is learned by its tokens alone. Every demonstration counts the same, however long.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.training import checkpoints
from rao_cli.training.learner import Learner, Pack, option_logprobs, packs
from rao_cli.training.loss import choice_cross_entropy, written_cross_entropy
from rao_cli.training.samples import Sample

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import OptionLogprobs
    from rao_cli.training.network import Network

TOGETHER = 600
"""Neighbouring demonstrations that may share a tree: those of about one document."""


@dataclass(frozen=True)
class SftSettings:
    """How demonstrations are learned."""

    rate: float = 4e-4
    epochs: int = 1
    packs: int = 3
    """Packed trees of one step."""
    capacity: int = 768
    """Tokens of one packed tree."""
    writing: float = 0.3
    """Weight of an offered action's own tokens beside the choice among all."""
    seed: int = 1
    save_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Learned:
    """One step of a run, as it is told."""

    step: int
    steps: int
    loss: float
    """Mean over the step's demonstrations."""
    seconds: float
    """Since the run, or its last resumption, began."""


def demonstration_loss(sample: Sample, options: "OptionLogprobs", writing: float) -> "torch.Tensor":
    """Return the loss of one demonstration, given its options' log-probabilities."""
    import torch

    ideal = options[sample.chosen]
    if sample.written:
        return written_cross_entropy(ideal)
    sums = torch.stack([option.sum() for option in options])
    return choice_cross_entropy(sums, sample.chosen) + writing * written_cross_entropy(ideal)


def train(
    network: "Network",
    samples: Sequence[Sample],
    settings: SftSettings,
    folder: Path,
    told: Callable[[Learned], None],
    stopping: Callable[[], bool] = bool,
) -> None:
    """Learn all demonstrations, from where an earlier run in the folder was left. Raises InputError.

    Once ``stopping`` says so, the step that is done is kept, and no other is begun.
    """
    batches = list(packed(samples, settings))
    learner = Learner(network, settings.rate, len(batches))
    done = int(checkpoints.restore(folder, learner).get("step", 0))
    started = saved = time.monotonic()
    for step, batch in enumerate(batches[done:], start=done + 1):
        count = sum(len(pack.samples) for pack in batch)

        def loss(sample: Sample, options: "OptionLogprobs", count: int = count) -> "torch.Tensor":
            return demonstration_loss(sample, options, settings.writing) / count

        mean = learner.step(batch, loss)
        now = time.monotonic()
        told(Learned(step, len(batches), mean, now - started))
        stops = stopping()
        if stops or now - saved > settings.save_seconds or step == len(batches):
            checkpoints.save(folder, learner, {"step": step})
            saved = now
        if stops:
            return


def packed(samples: Sequence[Sample], settings: SftSettings) -> Iterator[list[Pack]]:
    """Yield the packs of each step of a run."""
    chance = random.Random(settings.seed)  # noqa: S311 - nothing secret
    for _ in range(settings.epochs):
        every = [
            pack
            for start in range(0, len(samples), TOGETHER)
            for pack in packs(samples[start : start + TOGETHER], settings.capacity)
        ]
        chance.shuffle(every)
        for start in range(0, len(every), settings.packs):
            yield every[start : start + settings.packs]


@dataclass
class Accuracy:
    """How often the ideal action was the most probable one, by what it was."""

    right: dict[str, int]
    asked: dict[str, int]

    def share(self, kind: str) -> float:
        """Return the share of a kind that was right, 0 where none was asked."""
        return self.right.get(kind, 0) / max(1, self.asked.get(kind, 0))


def accuracy(network: "Network", samples: Sequence[Sample], kinds: Sequence[str]) -> Accuracy:
    """Return how often a network chooses ideally among what is on offer; written actions are not counted."""
    import torch

    kind_of = {id(sample): kind for sample, kind in zip(samples, kinds, strict=True)}
    found = Accuracy({}, {})
    with torch.no_grad():
        for pack in packs([sample for sample in samples if not sample.written]):
            for sample, options in zip(pack.samples, option_logprobs(network, pack), strict=True):
                sums = [float(option.sum()) for option in options]
                kind = kind_of[id(sample)]
                found.asked[kind] = found.asked.get(kind, 0) + 1
                found.right[kind] = found.right.get(kind, 0) + (max(sums) == sums[sample.chosen])
    return found
