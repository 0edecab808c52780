"""The runs of a user: listed, found by name, and removed when nobody works on them."""

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.errors import RaoError, UsageError
from rao_cli.runs import library
from rao_cli.runs.library import FILE_NAME, Entry, Library, too_many
from tests.runs.holding import NAMES, other_process
from tests.runs.making import make


@pytest.fixture
def runs(tmp_path):
    """Return a library of three runs, the last of them the newest."""
    for name in NAMES:
        made = make(tmp_path / "state" / "runs", name)
    return made


def test_runs_are_listed_newest_first(runs):
    """Entries are ordered by id, which begins with the time, and tell size and last change."""
    entries = runs.entries()
    assert [entry.name for entry in entries] == sorted(NAMES, reverse=True)
    assert all(entry.size >= (entry.path / FILE_NAME).stat().st_size for entry in entries)
    assert all(abs(entry.changed - time.time()) < 600 for entry in entries)


def test_no_folder_is_no_runs(tmp_path):
    """Before the first run there is nothing, and that is no error."""
    assert Library(tmp_path / "none").entries() == []
    with pytest.raises(UsageError, match="no runs yet"):
        Library(tmp_path / "none").find("last")


@pytest.mark.parametrize(
    "stranger",
    [
        "notes",
        ".hidden",
        "20260101-000000",
        "20260101-000000-aaaaaa.old",
        "20260101-000000-AAAAAA",
        "a\nb",
        "\udcff",
        "-rf",
    ],
)
def test_what_is_no_run_is_left_alone(runs, stranger):
    """Folders of other names are not listed, found or removed."""
    (runs.folder / stranger).mkdir()
    assert [entry.name for entry in runs.entries()] == sorted(NAMES, reverse=True)
    with pytest.raises(UsageError):
        runs.find(stranger if not stranger.startswith("2026") else stranger + "x")
    runs.remove(runs.entries())
    assert (runs.folder / stranger).is_dir()


def test_links_and_files_are_no_runs(runs, tmp_path):
    """A link to a folder and a file with the name of a run are not listed, and what a link points at stays."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    (runs.folder / "20260303-000000-dddddd").symlink_to(tmp_path / "mine")
    (runs.folder / "20260303-000000-eeeeee").write_text("x")
    assert len(runs.entries()) == 3
    runs.remove(runs.entries())
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("last", NAMES[2]),
        (NAMES[0], NAMES[0]),
        ("20260101-000000-aaa", NAMES[0]),
        ("20260101-000000-aab", NAMES[1]),
        ("202602", NAMES[2]),
    ],
)
def test_a_run_is_found_by_its_beginning(runs, name, found):
    """An id, enough of its beginning, and the word last each name one run."""
    assert runs.find(name) == runs.folder / found


@pytest.mark.parametrize("name", ["2026", "20260101-000000-aa"])
def test_a_name_of_several_is_refused(runs, name):
    """A beginning that several runs share says how many they are."""
    with pytest.raises(UsageError, match=r"[23] runs begin with") as refused:
        runs.find(name)
    assert refused.value.hint


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../..",
        "/etc/passwd",
        f"../runs/{NAMES[0]}",
        f"{NAMES[0]}/",
        f"{NAMES[0]}/{FILE_NAME}",
        "*",
        "\x00",
        "\x1b[2J",
        "\udcff",
        "x" * 100_000,
        "LAST",
    ],
)
def test_no_name_leads_out_of_the_folder(runs, name):
    """Paths, patterns and control characters name no run, and the refusal is one short line."""
    with pytest.raises(UsageError, match="there is no run") as refused:
        runs.find(name)
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 120


@given(st.text(max_size=30))
def test_any_name_finds_a_run_or_is_refused(tmp_path_factory, name):
    """Whatever is typed, what is found is a folder of a run in the library."""
    folder = tmp_path_factory.getbasetemp() / "any-name"
    if not folder.exists():
        make(folder, NAMES[0])
        make(folder, NAMES[2])
    with contextlib.suppress(UsageError):
        assert Library(folder).find(name).parent == folder


def test_removed_runs_are_gone(runs):
    """Removing says how many went and how large they were."""
    entries = runs.entries()
    assert runs.remove(entries[:2]) == (2, entries[0].size + entries[1].size)
    assert [entry.name for entry in runs.entries()] == [entries[2].name]


def test_a_held_run_is_not_removed(runs):
    """What another process works on stays, and the others go."""
    path = runs.folder / NAMES[1]
    with other_process(path):
        assert runs.remove(runs.entries())[0] == 2
        assert [entry.path for entry in runs.entries()] == [path]
        with runs.open(path) as file:
            assert file.kept().run == NAMES[1]
    assert runs.remove(runs.entries())[0] == 1


def test_a_run_that_went_meanwhile_is_told(runs):
    """Removing what somebody else has just removed is one line, not a traceback."""
    entries = runs.entries()
    runs.remove(entries[:1])
    with pytest.raises(RaoError, match="cannot open"):
        runs.remove(entries[:1])


def entries_of(*sizes):
    """Return entries of some sizes, the newest first."""
    return [Entry(Path(f"/{number}"), size, 0.0) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("most", "largest", "gone"),
    [
        (None, None, []),
        (2, None, [2, 3]),
        (0, None, [0, 1, 2, 3]),
        (9, None, []),
        (None, 35, [2, 3]),
        (None, 0, [0, 1, 2, 3]),
        (3, 20, [1, 2, 3]),
        (1, 100, [1, 2, 3]),
    ],
)
def test_the_oldest_are_too_many(most, largest, gone):
    """Beyond a number or a size, those counted from the newest on are too many."""
    entries = entries_of(10, 20, 30, 5)
    assert too_many(entries, most, largest) == [entries[number] for number in gone]


@given(st.lists(st.integers(0, 100), max_size=20), st.integers(0, 25), st.integers(0, 1_000))
def test_what_is_left_is_within_bounds(sizes, most, largest):
    """What is not too many is no more than asked for, no larger, and the newest part of all."""
    entries = entries_of(*sizes)
    gone = too_many(entries, most, largest)
    left = [entry for entry in entries if entry not in gone]
    assert len(left) <= most
    assert sum(entry.size for entry in left) <= largest
    assert left == entries[: len(left)]


def test_trimming_keeps_what_is_within_the_limits(runs):
    """With few and small runs nothing goes."""
    runs.trim()
    assert len(runs.entries()) == 3
    assert library.MOST_RUNS >= 100


def test_trimming_removes_the_oldest_but_never_a_held_one(tmp_path):
    """Of more runs than are kept the oldest go; one that is worked on stays, however old."""
    runs = make(tmp_path, NAMES[0])
    for number in range(library.MOST_RUNS + 3):
        (tmp_path / f"20270101-{number:06d}-000000").mkdir()
    with runs.hold(tmp_path / NAMES[0]):
        runs.trim()
    names = {entry.name for entry in runs.entries()}
    assert len(names) == library.MOST_RUNS + 1
    assert NAMES[0] in names
    assert "20270101-000002-000000" not in names
    assert "20270101-000003-000000" in names


def test_trimming_is_no_reason_to_fail(tmp_path):
    """Where the folder cannot be read, trimming costs only the room."""
    (tmp_path / "file").write_text("x")
    Library(tmp_path / "file").trim()
