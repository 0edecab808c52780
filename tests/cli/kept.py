"""Kept runs for the tests of the commands that look at them."""

import os
from pathlib import Path

from rao_cli.runs.library import FILE_NAME, Library
from rao_cli.runs.records import Kept, Task
from rao_cli.runs.store import RunFile
from tests.runs.making import called, closed, finished, opened, started

FIRST = "20260101-000000-aaaaaa"
SECOND = "20260102-000000-bbbbbb"
HOSTILE = "x\x1b[31mred\x1b[0m\x07\r\n\u202egnp\u2066\x00 [bold]y[/bold]"
"""Text that would colour, ring, forge a line, turn what is read around, or pass for markup."""


def runs():
    """Return the runs of these tests."""
    return Library(Path(os.environ["RAO_STATE_DIR"]) / "runs")


def keep(run=FIRST, *events, question="who?", attempt=1, **changes):
    """Keep a run with some events and return its folder."""
    record = {
        "run": run,
        "started": "2026-01-01T00:00:00+00:00",
        "version": "0",
        "task": Task(question=question),
        "sources": ("notes/a.txt",),
        "folder": "/",
        "options": {},
        "identity": "m",
        "key": "k",
    }
    library = runs()
    with library.begin(Kept(**{**record, **changes})) as file:
        if events:
            file.add(attempt, events)
    return library.folder / run


def answered(run=FIRST, **changes):
    """Keep a run of two agents that found an answer."""
    events = (
        started(run),
        opened("1", view="outline", spans=((0, 100),)),
        opened("1.1", at=0.1, titles=("Chapter",)),
        called("1.1"),
        closed("1.1", answer="me"),
        closed("1", at=1.5, answer="me"),
        finished(run, **changes),
    )
    return keep(run, *events)


def without_event(path, kind):
    """Take the events of a type out of a run's file, as a damaged disk might."""
    with RunFile(path / FILE_NAME) as file:
        file._connection.execute("DELETE FROM event WHERE type = ?", (kind,))


def spoil(path, kind):
    """Change the body of the events of a type."""
    with RunFile(path / FILE_NAME) as file:
        file._connection.execute("UPDATE event SET body = x'2d7b7d' WHERE type = ?", (kind,))
