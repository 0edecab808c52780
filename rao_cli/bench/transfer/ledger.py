"""What became of each way of working on each task, kept as it comes, so that a stopped experiment goes on.

A run is the same whenever the same way is taken with the same model, so learners of many seeds share what was run
once. The file has one JSON object a line; one that was cut off is passed over. Limits: one process writes a file
at a time; outcomes of other versions of rao are taken as they stand, so a new experiment begins with a new file.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rao_cli.agent.records import Record
from rao_cli.errors import InputError, RaoError
from rao_cli.strategies.costs import NOTHING, Spent
from rao_cli.text import one_line

_ANOTHER = "give another --out"


class LateError(Exception):
    """The time of this shard is over; what was kept is gone on with by the next one."""


class Key(Record):
    """What an outcome depends on."""

    task: str
    """The question's name, with a digest of it and its text."""
    way: str
    """How it is worked on, with a digest of all that decides it beside task and model."""
    model: str
    """The engine's identity, its adapter included."""


class Outcome(Record):
    """What became of one task in one way."""

    key: Key
    source: str
    """A digest of the text: questions on one text are no independent ones."""
    absent: bool
    """The text does not answer the question."""
    right: bool = False
    cited: bool = False
    answer: str = ""
    verified: bool = False
    computed: bool = False
    """Code answered, and no model."""
    spent: Spent = NOTHING
    agents: int = 0
    fell_back: str = ""
    anchored: bool = False
    """What was told beforehand holds the answer's place, so that being right shows nothing."""
    failed: str = ""


class Made(Record):
    """What a learner or a teacher made, and what that cost beside runs that are outcomes of their own."""

    key: Key
    made: str = ""
    """It as text, such as a strategy's JSON; empty where nothing came of it."""
    reason: str = ""
    """Why nothing did, or what is to be known of it."""
    spent: Spent = NOTHING


_LINE: TypeAdapter[Outcome | Made] = TypeAdapter(Outcome | Made)


class Ledger:
    """The outcomes of a file, if there is one, and of this run; each is written as soon as it is there.

    ``seconds`` is how long new ones are computed; after that LateError is raised. Raises InputError for a file
    that cannot be read.
    """

    def __init__(self, path: Path | None, seconds: float | None = None) -> None:
        self._path = path
        self._until = None if seconds is None else time.monotonic() + seconds
        self._known = {(type(one), one.key): one for one in self._read()}
        self.fresh = 0
        """How many were computed in this run."""

    def outcome(self, key: Key, make: Callable[[], Outcome]) -> Outcome:
        """Return an outcome, computed where it is not known. Raises LateError and RaoError."""
        known = self._known.get((Outcome, key))
        if isinstance(known, Outcome):
            return known
        self._check_time()
        made = make()
        self._add(made)
        return made

    def made(self, key: Key, make: Callable[[], Made]) -> Made:
        """Return what was made, or make it. Raises LateError and RaoError."""
        known = self._known.get((Made, key))
        if isinstance(known, Made):
            return known
        self._check_time()
        made = make()
        self._add(made)
        return made

    def _check_time(self) -> None:
        if self._until is not None and time.monotonic() > self._until:
            raise LateError
        self.fresh += 1

    def _add(self, one: Outcome | Made) -> None:
        self._known[type(one), one.key] = one
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{one.model_dump_json()}\n")  # after a line that was cut off, a new one begins
        except OSError as error:
            raise RaoError(f"cannot write {_shown(self._path)}: {error.strerror}", hint=_ANOTHER) from error

    def _read(self) -> Iterator[Outcome | Made]:
        try:
            text = self._path.read_text("utf-8", errors="replace") if self._path else ""
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(f"cannot read {_shown(self._path)}: {error.strerror}", hint=_ANOTHER) from error
        for line in text.split("\n"):
            try:
                yield _LINE.validate_json(line)
            except ValidationError:
                continue  # an empty line, or one that was cut off


def _shown(path: Path | None) -> str:
    return one_line(str(path), 200)
