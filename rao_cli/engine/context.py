"""The KV cache of a model and the computation over it.

Limits: a ``Context`` belongs to one thread, except ``abort``. Nothing here decides what is computed:
rao_cli/engine/scheduler.py does.
"""

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rao_cli.engine.adapters import LoadedAdapters
from rao_cli.engine.fit import KV_TYPES, Fit
from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Logits = NDArray[np.float32]


class Row(NamedTuple):
    """One token of a batch: where it goes, and whether its logits are wanted."""

    token: int
    position: int
    sequence: int
    logits: bool


class Context:
    """The cells of a model's KV cache and what is computed over them; raises ModelError when too many."""

    def __init__(
        self, model: Model, fit: Fit, *, cells: int, sequences: int, adapters: LoadedAdapters | None = None
    ) -> None:
        self.lib = model.lib
        self.batch_size = fit.batch
        self._vocab_size = model.vocab_size
        params = self.lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = cells, fit.batch, min(fit.micro_batch, fit.batch)
        params.n_seq_max = sequences
        params.n_threads = params.n_threads_batch = fit.threads
        params.type_k = params.type_v = KV_TYPES[fit.kv_type]
        params.flash_attn_type = int(fit.flash_attention)
        params.kv_unified = True
        params.swa_full = True
        params.no_perf = True
        LOG.errors.clear()
        self._handle = self.lib.llama_init_from_model(model.handle, params)
        if self._handle is None:
            reason = LOG.first_error() or "no reason given"
            raise ModelError(
                f"llama.cpp could not set up a context of {cells} tokens: {reason}",
                hint="use a smaller --window or --parallel",
            )
        if adapters is not None:
            adapters.apply(self._handle)
        self._memory = self.lib.llama_get_memory(self._handle)
        self._batch = _Batch(self.lib, fit.batch)
        self._flag = ctypes.create_string_buffer(2)
        self._watch_flag()

    def _watch_flag(self) -> None:
        """Let llama.cpp stop when ``_flag`` is set.

        llama.cpp asks at every step of its graph. A Python callback would take the interpreter lock each time;
        strlen of a one-character buffer answers the same question (0 or 1) without it.
        """
        strlen = ctypes.cast(ctypes.CDLL(None).strlen, self.lib.ggml_abort_callback)
        self._callback = strlen
        self.lib.llama_set_abort_callback(self._handle, strlen, ctypes.cast(self._flag, ctypes.c_void_p))

    def abort(self, *, on: bool) -> None:
        """Make the computation that is running stop soon; may be called from any thread."""
        self._flag[0] = b"\x01" if on else b"\x00"

    def decode(self, rows: Sequence[Row]) -> int:
        """Compute a batch; returns llama.cpp's status: 0 done, 1 no room, 2 aborted, below 0 failed."""
        return int(self.lib.llama_decode(self._handle, self._batch.fill(rows)))

    def logits(self, index: int) -> "Logits":
        """Return the logits of a row of the last batch; valid until the next one."""
        import numpy as np

        pointer = self.lib.llama_get_logits_ith(self._handle, index)
        if not pointer:
            raise ModelError("llama.cpp returned no logits", hint="report this with the model's name")
        return np.ctypeslib.as_array(pointer, shape=(self._vocab_size,))

    def share(self, source: int, target: int, length: int) -> None:
        """Let a sequence start with the first tokens of another; they stay stored once."""
        self.lib.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def drop(self, sequence: int, start: int = 0) -> bool:
        """Forget a sequence from a position on; False when this kind of model cannot cut it there."""
        return bool(self.lib.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def save(self, sequence: int) -> bytes:
        """Copy out the state of a sequence; empty when llama.cpp cannot."""
        size = self.lib.llama_state_seq_get_size(self._handle, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = self.lib.llama_state_seq_get_data(self._handle, buffer, size, sequence)
        return ctypes.string_at(buffer, written)

    def load(self, sequence: int, data: bytes) -> bool:
        """Copy a saved state into an empty sequence; False when there is no room for it."""
        pointer = ctypes.cast(ctypes.c_char_p(data), ctypes.POINTER(ctypes.c_uint8))
        return bool(self.lib.llama_state_seq_set_data(self._handle, pointer, len(data), sequence))

    def close(self) -> None:
        """Free the context; safe to call twice."""
        if self._handle is not None:
            self.lib.llama_free(self._handle)
            self._handle = None


class _Batch:
    """Arrays behind a llama_batch, allocated once and filled for every step."""

    def __init__(self, lib: Any, size: int) -> None:
        integers = ctypes.c_int32 * size
        self._tokens, self._positions, self._sequences = integers(), integers(), integers()
        self._counts = integers(*([1] * size))
        self._wanted = (ctypes.c_int8 * size)()
        pointer = ctypes.POINTER(ctypes.c_int32)
        start, width = ctypes.addressof(self._sequences), ctypes.sizeof(ctypes.c_int32)
        self._pointers = (pointer * size)(
            *(ctypes.cast(start + i * width, pointer) for i in range(size)),
        )
        self._struct = lib.llama_batch(
            0, self._tokens, None, self._positions, self._counts, self._pointers, self._wanted
        )

    def fill(self, rows: Sequence[Row]) -> Any:
        count = len(rows)
        tokens, positions, sequences, wanted = zip(*rows, strict=True)
        self._tokens[:count] = list(tokens)
        self._positions[:count] = list(positions)
        self._sequences[:count] = list(sequences)
        self._wanted[:count] = list(wanted)
        self._struct.n_tokens = count
        return self._struct
