"""Keep what was read, so that a second question on the same source starts at once.

A document is kept by what it was read from: the path and identity (size, inode, times) of a file, or of every
file of a folder. What is made of it later (packing, search index) lies in a folder by the document's own digest.
Entries are written aside and renamed into place, carry checksums, and are removed when they are damaged; the
least recently used go when all together exceed a size. Limits: a file that is changed within a fraction of a
second, to the same size and with its times set back, is taken for unchanged.
"""

import contextlib
import gc
import hashlib
import json
import os
import shutil
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from rao_cli.documents import records
from rao_cli.documents.memo import FILE_NAME
from rao_cli.documents.model import Document, Section, Text
from rao_cli.documents.spool import Scratch
from rao_cli.documents.stored import IN_MEMORY, StoredText, TextWriter
from rao_cli.errors import InputError

FORMAT = "2"
"""Part of every key: raise it when loaders make something else of the same bytes."""
LARGEST = 4 << 30
"""Bytes of all entries together; the least recently used are removed above it."""
WORTH_KEEPING = 100_000
"""Characters from which a document is kept: a shorter one is read again just as fast."""
_READ, _DERIVED = "read", "derived"
_SETTLED_SECONDS = 2.0
_KEY = "[0-9a-f]" * 64
_STALE_SECONDS = 24 * 3600
_DAMAGE_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, InputError)


def key_of(*parts: str) -> str:
    """Return the key of a document that was read from what the parts name."""
    return hashlib.sha256("\0".join((FORMAT, *parts)).encode("utf-8", "surrogatepass")).hexdigest()


def settled(status: os.stat_result) -> bool:
    """Tell whether a file was last changed long enough ago for its times to identify its content."""
    return time.time() - max(status.st_mtime, status.st_ctime) > _SETTLED_SECONDS


def identity(status: os.stat_result) -> str:
    """Return what changes whenever a file's content does: device, inode, size and times."""
    return " ".join(
        str(value)
        for value in (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    )


class Store:
    """The documents kept in one folder, which is private to the user."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder, self._largest = folder, largest

    def get(self, key: str) -> Document | None:
        """Return the document kept under a key, or None; one that is damaged is removed."""
        place = self._place(key)
        try:
            if not place.is_dir():
                return None
            with _no_collection():
                document = _read(place)
        except _DAMAGE_ERRORS:
            shutil.rmtree(place, ignore_errors=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(place)
        return document

    def put(self, key: str, document: Document) -> None:
        """Keep a document under a key; a full disk costs only the keeping."""
        place = self._place(key)
        with contextlib.suppress(OSError, InputError):
            place.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix="tmp-", dir=self._folder))
            try:
                _write(aside, document)
                aside.rename(place)  # fails when another process was faster, which is as good
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        self.trim()

    def derived(self, document: Document) -> Path:
        """Return the folder for what is made of a document, made and marked as used now."""
        place = self._folder / _DERIVED / document.digest
        place.mkdir(parents=True, exist_ok=True)
        os.utime(place)
        return place

    def trim(self) -> None:
        """Remove the least recently used entries until all fit, and what interrupted writers left behind."""
        now = time.time()
        for left in self._folder.glob("tmp-*"):
            with contextlib.suppress(OSError):
                if now - left.stat().st_mtime > _STALE_SECONDS:
                    shutil.rmtree(left)
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        for _, size, place in entries:
            if total <= self._largest:
                return
            shutil.rmtree(place, ignore_errors=True)
            total -= size

    def clear(self) -> tuple[int, int]:
        """Remove everything; return how many files and bytes went. Raises OSError.

        Only what a store itself writes is touched, so a wrong folder loses nothing.
        """
        files = [file for kind in (_READ, _DERIVED) for file in self._folder.glob(f"{kind}/{_KEY}/*")]
        files += self._folder.glob(f"{FILE_NAME}*")
        size = sum(file.lstat().st_size for file in files)
        for file in files:
            file.unlink()
        for kind in (_READ, _DERIVED):
            for place in self._folder.glob(f"{kind}/{_KEY}"):
                place.rmdir()
        return len(files), size

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        for kind in (_READ, _DERIVED):
            for place in (self._folder / kind).glob(_KEY):
                with contextlib.suppress(OSError):
                    size = sum(file.stat().st_size for file in place.iterdir())
                    yield place.stat().st_mtime, size, place

    def _place(self, key: str) -> Path:
        return self._folder / _READ / key


class Kept:
    """What is made of one document in one way: files in the document's folder with a name of their own."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key

    def path(self, what: str) -> Path:
        """Return where a file of this kind lies or would lie."""
        return self._folder / f"{what}-{self._key[:32]}"

    def tree(self, make: Callable[[], Section]) -> Section:
        """Return the section tree that was kept, or make it and keep it."""
        place = self.path("tree")
        with contextlib.suppress(*_DAMAGE_ERRORS), _no_collection():
            return records.decode_tree(json.loads(_checked(place.read_bytes())))
        tree = make()
        data = json.dumps(records.encode_tree(tree), separators=(",", ":")).encode()
        with contextlib.suppress(OSError), written_aside(place) as aside:
            aside.write_bytes(hashlib.sha256(data).digest() + data)
        return tree


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield an empty file that takes the place of a path when all went well. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix="tmp-", dir=path.parent)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the collector of cycles: what is decoded has none, and looking for them takes longer than decoding."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _write(place: Path, document: Document) -> None:
    text = _stored(document.text)
    with (place / "text").open("wb") as file:
        text.copy_to(file)
    blocks = array("Q", [len(text), *text.places, *text.checks, *text.newlines]).tobytes()
    head = json.dumps(records.encode(document), separators=(",", ":")).encode()
    for name, data in (("blocks", blocks), ("document.json", head)):
        (place / name).write_bytes(hashlib.sha256(data).digest() + data)


def _stored(text: Text) -> StoredText:
    """Return a text in its form on disk."""
    if isinstance(text, StoredText):
        return text
    writer = TextWriter(in_memory=-1)
    writer.write(text[:])
    stored = writer.finish()
    if not isinstance(stored, StoredText):
        raise TypeError("an empty text is not kept")
    return stored


def _read(place: Path) -> Document:
    blocks = array("Q")
    blocks.frombytes(_checked((place / "blocks").read_bytes()))
    count = len(blocks) // 3 - 1
    file = Scratch(os.open(place / "text", os.O_RDONLY | os.O_CLOEXEC))
    places, checks, newlines = blocks[1 : count + 2], blocks[count + 2 : 2 * count + 2], blocks[2 * count + 2 :]
    text = StoredText(file, blocks[0], places, checks, newlines)
    if file.size != text.size:
        raise ValueError("the text has another size")
    whole: Text = text[0 : len(text)] if len(text) <= IN_MEMORY else text
    return records.decode(json.loads(_checked((place / "document.json").read_bytes())), whole)


def _checked(data: bytes) -> bytes:
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        raise ValueError("damaged")
    return data[32:]
