"""Load a base model into torch and put an adapter beside its layers: what is trained.

    network = LoraNetwork(load_base(path, cache=folder), LoraSettings(rank=16))

A GGUF file's weights are dequantized, which takes seconds, and kept in ``cache`` for the next time; a folder in
Hugging Face's layout is read as it is. Nothing is fetched, no code and no pickle of a model's is run. Limits:
models built like Llama (Llama, Mistral, Qwen 2 and 3) without experts; GGUF files without scaled positions; whole
sequences, so a sliding window counts as none; torch and transformers are imported where they are used (extra
``train``).
"""

import contextlib
import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from rao_cli.errors import ModelError, UsageError
from rao_cli.models.gguf import read_header
from rao_cli.text import one_line
from rao_cli.training.lora import Lora, adapt
from rao_cli.training.supported import OTHER_BASE, architecture, check_header, unsupported

if TYPE_CHECKING:
    import torch
    from transformers import DynamicCache, PreTrainedModel

Device = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "bfloat16", "float32"]

_KEPT: Final = re.compile(r"[0-9a-f]{32}-(?:bfloat16|float32)")
"""What copies in the cache are called."""
_FOREIGN: Final = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)
"""What transformers raises, besides its own, over a damaged model."""
_LIBRARIES: Final = ("torch", "transformers", "accelerate", "safetensors", "gguf")


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The size of an adapter. Its product is multiplied by ``alpha / rank``; ``seed`` makes its first weights."""

    rank: int = 16
    alpha: float = 32.0
    seed: int = 0


class LoraNetwork:
    """A base model whose weights stay, with an adapter beside every linear layer, which is trained.

    ``decoder`` may be replaced by what ``torch.compile`` makes of it. Raises ModelError for a model of another
    architecture, and UsageError for an adapter of an impossible size.
    """

    def __init__(self, model: "PreTrainedModel", settings: LoraSettings | None = None) -> None:
        settings = settings or LoraSettings()
        _check_settings(settings)
        self.architecture = architecture(model.config.model_type)
        self.config = model.config
        self.settings = settings
        self.loras: dict[str, Lora] = _adapted(model, settings)
        """The adapted layers, by the names of their tensors in a GGUF file."""
        self.decoder: Any = model.model
        self._head: Any = model.lm_head
        self.device: torch.device = self._head.weight.device
        self.dtype: torch.dtype = self._head.weight.dtype

    def hidden(self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
        """Return states [n, width] of tokens [n] at positions [n].

        mask [n, n] is true where a row sees a column.
        """
        return self.read(tokens, positions, mask, None)

    def begin(self) -> "DynamicCache":
        """Return room for keys and values; nothing is in it yet."""
        from transformers import DynamicCache

        return DynamicCache()

    def read(
        self, tokens: "torch.Tensor", positions: "torch.Tensor", mask: "torch.Tensor", kept: "DynamicCache | None"
    ) -> "torch.Tensor":
        """Return states [m, width] of m tokens after the n that were kept, and keep them; mask is [m, n + m].

        None keeps nothing.
        """
        import torch

        seen = torch.zeros(mask.shape, dtype=self.dtype, device=self.device)
        seen.masked_fill_(~mask.to(self.device), torch.finfo(self.dtype).min)
        out = self.decoder(
            input_ids=tokens.to(self.device)[None],
            position_ids=positions.to(self.device)[None],
            attention_mask=seen[None, None],
            past_key_values=kept,
            use_cache=kept is not None,
        )
        states: torch.Tensor = out.last_hidden_state[0]
        return states

    def logits(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """Return logits [m, vocabulary] in float32 of states [m, width]."""
        logits: torch.Tensor = self._head(hidden).float()
        return logits

    def trained(self) -> "Iterator[torch.nn.Parameter]":
        """Yield the adapter's matrices, in float32."""
        for lora in self.loras.values():
            yield lora.a
            yield lora.b


def load_base(
    path: Path, *, cache: Path, device: Device = "auto", precision: Precision = "auto"
) -> "PreTrainedModel":
    """Load a GGUF file or a Hugging Face folder, frozen and ready to compute.

    ``auto`` takes a GPU where there is one, and bfloat16 where the hardware computes in it. Raises ModelError with
    what is wrong with the model, and UsageError when the device is not there.
    """
    torch = _torch()
    place = choose_device(device)
    dtype = torch.bfloat16 if _precise(precision, place) == "bfloat16" else torch.float32
    model: Any = _from_folder(path, dtype) if path.is_dir() else _from_gguf(path, dtype, cache)
    architecture(model.config.model_type)
    model.requires_grad_(False)
    model.train(False)
    return cast("PreTrainedModel", model.to(place))


def clear_bases(cache: Path) -> tuple[int, int]:
    """Delete the copies that ``load_base`` keeps; return the files and bytes. Raises OSError."""
    count = size = 0
    for kept in sorted(cache.glob("*")):
        if _KEPT.fullmatch(kept.name) and kept.is_dir() and not kept.is_symlink():
            sizes = [path.lstat().st_size for path in kept.iterdir()]
            shutil.rmtree(kept)
            count, size = count + len(sizes), size + sum(sizes)
    return count, size


def choose_device(device: Device) -> str:
    """Return the device to compute on; raises UsageError when the one that is asked for is not there."""
    torch = _torch()
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return next(name for name, is_there in there.items() if is_there)
    if not there.get(device, False):
        raise UsageError(f"there is no device {one_line(device, 20)} here", hint="use --device auto")
    return device


def _precise(precision: Precision, device: str) -> Precision:
    """Choose bfloat16 where it is computed in hardware, which halves memory and time."""
    torch = _torch()
    if precision != "auto":
        return precision
    if device == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = device == "cpu" and torch.cpu._is_avx512_bf16_supported()
    return "bfloat16" if fast else "float32"


def _torch() -> Any:
    """Import torch; raises UsageError when something that training needs is not installed."""
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        raise UsageError(f"training needs {', '.join(missing)}", hint="pip install 'rao-cli[train]'")
    import torch

    return torch


def _from_gguf(path: Path, dtype: "torch.dtype", cache: Path) -> "PreTrainedModel":
    """Load a GGUF file's weights, from their copy in the cache where there is one."""
    check_header(path, read_header(path))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kept = cache / f"{digest[:32]}-{str(dtype).removeprefix('torch.')}"
    if kept.is_dir():
        with contextlib.suppress(ModelError):  # a damaged copy is made again
            return _from_folder(kept, dtype)
        shutil.rmtree(kept, ignore_errors=True)
    model = _dequantized(path, dtype)
    _keep(model, kept)
    return model


def _dequantized(path: Path, dtype: "torch.dtype") -> "PreTrainedModel":
    from transformers import GgufConfig

    # Through a folder of its own, since no other file that may lie beside it is meant to be read.
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.gguf").symlink_to(path.resolve())
        options = {"gguf_file": "model.gguf", "quantization_config": GgufConfig(dequantize=True)}
        return _pretrained(Path(folder), path, dtype, **options)


def _from_folder(path: Path, dtype: "torch.dtype") -> "PreTrainedModel":
    if not (path / "config.json").is_file():
        raise ModelError(f"{_shown(path)} holds no config.json", hint=OTHER_BASE)
    return _pretrained(path, path, dtype, use_safetensors=True)


def _pretrained(folder: Path, shown: Path, dtype: "torch.dtype", **options: Any) -> "PreTrainedModel":
    """Load a model; whatever transformers makes of a damaged one becomes ModelError."""
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    auto: Any = AutoModelForCausalLM
    foreign = (*_FOREIGN, StrictDataclassError, SafetensorError)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # progress bars that cannot be turned off
            model, told = auto.from_pretrained(
                folder,
                dtype=dtype,
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
                **options,
            )
    except foreign as e:
        raise ModelError(
            f"the model {_shown(shown)} cannot be loaded for training: {one_line(str(e), 200)}", hint=OTHER_BASE
        ) from e
    _check_whole(shown, told)
    return cast("PreTrainedModel", model)


def _check_whole(path: Path, told: dict[str, Any]) -> None:
    """Refuse a model of which weights are missing: transformers would make them up."""
    for kind in ("missing_keys", "mismatched_keys"):
        for name in sorted(map(str, told.get(kind) or ())):
            raise ModelError(
                f"the model {_shown(path)} has no fitting {one_line(name, 120)}",
                hint="download the model again, or use another base model",
            )


def _keep(model: "PreTrainedModel", kept: Path) -> None:
    """Write a copy that appears only when it is whole."""
    from safetensors import SafetensorError

    made = Path()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{kept.name}.", dir=kept.parent))
        with contextlib.redirect_stderr(io.StringIO()):
            model.save_pretrained(made)
        if not kept.exists():
            made.rename(kept)
    except (OSError, SafetensorError) as e:
        raise ModelError(
            f"the base model could not be kept in {_shown(kept.parent)}: {one_line(str(e), 200)}",
            hint="free some disk space, or use another cache folder",
        ) from e
    finally:
        if made.name:
            shutil.rmtree(made, ignore_errors=True)


def _adapted(model: "PreTrainedModel", settings: LoraSettings) -> "dict[str, Lora]":
    try:
        return adapt(model.model, settings.rank, settings.alpha, settings.seed)
    except KeyError as e:
        raise unsupported(f"the model's layer {one_line(str(e), 80)} cannot be trained") from e


def _check_settings(settings: LoraSettings) -> None:
    if not (1 <= settings.rank <= 1024 and 0 < settings.alpha < 1e6):
        raise UsageError(
            f"an adapter of rank {settings.rank} and alpha {settings.alpha} is not possible",
            hint="use a rank from 1 to 1024 and an alpha above 0, such as twice the rank",
        )


def _shown(path: Path) -> str:
    return one_line(str(path), 200)
