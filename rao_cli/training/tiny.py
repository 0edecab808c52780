"""A tiny decoder-only transformer, to train a policy from scratch in minutes on one thread.

In each layer a token's query and its key hold the few tokens before it on its own path, weighed channel by channel
(short convolutions, as in Primer, So et al. 2021, and H3, Fu et al. 2023); its value is the token alone. So what
stands after the same words is found by one layer, where plain attention needs two and many times the examples;
the first weights favour just that (measured: nine in ten facts found after 1,600 examples, a third without).
Position comes in by that convolution only: a text longer than any trained on is no stranger. Limits: float32, CPU;
meant for vocabularies of a few hundred words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_EPSILON = 1e-6
_ASKED = 1.0
"""What each token before counts for in a query at the start: an answer looks for the words of its question."""
_TOLD = (2.5, 2.5, 2.5, 2.5)
"""The same of the nearest ones in a key, and 0 for the others: a word is found by the few just before it."""
_NOISE = (0.2, 0.05)
"""Deviation of those that count, and of those that do not."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a tiny network."""

    vocabulary: int
    width: int = 96
    layers: int = 2
    heads: int = 4
    before: int = 14
    """Tokens before each one that its query and its key hold."""


@dataclass
class Kept:
    """What was computed of a tree of tokens; ``TinyNetwork.read`` adds to it."""

    positions: "torch.Tensor | None" = None
    parents: "torch.Tensor | None" = None
    layers: "dict[int, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]" = field(default_factory=dict)
    """States [n, width], keys and values [heads, n, width of a head] that each layer began with."""


class TinyNetwork:
    """The network; it meets training/network.py. ``seed`` draws its weights."""

    def __init__(self, shape: Shape, seed: int = 0) -> None:
        self.shape = shape
        self.weights = _weights(shape, seed)

    def trained(self) -> "Iterator[torch.nn.Parameter]":
        """Yield the parameters: all of them are trained."""
        yield from self.weights.values()

    def hidden(self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
        """Return states [n, width] of tokens [n] at positions [n]; mask [n, n]: which row sees which column."""
        return self.read(tokens, positions, mask, Kept())

    def begin(self) -> Kept:
        """Return what is kept of nothing read."""
        return Kept()

    def read(
        self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor", kept: Kept
    ) -> "torch.Tensor":
        """Return states [m, width] of m tokens after n that were kept; mask is [m, n + m]."""
        before = _ancestors(positions, mask, kept, self.shape.before)
        states = self.weights["embedding"][tokens]
        for layer in range(self.shape.layers):
            states = states + self._attend(states, before, mask, layer, kept)
            states = states + self._think(_norm(states), layer)
        return _norm(states)

    def logits(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """Return logits [m, vocabulary] of states [m, width]: the embedding is the output too."""
        return hidden @ self.weights["embedding"].T * self.weights["scale"]

    def save(self, path: Path) -> None:
        """Write the weights to a safetensors file."""
        from safetensors.torch import save_file

        save_file({name: weight.detach().contiguous() for name, weight in self.weights.items()}, path)

    def load(self, path: Path) -> None:
        """Read weights that a network of the same shape wrote."""
        import torch
        from safetensors.torch import load_file

        saved = load_file(path)
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(saved[name])

    def _attend(
        self, states: "torch.Tensor", before: "torch.Tensor", mask: "torch.Tensor", layer: int, kept: Kept
    ) -> "torch.Tensor":
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        weights, path = self.weights, states
        if layer in kept.layers:
            path = torch.cat([kept.layers[layer][0], states])
        padded = torch.cat([path, path.new_zeros(1, path.shape[1])])
        near = padded[before]
        asked = _norm(states + torch.einsum("mbw,bw->mw", near, weights[f"{layer}.asked"]))
        told = _norm(states + torch.einsum("mbw,bw->mw", near, weights[f"{layer}.told"]))
        queries = self._heads(asked @ weights[f"{layer}.query"])
        keys = self._heads(told @ weights[f"{layer}.key"])
        values = self._heads(_norm(states) @ weights[f"{layer}.value"])
        if layer in kept.layers:
            keys = torch.cat([kept.layers[layer][1], keys], dim=1)
            values = torch.cat([kept.layers[layer][2], values], dim=1)
        kept.layers[layer] = path, keys, values
        found = scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        return found.transpose(0, 1).reshape(len(states), -1) @ weights[f"{layer}.out"]

    def _heads(self, states: "torch.Tensor") -> "torch.Tensor":
        """Return states [m, width] as [heads, m, width of a head]."""
        return states.view(len(states), self.shape.heads, -1).transpose(0, 1)

    def _think(self, states: "torch.Tensor", layer: int) -> "torch.Tensor":
        from torch.nn.functional import gelu

        return gelu(states @ self.weights[f"{layer}.up"]) @ self.weights[f"{layer}.down"]


def _ancestors(positions: "torch.Tensor", mask: "torch.Tensor", kept: Kept, count: int) -> "torch.Tensor":
    """Return [m, count]: the places of the tokens 1, 2, ... before each on its path; -1 where there is none."""
    import torch

    whole = positions if kept.positions is None else torch.cat([kept.positions, positions])
    is_parent = mask & (whole[None, :] == positions[:, None] - 1)
    found = torch.where(is_parent.any(1), is_parent.int().argmax(1), -1)
    kept.positions = whole
    kept.parents = found if kept.parents is None else torch.cat([kept.parents, found])
    parents = torch.cat([kept.parents, found.new_tensor([-1])])
    steps = [found]
    for _ in range(count - 1):
        steps.append(parents[steps[-1]])
    return torch.stack(steps, dim=1)


def _norm(states: "torch.Tensor") -> "torch.Tensor":
    """Return states of root mean square 1."""
    import torch

    size = states.square().mean(-1, keepdim=True)
    return torch.rsqrt(size + _EPSILON).mul(states)


def _weights(shape: Shape, seed: int) -> "dict[str, torch.nn.Parameter]":
    """Draw weights with which a head looks for what is like its query, and copies what it finds."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    width = shape.width

    def drawn(*size: int, deviation: float) -> torch.Tensor:
        return torch.randn(*size, generator=generator) * deviation

    def turned() -> torch.Tensor:
        turn: torch.Tensor = torch.linalg.qr(drawn(width, width, deviation=1.0))[0]
        return turn

    far = shape.before - len(_TOLD)
    near = torch.tensor([(mean, _NOISE[0]) for mean in _TOLD] + [(0.0, _NOISE[1])] * far)[: shape.before]
    weights = {"embedding": drawn(shape.vocabulary, width, deviation=1.0), "scale": torch.tensor(width**-0.5)}
    for layer in range(shape.layers):
        like, copy = turned(), turned()
        weights |= {
            f"{layer}.asked": drawn(shape.before, width, deviation=_NOISE[0]) + _ASKED,
            f"{layer}.told": drawn(shape.before, width, deviation=1.0) * near[:, 1:] + near[:, :1],
            f"{layer}.query": like,
            f"{layer}.key": like.clone(),
            f"{layer}.value": copy,
            f"{layer}.out": copy.T.contiguous(),
            f"{layer}.up": drawn(width, 4 * width, deviation=width**-0.5),
            f"{layer}.down": drawn(4 * width, width, deviation=width**-0.5 / 2 / shape.layers),
        }
    return {name: torch.nn.Parameter(weight) for name, weight in weights.items()}
