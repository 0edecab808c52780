"""The library and its models: the few llama.cpp functions that rao uses, typed, with their errors translated.

Loading this module loads nothing; the first ``Model`` imports llama_cpp, with OpenMP told to sleep instead of
spin (a spinning barrier makes decoding fifty times slower on a shared machine) and llama.cpp's log sent to the
Python logger ``rao.llama``. The tokenizer of a ``Model`` may be used from any thread. Limits: nothing here checks
a model file's header; rao_cli.models does, before a path comes here.
"""

import ctypes
import logging
import os
import threading
from collections import deque
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from rao_cli.errors import ModelError
from rao_cli.text import clean, one_line

_LOG = logging.getLogger("rao.llama")
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
_CONTINUED = 5
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


class Model:
    """Weights and vocabulary of one file; ``close`` frees them. With ``vocab_only`` no weights are loaded."""

    def __init__(self, path: Path, gpu_layers: int = 0, *, vocab_only: bool = False) -> None:
        self.lib = library()
        params = self.lib.llama_model_default_params()
        params.n_gpu_layers, params.vocab_only = gpu_layers, vocab_only
        LOG.errors.clear()
        self._open = threading.Lock()  # nobody may be reading the vocabulary while it is freed
        self._handle = _load(self.lib, path, params)
        self.vocab = self.lib.llama_model_get_vocab(self._handle)
        self.vocab_size: int = self.lib.llama_vocab_n_tokens(self.vocab)
        self.trained_context: int = self.lib.llama_model_n_ctx_train(self._handle)
        template = self.lib.llama_model_chat_template(self._handle, None)
        self.chat_template: str = (template or b"").decode("utf-8", "replace")
        self.bos: int | None = self._bos()
        self._pieces: dict[int, bytes] = {}
        # State that is not one cell per token can neither be cut nor shared from the middle.
        self.can_share = not (
            self.lib.llama_model_is_recurrent(self._handle) or self.lib.llama_model_is_hybrid(self._handle)
        )
        # Keys that all layers of the last kind have slid past may be overwritten, and are not saved.
        self.sliding_window: int = max(0, self.lib.llama_model_n_swa(self._handle))

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
        if token not in self._pieces:
            self._pieces[token] = self._piece(token)
        return self._pieces[token]

    def _piece(self, token: int) -> bytes:
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
    def single_bytes(self) -> dict[int, int]:
        """Return the tokens that stand for one byte, by that byte."""
        return self._first_bytes[0]

    @cached_property
    def bytes_begin_all(self) -> bool:
        """Tell whether every text that tokens can write can also be begun with the token of a single byte."""
        singles, first = self._first_bytes
        return first <= singles.keys()

    @cached_property
    def _first_bytes(self) -> tuple[dict[int, int], set[int]]:
        room = 512
        buffer = ctypes.create_string_buffer(room)
        single: dict[int, int] = {}
        first: set[int] = set()
        for token in range(self.vocab_size):
            count = self.lib.llama_token_to_piece(self.vocab, token, buffer, room, 0, False)
            if count == 1:
                single.setdefault(buffer.raw[0], token)
            elif count > 1:
                first.add(ord(buffer[0]))
        return single, first

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
