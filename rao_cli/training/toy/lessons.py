"""What a tiny policy is shown before it practises: how both arms work, as much of one as of the other.

First a single agent reads texts of few facts, then of more; then both arms work on texts such as are asked about
later, on chains of one and two facts.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from rao_cli.training.demonstrations import Demonstrator, Shown
from rao_cli.training.environments.toy import Toy
from rao_cli.training.learner import Learner, Pack, packs
from rao_cli.training.loss import written_cross_entropy
from rao_cli.training.samples import Sample
from rao_cli.training.sft import demonstration_loss
from rao_cli.training.tiny import TinyNetwork
from rao_cli.training.words import Words

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import OptionLogprobs

FACTS = 20
"""Facts of the texts that are asked about; with more, the true answer is less often among those offered."""
CHAINS = (1, 2)
"""Facts of the chains that are shown and practised."""
ABSENT = 0.1
WINDOWS = {"recursion": 900, "single": 2000}
"""Tokens that an agent of each arm may see: a tree's root has an outline, a single agent the whole text."""
LEAF = 80
"""Tokens of the views that a tree's readers have."""
CAPACITY = 512
"""Tokens of one packed tree."""
_EASY = ((5, 0.5), (10, 0.3), (FACTS, 0.2))
"""Facts of the texts that are read first, and the share of each."""
_HELD_APART = 1_000_000
"""Added to the seeds of demonstrations, so that their texts are not practised."""


@dataclass(frozen=True)
class Lessons:
    """How much is shown, and how it is learned."""

    reading: int = 1600
    """Demonstrations of a single agent that reads, most of them on shorter texts."""
    working: int = 1200
    """Demonstrations of each arm's work on chains."""
    seed: int = 1
    """Draws what is shown; the order is drawn with each run's own."""
    rate: float = 3e-3
    choosing: float = 0.3
    """Weight of an offered action's own tokens beside the choice among all."""
    writing: float = 0.5
    """Weight of each token of a written action: nothing else keeps a tiny policy to the form."""


def demonstrations(words: Words, arm: str, toy: Toy, seed: int, count: int) -> list[Sample]:
    """Return demonstrations of an arm's work on toy texts."""
    kept = Shown(views=(LEAF,), window=WINDOWS[arm], outlines=1.0, absent=0.5, alone=arm == "single")
    lines = Demonstrator(words, kept, seed).lines(toy.episodes(_HELD_APART + seed))
    return [line.sample for line in islice(lines, count)]


def lessons(words: Words, order: int, settings: Lessons) -> list[Pack]:
    """Return what is shown: half of the reading, then the other half among the work of both arms."""
    drawn = 10 * settings.seed
    counts = [(place, Toy(facts), round(share * settings.reading)) for place, (facts, share) in enumerate(_EASY)]
    reading = [
        sample
        for place, toy, count in counts
        for sample in demonstrations(words, "single", toy, drawn + place, count)
    ]
    chains = Toy(FACTS, CHAINS, ABSENT)
    working = [
        sample for arm in WINDOWS for sample in demonstrations(words, arm, chains, drawn + 9, settings.working)
    ]
    half = len(reading) // 2
    parts = [list(packs(part, CAPACITY)) for part in (reading[:half], [*reading[half:], *working])]
    chance = random.Random(order)  # noqa: S311 - nothing secret
    for part in parts:
        chance.shuffle(part)
    return [pack for part in parts for pack in part]


def learn(network: TinyNetwork, shown: Sequence[Pack], settings: Lessons) -> Iterator[int]:
    """Take a step on each pack; yield after each how many demonstrations were learned so far."""
    learner = Learner(network, settings.rate, len(shown))
    done = 0
    for pack in shown:
        count = len(pack.samples)

        def loss(sample: Sample, options: "OptionLogprobs", count: int = count) -> "torch.Tensor":
            return _loss(sample, options, settings) / count

        learner.step([pack], loss)
        done += count
        yield done


def _loss(sample: Sample, options: "OptionLogprobs", settings: Lessons) -> "torch.Tensor":
    if sample.written:
        return settings.writing * written_cross_entropy(options[0], total=1)
    return demonstration_loss(sample, options, settings.choosing)
