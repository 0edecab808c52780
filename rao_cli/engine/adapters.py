"""Apply LoRA adapters to a model that is loaded (LoRA: arXiv 2106.09685).

    adapters = LoadedAdapters(model, (Adapter(path),))  # before the context: the size of its graph depends on it
    context = Context(model, fit, cells=..., sequences=..., adapters=adapters)

Every product with an adapted matrix then costs two thin ones more; rao_cli/models/merge.py adds an adapter to the
weights instead. Limits: nothing here checks a file's header; rao_cli.models.adapters does, before a path comes
here.
"""

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError
from rao_cli.text import one_line


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA file and how strongly it is applied: 0 not at all, 1 as it was trained."""

    path: Path
    scale: float = 1.0


class LoadedAdapters:
    """Adapters in memory beside one model, which frees them when it is closed.

    Raises ModelError when a file is missing, does not belong to the model, or its scale is not a number.
    """

    def __init__(self, model: Model, adapters: Sequence[Adapter]) -> None:
        self._lib = model.lib
        self._scales = [_scale(adapter) for adapter in adapters]
        self._handles = [_load(model, adapter.path) for adapter in adapters]

    def apply(self, context: Any) -> None:
        """Make all that a llama.cpp context computes from now on go through the adapters; raises ModelError."""
        import ctypes

        count = len(self._handles)
        # The array must hold the library's own pointer type; a plain c_void_p is refused.
        handles = (self._lib.llama_adapter_lora_p_ctypes * count)(*self._handles)
        scales = (ctypes.c_float * count)(*self._scales)
        if self._lib.llama_set_adapters_lora(context, handles, count, scales):
            raise ModelError("llama.cpp could not apply the adapters", hint="use --adapter none")


def adapter_identity(adapter: Adapter) -> str:
    """Name an adapter by the digest of its content and its scale; raises ModelError when it cannot be read."""
    try:
        with adapter.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise _unreadable(adapter.path, e.strerror or str(e)) from e
    return f"{digest}*{adapter.scale:g}"


def _scale(adapter: Adapter) -> float:
    if not math.isfinite(adapter.scale):
        raise ModelError(f"an adapter cannot be applied {adapter.scale} times", hint="give a number such as 1.0")
    return adapter.scale


def _load(model: Model, path: Path) -> Any:
    if not path.is_file():
        raise _unreadable(path, "no such file")
    LOG.errors.clear()
    handle = model.lib.llama_adapter_lora_init(model.handle, os.fsencode(path))
    if not handle:
        reason = LOG.first_error() or "no reason given"
        raise ModelError(
            f"llama.cpp refused the adapter {one_line(path.name, 80)}: {reason}",
            hint="use an adapter that was trained for this model, or --adapter none",
        )
    return handle


def _unreadable(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"cannot read the adapter {one_line(str(path), 200)}: {reason}", hint="check the path given with --adapter"
    )
