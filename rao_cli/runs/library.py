"""The runs that are kept: a folder of its own for each, found by name, listed, locked and removed.

A run that is being worked on is locked by a lock of the system on its folder, which ends with the process however
that ends. Limits: some network file systems ignore such locks.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rao_cli.errors import RaoError, UsageError
from rao_cli.files import lock, make_private
from rao_cli.runs.records import Kept, State
from rao_cli.runs.store import DamageError, RunFile
from rao_cli.text import one_line

FILE_NAME = "run.sqlite3"
_SECOND = len("20261122-131500")
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
"""The form of a run's id: nothing else is listed, or removed, whatever folder the runs are said to be in."""
MOST_RUNS = 1_000
MOST_BYTES = 4 << 30
"""What is kept without being asked: of more runs the oldest go."""
_PATIENCE = 0.2
"""Seconds in which whoever only asks whether a run is held lets go of it again."""


@dataclass(frozen=True)
class Entry:
    """A run's folder, its size in bytes, and when it was last written to, in seconds since 1970."""

    path: Path
    size: int
    changed: float

    @property
    def name(self) -> str:
        """Return the run's id."""
        return self.path.name


class Library:
    """The runs in one folder, which is private to the user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> list[Entry]:
        """Return all runs, the newest first."""
        try:
            paths = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RaoError(f"cannot read {self.folder}: {error.strerror}") from error
        found = [entry for path in paths if (entry := _entry(path))]
        # Of those that began in one second the id says nothing.
        return sorted(found, key=lambda entry: (entry.name[:_SECOND], entry.changed), reverse=True)

    def find(self, name: str) -> Path:
        """Return the folder of a run: its id, the beginning of one run's id, or ``last``. Raises UsageError."""
        entries = self.entries()
        if not entries:
            raise UsageError("there are no runs yet", hint="rao ask keeps one of each question")
        matching = entries[:1] if name == "last" else [one for one in entries if one.name.startswith(name)]
        exact = [one for one in matching if one.name == name]
        if len(exact or matching) == 1:
            return (exact or matching)[0].path
        shown = one_line(name, 80)
        if matching:
            raise UsageError(f"{len(matching):,} runs begin with {shown}", hint="give more of the id: rao runs")
        raise UsageError(f"there is no run {shown}", hint="rao runs lists them; the newest is called last")

    def open(self, path: Path) -> RunFile:
        """Open a run's file. Raises DamageError where it is missing or damaged."""
        if not (path / FILE_NAME).is_file():
            raise DamageError(
                f"the run in {path} is damaged: its file is missing", hint="rao runs prune removes it"
            )
        return RunFile(path / FILE_NAME)

    @contextmanager
    def begin(self, kept: Kept) -> Iterator[RunFile]:
        """Make a run and hold it. Raises RaoError where the disk refuses."""
        path = self.folder / kept.run
        try:
            make_private(path.parent)
            path.mkdir(mode=0o700)
        except OSError as error:
            raise RaoError(f"cannot create {path}: {(error.strerror or str(error)).lower()}") from error
        with self.hold(path), contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(RunFile(path / FILE_NAME))
                file.keep(kept)
            except RaoError:
                shutil.rmtree(path, ignore_errors=True)  # of no use to anybody
                raise
            yield file

    @contextmanager
    def hold(self, path: Path) -> Iterator[None]:
        """Hold a run, so that nobody else works on it. Raises UsageError where somebody does."""
        handle = _lock(path, _PATIENCE)
        if handle is None:
            raise UsageError(
                f"the run {path.name} is being worked on by another rao", hint="wait for it, or stop that one"
            )
        try:
            yield
        finally:
            os.close(handle)

    def held(self, path: Path) -> bool:
        """Tell whether somebody works on a run now."""
        handle = _lock(path, shared=True)  # shared: those who only ask are not taken for one who works
        if handle is not None:
            os.close(handle)
        return handle is None

    def state(self, path: Path, *, finished: bool) -> State:
        """Return how a run stands."""
        if finished:
            return "finished"
        return "running" if self.held(path) else "interrupted"

    def remove(self, entries: Sequence[Entry]) -> tuple[int, int]:
        """Remove runs that nobody works on; return how many went, and their bytes. Raises RaoError."""
        count = size = 0
        for entry in entries:
            handle = _lock(entry.path)
            if handle is None:
                continue
            try:
                shutil.rmtree(entry.path)
            except OSError as error:
                raise RaoError(f"cannot remove {entry.path}: {error.strerror}") from error
            finally:
                os.close(handle)
            count, size = count + 1, size + entry.size
        return count, size

    def trim(self) -> None:
        """Remove the oldest runs beyond what is kept without being asked; a failure costs only the room."""
        with contextlib.suppress(RaoError):
            self.remove(too_many(self.entries(), MOST_RUNS, MOST_BYTES))


def too_many(entries: Sequence[Entry], most: int | None, largest: int | None) -> list[Entry]:
    """Return the entries, given the newest first, beyond so many or so many bytes."""
    total, beyond = 0, list[Entry]()
    for number, entry in enumerate(entries, start=1):
        total += entry.size
        if (most is not None and number > most) or (largest is not None and total > largest):
            beyond.append(entry)
    return beyond


def _entry(path: Path) -> Entry | None:
    """Return a run's entry; None for what is none, or has just gone."""
    try:
        if not _ID.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
            return None
        files = [file.lstat() for file in path.iterdir()]
        changed = max((one.st_mtime for one in files), default=path.lstat().st_mtime)
    except OSError:
        return None
    return Entry(path, sum(one.st_size for one in files), changed)


def _lock(path: Path, patience: float = 0.0, *, shared: bool = False) -> int | None:
    """Return what holds the lock of a run's folder, or None where another one has it. Raises RaoError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise RaoError(f"cannot open {path}: {(error.strerror or str(error)).lower()}") from error
    if lock(handle, patience, shared=shared):
        return handle
    os.close(handle)
    return None
