"""A tree of prompts that grows while their answers are written: nothing is computed twice.

What prompts share at the beginning is computed once (packing.py); what each writes is computed together with what
the others write. Limits: keys and values of a tree are let go with it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rao_cli.training.network import Network
from rao_cli.training.packing import TokenTree

if TYPE_CHECKING:
    import torch

_MULTIPLE = 64
"""A tree of prompts is padded to a multiple of this: few shapes keep the memory of libraries small."""


class Reader(Network, Protocol):
    """A network that goes on from what it has read."""

    def begin(self) -> Any:
        """Return what is kept of nothing read."""
        ...

    def read(
        self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor", kept: Any
    ) -> "torch.Tensor":
        """Return states [m, width] of m tokens after the n that were kept, and keep them; mask is [m, n + m]."""
        ...


class Writer(Protocol):
    """What is written after one prompt."""

    @property
    def prompt(self) -> Sequence[int]:
        """Return the tokens of the prompt."""
        ...

    def take(self, logits: "torch.Tensor") -> None:
        """Decide what follows each of the tokens computed last, by logits [tokens, vocabulary]."""
        ...

    def pending(self) -> list[int]:
        """Return the tokens to be computed next, none when the end was written; they then count as computed."""
        ...


def write(network: Reader, writers: Sequence[Writer]) -> None:
    """Let all write to their ends, side by side."""
    tree = _Growing(network, [writer.prompt for writer in writers])
    rows: Sequence[torch.Tensor] = [logits[None] for logits in tree.logits]
    while True:
        for writer, logits in zip(writers, rows, strict=True):
            writer.take(logits)
        pending = [writer.pending() for writer in writers]
        if not any(pending):
            return
        rows = tree.grow(pending)


class _Growing:
    """Prompts in one tree; ``logits`` [prompts, vocabulary] are what follows each of them."""

    def __init__(self, network: Reader, prompts: Sequence[Sequence[int]]) -> None:
        import torch

        tree = TokenTree()
        ends = [tree.add(prompt)[-1] for prompt in prompts]
        size = -(-len(tree) // _MULTIPLE) * _MULTIPLE
        pad = [0] * (size - len(tree))
        mask = tree.seen(size)
        self._network, self._kept = network, network.begin()
        self._seen = mask[ends]
        self._lengths = [len(prompt) for prompt in prompts]
        states = network.read(
            torch.tensor(tree.tokens + pad), torch.tensor(tree.positions + pad), mask, self._kept
        )
        self.logits = network.logits(states[ends]).cpu()  # all at once: writers look at theirs one by one

    def grow(self, added: Sequence[Sequence[int]]) -> "tuple[torch.Tensor, ...]":
        """Add tokens, at least one in all, after each prompt and what was added to it before.

        Return for each prompt what follows each of its tokens: logits [tokens, vocabulary].
        """
        import torch

        tokens = [token for each in added for token in each]
        column = self._seen.shape[1]
        self._seen = torch.cat([self._seen, torch.zeros(len(added), len(tokens), dtype=torch.bool)], dim=1)
        rows, positions = [], []
        for place, each in enumerate(added):
            for _ in each:
                self._seen[place, column] = True
                rows.append(self._seen[place].clone())
                positions.append(self._lengths[place])
                self._lengths[place] += 1
                column += 1
        states = self._network.read(torch.tensor(tokens), torch.tensor(positions), torch.stack(rows), self._kept)
        return torch.split(self._network.logits(states).cpu(), [len(each) for each in added])
