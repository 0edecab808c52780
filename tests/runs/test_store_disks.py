"""Disks that are full or refuse, and files that somebody else has locked: one line, and nothing half written."""

import contextlib
import os
import sqlite3

import pytest

from rao_cli.errors import RaoError
from rao_cli.runs.store import RunFile
from tests.runs.making import acted
from tests.runs.storing import EVENTS, asking, filled, read


@pytest.fixture
def path(tmp_path):
    """Return where a run's file goes."""
    return tmp_path / "run.sqlite3"


def test_a_full_disk_is_told_and_costs_only_the_batch(path):
    """Without room the batch is refused whole in one line, and what was added before is read."""
    filled(path)
    with RunFile(path) as file:
        pages = file._open().execute("PRAGMA page_count").fetchone()[0]
        file._open().execute(f"PRAGMA max_page_count = {pages + 2}")
        big = asking("rules", os.urandom(60_000).hex())
        with pytest.raises(RaoError, match="full") as refused:
            file.add(2, [acted("1"), big, acted("1")])
        assert "disk" in refused.value.hint
    assert read(path) == (list(EVENTS), 0)
    filled(path, [big], attempt=2)
    assert read(path) == ([*EVENTS, big], 0)


@pytest.mark.parametrize("room", range(0, 12))
def test_a_write_that_fails_anywhere_loses_no_batch(path, room):
    """Whichever page there is no more room for, each batch is there whole or not at all, and later ones go in."""
    filled(path)
    added = 0
    with RunFile(path) as file:
        pages = file._open().execute("PRAGMA page_count").fetchone()[0]
        file._open().execute(f"PRAGMA max_page_count = {pages + room}")
        with contextlib.suppress(RaoError):
            while added < 100:
                file.add(2, [asking("rules", os.urandom(2_000).hex()), acted("1")])
                added += 1
    assert added < 100
    events, damaged = read(path)
    assert (len(events), damaged) == (len(EVENTS) + 2 * added, 0)
    filled(path, EVENTS, attempt=3)
    assert read(path)[0][len(events) :] == list(EVENTS)


@pytest.mark.parametrize("name", ["missing/run.sqlite3", "folder", "x" * 300])
def test_a_place_that_cannot_be_written_is_told(tmp_path, name):
    """A file in no folder, a folder in its place, and a name that is too long are one line each."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(RaoError, match="cannot use") as refused:
        RunFile(tmp_path / name)
    assert refused.value.message.isprintable()


def test_a_file_that_is_locked_for_long_is_told(path):
    """Where somebody else does not let go of the file, the wait ends with one line."""
    filled(path)
    with RunFile(path) as file:
        file._open().execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RaoError, match="locked"):
            file.add(1, EVENTS)
        other.close()
    assert read(path) == (list(EVENTS), 0)
