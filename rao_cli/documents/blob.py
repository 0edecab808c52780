"""The bytes of one file, wherever they are: on disk, in memory, in an archive.

Limits: what ``read`` returns is held in memory, so it refuses more than LARGEST_READ bytes; loaders of kinds that
may be larger (logs, plain text) use ``open``.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from rao_cli.errors import InputError
from rao_cli.text import one_line

LARGEST_READ = 1 << 30
"""Bytes that a file read at once may have."""


@dataclass(frozen=True)
class Blob:
    """A file to be read: its name, the path that locations show, its size in bytes and how to open it."""

    name: str
    """What its section is called; its ending tells the kind where the bytes do not."""
    path: str
    """What locations and messages show, as the user would open it."""
    size: int
    opener: Callable[[], BinaryIO]

    @classmethod
    def of(cls, data: bytes, name: str, path: str) -> "Blob":
        """Return a blob of bytes in memory."""
        return cls(name, path, len(data), lambda: io.BytesIO(data))

    def open(self) -> BinaryIO:
        """Open it for reading from its start."""
        return self.opener()

    def head(self, size: int = 4096) -> bytes:
        """Return its first bytes."""
        with self.open() as file:
            return file.read(size)

    def read(self) -> bytes:
        """Return all bytes. Raises InputError when there are too many to be held in memory."""
        with self.open() as file:
            data = file.read(LARGEST_READ + 1)
        if len(data) > LARGEST_READ:
            raise InputError(
                f"{one_line(self.path)} is larger than {LARGEST_READ >> 30} GB, too large for its kind",
                hint="split it into smaller files",
            )
        return data
