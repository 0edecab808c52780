"""Adapters between torch and llama.cpp: out of training as a GGUF file, and back to train on.

    export_adapter(network, path)                      # what the engine loads, and rao_cli/models checks
    settings = adapter_settings(path)                  # the size of a shipped adapter ...
    import_adapter(network, path)                      # ... to go on with it
    merge_and_quantize(base, path, out, "q8_0")        # one model file with the adapter in it

Models of llama.cpp's architecture ``llama`` have the rows of their query and key matrices in another order than
torch's: there a head's two halves are rotated, here neighbouring rows. Their B is reordered in the same way
(convert_lora_to_gguf.py of llama.cpp does so). Limits: adapters of all linear layers, as base_model.py makes them.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from rao_cli.engine.fit import available_threads
from rao_cli.errors import ModelError, UsageError
from rao_cli.models.adapters import POLICY, POLICY_KEY, read_weights
from rao_cli.models.convert import FORMATS, convert
from rao_cli.models.gguf import GgufHeader, read_header
from rao_cli.models.merge import merge_adapter
from rao_cli.text import one_line
from rao_cli.training.base_model import LoraNetwork, LoraSettings

if TYPE_CHECKING:
    import gguf
    import numpy as np
    import torch
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

AdapterWeights = Literal["f16", "f32"]
ModelWeights = Literal["f32", "bf16", "f16", "q8_0", "q4_0"]
_FLOATS: Final = ("f32", "bf16", "f16")
_REORDERED: Final = ("attn_q", "attn_k")
_REORDERING: Final = "llama"
"""The architecture whose query and key rows are in another order."""
_ALPHA: Final = "adapter.lora.alpha"
_READABLE: Final = {0, 1, 30}
_OTHER: Final = "use an adapter that rao trained for this base model"


def export_adapter(network: LoraNetwork, path: Path, weights: AdapterWeights = "f16") -> None:
    """Write a network's adapter as a GGUF file, which appears only when it is whole.

    Raises ModelError when a weight is no number in that format, or the file cannot be written.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}.part")
    writer = _writer(network, made, weights)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        read_header(made)  # numpy does not always tell that a disk is full
        made.replace(path)
    except (OSError, ModelError) as e:
        raise ModelError(
            f"the adapter could not be written to {_shown(path)}: {one_line(str(e), 120)}",
            hint="free some disk space",
        ) from e
    finally:
        with contextlib.suppress(OSError):  # what is still to be written to a full disk
            writer.close()
        made.unlink(missing_ok=True)


def _writer(network: LoraNetwork, path: Path, weights: AdapterWeights) -> "gguf.GGUFWriter":
    """Return what is to be written."""
    import gguf

    writer = gguf.GGUFWriter(path, network.architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, network.settings.alpha)
    writer.add_uint32(POLICY_KEY, POLICY)
    for name, lora in network.loras.items():
        b = _reorder(network, name, _array(lora.b))
        writer.add_tensor(f"{name}.lora_a", _encoded(name, _array(lora.a), weights))
        writer.add_tensor(f"{name}.lora_b", _encoded(name, b, weights))
    return writer


def adapter_settings(path: Path) -> LoraSettings:
    """Return the size of the adapter in a file, for a network to go on with it; raises ModelError."""
    header = read_header(path)
    ranks = {tensor.shape[-1] for tensor in header.tensors if tensor.name.endswith(".lora_a")}
    if len(ranks) != 1:
        raise _unfit(path, "its layers are not of one rank")
    rank = ranks.pop()
    return LoraSettings(rank=rank, alpha=_strength(path, header, rank) * rank)


def import_adapter(network: LoraNetwork, path: Path) -> None:
    """Put the adapter of a file into a network of its rank; raises ModelError when it does not fit.

    A file of another alpha is scaled, so that the network computes what llama.cpp computes with the file.
    """
    import torch

    matrices = _read_matrices(network, path)
    scale = _strength(path, read_header(path), network.settings.rank) / _scale(network.settings)
    with torch.no_grad():
        for name, lora in network.loras.items():
            b = scale * _restore(network, name, matrices[f"{name}.lora_b"])
            lora.a.copy_(torch.from_numpy(matrices[f"{name}.lora_a"].copy()))
            lora.b.copy_(torch.from_numpy(b.copy()))


def merge_and_quantize(base: Path, adapter: Path, out: Path, weights: ModelWeights = "q8_0") -> None:
    """Write one model file with the adapter in it, which appears only when it is whole.

    Only floats can be added to, so other weights are made of a copy in F16. Raises ModelError when the adapter
    does not fit, or the disk is full, and UsageError for a format that is not known.
    """
    if weights not in FORMATS:
        raise UsageError(
            f"weights cannot be written as {one_line(str(weights), 20)}", hint=f"use one of {', '.join(FORMATS)}"
        )
    if weights in _FLOATS:
        merge_adapter(base, adapter, out, weights=weights)
        return
    try:
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            floats, made = Path(folder) / "floats.gguf", Path(folder) / "made.gguf"
            merge_adapter(base, adapter, floats, weights="f16")
            convert(floats, weights, made, available_threads())
            made.chmod(0o600)
            made.replace(out)
    except OSError as e:
        raise ModelError(
            f"the merged model could not be written to {_shown(out)}: {e.strerror or e}",
            hint="free some disk space",
        ) from e


def _read_matrices(network: LoraNetwork, path: Path) -> "dict[str, Floats]":
    """Return a file's matrices by name, each of the shape that the network's has."""
    import numpy as np

    header = read_header(path)
    if header.metadata.get("adapter.type") != "lora" or header.architecture != network.architecture:
        raise _unfit(path, f"it is no LoRA adapter for {network.architecture}")
    wanted = _shapes(network)
    found = {tensor.name: tensor for tensor in header.tensors}
    for name in sorted(wanted.keys() ^ found.keys()):
        raise _unfit(path, f"{one_line(name, 80)} is {'missing' if name in wanted else 'not in the model'}")
    matrices = {}
    for name, tensor in found.items():
        shown = one_line(name, 80)
        if tensor.shape[::-1] != wanted[name] or tensor.kind not in _READABLE:
            raise _unfit(
                path, f"{shown} is {'x'.join(map(str, tensor.shape[::-1]))}, not {wanted[name]} of floats"
            )
        matrices[name] = read_weights(path, tensor)
        if not np.isfinite(matrices[name]).all():
            raise _unfit(path, f"{shown} holds weights that are not numbers")
    return matrices


def _shapes(network: LoraNetwork) -> dict[str, tuple[int, ...]]:
    """Return the shape of every matrix of a network's adapter, by its name in a file."""
    sides = {"lora_a": "a", "lora_b": "b"}
    return {
        f"{name}.{side}": tuple(getattr(lora, short).shape)
        for name, lora in network.loras.items()
        for side, short in sides.items()
    }


def _strength(path: Path, header: GgufHeader, rank: int) -> float:
    """Return what a file's product is multiplied by; as in llama.cpp, no alpha means 1."""
    alpha = header.metadata.get(_ALPHA, 0.0)
    if not isinstance(alpha, float) or not 0 <= alpha < 1e6:
        raise _unfit(path, f"its alpha is {one_line(str(alpha), 40)}")
    return alpha / rank if alpha else 1.0


def _scale(settings: LoraSettings) -> float:
    return settings.alpha / settings.rank


def _reorder(network: LoraNetwork, name: str, b: "Floats") -> "Floats":
    """Return B with its rows in the file's order: of each head, row i of either half next to each other."""
    heads = _heads(network, name)
    if not heads:
        return b
    return b.reshape(heads, 2, b.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(b.shape)


def _restore(network: LoraNetwork, name: str, b: "Floats") -> "Floats":
    """Return B with its rows in torch's order."""
    heads = _heads(network, name)
    if not heads:
        return b
    return b.reshape(heads, b.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(b.shape)


def _heads(network: LoraNetwork, name: str) -> int:
    """Return how many heads a matrix's rows are reordered in, 0 where they are not."""
    kind = name.split(".")[2]
    if network.architecture != _REORDERING or kind not in _REORDERED:
        return 0
    config = network.config
    return int(config.num_attention_heads if kind == "attn_q" else config.num_key_value_heads)


def _array(parameter: "torch.Tensor") -> "Floats":
    array: Floats = parameter.detach().float().cpu().numpy()
    return array


def _encoded(name: str, values: "Floats", weights: AdapterWeights) -> "NDArray[Any]":
    """Round to a format; raises ModelError when a weight is no number in it."""
    import numpy as np

    with np.errstate(over="ignore"):
        encoded = np.ascontiguousarray(values, dtype=np.float16 if weights == "f16" else np.float32)
    if not np.isfinite(encoded).all():
        raise ModelError(
            f"the adapter's {one_line(name, 80)} has weights that are no numbers in {weights}",
            hint="train again with a lower learning rate",
        )
    return encoded


def _unfit(path: Path, reason: str) -> ModelError:
    return ModelError(f"the adapter {one_line(path.name, 80)} cannot be trained on: {reason}", hint=_OTHER)


def _shown(path: Path) -> str:
    return one_line(str(path), 200)
