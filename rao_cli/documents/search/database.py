"""The full-text index of a document's passages, in SQLite's FTS5.

It lies in a file, which is built once and kept for the next time, or in a temporary database that vanishes.
Passages are rows, numbered in the order of the text. The file is written aside and renamed into place, so a reader
sees a whole one or none; one that is damaged, or of another document or version, is removed and built again. The
settings and what they cost are in docs/experiments.md. Limits: a changed bit that SQLite does not notice can cost
a hit, never a wrong citation, since citations are read from the text itself.
"""

import contextlib
import shutil
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.search.passages import Cutter, Passage
from rao_cli.documents.store import written_aside
from rao_cli.errors import RaoError
from rao_cli.text import one_line

if TYPE_CHECKING:
    import sqlite3

FORMAT = "2"
"""Raise it when passages, terms or tables change, so that kept indexes are built again."""
# Written once by one process and renamed when whole: nothing needs a journal.
_BUILDING = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536")
_TOKENS = "tokenize='porter unicode61'"
_TABLES = f"""
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE place(row INTEGER PRIMARY KEY, start INTEGER, size INTEGER, listing INTEGER);
CREATE TABLE leaf(number INTEGER PRIMARY KEY, row INTEGER, checksum INTEGER);
CREATE TABLE tail(row INTEGER PRIMARY KEY, text TEXT, parts TEXT, title TEXT, path TEXT);
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
_TAIL = 6
"""Leaves at the end whose passages are kept as they were indexed, so that they can be taken out again."""
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
    document: Document,
    leaves: Sequence[Section],
    path: Path | None,
    progress: Progress = lambda _share: None,
    earlier: Path | None = None,
) -> Database:
    """Open the index kept at a path, or build it there; without a path, or where it cannot be kept, for now only.

    With the index of an ``earlier`` state of the same source, to whose end something was added, only that is
    indexed. Raises RaoError when it can be built nowhere.
    """
    if path is None:
        return _temporary(document, leaves, progress)
    about = _about(document, leaves)
    with contextlib.suppress(OSError, DamagedError):
        return _kept(path, about)
    if earlier is not None and earlier.is_file():
        with contextlib.suppress(OSError, DamagedError):
            _build_file(document, leaves, path, progress, earlier)
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


def _build_file(
    document: Document, leaves: Sequence[Section], path: Path, progress: Progress, earlier: Path | None = None
) -> None:
    """Build the index aside and rename it into place. Raises OSError or DamagedError."""
    import sqlite3

    try:
        with written_aside(path) as aside:
            if earlier is not None:
                shutil.copyfile(earlier, aside)
            with closing(_connect(aside.absolute().as_uri())) as connection:
                build = _build if earlier is None else _grow
                build(connection, document, leaves, progress)
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
    _add(connection, document, leaves, 0, progress)
    connection.executemany("INSERT INTO about VALUES (?, ?)", _about(document, leaves).items())
    connection.execute("COMMIT")


def _grow(
    connection: "sqlite3.Connection", document: Document, leaves: Sequence[Section], progress: Progress
) -> None:
    """Make the index of an earlier state that of a document, where only its end changed. Raises DamagedError."""
    about = dict(connection.execute("SELECT key, value FROM about"))
    if about.get("format") != FORMAT:
        raise DamagedError("another format")
    for setting in _BUILDING:
        connection.execute(f"PRAGMA {setting}")
    connection.execute("BEGIN")
    same, row = _unchanged(connection, document, leaves)
    fields = "rowid, text, parts, title, path"
    connection.execute(
        f"INSERT INTO passage(passage, {fields}) SELECT 'delete', row, text, parts, title, path FROM tail "  # noqa: S608
        "WHERE row >= ?",
        (row,),
    )
    for table in ("place", "tail"):
        connection.execute(f"DELETE FROM {table} WHERE row >= ?", (row,))  # noqa: S608  constants only
    connection.execute("DELETE FROM leaf WHERE number >= ?", (same,))
    _add(connection, document, leaves, same, progress)
    connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", _about(document, leaves).items())
    connection.execute("COMMIT")


def _unchanged(connection: "sqlite3.Connection", document: Document, leaves: Sequence[Section]) -> tuple[int, int]:
    """Return how many leaves are as they were indexed, and the first passage after them.

    Raises DamagedError where what has to go is not known any more.
    """
    cutter, same = Cutter(document), 0
    rows = connection.execute("SELECT row, checksum FROM leaf ORDER BY number").fetchall()
    for (_, checksum), leaf in zip(rows, leaves, strict=False):
        if cutter.checksum(leaf) != checksum:
            break
        same += 1
    last = connection.execute("SELECT ifnull(max(row), 0) + 1 FROM place").fetchone()[0]
    row = rows[same][0] if same < len(rows) else last
    first = connection.execute("SELECT min(row) FROM tail").fetchone()[0]
    if not same or first is None or row < first:
        raise DamagedError("another text")
    return same, int(row)


def _add(
    connection: "sqlite3.Connection", document: Document, leaves: Sequence[Section], first: int, progress: Progress
) -> None:
    """Index the leaves from one on, and note what each was made of."""
    cutter = Cutter(document)
    row = connection.execute("SELECT ifnull(max(row), 0) + 1 FROM place").fetchone()[0]
    kept = max(first, len(leaves) - _TAIL)
    waiting: list[tuple[int, Passage]] = []
    for number in range(first, len(leaves)):
        leaf = (number, row, cutter.checksum(leaves[number]))
        connection.execute("INSERT INTO leaf VALUES (?, ?, ?)", leaf)
        found = list(enumerate(cutter.passages(leaves[number]), row))
        row += len(found)
        waiting += found
        if number >= kept:
            connection.executemany(
                "INSERT INTO tail VALUES (?, ?, ?, ?, ?)",
                ((at, each.text, each.parts, each.title, each.path) for at, each in found),
            )
        # In batches, so that the passages of a large document are never all in memory.
        if len(waiting) >= _BATCH or number == len(leaves) - 1:
            _insert(connection, waiting)
            waiting = []
            progress(leaves[number].span.end / max(1, len(document)))


def _insert(connection: "sqlite3.Connection", rows: Sequence[tuple[int, Passage]]) -> None:
    connection.executemany(
        "INSERT INTO passage(rowid, text, parts, title, path) VALUES (?, ?, ?, ?, ?)",
        ((row, each.text, each.parts, each.title, each.path) for row, each in rows),
    )
    connection.executemany(
        "INSERT INTO place VALUES (?, ?, ?, ?)",
        ((row, each.span.start, len(each.span), each.listing) for row, each in rows),
    )
