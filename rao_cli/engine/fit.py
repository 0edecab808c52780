"""How one model is run on one machine: what ``rao models tune`` measures and every context is made with."""

from dataclasses import dataclass
from typing import Literal

from rao_cli.engine.cores import available_cores

KvType = Literal["f32", "f16", "bf16", "q8_0"]
KV_TYPES: dict[KvType, int] = {"f32": 0, "f16": 1, "q8_0": 8, "bf16": 30}
"""llama.cpp's numbers of the types that keys and values can be stored in."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The choices that change speed and memory, and, by rounding alone, what is computed."""

    threads: int
    """Processor threads that compute."""
    batch: int = 512
    """Most tokens of one call of llama.cpp: chunks of prompts and the next token of everyone who writes."""
    micro_batch: int = 512
    """Tokens that are computed at a time within a batch."""
    kv_type: KvType = "f16"
    """How keys and values are stored."""
    flash_attention: bool = True
    """Whether attention is computed block by block, without the whole matrix of scores."""
    gpu_layers: int = 0
    """Layers of the model kept on the GPU."""
    parallel: int = 16
    """Requests computed together."""


def default_fit() -> Fit:
    """Return what is reasonable on a machine where nothing was measured yet."""
    return Fit(threads=available_threads())


def available_threads() -> int:
    """Return how many cores this process may use, within a container's quota."""
    return available_cores()
