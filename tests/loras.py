"""Write LoRA adapters with random weights for any model file: what tests of adapters start from.

path = write_lora(tmp_path / "lora.gguf", base, rank=4)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rao_cli.models.gguf import Tensor, read_header
from tests.engine.tiny import Value, gguf_bytes

Matrices = dict[str, NDArray[Any]]
ALPHA = "adapter.lora.alpha"
METADATA: dict[str, Value] = {
    "general.architecture": "llama",
    "general.type": "adapter",
    "adapter.type": "lora",
    ALPHA: 8.0,
}


def write_lora(
    path: Path, base: Path, *, rank: int = 4, alpha: float = 8.0, seed: int = 0, strength: float = 1.0
) -> Path:
    """Write an adapter of all linear layers and return its path; ``strength`` 0 makes it do nothing."""
    return write_adapter(path, lora_matrices(base, rank=rank, seed=seed, strength=strength), {ALPHA: alpha})


def write_adapter(path: Path, matrices: Mapping[str, NDArray[Any]], values: Mapping[str, Value | None]) -> Path:
    """Write these matrices with the usual metadata, of which ``values`` change some and None removes one."""
    merged = {**METADATA, **values}
    path.write_bytes(gguf_bytes({k: v for k, v in merged.items() if v is not None}, matrices))
    return path


def lora_matrices(base: Path, *, rank: int = 4, seed: int = 0, strength: float = 1.0) -> Matrices:
    """Return random pairs for every linear layer: A as rank by inputs, B as outputs by rank."""
    random = np.random.default_rng(seed)
    matrices: Matrices = {}
    for target in linear_layers(base):
        inputs, outputs = target.shape
        a = random.normal(0, inputs**-0.5, (rank, inputs))
        b = random.normal(0, 0.1 * strength, (outputs, rank))
        matrices[f"{target.name}.lora_a"] = a.astype(np.float32)
        matrices[f"{target.name}.lora_b"] = b.astype(np.float32)
    return matrices


def linear_layers(base: Path) -> list[Tensor]:
    """Return the matrices that a model's layers multiply with."""
    return [t for t in read_header(base).tensors if t.name.startswith("blk.") and len(t.shape) == 2]
