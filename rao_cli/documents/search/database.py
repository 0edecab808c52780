"""The full-text index of a document's passages, in SQLite's FTS5.

It lies in a file, which is built once and kept for the next time, or in a temporary database that vanishes.
Passages are rows, numbered in the order of the text. The file is written aside and renamed into place, so a reader
sees a whole one or none; one that is damaged, or of another document or version, is removed and built again. The
settings and what they cost are in docs/experiments.md. Limits: a changed bit that SQLite does not notice can cost
a hit, never a wrong citation, since citations are read from the text itself.
"""

import contextlib
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.search.passages import cut_passages
from rao_cli.documents.store import written_aside
from rao_cli.errors import RaoError
from rao_cli.text import one_line

if TYPE_CHECKING:
    import sqlite3

FORMAT = "1"
"""Raise it when passages, terms or tables change, so that kept indexes are built again."""
# Written once by one process and renamed when whole: nothing needs a journal.
_BUILDING = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536")
_TOKENS = "tokenize='porter unicode61'"
_TABLES = f"""
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE place(row INTEGER PRIMARY KEY, start INTEGER, size INTEGER, listing INTEGER);
CREATE VIRTUAL TABLE passage USING fts5(text, parts, title, path, content='', {_TOKENS});
CREATE VIRTUAL TABLE word USING fts5vocab(passage, row);
INSERT INTO passage(passage, rank) VALUES ('hashsize', 33554432);
"""  # noqa: S608  constants only
_ONE_WORD = f"""
CREATE VIRTUAL TABLE passage USING fts5(text, {_TOKENS});
CREATE VIRTUAL TABLE word USING fts5vocab(passage, row);
"""
_WEIGHTS = "1.0, 0.3, 0.5, 1.0"  # of text, parts, title and path (docs/experiments.md)
_RANKED = f"SELECT rowid, -bm25(passage, {_WEIGHTS}) AS score FROM passage WHERE passage MATCH ?"  # noqa: S608
_BATCH = 4096
Progress = Callable[[float], None]
"""Called with the share of a document that is indexed."""


class DamagedError(Exception):
    """The file is not a sound index of this document."""


class Database:
    """Passages and words of one document's index; it may be used from any one thread at a time."""

    def __init__(self, connection: "sqlite3.Connection") -> None:
        self._connection = connection

    def best(self, match: str, most: int, between: Span | None = None) -> Iterator[tuple[int, float]]:
        """Yield row and score of the passages that match an FTS5 expression, best first.

        With ``between`` they share a character with that span, and there may be more than ``most``.
        """
        if between is None:
            yield from self._rows(f"{_RANKED} ORDER BY score DESC, rowid LIMIT ?", match, most)
        elif between:
            inside = "AND rowid >= ? AND rowid <= ? ORDER BY score DESC, rowid"
            yield from self._rows(f"{_RANKED} {inside}", match, self.row(between.start), self.row(between.end - 1))

    def occurs(self, match: str) -> bool:
        """Tell whether any passage matches an FTS5 expression."""
        return any(self._rows("SELECT 1 FROM passage WHERE passage MATCH ? LIMIT 1", match))

    def passages(self, match: str, most: int) -> int:
        """Count the passages that match an FTS5 expression, at most ``most``."""
        first = "SELECT 1 FROM passage WHERE passage MATCH ? LIMIT ?"
        return sum(1 for _ in self._rows(first, match, most))

    def size(self) -> int:
        """Return how many passages there are."""
        return next((int(row or 0) for (row,) in self._rows("SELECT max(row) FROM place")), 0)

    def place(self, row: int) -> tuple[Span, bool]:
        """Return where a passage is, and whether it only lists pages."""
        for start, size, listing in self._rows("SELECT start, size, listing FROM place WHERE row = ?", row):
            return Span(start, start + size), bool(listing)
        raise DamagedError("a passage without a place")

    def row(self, at: int) -> int:
        """Return the passage that holds a place of the text, or the nearest before it."""
        return max(1, bisect_right(range(1, self.size() + 1), at, key=lambda row: self.place(row)[0].start))

    def words(self, beginning: str, shortest: int, longest: int) -> list[str]:
        """Return indexed words of these lengths that begin with a text, at most a hundred thousand."""
        rows = self._rows(
            "SELECT term FROM word WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT 100000",
            *(beginning, beginning + "\uffff", shortest, longest),
        )
        return [word for (word,) in rows]

    def stem(self, word: str) -> str:
        """Return what a word is indexed as."""
        with closing(_connect(":memory:")) as connection:
            connection.executescript(_ONE_WORD)
            connection.execute("INSERT INTO passage VALUES (?)", (word,))
            return next((str(term) for (term,) in connection.execute("SELECT term FROM word")), word)

    def about(self) -> dict[str, str]:
        """Return what the index says of itself."""
        return dict(self._rows("SELECT key, value FROM about"))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _rows(self, statement: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        import sqlite3

        try:
            yield from self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise DamagedError(str(error)) from error


def open_database(
    document: Document, leaves: Sequence[Section], path: Path | None, progress: Progress = lambda _share: None
) -> Database:
    """Open the index kept at a path, or build it there; without a path, or where it cannot be kept, for now only.

    Raises RaoError when it can be built nowhere.
    """
    if path is None:
        return _temporary(document, leaves, progress)
    about = _about(document, leaves)
    with contextlib.suppress(OSError, DamagedError):
        return _kept(path, about)
    try:
        _build_file(document, leaves, path, progress)
        return _kept(path, about)
    except (OSError, DamagedError):  # a full or read-only disk costs the keeping, nothing else
        return _temporary(document, leaves, progress)


def _about(document: Document, leaves: Sequence[Section]) -> dict[str, str]:
    starts = array("Q", (leaf.span.start for leaf in leaves))
    return {
        "format": FORMAT,
        "document": document.digest,
        "leaves": f"{len(leaves)} {zlib.crc32(starts.tobytes()):08x}",
    }


def _kept(path: Path, about: dict[str, str]) -> Database:
    """Open the file at a path. Raises OSError, or DamagedError after removing it when it is another."""
    import sqlite3

    if not path.is_file():
        raise DamagedError("no file")
    try:
        database = Database(_connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1"))
        if database.about() == about:
            return database
        database.close()
    except (sqlite3.Error, DamagedError):
        pass
    path.unlink(missing_ok=True)
    raise DamagedError("another index")


def _build_file(document: Document, leaves: Sequence[Section], path: Path, progress: Progress) -> None:
    """Build the index aside and rename it into place. Raises OSError or DamagedError."""
    import sqlite3

    try:
        with written_aside(path) as aside, closing(_connect(aside.absolute().as_uri())) as connection:
            _build(connection, document, leaves, progress)
    except sqlite3.Error as error:
        raise DamagedError(str(error)) from error


def _temporary(document: Document, leaves: Sequence[Section], progress: Progress) -> Database:
    """Build an index in a database that SQLite deletes; it stays in memory while it is small."""
    import sqlite3

    try:
        connection = _connect("")
        _build(connection, document, leaves, progress)
    except sqlite3.Error as error:
        raise RaoError(
            f"cannot build the search index: {one_line(str(error), 200)}",
            hint="free some space where temporary files lie, or set SQLITE_TMPDIR to a larger disk",
        ) from error
    return Database(connection)


def _connect(address: str) -> "sqlite3.Connection":
    import sqlite3

    return sqlite3.connect(address, isolation_level=None, check_same_thread=False, uri=bool(address))


def _build(
    connection: "sqlite3.Connection", document: Document, leaves: Sequence[Section], progress: Progress
) -> None:
    for setting in _BUILDING:
        connection.execute(f"PRAGMA {setting}")
    connection.executescript(_TABLES)
    connection.execute("BEGIN")
    numbered = enumerate(cut_passages(document, leaves), start=1)
    # In batches, so that the passages of a large document are never all in memory.
    while batch := list(islice(numbered, _BATCH)):
        connection.executemany(
            "INSERT INTO passage(rowid, text, parts, title, path) VALUES (?, ?, ?, ?, ?)",
            ((row, each.text, each.parts, each.title, each.path) for row, each in batch),
        )
        connection.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?)",
            ((row, each.span.start, len(each.span), each.listing) for row, each in batch),
        )
        progress(batch[-1][1].span.end / len(document))
    connection.executemany("INSERT INTO about VALUES (?, ?)", _about(document, leaves).items())
    connection.execute("COMMIT")
