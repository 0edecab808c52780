"""Keep finished completions on disk, so that the same request is never computed twice.

The key is a digest of everything that determines the output: the engine's identity, the whole request with its
seed, and the format's version. While a request is computed, equal ones wait for it. A row carries a digest of its
own, so a damaged row is a miss, never a wrong answer; a damaged file is moved aside. Whatever goes wrong with the
disk, the request is computed and the run goes on. Limits: at 1 GB the rows that were not used for longest go, by
the eighth; their room in the file is used again, and only ``clear`` shrinks it.
"""

import asyncio
import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from rao_cli.engine.base import Completion, Engine, OnProgress, Request, Token
from rao_cli.engine.keeping import KeepingEngine

FORMAT = 3
"""Raised whenever the stored form changes; older rows are then never found."""

FILE_NAME = "completions.sqlite3"
LIMIT = 1 << 30
"""Bytes that completions may take."""
_LOCK_SECONDS = 5.0
# The order of use is that of the row numbers. Only rows of the older half move, so most hits write nothing.
_TOUCH = """
UPDATE completion SET rowid = 1 + (SELECT max(rowid) FROM completion) WHERE key = ? AND rowid <
    ((SELECT min(rowid) FROM completion) + (SELECT max(rowid) FROM completion)) / 2
"""
_EVICT = (
    "DELETE FROM completion WHERE rowid <= (SELECT min(rowid) + (max(rowid) - min(rowid)) / 8 FROM completion)"
)
_USED = """
SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""
_LOG = logging.getLogger("rao.cache")
_LOG.addHandler(logging.NullHandler())  # without any, Python would print warnings to stderr
_T = TypeVar("_T")


class CachedEngine(KeepingEngine):
    """Answer repeated requests from a folder and pass the others to an engine; ``close`` closes both.

    A stored completion comes back as it was, with ``cached_tokens`` equal to ``prompt_tokens``. ``hits`` counts
    the requests that were answered so.
    """

    def __init__(self, engine: Engine, folder: Path, limit: int = LIMIT) -> None:
        """``limit`` bounds the bytes of the file."""
        super().__init__(engine)
        self._store = _Store(folder / FILE_NAME, limit)
        self._running: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Future[Completion | None]] = {}

    @property
    def size(self) -> int:
        """Return the bytes that stored completions take on disk."""
        return self._store.size

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Return the stored completion, or compute and store it; raises what the engine raises.

        A request that is being computed already is waited for, and computed here only when that fails or is
        cancelled.
        """
        loop, key = asyncio.get_running_loop(), request_key(self._engine.identity, request)
        place = (loop, key)
        while place in self._running:
            # Shielded, because cancelling one that waits must not end the others' waiting.
            completion = await asyncio.shield(self._running[place])
            if completion is not None:
                return self._repeat(completion, on_progress)
        ours = self._running[place] = loop.create_future()
        completion = None
        try:
            completion = await self._answer(key, request, on_progress)
        finally:
            del self._running[place]
            ours.set_result(completion)
        return completion

    async def _answer(self, key: str, request: Request, on_progress: OnProgress | None) -> Completion:
        stored = await asyncio.to_thread(self._store.get, key)
        if stored is not None:
            return self._repeat(stored, on_progress)
        completion = await self._engine.generate(request, on_progress)
        await asyncio.to_thread(self._store.put, key, completion)
        return completion

    def clear(self) -> None:
        """Forget all stored completions."""
        self._store.clear()

    def close(self) -> None:
        """Close the engine and the file; safe to call twice."""
        super().close()
        self._store.close()


def request_key(identity: str, request: Request) -> str:
    """Return the digest of everything that determines a completion."""
    return _digest(json.dumps([FORMAT, identity, asdict(request)], sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(completion: Completion) -> str:
    return json.dumps(asdict(completion))


def _decode(text: str) -> Completion:
    """Rebuild a completion; raises ValueError, KeyError or TypeError when the row is not one of ours."""
    values: Any = json.loads(text)
    if not isinstance(values, dict):
        raise TypeError("not a completion")
    tokens, choices = _tokens(values.pop("tokens")), tuple(map(_tokens, values.pop("choices")))
    return Completion(**values, tokens=tokens, choices=choices)


def _tokens(items: Iterable[Mapping[str, Any]]) -> tuple[Token, ...]:
    return tuple(Token(str(item["text"]), float(item["logprob"]), int(item["id"])) for item in items)


class _Store:
    """One table in one SQLite file; every failure is logged and means no cache."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._guard(self._open, None)

    @property
    def size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def get(self, key: str) -> Completion | None:
        row = self._guard(lambda: self._select(key), None)
        if row is None or row[1] != _digest(key + row[0]):
            return None
        try:
            completion = _decode(row[0])
        except (ValueError, KeyError, TypeError):
            return None
        if self.size > self._limit // 2:  # before that nothing is near leaving, and a hit costs no write
            self._guard(lambda: self._touch(key), None)
        return completion

    def put(self, key: str, completion: Completion) -> None:
        value = _encode(completion)
        self._guard(lambda: self._insert(key, value, _digest(key + value)), None)

    def clear(self) -> None:
        self._guard(self._delete, None)

    def close(self) -> None:
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def _guard(self, action: Callable[[], _T], otherwise: _T) -> _T:
        """Run an action on the file, alone; a file that is not a sound database is moved aside."""
        with self._lock:
            try:
                return action()
            except (sqlite3.OperationalError, OSError) as e:
                _LOG.warning("the completion cache %s was not used: %s", self._path, e)
            except sqlite3.DatabaseError as e:
                _LOG.warning("the completion cache %s is damaged and was moved aside: %s", self._path, e)
                self._start_again()
            return otherwise

    def _start_again(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        try:
            self._path.replace(self._path.with_suffix(".damaged"))
            self._open()
        except (sqlite3.Error, OSError) as e:
            _LOG.warning("going on without a completion cache: %s", e)

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # One rollback journal, not WAL: several SQLite releases in use lose WAL commits of two processes.
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS completion (key TEXT PRIMARY KEY, value TEXT, digest TEXT)"
            )
        except sqlite3.Error:
            connection.close()
            raise
        except UnicodeDecodeError as e:  # the message itself quotes what is damaged
            connection.close()
            raise sqlite3.DatabaseError("the file is damaged") from e
        self._connection = connection

    def _select(self, key: str) -> tuple[str, str] | None:
        if self._connection is None:
            return None
        row = self._connection.execute("SELECT value, digest FROM completion WHERE key = ?", (key,)).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def _insert(self, key: str, value: str, digest: str) -> None:
        if self._connection is not None:
            self._connection.execute("INSERT OR REPLACE INTO completion VALUES (?, ?, ?)", (key, value, digest))
            while self._connection.execute(_USED).fetchone()[0] > self._limit:
                if not self._connection.execute(_EVICT).rowcount:
                    return

    def _touch(self, key: str) -> None:
        if self._connection is not None:
            self._connection.execute(_TOUCH, (key,))

    def _delete(self) -> None:
        if self._connection is not None:
            self._connection.execute("DELETE FROM completion")
            self._connection.execute("VACUUM")
