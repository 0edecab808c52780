"""Find a LoRA adapter and check that it belongs to a model, before llama.cpp sees it.

llama.cpp ends the process on some adapters (a value of the wrong type, thin matrices that do not fit each other
in a dimension it does not compare) and ignores parts of others, so everything is checked here: the header, that
the tensors come in pairs, their shapes against each other and the model's, and that all weights are numbers.
Limits: LoRA only; adapters of the token embedding, of norms and activated ones (aLoRA) are refused.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card, shipped_folder
from rao_cli.models.gguf import GgufHeader, Tensor, read_header
from rao_cli.text import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POLICY_KEY = "rao.policy"
POLICY = 1
"""The version of the prompts and actions that an adapter was trained on (rao_cli/agent/trained.py)."""
NO_ADAPTER = "none"
"""What the user types to use a model without its own adapter."""

_TEXT, _FLOAT, _NUMBER = 8, 6, 4
_KINDS: Final = {
    "general.type": _TEXT,
    "general.architecture": _TEXT,
    "adapter.type": _TEXT,
    "adapter.lora.alpha": _FLOAT,
    POLICY_KEY: _NUMBER,
}
_FLOAT32, _FLOAT16, _Q8_0, _BFLOAT16 = 0, 1, 8, 30
_MAX_RANK = 4096
_Q8_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Pair:
    """Two thin matrices whose product is added to one of the model's."""

    target: Tensor
    """The model's tensor of that name."""
    a: Tensor
    """From what goes in to the rank."""
    b: Tensor
    """From the rank to what comes out."""

    @property
    def rank(self) -> int:
        """Return the width of the passage between the two."""
        return self.b.shape[0]


@dataclass(frozen=True, slots=True)
class LoraFile:
    """An adapter that fits a model."""

    path: Path
    alpha: float
    pairs: tuple[Pair, ...]

    def strength(self, pair: Pair) -> float:
        """Return what a pair's product is multiplied by: alpha / rank (arXiv 2106.09685, section 4.1).

        As in llama.cpp, an alpha that is 0 or missing means that the product is taken as it is.
        """
        return self.alpha / pair.rank if self.alpha else 1.0


def resolve_adapter(name_or_path: str | None, card: Card, *, folder: Path | None = None) -> Path | None:
    """Find an adapter by its name among those shipped, or by path; None is the one that a model's card names.

    ``none`` means no adapter. Raises ModelError when there is none of that name.
    """
    wanted = card.adapter if name_or_path is None else name_or_path.strip()
    if not wanted or wanted == NO_ADAPTER:
        return None
    folder = folder or shipped_folder()
    if Path(wanted).name == wanted:
        for name in (wanted, f"{wanted}.gguf"):
            if (folder / name).is_file():
                return folder / name
    path = Path(wanted).expanduser()
    if path.is_file():
        return path
    names = ", ".join(sorted(path.stem for path in folder.glob("*.gguf"))) or "none"
    raise ModelError(
        f"no adapter is at {one_line(wanted, 200)}",
        hint=f"give the path of a LoRA .gguf file, or a shipped one's name ({names})",
    )


def is_policy(path: Path) -> bool:
    """Tell whether an adapter makes a policy of its model. Raises ModelError for one of another version of rao."""
    version = read_header(path).metadata.get(POLICY_KEY)
    if version not in (None, POLICY):
        raise _unfit(path, f"it is a policy of version {one_line(str(version), 20)}, and this is version {POLICY}")
    return version is not None


def read_adapter(path: Path, base: Path) -> LoraFile:
    """Check an adapter against the model it is for; raises ModelError with what does not fit."""
    if not path.is_file():
        raise _unfit(path, "there is no such file")
    header, model = read_header(path), read_header(base)
    _check_metadata(path, header, model)
    pairs = tuple(_pairs(path, header, {tensor.name: tensor for tensor in model.tensors}))
    if not pairs:
        raise _unfit(path, "it holds no tensors")
    alpha = float(header.metadata.get("adapter.lora.alpha", 0.0))
    if not math.isfinite(alpha):
        raise _unfit(path, f"its alpha is {alpha}")
    for tensor in header.tensors:
        _check_numbers(path, tensor)
    return LoraFile(path, alpha, pairs)


def read_weights(path: Path, tensor: Tensor) -> "NDArray[np.float32]":
    """Return an adapter's tensor as float32, the dimension that runs fastest last."""
    import numpy as np

    raw = np.fromfile(path, dtype=np.uint8, count=tensor.size, offset=tensor.offset)
    return _decoded(raw, tensor.kind).reshape(tensor.shape[::-1])


def _decoded(raw: "NDArray[np.uint8]", kind: int) -> "NDArray[np.float32]":
    import numpy as np

    if kind == _FLOAT32:
        return raw.view(np.float32)
    if kind == _FLOAT16:
        return raw.view("<f2").astype(np.float32)
    if kind == _BFLOAT16:
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    blocks = raw.view([("scale", "<f2"), ("weights", "i1", _Q8_BLOCK)])
    weights: NDArray[np.float32] = blocks["scale"].astype(np.float32)[:, None] * blocks["weights"]
    return weights.ravel()


def _check_metadata(path: Path, header: GgufHeader, model: GgufHeader) -> None:
    values = header.metadata
    if values.get("general.type") != "adapter" or values.get("adapter.type") != "lora":
        raise _unfit(path, "it is not a LoRA adapter")
    if header.architecture != model.architecture:
        raise _unfit(path, f"it is for {header.architecture}, the model is {model.architecture}")
    for key, kind in _KINDS.items():
        if header.kinds.get(key, kind) != kind:
            raise _unfit(path, f"{key} has the wrong type")
    if "adapter.alora.invocation_tokens" in header.kinds:
        raise _unfit(path, "activated LoRA (aLoRA) is not supported")


def _pairs(path: Path, header: GgufHeader, model: dict[str, Tensor]) -> Iterator[Pair]:
    """Yield the pairs of an adapter's tensors with the model's tensor that each is for."""
    found = {tensor.name: tensor for tensor in header.tensors}
    for name, tensor in found.items():
        target_name, _, side = name.rpartition(".")
        if side not in {"lora_a", "lora_b"}:
            raise _unfit(path, f"the tensor {_named(name)} is no part of a LoRA")
        if tensor.kind not in {_FLOAT32, _FLOAT16, _BFLOAT16, _Q8_0}:
            raise _unfit(path, f"{_named(name)} is stored as type {tensor.kind}, not F32, F16, BF16 or Q8_0")
        other = found.get(f"{target_name}.{'lora_b' if side == 'lora_a' else 'lora_a'}")
        if other is None:
            raise _unfit(path, f"{_named(name)} has no counterpart")
        if side == "lora_a":
            yield _pair(path, model.get(target_name), tensor, other)


def _pair(path: Path, target: Tensor | None, a: Tensor, b: Tensor) -> Pair:
    if target is None:
        raise _unfit(path, f"the model has no tensor {_named(a.name.removesuffix('.lora_a'))}")
    if len(target.shape) < 2 or target.name == "token_embd.weight":
        raise _unfit(path, f"{_named(target.name)} is not multiplied with, so it cannot be adapted")
    rank = b.shape[0]
    others = target.shape[2:]
    if a.shape != (target.shape[0], rank, *others) or b.shape != (rank, target.shape[1], *others):
        shapes = " and ".join("x".join(map(str, tensor.shape)) for tensor in (a, b, target))
        raise _unfit(path, f"the shapes for {_named(target.name)} do not fit: {shapes}")
    if rank > _MAX_RANK:
        raise _unfit(path, f"its rank of {rank} is more than {_MAX_RANK}")
    return Pair(target, a, b)


def _check_numbers(path: Path, tensor: Tensor) -> None:
    import numpy as np

    try:
        weights = read_weights(path, tensor)
    except (OSError, ValueError) as e:
        raise _unfit(path, f"{_named(tensor.name)} cannot be read") from e
    if not np.isfinite(weights).all():
        raise _unfit(path, f"{_named(tensor.name)} holds weights that are not numbers")


def _named(name: Any) -> str:
    return one_line(str(name), 80)


def _unfit(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"the adapter {_named(path.name)} cannot be used: {reason}",
        hint="use an adapter that was made for this model, or --adapter none",
    )
