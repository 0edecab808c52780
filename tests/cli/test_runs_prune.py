"""``rao runs prune``: what goes, what stays, and what is never touched."""

import os
import time

import pytest

from rao_cli.cli.runs_prune import Wanted
from rao_cli.errors import UsageError
from rao_cli.runs.library import FILE_NAME
from rao_cli.runs.store import RunFile
from tests.cli.console import rao
from tests.cli.kept import FIRST, SECOND, answered, runs

THIRD = "20260103-000000-cccccc"


def age(path, seconds):
    """Make a run look as if nothing had been written to it for so long."""
    then = time.time() - seconds
    for one in (*path.iterdir(), path):
        os.utime(one, (then, then))
    return path


@pytest.fixture
def three():
    """Keep three runs that are 1, 10 and 100 days old, and return their folders, the newest first."""
    days = ((THIRD, 1), (SECOND, 10), (FIRST, 100))
    return [age(answered(run), days * 86_400) for run, days in days]


def left():
    """Return the ids of the runs that are there."""
    return [entry.name for entry in runs().entries()]


@pytest.mark.parametrize(
    ("options", "stay"),
    [
        (("--older", "30d"), [THIRD, SECOND]),
        (("--older", "1w"), [THIRD]),
        (("--older", "12h"), []),
        (("--keep", "1"), [THIRD]),
        (("--keep", "0"), []),
        (("--keep", "9"), [THIRD, SECOND, FIRST]),
        (("--size", "1GB"), [THIRD, SECOND, FIRST]),
        (("--size", "1kB"), []),
        (("--keep", "2", "--older", "5d"), [THIRD]),
        ((), [THIRD, SECOND, FIRST]),
        ((FIRST,), [THIRD, SECOND]),
        (("last", FIRST[:10]), [SECOND]),
    ],
)
def test_what_was_asked_for_goes(three, options, stay):
    """Age, number, size and names decide, each for itself; without any of them all stay."""
    assert rao("runs", "prune", *options).code == 0
    assert left() == stay


def test_size_counts_from_the_newest(three):
    """Of so much room the newest runs take theirs first."""
    size = runs().entries()[0].size
    rao("runs", "prune", "--size", str(2 * size))
    assert left() == [THIRD, SECOND]


def test_a_dry_run_removes_nothing(three):
    """With -n what would go is listed, and stays."""
    done = rao("runs", "prune", "--keep", "1", "-n")
    assert done.out.splitlines()[:2] == [SECOND, FIRST]
    assert done.out.splitlines()[2].startswith("would remove 2 runs, ")
    assert len(left()) == 3


def test_what_went_is_told(three):
    """Number and size of what was removed are printed, and JSON names each run."""
    assert rao("runs", "prune", FIRST).out.startswith("removed 1 run, ")
    found = rao("runs", "prune", "--keep", "1", "--json").json
    assert (found["schema"], found["runs"], found["dry_run"]) == ("rao.runs.prune/1", [SECOND], False)


def test_a_run_at_work_stays(three):
    """A run that somebody works on is not removed, even by its name, and that is told."""
    with runs().hold(three[2]):
        done = rao("runs", "prune", "--keep", "1", FIRST)
        assert left() == [THIRD, FIRST]
    assert f"1 run at work not removed: {FIRST}" in done.err


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: (path / FILE_NAME).unlink(),
        lambda path: (path / FILE_NAME).write_bytes(b"no database" * 1_000),
        lambda path: (path / FILE_NAME).write_bytes(b""),
        lambda path: (path / FILE_NAME).write_bytes((path / FILE_NAME).read_bytes()[:5_000]),
    ],
)
def test_damaged_runs_go_by_themselves(three, harm):
    """What can never be read again needs no option, and what was not damaged stays."""
    harm(three[1])
    age(three[1], 3_600)
    rao("runs", "prune")
    assert left() == [THIRD, FIRST]


def test_a_run_that_begins_is_not_taken_for_damaged():
    """A folder that was made this moment may still be empty."""
    (runs().folder / FIRST).mkdir(parents=True)
    rao("runs", "prune")
    assert left() == [FIRST]


def test_a_run_of_a_later_version_stays(three):
    """What another version can read is not damaged."""
    with RunFile(three[2] / FILE_NAME) as file:
        file._connection.execute("PRAGMA user_version = 99")
    age(three[2], 3_600)
    rao("runs", "prune")
    assert FIRST in left()
    rao("runs", "prune", FIRST)
    assert FIRST not in left()


def test_nothing_else_in_the_folder_is_touched(three):
    """A state folder that was set to the wrong place loses nothing."""
    photos = runs().folder / "photos"
    photos.mkdir()
    (photos / "one.jpg").write_text("x")
    (runs().folder / "20260101-000000-dddddd").symlink_to(photos)
    age(photos, 1_000_000)
    rao("runs", "prune", "--keep", "0")
    assert (photos / "one.jpg").exists()
    assert left() == []


def test_a_name_of_none_removes_nothing(three):
    """One wrong name refuses the whole command."""
    done = rao("runs", "prune", FIRST, "nope")
    assert done.code == 2
    assert len(left()) == 3


@pytest.mark.parametrize(
    ("older", "seconds"),
    [("90m", 5_400), ("12h", 43_200), ("30D", 2_592_000), ("1.5 d", 129_600), ("2w", 1_209_600)],
)
def test_times_are_read(older, seconds):
    """A time is a number and a unit."""
    assert Wanted.read((), older, None, "").older == seconds


@pytest.mark.parametrize(("size", "bytes_"), [("500MB", 5e8), ("2gb", 2e9), ("1.5 GB", 1.5e9), ("100", 100)])
def test_sizes_are_read(size, bytes_):
    """A size is a number and a unit, or a number of bytes."""
    assert Wanted.read((), "", None, size).size == bytes_


@pytest.mark.parametrize(
    "text", ["30", "d", "-1d", "1e9d", "nan", "30 days", "3x", "٣d", "\x1b[2J", "9" * 5_000 + "d"]
)
def test_a_time_that_is_none_is_refused(text):
    """What cannot be read is named with what can."""
    with pytest.raises(UsageError, match="--older cannot be") as caught:
        Wanted.read((), text, None, "")
    assert "30d" in caught.value.hint
    assert "\x1b" not in caught.value.message
