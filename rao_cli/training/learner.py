"""Turn samples into packed trees, and losses on them into steps of the optimizer.

AdamW with the paper's settings where they apply (betas 0.9 and 0.95, weight decay 0.017, gradients clipped at 1);
the learning rate rises for a few steps, then falls to a tenth along a cosine.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rao_cli.training.packing import Scored, TokenTree, logprobs
from rao_cli.training.samples import Sample

if TYPE_CHECKING:
    import torch

    from rao_cli.training.network import Network

    OptionLogprobs = list[torch.Tensor]
    """For each option of a sample, the log-probabilities of its tokens."""

CAPACITY = 768
"""Tokens of one packed tree."""
WARM_UP = 20
"""Steps until the learning rate is whole."""
LAST_RATE = 0.1
"""Share of the learning rate that is left at the end."""


@dataclass
class Pack:
    """Samples whose sequences are in one tree; ``scored`` has each sample's options."""

    tree: TokenTree = field(default_factory=TokenTree)
    samples: list[Sample] = field(default_factory=list)
    scored: list[list[Scored]] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        """Add a sample."""
        sequences = [(*sample.prompt, *option) for option in sample.options]
        paths = [self.tree.add(sequence) for sequence in sequences]
        self.samples.append(sample)
        self.scored.append([Scored(path, len(sample.prompt)) for path in paths])

    def missing(self, sample: Sample) -> int:
        """Return about how many tokens a sample would add: its options counted as if they shared nothing."""
        tails = sum(map(len, sample.options))
        return self.tree.missing(sample.prompt) + tails


def packs(samples: Sequence[Sample], capacity: int = CAPACITY) -> Iterator[Pack]:
    """Yield samples packed into trees; those that share a beginning stand together."""
    pack = Pack()
    for sample in sorted(samples, key=lambda one: one.prompt):
        if pack.samples and len(pack.tree) + pack.missing(sample) > capacity:
            yield pack
            pack = Pack()
        pack.add(sample)
    if pack.samples:
        yield pack


def option_logprobs(network: "Network", pack: Pack, multiple: int = 64) -> "list[OptionLogprobs]":
    """Return for each sample of a pack the log-probabilities of its options' tokens."""
    flat = [scored for options in pack.scored for scored in options]
    found = iter(logprobs(network, pack.tree, flat, multiple=multiple))
    return [[next(found) for _ in options] for options in pack.scored]


class Learner:
    """Steps of one network: ``step`` sums the losses of packs, and changes what is trained."""

    def __init__(self, network: "Network", rate: float, steps: int, *, multiple: int = 64) -> None:
        import torch

        self.network, self.multiple = network, multiple
        self.parameters = list(network.trained())
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, betas=(0.9, 0.95), weight_decay=0.017)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: share(step, steps))

    def step(self, batch: Sequence[Pack], loss: "Callable[[Sample, OptionLogprobs], torch.Tensor]") -> float:
        """Take one step on packs; ``loss`` is a sample's part. Return the sum of all parts."""
        import torch

        self.optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for pack in batch:
            found = option_logprobs(self.network, pack, self.multiple)
            parts = [loss(sample, options) for sample, options in zip(pack.samples, found, strict=True)]
            part = torch.stack(parts).sum()
            part.backward()  # type: ignore[no-untyped-call]
            total += float(part.detach())
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.schedule.step()
        return total


def share(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step of a run of so many steps."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    done = min(1.0, (step - WARM_UP) / max(1, steps - WARM_UP))
    return LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
