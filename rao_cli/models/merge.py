"""Add a LoRA adapter to the weights of a model once, instead of computing it with every token.

    W + alpha / rank * B A    (LoRA: arXiv 2106.09685, section 4.1)

llama.cpp's own quantizer writes the weights as floats, then each adapted tensor of that copy is read, added to and
written back in blocks of rows, so memory stays bounded whatever the model's size. Limits: the model may not be
split over several files; a model in few bits grows to 16 bits per weight, and may be converted again afterwards.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

from rao_cli.engine.fit import available_threads
from rao_cli.errors import ModelError
from rao_cli.models.adapters import LoraFile, Pair, read_adapter, read_weights
from rao_cli.models.convert import convert
from rao_cli.models.gguf import Tensor, read_header
from rao_cli.text import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Weights = Literal["bf16", "f16", "f32"]
_TYPES: Final = {0: "<f4", 1: "<f2", 30: "<u2"}  # numpy has no bfloat16
_BFLOAT16 = 30
# Few enough for numpy's OpenBLAS to start no threads: they spin, ten times slower on a machine that is shared.
_BLOCK_PRODUCTS = 1 << 18


def merge_adapter(
    base: Path, adapter: Path, out: Path, *, scale: float = 1.0, weights: Weights = "bf16", threads: int = 0
) -> None:
    """Write the model with the adapter in it to ``out``, which appears only when it is whole.

    Raises ModelError when the adapter does not fit the model, the sum is no number in that format, or the disk
    is full.
    """
    lora = read_adapter(adapter, base)
    made = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        convert(base, weights, made, threads or available_threads())
        made.chmod(0o600)
        _add_all(made, lora, scale)
        made.replace(out)
    except OSError as e:
        raise ModelError(
            f"the adapter could not be merged into {one_line(str(out), 200)}: {e.strerror or e}",
            hint="free some disk space",
        ) from e
    finally:
        made.unlink(missing_ok=True)


def _add_all(path: Path, lora: LoraFile, scale: float) -> None:
    """Add every pair's product to its tensor in a file of floats."""
    import numpy as np

    tensors = {tensor.name: tensor for tensor in read_header(path).tensors}
    with path.open("r+b") as file, np.errstate(over="ignore", invalid="ignore"):  # refused block by block
        for pair in lora.pairs:
            _add(file, tensors[pair.target.name], pair, lora, scale * lora.strength(pair))


def _add(file: BinaryIO, tensor: Tensor, pair: Pair, lora: LoraFile, strength: float) -> None:
    """Add one product block by block; a tensor of several experts holds one matrix after the other."""
    if tensor.kind not in _TYPES:
        raise ModelError(
            f"{one_line(tensor.name, 80)} cannot be merged: it stays in type {tensor.kind}",
            hint="apply the adapter at load",
        )
    width, height = tensor.shape[:2]
    a = read_weights(lora.path, pair.a).reshape(-1, pair.rank, width)
    b = strength * read_weights(lora.path, pair.b).reshape(-1, height, pair.rank)
    rows, row_bytes = max(1, _BLOCK_PRODUCTS // (width * pair.rank)), tensor.size // (len(a) * height)
    for matrix in range(len(a)):
        for first in range(0, height, rows):
            delta = b[matrix, first : first + rows] @ a[matrix]
            _add_block(file, tensor, tensor.offset + (matrix * height + first) * row_bytes, delta)


def _add_block(file: BinaryIO, tensor: Tensor, offset: int, delta: "Floats") -> None:
    """Add to the weights from an offset on; raises ModelError when a sum is no number in their type."""
    import numpy as np

    file.seek(offset)
    stored = np.frombuffer(file.read(delta.size * np.dtype(_TYPES[tensor.kind]).itemsize), _TYPES[tensor.kind])
    added = _decode(stored, tensor.kind) + delta.ravel()
    encoded = encode(added, tensor.kind)
    if not (np.isfinite(added).all() and np.isfinite(_decode(encoded, tensor.kind)).all()):
        raise ModelError(
            f"{one_line(tensor.name, 80)} cannot be merged: a weight would be no number",
            hint="use another adapter, or apply it at load",
        )
    file.seek(offset)
    file.write(encoded.tobytes())


def _decode(stored: "NDArray[Any]", kind: int) -> "Floats":
    import numpy as np

    if kind == _BFLOAT16:
        return (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float32)


def encode(values: "Floats", kind: int) -> "NDArray[Any]":
    """Round float32 to a float type of llama.cpp's, to nearest, ties to even; none may be NaN."""
    import numpy as np

    if kind != _BFLOAT16:
        return values.astype(_TYPES[kind])
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
