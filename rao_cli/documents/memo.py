"""Remember what was worked out of a content, so that after an edit only what changed is worked out again.

What a parser found in a file, how many tokens a passage has: values by a digest of everything that determines
them, in one SQLite file beside the kept documents. A row carries a digest of its own, so a damaged row is a miss;
a damaged file is removed. Whatever goes wrong with the disk, the value is worked out and nothing is told. Limits:
above LARGEST bytes what was kept first goes first, by the quarter.
"""

import contextlib
import hashlib
import json
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from rao_cli import __version__

if TYPE_CHECKING:
    import sqlite3

FILE_NAME = "memo.sqlite3"
LARGEST = 512 << 20
"""Bytes that the file may have."""
FORMAT = "1"
_MOST_WAITING = 4 << 20
"""Bytes that wait in memory to be written together."""
_DIGEST_BYTES = 16
_LOCK_SECONDS = 2.0
_TABLE = "CREATE TABLE IF NOT EXISTS memo (key BLOB PRIMARY KEY, value BLOB, digest BLOB)"
_T = TypeVar("_T")


def memo_key(*parts: str | bytes) -> bytes:
    """Return the key of what the parts determine; a later version of rao may make something else of them."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in (FORMAT, __version__, *parts):
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8))
        digest.update(data)
    return digest.digest()


class Memo:
    """Values that are kept in one file; a context manager that writes what is left when it ends.

    Threads may share it. What cannot be read or written is as if it had never been kept.
    """

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path, self._largest = path, largest
        self._lock = threading.Lock()
        self._waiting: dict[bytes, bytes] = {}
        self._size = 0
        self._connection: sqlite3.Connection | None = None
        self._usable = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: bytes) -> bytes | None:
        """Return the value kept under a key, or None."""
        with self._lock:
            if key in self._waiting:
                return self._waiting[key]
            row = self._guarded(lambda connection: _row(connection, key), None)
        return row[0] if row and row[1] == _check(key, row[0]) else None

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; it is written with others."""
        with self._lock:
            self._waiting[key] = value
            self._size += len(value)
            if self._size > _MOST_WAITING:
                self._flush()

    def found(self, key: bytes) -> dict[str, Any] | None:
        """Return the JSON object that is kept under a key, or None."""
        kept = self.get(key)
        if kept is None:
            return None
        with contextlib.suppress(ValueError, zlib.error):
            value = json.loads(zlib.decompress(kept))
            return value if isinstance(value, dict) else None
        return None

    def keep(self, key: bytes, value: dict[str, Any]) -> None:
        """Keep a JSON object."""
        self.put(key, zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1))

    def close(self) -> None:
        """Write what waits and close the file; it is opened again when it is next needed."""
        with self._lock:
            self._flush()
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _flush(self) -> None:
        rows = [(key, value, _check(key, value)) for key, value in self._waiting.items()]
        self._waiting, self._size = {}, 0
        if rows:
            self._guarded(lambda connection: self._write(connection, rows), None)

    def _write(self, connection: "sqlite3.Connection", rows: list[tuple[bytes, bytes, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
        while self._used(connection) > self._largest:
            oldest = "(SELECT min(rowid) + (max(rowid) - min(rowid)) / 4 FROM memo)"
            if not connection.execute(f"DELETE FROM memo WHERE rowid <= {oldest}").rowcount:  # noqa: S608 constant
                return

    def _used(self, connection: "sqlite3.Connection") -> int:
        pages = "SELECT (page_count - freelist_count) * page_size"
        used = f"{pages} FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        return int(connection.execute(used).fetchone()[0])

    def _guarded(self, action: "Callable[[sqlite3.Connection], _T]", otherwise: _T) -> _T:
        """Run an action on the file; after a failure the file is left alone, and removed if it is damaged."""
        import sqlite3

        if not self._usable:
            return otherwise
        try:
            return action(self._opened())
        except sqlite3.OperationalError:  # locked, full or read-only
            self._usable = False
        except (sqlite3.DatabaseError, OSError, UnicodeDecodeError):
            self._usable = False
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        return otherwise

    def _opened(self) -> "sqlite3.Connection":
        import sqlite3

        if self._connection is None:
            self._path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                self._path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = TRUNCATE")
            self._connection.execute("PRAGMA synchronous = OFF")  # what a loss of power damages is found again
            self._connection.execute(_TABLE)
        return self._connection


class KeptCounts:
    """Counts tokens as an engine does, and remembers the counts of each passage."""

    def __init__(self, count: Callable[[str], int], identity: str, memo: Memo) -> None:
        self._count, self._memo = count, memo
        self._prefix = memo_key("tokens", identity)

    def __call__(self, text: str) -> int:
        """Return how many tokens a text has."""
        key = memo_key(self._prefix, text)
        kept = self._memo.get(key)
        if kept is None:
            count = self._count(text)
            self._memo.put(key, count.to_bytes(8))
            return count
        return int.from_bytes(kept)


def _row(connection: "sqlite3.Connection", key: bytes) -> tuple[bytes, bytes] | None:
    row: tuple[bytes, bytes] | None = connection.execute(
        "SELECT value, digest FROM memo WHERE key = ?", (key,)
    ).fetchone()
    return row


def _check(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(key + value, digest_size=_DIGEST_BYTES).digest()
