"""A network as a policy: it chooses among the offered actions by the probability of their tokens.

The log-probability of an action is that of its tokens after the prompt, normalised over those on offer: exactly
what the learner computes again. States that look the same are computed once, all others of a round in packed
trees.
"""

import math
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from rao_cli.training.learner import option_logprobs, packs
from rao_cli.training.loss import choice_logprobs
from rao_cli.training.samples import Sample
from rao_cli.training.textcraft.alphabet import Alphabet
from rao_cli.training.textcraft.rollout import Decision

if TYPE_CHECKING:
    from rao_cli.training.network import Network

CAPACITY = 256
"""Tokens of one packed tree: prompts are short, and attention costs the square."""

State = tuple[str, tuple[str, ...]]
"""What a decision looks like: its prompt and its options."""


class Chooser:
    """Decides as the network does now, which must not change meanwhile; draws by ``seed``, or takes the best."""

    def __init__(self, network: "Network", seed: int, *, best: bool = False) -> None:
        self.network = network
        self.best = best
        self.random = Random(f"chooser {seed}")  # noqa: S311 - nothing secret
        self.alphabet = Alphabet()
        self._spelled: dict[State, Sample] = {}
        self._known: dict[Sample, list[float]] = {}

    def decide(self, decisions: Sequence[Decision]) -> list[Sample]:
        """Return what is chosen in each state."""
        asked = [self._sample(decision) for decision in decisions]
        self._learn([sample for sample in dict.fromkeys(asked) if sample not in self._known])
        return [self._drawn(sample, self._known[sample]) for sample in asked]

    def _sample(self, decision: Decision) -> Sample:
        state = (decision.prompt, decision.options)
        if state not in self._spelled:
            self._spelled[state] = self.alphabet.sample(decision, 0)
        return self._spelled[state]

    def _drawn(self, asked: Sample, logprobs: list[float]) -> Sample:
        places = range(len(logprobs))
        if self.best:
            chosen = max(places, key=logprobs.__getitem__)
        else:
            chosen = self.random.choices(places, [math.exp(value) for value in logprobs])[0]
        return Sample(asked.prompt, asked.options, chosen, (logprobs[chosen],))

    def _learn(self, asked: Sequence[Sample]) -> None:
        """Compute how probable each action of some states is."""
        import torch

        with torch.no_grad():
            for pack in packs(asked, CAPACITY):
                for sample, options in zip(pack.samples, option_logprobs(self.network, pack), strict=True):
                    sums = torch.stack([option.sum() for option in options])
                    self._known[sample] = choice_logprobs(sums).tolist()
