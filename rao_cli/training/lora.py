"""Adapters beside the linear layers of a decoder: x W^T + (x A^T) (alpha / rank * B)^T (LoRA: arXiv 2106.09685).

A and B are float32, which training needs; they are computed with in the weights' own type, which is fast. Only
torch code imports this module, since it imports torch itself. Limits: the layers of models built like Llama, each
known by the name of its tensor in a GGUF file; an adapted layer is left in place of the plain one for good.
"""

from typing import TYPE_CHECKING, Final

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class Lora(nn.Module):
    """One linear layer with its adapter, which changes nothing until it is trained: B starts as zeros."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float, random: torch.Generator) -> None:
        super().__init__()
        self.base, self.scale = base, alpha / rank
        bound = base.in_features**-0.5
        a = torch.empty(rank, base.in_features).uniform_(-bound, bound, generator=random)
        device = base.weight.device
        self.a = nn.Parameter(a.to(device))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank, device=device))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map [..., inputs] to [..., outputs]."""
        thin = x @ self.a.to(x.dtype).T
        out: torch.Tensor = self.base(x) + thin @ (self.b * self.scale).to(x.dtype).T
        return out


def adapt(decoder: nn.Module, rank: int, alpha: float, seed: int) -> dict[str, Lora]:
    """Put an adapter beside every linear layer; return them by the names of their tensors in a GGUF file.

    Raises KeyError with the name of a linear layer that is not one of NAMES.
    """
    random = torch.Generator().manual_seed(seed)
    loras = {}
    for number, layer in enumerate(decoder.get_submodule("layers").children()):
        for name, linear in list(_linears(layer)):
            parent, _, last = name.rpartition(".")
            lora = Lora(linear, rank, alpha, random)
            loras[f"blk.{number}.{NAMES[name]}.weight"] = lora
            setattr(layer.get_submodule(parent), last, lora)
    return loras


def _linears(layer: nn.Module) -> "Iterator[tuple[str, nn.Linear]]":
    return ((name, part) for name, part in layer.named_modules() if isinstance(part, nn.Linear))
