"""What the learner needs of a network, whichever it is: the embedded model with an adapter, or a tiny one.

Tokens come as one tree (packing.py): the mask says which tokens each token sees, its own ancestors and itself.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch


class Network(Protocol):
    """Maps a tree of n tokens to what follows each of them."""

    def hidden(self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
        """Return states [n, width] of tokens [n] at positions [n]; mask [n, n]: true where a row sees a column."""
        ...

    def logits(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """Return logits [m, vocabulary] in float32 of states [m, width]."""
        ...

    def trained(self) -> "Iterator[torch.nn.Parameter]":
        """Yield the parameters that are trained, in float32."""
        ...
