"""Many token sequences as one tree: what they share at the beginning is computed once.

Rollouts of one episode share their prompts, questions on one text share the text, offered actions share all that
stands before them. A token sees its ancestors only, so each sequence's log-probabilities are those that it would
have alone (up to rounding). Computing a tree of n tokens costs n tokens, however many sequences end in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from rao_cli.training.network import Network

Tokens = tuple[int, ...]


@dataclass
class TokenTree:
    """A tree of tokens; node i is ``tokens[i]`` after ``parents[i]``, -1 for a beginning, always before i."""

    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    _children: dict[tuple[int, int], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    def missing(self, sequence: Sequence[int]) -> int:
        """Return how many nodes adding a sequence would take."""
        at = -1
        for place, token in enumerate(sequence):
            found = self._children.get((at, token))
            if found is None:
                return len(sequence) - place
            at = found
        return 0

    def add(self, sequence: Sequence[int]) -> tuple[int, ...]:
        """Add a sequence; return the node of each of its tokens."""
        at, path = -1, []
        for position, token in enumerate(sequence):
            node = self._children.get((at, token))
            if node is None:
                node = len(self.tokens)
                self._children[at, token] = node
                self.tokens.append(token)
                self.parents.append(at)
                self.positions.append(position)
            path.append(node)
            at = node
        return tuple(path)

    def seen(self, size: int) -> "torch.Tensor":
        """Return which node sees which, [size, size] booleans; nodes beyond the tree see themselves only."""
        import torch

        mask = torch.eye(size, dtype=torch.bool)
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                mask[node] |= mask[parent]
        return mask


@dataclass(frozen=True)
class Scored:
    """One sequence in a tree: those of ``path``, from ``start`` (at least 1) on, are asked for."""

    path: tuple[int, ...]
    start: int


def logprobs(
    network: "Network", tree: TokenTree, scored: Sequence[Scored], *, multiple: int = 64
) -> list["torch.Tensor"]:
    """Return the log-probability of each asked token of each sequence, [tokens] each, in float32.

    The tree is padded to a multiple of ``multiple`` nodes: few shapes keep the memory of libraries small.
    """
    import torch

    size = -(-len(tree) // multiple) * multiple
    pad = size - len(tree)
    states = network.hidden(
        torch.tensor(tree.tokens + [0] * pad),
        torch.tensor(tree.positions + [0] * pad),
        tree.seen(size),
    )
    targets = sorted({node for one in scored for node in one.path[one.start :]})
    before = sorted({tree.parents[node] for node in targets})
    rows = {node: row for row, node in enumerate(before)}
    shares = torch.log_softmax(network.logits(states[torch.tensor(before, device=states.device)]), dim=-1)
    asked = torch.tensor([rows[tree.parents[node]] for node in targets], device=states.device)
    told = torch.tensor([tree.tokens[node] for node in targets], device=states.device)
    found = shares[asked, told]
    place = {node: at for at, node in enumerate(targets)}
    return [found[torch.tensor([place[node] for node in one.path[one.start :]])] for one in scored]
