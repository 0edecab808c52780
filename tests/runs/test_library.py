"""The runs of a user: begun, held by one process, listed, found by name, and removed when nobody works on them."""

import contextlib
import os
import resource
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rao_cli
from rao_cli.errors import RaoError, UsageError
from rao_cli.runs import library
from rao_cli.runs.library import FILE_NAME, Entry, Library, too_many
from rao_cli.runs.store import DamageError
from tests.runs.making import RUN, finished, kept, make

NAMES = ("20260101-000000-aaaaaa", "20260101-000000-aabbbb", "20260202-000000-cccccc")
HOLDER = """
import sys
from pathlib import Path
from rao_cli.runs.library import Library
path = Path(sys.argv[1])
with Library(path.parent).hold(path):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def other_process(path):
    """Let another process hold a run; yield it."""
    place = str(Path(rao_cli.__file__).parents[1])
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, str(path)],
        env={**os.environ, "PYTHONPATH": place},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield holder
    finally:
        holder.kill()
        holder.communicate()


@pytest.fixture
def runs(tmp_path):
    """Return a library of three runs, the last of them the newest."""
    for name in NAMES:
        made = make(tmp_path / "state" / "runs", name)
    return made


# ---------------------------------------------------------------------- begin and open


def test_a_run_that_was_begun_can_be_opened(runs):
    """What a run was asked is in its own folder."""
    with runs.open(runs.folder / NAMES[0]) as file:
        assert file.kept().run == NAMES[0]


def test_everything_is_private(tmp_path):
    """The run's folder, that of all runs, and what had to be made above them are their owner's alone."""
    before = os.umask(0)
    try:
        runs = make(tmp_path / "new" / "state" / "runs")
    finally:
        os.umask(before)
    for place in (runs.folder / RUN, runs.folder, runs.folder.parent, runs.folder.parent.parent):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((runs.folder / RUN / FILE_NAME).stat().st_mode) == 0o600


def test_a_run_is_begun_once(runs):
    """A second run of the same id is refused, and the first stays as it is."""
    with pytest.raises(RaoError, match="cannot create"), runs.begin(kept(NAMES[0])):
        pass
    with runs.open(runs.folder / NAMES[0]) as file:
        assert file.kept() == kept(NAMES[0])


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """A file where the folder should be is one line."""
    (tmp_path / "state").write_text("a file")
    with (
        pytest.raises(RaoError, match="cannot create") as refused,
        Library(tmp_path / "state" / "runs").begin(kept()),
    ):
        pass
    assert refused.value.message.isprintable()


@pytest.mark.parametrize("room", [0, 512, 4096, 8192])
def test_a_run_that_cannot_be_begun_leaves_nothing(tmp_path, room):
    """Where the disk takes no more than so many bytes of a file, the refusal is a line and no folder stays."""
    runs, before = Library(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(RaoError, match="cannot use"), runs.begin(kept()):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_its_file_is_damaged(runs):
    """Opening one does not make the file that is missing."""
    (runs.folder / NAMES[0] / FILE_NAME).unlink()
    with pytest.raises(DamageError, match="missing"):
        runs.open(runs.folder / NAMES[0])
    assert not (runs.folder / NAMES[0] / FILE_NAME).exists()


# ---------------------------------------------------------------------- hold


def test_a_run_is_held_while_it_is_begun(tmp_path):
    """From its beginning to the end of the work nobody else may hold it."""
    runs = Library(tmp_path)
    with runs.begin(kept()) as file:
        assert runs.held(tmp_path / RUN)
        assert runs.state(tmp_path / RUN, finished=False) == "running"
        with pytest.raises(UsageError, match="another rao"), runs.hold(tmp_path / RUN):
            pass
        file.add(1, [finished()])
    assert not runs.held(tmp_path / RUN)
    assert runs.state(tmp_path / RUN, finished=False) == "interrupted"
    assert runs.state(tmp_path / RUN, finished=True) == "finished"


def test_another_process_keeps_a_run_to_itself(runs):
    """A run that another process works on is refused, in one line that says what to do."""
    path = runs.folder / NAMES[0]
    with other_process(path):
        assert runs.held(path)
        assert not runs.held(runs.folder / NAMES[1])
        with pytest.raises(UsageError, match="is being worked on by another rao") as refused, runs.hold(path):
            pass
        assert refused.value.hint


def test_a_killed_process_holds_nothing(runs):
    """The lock ends with its process, however that ends."""
    path = runs.folder / NAMES[0]
    with other_process(path) as holder:
        holder.kill()
        holder.wait()
        with runs.hold(path):
            assert runs.held(path)


def test_a_lock_is_let_go_when_the_work_fails(runs):
    """An error in the middle of the work leaves no run held."""
    with contextlib.suppress(ZeroDivisionError), runs.hold(runs.folder / NAMES[0]):
        raise ZeroDivisionError
    assert not runs.held(runs.folder / NAMES[0])


def test_asking_is_not_working(runs):
    """Those who only ask whether a run is held are not taken for one another's work."""
    path, answers = runs.folder / NAMES[0], []
    threads = [
        threading.Thread(target=lambda: answers.extend(runs.held(path) for _ in range(300))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [False] * 1_200


def test_asking_does_not_keep_anybody_from_working(runs):
    """A run can be held although others ask about it all the time."""
    path, going = runs.folder / NAMES[0], threading.Event()

    def ask():
        while not going.is_set():
            runs.held(path)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(50):
            with runs.hold(path):
                assert runs.held(path)
    finally:
        going.set()
        for thread in threads:
            thread.join()


def test_of_many_that_want_a_run_one_has_it(runs):
    """However many try at once, at no moment do two hold a run."""
    path, inside, most, had = runs.folder / NAMES[0], [], [], []

    def work():
        with contextlib.suppress(UsageError), runs.hold(path):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()
            had.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert had
    assert set(most) == {1}


def test_a_run_that_is_gone_cannot_be_held(runs):
    """A folder that somebody removed is one line."""
    with pytest.raises(RaoError, match="cannot open"), runs.hold(runs.folder / "20260101-000000-ffffff"):
        pass


# ---------------------------------------------------------------------- entries and find


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


# ---------------------------------------------------------------------- remove and trim


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
