"""The few llama.cpp functions that rao uses, typed, with their errors translated.

Loading this module loads nothing; the first ``Model`` imports llama_cpp, with OpenMP told to sleep instead of
spin (a spinning barrier makes decoding fifty times slower on a shared machine) and llama.cpp's log sent to the
Python logger ``rao.llama``. Limits: a ``Context`` belongs to one thread; the tokenizer of a ``Model`` may be used
from any. Nothing here checks a model file's header: rao_cli.models does, before a path comes here.
"""

import ctypes
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rao_cli.errors import ModelError
from rao_cli.text import clean, one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Logits = NDArray[np.float32]

GpuLayers = int | Literal["auto"]

_LOG = logging.getLogger("rao.llama")
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
_CONTINUED = 5
_ALL_LAYERS = 999
_INSTALL = (
    "install a C/C++ compiler and CMake (`apt install build-essential cmake`; on macOS `xcode-select --install` "
    "and `brew install cmake`), then `pip install llama-cpp-python`"
)


class _Log:
    """Pass llama.cpp's lines to the logger and keep the last errors for messages."""

    def __init__(self) -> None:
        self.errors: deque[str] = deque(maxlen=4)
        self._level = logging.DEBUG

    def write(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED:
            self._level = _LEVELS.get(level, logging.DEBUG)
        line = clean(text.decode("utf-8", "replace")).strip()
        if not line:
            return
        if self._level >= logging.ERROR:
            self.errors.append(line)
        _LOG.log(self._level, "%s", line)

    def first_error(self) -> str:
        """Return the first error line, which names the cause, and forget all."""
        line = self.errors[0] if self.errors else ""
        self.errors.clear()
        return one_line(line, 200)


LOG = _Log()
_callbacks: list[object] = []  # llama.cpp keeps the bare pointer, so the callback must never be collected


@cache
def library() -> Any:
    """Import llama_cpp's low-level module once; raises ModelError with what to install when it cannot load."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import llama_cpp.llama_cpp as lib
    except (ImportError, OSError, RuntimeError) as e:
        raise ModelError(f"llama.cpp is not usable here: {one_line(str(e), 120)}", hint=_INSTALL) from e
    _LOG.addHandler(logging.NullHandler())  # without any, Python would print warnings to stderr
    callback = lib.llama_log_callback(LOG.write)
    _callbacks.append(callback)
    lib.llama_log_set(callback, ctypes.c_void_p(0))
    lib.llama_backend_init()
    return lib


def available_threads() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Model:
    """Weights and vocabulary of one file; ``close`` frees them."""

    def __init__(self, path: Path, gpu_layers: GpuLayers = "auto") -> None:
        self.lib = library()
        params = self.lib.llama_model_default_params()
        gpu = self.lib.llama_supports_gpu_offload()
        params.n_gpu_layers = (_ALL_LAYERS if gpu else 0) if gpu_layers == "auto" else gpu_layers
        LOG.errors.clear()
        self._open = threading.Lock()  # nobody may be reading the vocabulary while it is freed
        self._handle = _load(self.lib, path, params)
        self.vocab = self.lib.llama_model_get_vocab(self._handle)
        self.vocab_size: int = self.lib.llama_vocab_n_tokens(self.vocab)
        self.trained_context: int = self.lib.llama_model_n_ctx_train(self._handle)
        template = self.lib.llama_model_chat_template(self._handle, None)
        self.chat_template: str = (template or b"").decode("utf-8", "replace")
        self.bos: int | None = self._bos()
        # State that is not one cell per token can neither be cut nor shared from the middle.
        self.can_share = not (
            self.lib.llama_model_is_recurrent(self._handle) or self.lib.llama_model_is_hybrid(self._handle)
        )

    @property
    def handle(self) -> Any:
        """Return llama.cpp's model pointer."""
        return self._handle

    @property
    def cell_bytes(self) -> int:
        """Return the bytes that one token takes in the KV cache at 16 bits."""
        lib = self.lib
        heads = max(1, lib.llama_model_n_head(self._handle))
        width = lib.llama_model_n_embd(self._handle) * lib.llama_model_n_head_kv(self._handle) // heads
        return int(lib.llama_model_n_layer(self._handle) * width * 2 * 2)

    def _bos(self) -> int | None:
        if not self.lib.llama_vocab_get_add_bos(self.vocab):
            return None
        token: int = self.lib.llama_vocab_bos(self.vocab)
        return token if token >= 0 else None

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Split text into tokens; only with ``special`` do markers such as <|im_end|> become control tokens.

        Raises ModelError when the model is closed.
        """
        data = text.encode("utf-8", "replace")
        tokens = (ctypes.c_int32 * (len(data) + 8))()
        with self._open:
            if self._handle is None:
                raise closed()
            count = self.lib.llama_tokenize(self.vocab, data, len(data), tokens, len(tokens), False, special)
        if count < 0:
            raise ModelError("llama.cpp could not split a text into tokens")
        return tokens[:count]

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for; control tokens stand for none."""
        room = 64
        buffer = ctypes.create_string_buffer(room)
        count = self.lib.llama_token_to_piece(self.vocab, token, buffer, room, 0, False)
        if count < 0:
            room = -count
            buffer = ctypes.create_string_buffer(room)
            count = self.lib.llama_token_to_piece(self.vocab, token, buffer, room, 0, False)
        return buffer.raw[: max(0, count)]

    def ends(self, token: int) -> bool:
        """Tell whether a token ends the model's turn."""
        return bool(self.lib.llama_vocab_is_eog(self.vocab, token))

    def end_token(self) -> int:
        """Return a token that ends the model's turn, or -1 when the vocabulary has none."""
        for token in (self.lib.llama_vocab_eot(self.vocab), self.lib.llama_vocab_eos(self.vocab)):
            if token >= 0:
                return int(token)
        return -1

    @cached_property
    def letter_tokens(self) -> list[int]:
        """Return the tokens of single printable ASCII characters."""
        return sorted({token for code in range(32, 127) for token in self.tokenize(chr(code))})

    def close(self) -> None:
        """Free the weights; safe to call twice."""
        with self._open:
            if self._handle is not None:
                self.lib.llama_model_free(self._handle)
                self._handle = None


def closed() -> ModelError:
    """Return the error for use after ``close``."""
    return ModelError("the model is closed", hint="open a new engine")


def _load(lib: Any, path: Path, params: Any) -> Any:
    if not path.is_file():
        raise ModelError(f"no model file at {one_line(str(path), 200)}", hint="check the path given with --model")
    handle = lib.llama_model_load_from_file(os.fsencode(path), params)
    if handle is None:
        reason = LOG.first_error() or "no reason given"
        raise ModelError(
            f"llama.cpp refused the model {one_line(path.name, 80)}: {reason}",
            hint="download the file again, or choose another with --model",
        )
    return handle


@dataclass(frozen=True, slots=True)
class Row:
    """One token of a batch: where it goes, and whether its logits are wanted."""

    token: int
    position: int
    sequence: int
    logits: bool


class Context:
    """The KV cache of a model and the computation over it; one thread only, except ``abort``."""

    def __init__(
        self,
        model: Model,
        *,
        cells: int,
        sequences: int,
        batch: int,
        threads: int,
        flash_attention: bool | None = None,
    ) -> None:
        self.lib = model.lib
        self.batch_size = batch
        self._vocab_size = model.vocab_size
        params = self.lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = cells, batch, batch, sequences
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        params.swa_full = True
        params.no_perf = True
        params.flash_attn_type = -1 if flash_attention is None else int(flash_attention)
        LOG.errors.clear()
        self._handle = self.lib.llama_init_from_model(model.handle, params)
        if self._handle is None:
            reason = LOG.first_error() or "no reason given"
            raise ModelError(
                f"llama.cpp could not set up a context of {cells} tokens: {reason}",
                hint="use a smaller --window or --parallel",
            )
        self._memory = self.lib.llama_get_memory(self._handle)
        self._batch = _Batch(self.lib, batch)
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
        self._tokens[:count] = [row.token for row in rows]
        self._positions[:count] = [row.position for row in rows]
        self._sequences[:count] = [row.sequence for row in rows]
        self._wanted[:count] = [int(row.logits) for row in rows]
        self._struct.n_tokens = count
        return self._struct
