"""The strategies of one user: the bundled ones, and a private folder of those that were learned or imported.

Each is a file of its own, named by its id and replaced whole under a lock, so that two rao processes lose nothing
of each other's. What was found out about a bundled one lies in the same folder. Limits: the lock is the file
system's (flock), which some network file systems ignore.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from rao_cli.errors import InputError, RaoError, UsageError
from rao_cli.files import locked, make_private, replace_text
from rao_cli.strategies.importing import parse_record, read_bytes
from rao_cli.strategies.records import MOST_BYTES, DocumentKind, Strategy
from rao_cli.strategies.standing import (
    MOST_UNSEEN,
    Held,
    Outcome,
    evidence_of,
    joined,
    with_outcome,
)
from rao_cli.strategies.upkeep import crowded_out, renewed, retired
from rao_cli.text import one_line

_LOCK = ".lock"
_FILE = re.compile(r"[0-9a-f]{16}\.json")
_MOST_BYTES = MOST_BYTES + (4 << 10)
"""Bytes of a file: a strategy, and how it stands."""
_LONGEST_NAME = 40
Warn = Callable[[str], None]


@dataclass(frozen=True)
class Added:
    """What became of a strategy that was to be added."""

    held: Held
    known: bool
    """Whether one of the same form was there, which got the evidence."""


class Strategies:
    """The strategies that a user has; ``warn`` is told of files that cannot be read."""

    def __init__(self, folder: Path, warn: Warn = lambda _: None) -> None:
        self.folder, self._warn = folder, warn

    def all(self) -> list[Held]:
        """Return all strategies by name: the bundled ones as they stand here, and the user's own."""
        own = {held.strategy.id: held for held in self._own()}
        shipped = {strategy.id: strategy for strategy in bundled()}
        # What was found out about one that is bundled no more says nothing about what took its place.
        known = [one for one in own.values() if one.strategy.trust != "bundled" or one.strategy.id in shipped]
        fresh = [Held(strategy=one, standing="active") for one in shipped.values() if one.id not in own]
        return sorted([*known, *fresh], key=lambda held: (held.strategy.name, held.strategy.id))

    def find(self, name: str) -> Held:
        """Return a strategy by its name, its id, or the beginning of one id. Raises UsageError."""
        everything = self.all()
        named = [held for held in everything if name in (held.strategy.name, held.strategy.id)]
        found = named or [held for held in everything if name and held.strategy.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        shown = one_line(name, 60)
        if found:
            raise UsageError(
                f"{len(found)} strategies are called {shown}", hint="give the id: rao strategies list"
            )
        raise UsageError(f"there is no strategy {shown}", hint="rao strategies list shows them")

    def add(self, strategy: Strategy, *, unseen: Sequence[str] = (), seen: Sequence[str] = ()) -> Added:
        """Keep a strategy with the standing that it has earned; one of a known form adds its evidence only.

        ``unseen`` and ``seen`` are digests of documents that it did well on and that it was learned from.

        Raises RaoError where the folder cannot be written.
        """
        with self._changing():
            known = next((one for one in self.all() if _does_the_same(one.strategy, strategy)), None)
            if known:
                both = joined(known.strategy, strategy)
                told = {"unseen": _newest(known.unseen, unseen), "seen": _newest(known.seen, seen)}
                settled = self._settle(known.model_copy(update={"strategy": both, **told}))
                if both.id != known.strategy.id:
                    self._path(known.strategy).unlink(missing_ok=True)
                return Added(settled, known=True)
            named = strategy.model_copy(update={"name": self._free(strategy.name)})
            held = Held(
                strategy=named,
                standing="candidate",
                added=today(),
                unseen=_newest((), unseen),
                seen=_newest((), seen),
            )
            return Added(self._settle(held), known=False)

    def record_outcome(
        self, name: str, model: str, kind: DocumentKind, outcome: Outcome, log_cost: float | None = None
    ) -> Held:
        """Count an outcome of the strategy with this id; ``log_cost`` where it was paired with work without it.

        Raises UsageError where there is none, and RaoError where the folder cannot be written.
        """
        return self.change(name, lambda held: _counted(held, model, kind, outcome, log_cost))

    def did_well(self, name: str, document: str) -> Held:
        """Note a document, by its digest, that the strategy with this id did as well on as work without it."""

        def noted(held: Held) -> Held:
            if document in held.seen:
                return held
            return held.model_copy(update={"unseen": _newest(held.unseen, (document,))})

        return self.change(name, noted)

    def change(self, name: str, change: Callable[[Held], Held]) -> Held:
        """Replace the strategy with this id by what ``change`` makes of it. Raises UsageError and RaoError."""
        with self._changing():
            return self._settle(change(self.find(name)))

    def replace(self, held: Held) -> Held:
        """Keep a strategy as it is, with no judgement on how it stands. Raises RaoError."""
        with self._changing():
            self._write(held)
            return held

    def _path(self, strategy: Strategy) -> Path:
        return self.folder / f"{strategy.id}.json"

    def _settle(self, held: Held) -> Held:
        """Keep a strategy with its new standing, and retire those that it crowds out."""
        self._write(renewed(held))
        for other in crowded_out(self.all()):
            self._write(retired(other, "others of its class are better or cheaper"))
        return next(one for one in self.all() if one.strategy.id == held.strategy.id)

    def _free(self, name: str) -> str:
        """Return a name that no strategy has: the wanted one, or it with a number."""
        taken = {held.strategy.name for held in self.all()}
        number, free = 1, name
        while free in taken:
            number += 1
            ending = f"-{number}"
            free = name[: _LONGEST_NAME - len(ending)].rstrip("-") + ending
        return free

    def _own(self) -> Iterator[Held]:
        try:
            paths = sorted(path for path in self.folder.iterdir() if _FILE.fullmatch(path.name))
        except FileNotFoundError:
            return
        except OSError as error:
            self._warn(f"cannot read the strategies in {self.folder}: {error.strerror}")
            return
        for path in paths:
            try:
                yield _read(path)
            except InputError as error:
                self._warn(f"a strategy is left out: {error.message}")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the folder, so that nobody else changes it. Raises RaoError where it cannot be made or written."""
        try:
            make_private(self.folder)
            with locked(self.folder / _LOCK):
                yield
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise RaoError(f"cannot keep strategies in {self.folder}: {reason}") from error

    def _write(self, held: Held) -> None:
        """Put a strategy in its place whole or not at all."""
        replace_text(self._path(held.strategy), held.model_dump_json(by_alias=True) + "\n")


def _read(path: Path) -> Held:
    """Return the strategy in a file of the folder. Raises InputError for a damaged one."""
    held = parse_record(Held, read_bytes(path, _MOST_BYTES), path.name)
    if held.strategy.id != path.stem:
        raise InputError(f"{path.name} holds another strategy than its name says")
    return held


def bundled() -> list[Strategy]:
    """Return the strategies that come with rao. Raises InputError where the installation is damaged."""
    folder = files("rao_cli.strategies") / "bundled"
    found = [
        parse_record(Strategy, entry.read_bytes(), entry.name)
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    ]
    return [one.model_copy(update={"trust": "bundled"}) for one in found]


def _does_the_same(known: Strategy, other: Strategy) -> bool:
    """Tell whether two strategies have one form, and what applies to the other may be said of the known one."""
    if known.form != other.form or known.id == other.id:
        return known.id == other.id
    kinds = set(known.applies.kinds)
    covered = not kinds or kinds.issuperset(other.applies.kinds or ("",))
    return known.trust == "local" == other.trust or covered


def _newest(digests: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*digests, *more)))[-MOST_UNSEEN:]


def today() -> str:
    """Return the day, in UTC."""
    return datetime.now(UTC).date().isoformat()


def _counted(held: Held, model: str, kind: DocumentKind, outcome: Outcome, log_cost: float | None) -> Held:
    strategy = held.strategy
    before = evidence_of(strategy, model, kind)
    return held.model_copy(update={"strategy": with_outcome(strategy, before, outcome, log_cost, today())})
