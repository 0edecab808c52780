"""``rao runs prune``: remove runs that are damaged, named, old, or more than is wanted; never one at work."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from rao_cli.cli.keeping import library
from rao_cli.cli.models_known import notices_for
from rao_cli.cli.options import Options
from rao_cli.cli.runs_shown import deliver
from rao_cli.cli.terminal import Streams
from rao_cli.cli.words import counted, data_size
from rao_cli.errors import RaoError, UsageError
from rao_cli.runs.library import Entry, Library, too_many
from rao_cli.runs.store import DamageError
from rao_cli.text import one_line

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_557_600}
_BYTES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_FIGURE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]*)", re.ASCII)
_FRESH = 60.0
"""Seconds in which a new run's folder may still be empty."""


@dataclass(frozen=True)
class Wanted:
    """What is to be removed besides damaged runs; None is no bound."""

    names: tuple[str, ...] = ()
    older: float | None = None
    """In seconds."""
    keep: int | None = None
    size: float | None = None

    @classmethod
    def read(cls, names: tuple[str, ...], older: str, keep: int | None, size: str) -> "Wanted":
        """Read what the user typed. Raises UsageError."""
        return cls(
            names,
            _figure(older, _SECONDS, str.lower, "--older", "12h, 30d or 8w") if older else None,
            keep,
            _figure(size, _BYTES, str.upper, "--size", "500MB or 2GB") if size else None,
        )


def prune_runs(wanted: Wanted, options: Options, streams: Streams) -> int:
    """Remove runs, or say which with ``--dry-run``; return the exit code. Raises RaoError."""
    runs, notices = library(), notices_for(options, streams)
    going = chosen(runs, wanted, time.time())
    busy = [entry for entry in going if runs.held(entry.path)]
    free = [entry for entry in going if entry not in busy]
    if busy:
        notices.line(f"{counted(len(busy), 'run')} at work not removed: {', '.join(one.name for one in busy[:5])}")
    if not options.dry_run:
        runs.remove(free)
    size = sum(entry.size for entry in free)
    names = [entry.name for entry in free]
    verb = "would remove" if options.dry_run else "removed"
    text = "".join(f"{name}\n" for name in names) if options.dry_run else ""
    record = {"dry_run": options.dry_run, "runs": names, "bytes": size, "at_work": [one.name for one in busy]}
    return deliver(
        "prune", f"{text}{verb} {counted(len(free), 'run')}, {data_size(size)}\n", record, options, streams
    )


def chosen(runs: Library, wanted: Wanted, now: float) -> list[Entry]:
    """Return the runs to remove, the newest first. Raises UsageError for a name of none."""
    entries = runs.entries()
    named = {runs.find(name).name for name in wanted.names}
    going = {
        entry.name for entry in too_many(entries, wanted.keep, None if wanted.size is None else int(wanted.size))
    }
    if wanted.older is not None:
        going |= {entry.name for entry in entries if now - entry.changed > wanted.older}
    return [entry for entry in entries if entry.name in named | going or _damaged(runs, entry, now)]


def _damaged(runs: Library, entry: Entry, now: float) -> bool:
    """Tell whether a run can never be read; one of a later version, or that the disk refuses now, can."""
    if now - entry.changed < _FRESH or runs.held(entry.path):
        return False
    try:
        with runs.open(entry.path) as file:
            return file.kept().run != entry.name
    except DamageError:
        return True
    except RaoError:
        return False


def _figure(text: str, units: dict[str, int], spelled: Callable[[str], str], option: str, examples: str) -> float:
    found = _FIGURE.fullmatch(text.strip())
    unit = spelled(found[2]) if found else ""
    if found is None or unit not in units:
        raise UsageError(f"{option} cannot be {one_line(text, 40) or 'empty'}", hint=f"give it as {examples}")
    return float(found[1]) * units[unit]
