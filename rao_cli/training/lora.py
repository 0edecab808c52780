"""Adapters beside the linear layers of a decoder: x W^T + (x A^T) (alpha / rank * B)^T (LoRA: arXiv 2106.09685).

A and B are float32, which training needs; they are computed with in the weights' own type, which is fast. Layers
stay as they are: an adapter adds to what one returns (a forward hook of torch's). Limits: the layers of models
built like Llama, each known by the name of its tensor in a GGUF file; an adapter stays as long as its decoder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch
    from torch import nn

NAMES: Final = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The linear layers of a decoder layer, and what GGUF files call them."""


@dataclass(frozen=True, slots=True, eq=False)
class Lora:
    """The adapter of one linear layer."""

    a: "nn.Parameter"
    """[rank, inputs]"""
    b: "nn.Parameter"
    """[outputs, rank]"""
    scale: float
    """alpha / rank"""

    def __call__(self, _: "nn.Module", inputs: "tuple[torch.Tensor, ...]", out: "torch.Tensor") -> "torch.Tensor":
        """Add the adapter's part to what the layer returned, [..., outputs]."""
        (x,) = inputs
        thin = x @ self.a.to(x.dtype).T
        return out + thin @ (self.b * self.scale).to(x.dtype).T


def adapt(decoder: "nn.Module", rank: int, alpha: float, seed: int) -> dict[str, Lora]:
    """Put an adapter beside every linear layer; return them by the names of their tensors in a GGUF file.

    They change nothing until they are trained, since B starts as zeros. Raises KeyError with the name of a linear
    layer that is not one of NAMES.
    """
    import torch

    random = torch.Generator().manual_seed(seed)
    loras = {}
    for number, layer in enumerate(decoder.get_submodule("layers").children()):
        for name, linear in _linears(layer):
            lora = _fresh(linear, rank, alpha / rank, random)
            linear.register_forward_hook(lora)
            loras[f"blk.{number}.{NAMES[name]}.weight"] = lora
    return loras


def _fresh(linear: "nn.Linear", rank: int, scale: float, random: "torch.Generator") -> Lora:
    import torch

    bound, device = linear.in_features**-0.5, linear.weight.device
    a = torch.empty(rank, linear.in_features).uniform_(-bound, bound, generator=random)
    b = torch.zeros(linear.out_features, rank)
    return Lora(torch.nn.Parameter(a.to(device)), torch.nn.Parameter(b.to(device)), scale)


def _linears(layer: "nn.Module") -> "Iterator[tuple[str, nn.Linear]]":
    from torch import nn

    return ((name, part) for name, part in layer.named_modules() if isinstance(part, nn.Linear))
