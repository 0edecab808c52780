"""Keep computed prompts (KV states) on disk, so that a later run loads what this one computed.

A thread of its own writes; what it has not come to yet is found all the same. A state is kept only when computing
it takes longer than loading it, by the rate at which this process has read states so far, and it is loaded only
when that still holds: with a GPU and a slow disk reading the prompt again is faster. Limits: one process, but any
number of them share a folder (state_folder.py). Whatever goes wrong is logged and means no state, never an error.
"""

import sys
import threading
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rao_cli.engine.state_folder import LOG, StateFolder

LIMIT = 4 << 30
"""Bytes of all states together."""

_FORMAT = 1  # of the state itself; what wrote it is part of the identity
_QUEUE_BYTES = 256 << 20
_CLOSE_SECONDS = 10.0
_ASSUMED_BYTES, _ASSUMED_SECONDS = 64 << 20, 0.064  # until states are read: 1 GB/s, between SATA and NVMe


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A state that is to be written."""

    data: bytes
    seconds: float


class StateFiles:
    """The states of one engine in a folder that all engines may share; ``close`` finishes writing.

    ``identity`` names everything besides the tokens that a state depends on: the model file, adapters, the types
    and layout of the KV cache, llama.cpp's version. ``limit`` bounds the bytes of the folder.
    """

    def __init__(self, folder: Path, identity: str, limit: int = LIMIT) -> None:
        self._identity = sha256(
            f"{_FORMAT}\0{sys.byteorder}\0{identity}".encode("utf-8", "surrogatepass")
        ).digest()
        self._waiting: dict[bytes, _Waiting] = {}  # in the order of writing
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = self._stopped = False
        self._read_bytes, self._read_seconds = _ASSUMED_BYTES, _ASSUMED_SECONDS
        self._folder: StateFolder | None = None
        try:
            self._folder = StateFolder(folder, limit)
        except OSError as e:
            LOG.warning("states are not kept on disk: %s", e)

    def get(self, tokens: Sequence[int]) -> bytes | None:
        """Return the state of exactly these tokens; None when there is none or computing it is faster."""
        key = self._key(tokens)
        with self._change:
            if key in self._waiting:
                return self._waiting[key].data
        if self._folder is None:
            return None
        started = time.perf_counter()
        try:
            data = self._folder.read(key, self._loading)
        except OSError as e:
            LOG.warning("a kept state could not be read: %s", e)
            return None
        if data:
            self._read_bytes += len(data)
            self._read_seconds += time.perf_counter() - started
        return data

    def holds(self, tokens: Sequence[int]) -> bool:
        """Tell whether the state of exactly these tokens is kept or about to be."""
        key = self._key(tokens)
        with self._change:
            if key in self._waiting:
                return True
        return self._folder is not None and self._folder.holds(key)

    def put(self, tokens: Sequence[int], data: bytes, seconds: float) -> None:
        """Keep a state that took so long to compute, if that is longer than loading it takes; returns at once.

        While more than 256 MB wait to be written, the state is not kept.
        """
        if self._folder is None or not data or seconds <= len(data) * self._loading:
            return
        key = self._key(tokens)
        if self._folder.holds(key):
            return
        with self._change:
            if self._closing or key in self._waiting:
                return
            queued = sum(len(waiting.data) for waiting in self._waiting.values())
            if queued and queued + len(data) > _QUEUE_BYTES:
                LOG.info("a state of %d bytes is not kept: %d wait to be written", len(data), queued)
                return
            if not self._writing():
                return
            self._waiting[key] = _Waiting(data, seconds)
            self._change.notify()

    def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Finish writing, for so long at most; safe to call twice."""
        with self._change:
            self._closing = True
            self._change.notify()
        if self._thread:
            self._thread.join(seconds)
            if self._thread.is_alive():
                LOG.info("states were still being written after %.0f seconds and are not kept", seconds)
            self._stopped = True
            self._thread.join(1.0)

    @property
    def _loading(self) -> float:
        """Return the seconds that loading one byte takes, as far as is known."""
        return self._read_seconds / self._read_bytes

    def _key(self, tokens: Sequence[int]) -> bytes:
        return sha256(self._identity + array("i", tokens).tobytes()).digest()

    def _writing(self) -> bool:
        """Start the thread if there is none yet; False when the system has no room for one."""
        if self._thread is None:
            thread = threading.Thread(target=self._write_all, name="rao-states", daemon=True)
            try:
                thread.start()
            except RuntimeError as e:
                LOG.warning("a state is not kept: %s", e)
                return False
            self._thread = thread
        return True

    def _write_all(self) -> None:
        while True:
            with self._change:
                while not self._waiting and not self._closing:
                    self._change.wait()
                if not self._waiting or self._stopped:
                    return
                key, state = next(iter(self._waiting.items()))
            self._write(key, state)
            with self._change:
                del self._waiting[key]

    def _write(self, key: bytes, state: _Waiting) -> None:
        try:
            if self._folder:
                self._folder.write(key, state.data, state.seconds, lambda: self._stopped)
        except OSError as e:
            LOG.warning("a state is not kept: %s", e)
