"""The runs of a user: begun, opened, and held by one process at a time."""

import contextlib
import os
import resource
import stat
import threading
import time

import pytest

from rao_cli.errors import RaoError, UsageError
from rao_cli.runs.library import FILE_NAME, Library
from rao_cli.runs.store import DamageError
from tests.runs.holding import NAMES, other_process
from tests.runs.making import RUN, finished, kept, make


@pytest.fixture
def runs(tmp_path):
    """Return a library of three runs, the last of them the newest."""
    for name in NAMES:
        made = make(tmp_path / "state" / "runs", name)
    return made


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
