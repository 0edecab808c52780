"""``rao resume``: go on with a run that was interrupted, from wherever one is."""

import os
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from rao_cli.cli.assemble import execute
from rao_cli.cli.keeping import library
from rao_cli.cli.options import PRINTING, Options
from rao_cli.cli.progress import open_notices
from rao_cli.cli.terminal import Streams
from rao_cli.errors import InputError, RaoError, UsageError
from rao_cli.runs.library import Library
from rao_cli.runs.records import Kept

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel


def resume(name: str, printing: Options, streams: Streams, find_model: "FindModel | None" = None) -> int:
    """Go on with a run, the newest interrupted one if none is named; return the exit code. Raises RaoError.

    ``printing`` are the options of this command, which say how the answer is shown; the others are the run's own.
    """
    started = time.monotonic()
    run = _wanted(library(), name)
    options = _options(run.options, printing)
    if "-" in run.sources:
        raise UsageError(
            f"run {run.run} read standard input, which is gone", hint="run its command again with the same input"
        )
    try:
        os.chdir(run.folder)
    except OSError as error:
        raise InputError(f"cannot open {run.folder}, the folder of run {run.run}: {error.strerror}") from error
    notices = open_notices(options, streams)
    notices.status(f"reading {', '.join(run.sources)}")
    return execute(run.task, run.sources, options, streams, notices, find_model, started, run.run)


def _wanted(runs: Library, name: str) -> Kept:
    """Return what the run was asked. Raises UsageError where it was finished, or there is none."""
    if name:
        path = runs.find(name)
        with runs.open(path) as file:
            if file.delivered():
                raise UsageError(f"run {path.name} was finished", hint=f"rao runs show {path.name}")
            return file.kept()
    for entry in runs.entries():
        try:
            with runs.open(entry.path) as file:
                if not file.delivered() and not runs.held(entry.path):
                    return file.kept()
        except RaoError:  # a damaged run is not the one that is meant
            continue
    raise UsageError("no run was interrupted", hint="rao runs lists all of them")


def _options(kept: Mapping[str, Any], printing: Options) -> Options:
    """Return a run's options, with those about printing as they are now."""
    known = {one.name for one in fields(Options)} - set(PRINTING)
    own = {name: value for name, value in kept.items() if name in known}
    return replace(printing, **own)
