"""Write, read and damage a run's file, for the tests of it."""

import sqlite3

from rao_cli.engine.base import Message, Request
from rao_cli.runs.store import RunFile
from tests.runs.making import acted, called, closed, finished, hit, kept, opened, started

EVENTS = (started(), opened("1"), called("1"), acted("1"), hit("1"), closed("1"), finished())


def filled(path, events=EVENTS, attempt=1):
    """Write a run's file."""
    with RunFile(path) as file:
        file.keep(kept())
        file.add(attempt, events)


def read(path):
    """Return the events of a file, and how many are damaged."""
    with RunFile(path) as file:
        contents = file.contents()
    return [stored.event for stored in contents.events], contents.damaged


def changed(path, statement, *values):
    """Change a run's file behind the back of what wrote it."""
    connection = sqlite3.connect(path)
    with connection:
        assert connection.execute(statement, values).rowcount != 0
    connection.close()


def asking(*parts, text="ab"):
    """Return a call whose prompt has some parts."""
    request = Request((Message("system", parts[:1]), Message("user", parts[1:])), 8)
    return called("1", text=text).model_copy(update={"request": request})
