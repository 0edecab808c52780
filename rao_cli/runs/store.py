"""One run in one SQLite file: what it was asked, and every event of every attempt at it.

A file has one writer, which holds the run's lock (library.py), so it needs no journal but SQLite's oldest and
safest one: releases before 3.51.3 can lose what two connections wrote ahead of the database. What was added is
on the disk when ``add`` returns. A row carries a digest of all that is in it and rows are numbered without a gap,
so damage is noticed wherever it is; texts that models are shown are kept once, by their digest.
"""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import get_args

from rao_cli.agent.events import Event, ModelCalled, TypedEvent
from rao_cli.engine.base import Message, Request
from rao_cli.errors import InputError, RaoError
from rao_cli.runs.records import Kept
from rao_cli.text import one_line

MIGRATIONS = (
    """
    CREATE TABLE kept (name TEXT PRIMARY KEY, body BLOB NOT NULL, digest BLOB NOT NULL);
    CREATE TABLE content (digest BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        attempt INTEGER NOT NULL,
        type TEXT NOT NULL,
        agent TEXT NOT NULL,
        body BLOB NOT NULL,
        digest BLOB NOT NULL
    );
    """,
)
"""What leads from each format to the next; the number of them is the format of today."""
FORMAT = len(MIGRATIONS)
_TYPES = tuple(one.model_fields["type"].default for one in get_args(get_args(Event)[0]))
_LOCK_SECONDS = 10.0
_LONGEST = 1 << 28
"""Bytes that one event or text may unpack to."""
_SHORT = 200
"""Bytes up to which compression is not worth its time."""


class DamageError(InputError):
    """A run cannot be read at all, and never will be."""


@dataclass(frozen=True)
class Stored:
    """An event as it was kept, with the attempt that it is of."""

    attempt: int
    event: Event


@dataclass(frozen=True)
class Contents:
    """The events that could be read, and how many could not because they are damaged or missing."""

    events: tuple[Stored, ...]
    damaged: int

    def last(self) -> tuple[Event, ...]:
        """Return the events of the last attempt."""
        newest = max((stored.attempt for stored in self.events), default=0)
        return tuple(stored.event for stored in self.events if stored.attempt == newest)


class RunFile:
    """A run's file, open; a context manager.

    Raises DamageError for a file that is no run's or is damaged, InputError for one that was written by a later
    version, and RaoError where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        """Open a file that is there, or make it; one of an older format is brought to that of today."""
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._known: set[bytes] = set()
        with self._guarded():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            # What is damaged shall reach the digests, not end in an error of its own.
            self._connection.text_factory = lambda text: text.decode("utf-8", "replace")
            self._connection.execute("PRAGMA journal_mode = TRUNCATE")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate(self._connection)

    def __enter__(self) -> "RunFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._connection:
            self._connection.close()
        self._connection = None

    # ------------------------------------------------------------------ what was asked

    def keep(self, kept: Kept) -> None:
        """Write down what the run was asked to do."""
        body = json.dumps(kept.model_dump()).encode()  # names of files may hold what only Python's JSON can
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES ('run', ?, ?)", (body, _digest(body)))

    def kept(self) -> Kept:
        """Return what the run was asked to do."""
        with self._guarded():
            row = self._open().execute("SELECT body, digest FROM kept WHERE name = 'run'").fetchone()
        try:
            if row is None or _digest(row[0]) != row[1]:
                raise self._damage("what it was asked is missing")
            return Kept.model_validate(json.loads(row[0]))
        except (ValueError, TypeError, RecursionError) as error:
            raise self._damage("what it was asked cannot be read") from error

    # ------------------------------------------------------------------ what happened

    def attempts(self) -> int:
        """Return how often the run was begun or taken up."""
        with self._guarded():
            query = "SELECT coalesce(max(attempt), 0) FROM event WHERE typeof(attempt) = 'integer'"
            return int(self._open().execute(query).fetchone()[0])

    def finished(self) -> bool:
        """Tell whether some attempt came to its end."""
        return self._has("SELECT 1 FROM event WHERE type = 'run_finished' LIMIT 1")

    def delivered(self) -> bool:
        """Tell whether the result has reached whoever asked."""
        return self._has("SELECT 1 FROM kept WHERE name = 'delivered'")

    def deliver(self) -> None:
        """Write down that the result has reached whoever asked: until then it is worth going on with."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES ('delivered', x'', x'')")

    def _has(self, query: str) -> bool:
        with self._guarded():
            return self._open().execute(query).fetchone() is not None

    def add(self, attempt: int, events: Sequence[Event]) -> None:
        """Append events; they are on the disk when this returns, all of them or none."""
        with self._transaction() as connection:
            last = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
            texts: dict[bytes, bytes] = {}
            rows = [_row(last + n, attempt, event, texts) for n, event in enumerate(events, start=1)]
            new = {digest: body for digest, body in texts.items() if digest not in self._known}
            connection.executemany("INSERT OR IGNORE INTO content VALUES (?, ?)", new.items())
            connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._known.update(new)

    def contents(self, *, types: Iterable[str] = ()) -> Contents:
        """Read the events of all attempts, or of some types only; those of no type always count as damaged."""
        wanted = tuple(types)
        where = f"WHERE type IN ({', '.join('?' * len(wanted))})" if wanted else ""
        with self._guarded():
            rows = self._open().execute(f"SELECT * FROM event {where} ORDER BY seq", wanted).fetchall()  # noqa: S608
            called = not wanted or "model_called" in wanted
            texts = dict(self._open().execute("SELECT digest, body FROM content").fetchall() if called else ())
            last, count, strange = (
                self._open()
                .execute(
                    f"SELECT max(seq), count(*), sum(type NOT IN ({', '.join('?' * len(_TYPES))})) FROM event",  # noqa: S608
                    _TYPES,
                )
                .fetchone()
            )
        found = [stored for row in rows if (stored := _stored(row, texts))]
        # A damaged table may hold anything in place of its numbers.
        missing = max(0, last - count) if isinstance(last, int) else 0
        unseen = int(strange or 0) if wanted else 0
        return Contents(tuple(found), len(rows) - len(found) + missing + unseen)

    def check(self) -> None:
        """Raise DamageError where SQLite finds the file damaged."""
        with self._guarded():
            found = self._open().execute("PRAGMA integrity_check(1)").fetchone()
        if found is None or found[0] != "ok":
            raise self._damage(one_line(str(found and found[0]), 120))

    # ------------------------------------------------------------------ the database

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RaoError(f"{self.path} is closed")
        return self._connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > FORMAT:
            raise InputError(
                f"{self.path} was written by a later version of rao (format {found}, known are up to {FORMAT})",
                hint="use that version, or remove the run: rao runs prune",
            )
        if found < FORMAT:
            with connection:
                connection.execute("BEGIN IMMEDIATE")  # another process may have been first: look again
                found = int(connection.execute("PRAGMA user_version").fetchone()[0])
                for statement in ";".join(MIGRATIONS[found:]).split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guarded(), self._open() as connection:  # commits, or rolls back whatever happens
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Translate what SQLite and the system refuse."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            self.close()
            raise RaoError(
                f"cannot use {self.path}: {one_line(str(error), 120)}", hint="check the disk and its room"
            ) from error
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            self.close()
            raise self._damage(one_line(str(error), 120)) from error

    def _damage(self, reason: str) -> DamageError:
        return DamageError(
            f"the run in {self.path.parent} is damaged: {reason}",
            hint="run its command again; rao runs prune removes it",
        )


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _packed(body: bytes) -> bytes:
    return b"z" + zlib.compress(body, 1) if len(body) > _SHORT else b"-" + body


def _unpacked(body: bytes) -> bytes:
    """Return the text of a body; raises ValueError or zlib.error for what is none, or is too long to be one."""
    if body[:1] == b"z":
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(body[1:], _LONGEST)
        if not unpacking.eof:
            raise ValueError("cut short, or too long")
        return text
    if body[:1] == b"-":
        return body[1:]
    raise ValueError("neither packed nor plain")


def _sealed(seq: int, attempt: int, kind: str, agent: str, body: bytes) -> bytes:
    """Return the digest of a whole row."""
    return _digest(json.dumps([seq, attempt, kind, agent]).encode() + body)


def _row(
    seq: int, attempt: int, event: Event, texts: dict[bytes, bytes]
) -> tuple[int, int, str, str, bytes, bytes]:
    """Return the row of an event; the texts that a model was shown go to ``texts``."""
    agent = getattr(event, "agent", "")
    told = _without_texts(event, texts) if isinstance(event, ModelCalled) else event
    body = _packed(_json(told))
    return seq, attempt, event.type, agent, body, _sealed(seq, attempt, event.type, agent, body)


def _json(event: Event) -> bytes:
    """Return an event as JSON, with ? in place of half a character, as a name that is not UTF-8 may have."""
    try:
        return event.model_dump_json(by_alias=True).encode()
    except ValueError:
        return json.dumps(event.model_dump(by_alias=True), ensure_ascii=False).encode("utf-8", "replace")


def _without_texts(event: ModelCalled, texts: dict[bytes, bytes]) -> ModelCalled:
    """Return a call with the digest of each part of its prompt in the part's place."""

    def put(part: str) -> str:
        body = part.encode("utf-8", "surrogatepass")
        digest = _digest(body)
        texts[digest] = _packed(body)
        return digest.hex()

    return event.model_copy(update={"request": _changed(event.request, put)})


def _with_texts(event: ModelCalled, texts: dict[bytes, bytes]) -> ModelCalled:
    """Undo ``_without_texts``. Raises ValueError, KeyError or zlib.error where a part is missing or damaged."""

    def get(part: str) -> str:
        digest = bytes.fromhex(part)
        body = _unpacked(texts[digest])
        if _digest(body) != digest:
            raise ValueError("a text is damaged")
        return body.decode("utf-8", "surrogatepass")

    return event.model_copy(update={"request": _changed(event.request, get)})


def _changed(request: Request, change: Callable[[str], str]) -> Request:
    messages = tuple(Message(one.role, tuple(map(change, one.parts))) for one in request.messages)
    return replace(request, messages=messages)


def _stored(row: tuple[int, int, str, str, bytes, bytes], texts: dict[bytes, bytes]) -> Stored | None:
    """Return the event of a row; None where it is damaged."""
    seq, attempt, kind, agent, body, digest = row
    try:
        if type(attempt) is not int or _sealed(seq, attempt, kind, agent, body) != digest:
            return None
        event = TypedEvent.validate_json(_unpacked(body))
        return Stored(attempt, _with_texts(event, texts) if isinstance(event, ModelCalled) else event)
    except (ValueError, KeyError, TypeError, zlib.error):
        return None
