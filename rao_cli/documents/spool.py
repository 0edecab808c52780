"""Bytes that are too many for memory: files without a name, written once, then read from any place.

Such a file vanishes with the last use of it, however the program ends.
"""

import io
import os
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from rao_cli.documents.failures import not_kept

IN_MEMORY = 32 << 20
"""Bytes up to which a spool stays in memory."""


class Scratch:
    """A file on disk, known by its descriptor alone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    @classmethod
    def create(cls, folder: Path | None) -> "Scratch":
        """Make an empty one in a folder, or where temporary files lie. Raises InputError."""
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                return cls(os.dup(file.fileno()))
        except OSError as e:
            raise not_kept(e) from e

    @property
    def size(self) -> int:
        """Return how many bytes it holds."""
        return os.fstat(self._descriptor).st_size

    def append(self, data: bytes) -> None:
        """Write at the end. Raises InputError where the disk has no room."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as e:
            raise not_kept(e) from e

    def read(self, at: int, size: int) -> bytes:
        """Return up to ``size`` bytes from a place."""
        return os.pread(self._descriptor, size, at)


class Spool:
    """Bytes written once, then opened any number of times; above ``in_memory`` they lie in a file."""

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self._folder, self._in_memory = folder, in_memory
        self._memory = bytearray()
        self._file: Scratch | None = None
        self.size = 0
        """Bytes written so far."""

    def write(self, piece: bytes) -> None:
        """Append a piece. Raises InputError where the disk has no room for it."""
        self.size += len(piece)
        if self._file is None:
            self._memory += piece
            if self.size <= self._in_memory:
                return
            self._file, piece = Scratch.create(self._folder), bytes(self._memory)
            self._memory.clear()
        self._file.append(piece)

    def open(self) -> BinaryIO:
        """Return a reader of its own from the start; nothing may be written after this."""
        if self._file is None:
            return io.BytesIO(self._whole)
        return io.BufferedReader(_Reader(self._file, self.size), 1 << 17)

    @cached_property
    def _whole(self) -> bytes:
        whole = bytes(self._memory)
        self._memory.clear()
        return whole


class _Reader(io.RawIOBase):
    """Reads a scratch file from its start, and keeps it alive."""

    def __init__(self, file: Scratch, size: int) -> None:
        self._file, self._size = file, size
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from any place, as archives are."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        self._place = (0, self._place, self._size)[whence] + offset
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the next bytes."""
        data = self._file.read(self._place, len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
