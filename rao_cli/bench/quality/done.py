"""What became of one task in one arm, and the file that keeps it, so that a run that was stopped goes on.

The file has one JSON object a line; a line that was cut off when the process was killed is passed over and its
task is done again. Limits: one process writes a file at a time.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from rao_cli.agent.records import Record
from rao_cli.bench.tasks import BenchTask
from rao_cli.errors import InputError, RaoError
from rao_cli.text import one_line

_ANOTHER = "choose another file with --results"


class Key(Record):
    """What an outcome depends on: other keys mean other outcomes."""

    task: str
    """The task's id, and a digest of what is asked of which source."""
    arm: str
    model: str
    version: str
    """A digest of the code that answered."""


class Told(Record):
    """An answer, and what it cost."""

    answer: str = ""
    absent: bool = False
    """It was said that the source does not answer the question."""
    confidence: float | None = None
    """None where the arm has none."""
    verified: bool = False
    how: str = ""
    """How code found the answer; empty where a model read it."""
    pages: tuple[tuple[int, int], ...] = ()
    """First and last page of each citation that has pages."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    agents: int = 0
    depth: int = 0
    seconds: float = 0.0
    repeated: bool = False
    """Some of it was computed before and only looked up, so its time is too short."""
    computed: bool = False
    """It was not run; its tokens are what it would take at least."""
    failed: str = ""
    """Why there is no answer."""


class Done(Record):
    """What an arm told of a task."""

    key: Key
    told: Told


def task_digest(task: BenchTask) -> str:
    """Return a task's id with a digest of what is asked of it; the true answers are no part of it."""
    asked = "\0".join((task.name, task.question, str(task.source.absolute()), _changed(task.source)))
    return f"{one_line(task.name, 80)}:{hashlib.sha256(asked.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _changed(source: Path) -> str:
    """Return what tells a source from an older one at the same place."""
    try:
        found = source.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def code_version(folder: Path) -> str:
    """Return a digest of the Python files under a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Results:
    """The outcomes of a file, if there is one, and of this run; each is written as soon as it is there.

    ``any_version`` takes outcomes of other code too, which ``others`` counts. Raises InputError for a file that
    cannot be read or holds something else.
    """

    def __init__(self, path: Path | None, *, any_version: bool = False) -> None:
        self.path = path
        self.others = 0
        self._any_version = any_version
        self._done = {_place(done.key, any_version): done for done in self._read()}

    def get(self, key: Key) -> Done | None:
        """Return the outcome of a task in an arm, if it is known."""
        done = self._done.get(_place(key, self._any_version))
        if done and done.key.version != key.version:
            self.others += 1
        return done

    def add(self, done: Done) -> None:
        """Keep an outcome. Raises RaoError where it cannot be written."""
        self._done[_place(done.key, self._any_version)] = done
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"\n{done.model_dump_json()}\n")  # after a line that was cut off, a new one begins
        except OSError as error:
            raise RaoError(
                f"cannot write the results {one_line(str(self.path))}: {error.strerror}", hint=_ANOTHER
            ) from error

    def _read(self) -> Iterator[Done]:
        try:
            text = self.path.read_text("utf-8", errors="replace") if self.path else ""
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(
                f"cannot read the results {one_line(str(self.path))}: {error.strerror}", hint=_ANOTHER
            ) from error
        if text.strip() and not text.lstrip().startswith('{"key"'):
            raise InputError(f"{one_line(str(self.path))} holds something else than results", hint=_ANOTHER)
        yield from _outcomes(text.split("\n"))


def _outcomes(lines: Iterable[str]) -> Iterator[Done]:
    for line in lines:
        try:
            yield Done.model_validate_json(line)
        except ValidationError:
            continue  # an empty line, or one that was cut off


def _place(key: Key, any_version: bool) -> Key:
    return key.model_copy(update={"version": ""}) if any_version else key
