"""Text that is too large for memory: written once to a file, then read by span.

A writer keeps the text in memory up to a size and moves it to disk above it; nobody else needs to know which of
the two it is. The file holds blocks of a fixed number of characters in UTF-8, whose places and checksums are kept
in memory, with the newlines before them (24 bytes a block). Limits: lone surrogates are stored as question marks.
"""

import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from rao_cli.documents.model import BLOCK, Text
from rao_cli.documents.spool import Scratch
from rao_cli.errors import InputError

IN_MEMORY = 32 << 20
"""Characters up to which a text stays in memory."""
_CACHED_BLOCKS = 64


class StoredText:
    """A text on disk, read by span; it conforms to model.Text."""

    def __init__(
        self, file: Scratch, length: int, places: "array[int]", checks: "array[int]", newlines: "array[int]"
    ) -> None:
        self._file, self._length = file, length
        self.places = places
        """Byte offset of each block, and of the end."""
        self.checks = checks
        """CRC-32 of each block."""
        self.newlines = newlines
        """Newlines before each block, and before the end."""
        self._block = lru_cache(maxsize=_CACHED_BLOCKS)(self._read_block)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice, /) -> str:
        start, end, _ = part.indices(self._length)
        if start >= end:
            return ""
        first, last = start // BLOCK, (end - 1) // BLOCK
        # A long read must not push everything else out of memory.
        block = self._block if last - first < _CACHED_BLOCKS // 2 else self._read_block
        if first == last:
            return block(first)[start - first * BLOCK : end - first * BLOCK]
        inner = [block(number) for number in range(first + 1, last)]
        return "".join([block(first)[start - first * BLOCK :], *inner, block(last)[: end - last * BLOCK]])

    @property
    def size(self) -> int:
        """Return the size of the file in bytes."""
        return self.places[-1]

    def copy_to(self, file: BinaryIO) -> None:
        """Write the stored bytes to another file."""
        file.writelines(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """Yield the stored bytes, block by block. Raises InputError for damage."""
        return map(self._bytes, range(len(self.checks)))

    def _read_block(self, number: int) -> str:
        return self._bytes(number).decode("utf-8")

    def _bytes(self, number: int) -> bytes:
        start, end = self.places[number], self.places[number + 1]
        data = self._file.read(start, end - start)
        if zlib.crc32(data) != self.checks[number]:
            raise InputError("stored text is damaged", hint="empty the cache and read again: rao cache clear")
        return data


class TextWriter:
    """Collects a text piece by piece; above ``in_memory`` characters it goes to a file of its own."""

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self._folder, self._in_memory = folder, in_memory
        self._pieces: list[str] = []
        self._waiting = 0
        self._file: Scratch | None = None
        self._places, self._checks, self._newlines = array("Q", [0]), array("L"), array("Q", [0])
        self.length = 0
        """Characters written so far."""

    def write(self, piece: str) -> None:
        """Append a piece. Raises InputError when the disk is full."""
        self._pieces.append(piece)
        self.length += len(piece)
        self._waiting += len(piece)
        if self._waiting > (BLOCK * 16 if self._file else self._in_memory):
            self._spill(whole=False)

    def finish(self) -> Text:
        """Return the text; nothing may be written after this."""
        if self._file is None:
            return "".join(self._pieces)
        self._spill(whole=True)
        return StoredText(self._file, self.length, self._places, self._checks, self._newlines)

    def _spill(self, *, whole: bool) -> None:
        """Write all full blocks, and the rest as well when ``whole``."""
        text = "".join(self._pieces)
        end = len(text) if whole else len(text) // BLOCK * BLOCK
        self._file = self._file or Scratch.create(self._folder)
        for at in range(0, end, BLOCK):
            data = text[at : min(at + BLOCK, end)].encode("utf-8", "replace")
            self._file.append(data)
            self._places.append(self._places[-1] + len(data))
            self._checks.append(zlib.crc32(data))
            self._newlines.append(self._newlines[-1] + data.count(b"\n"))
        self._pieces = [text[end:]]
        self._waiting = len(text) - end


def encoded(text: Text) -> Iterator[bytes]:
    """Yield the text in UTF-8, piece by piece; what lies on disk need not be decoded for that."""
    if isinstance(text, StoredText):
        return text.blocks()
    return (piece.encode("utf-8", "surrogatepass") for _, piece in windows(text))


def windows(text: Text, size: int = 1 << 22) -> Iterator[tuple[int, str]]:
    """Yield the text in pieces of about ``size`` characters with their offsets, cut after line ends.

    A line longer than a piece is cut anywhere.
    """
    at, length = 0, len(text)
    while at < length:
        piece = text[at : at + size]
        if at + len(piece) < length and (cut := piece.rfind("\n") + 1):
            piece = piece[:cut]
        yield at, piece
        at += len(piece)
