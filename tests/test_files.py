"""Files that processes share."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from rao_cli.files import lock, locked, make_private, replace_text


def opened(path: Path) -> int:
    """Open a file as another process would: with a lock of its own."""
    return os.open(path, os.O_RDWR | os.O_CREAT)


def test_a_lock_is_had_once(tmp_path):
    """Who comes second does not get it, until the first lets go."""
    first, second = opened(tmp_path / "lock"), opened(tmp_path / "lock")
    assert lock(first)
    assert not lock(second)
    os.close(first)
    assert lock(second)
    os.close(second)


def test_shared_locks_go_together_and_with_no_other(tmp_path):
    """Several may share one; who wants it alone gets it from none of them."""
    handles = [opened(tmp_path / "lock") for _ in range(3)]
    assert lock(handles[0], shared=True)
    assert lock(handles[1], shared=True)
    assert not lock(handles[2])
    for handle in handles:
        os.close(handle)


def test_patience_is_kept(tmp_path):
    """A lock that does not come is waited for so long; one that does is taken at once."""
    first, second = opened(tmp_path / "lock"), opened(tmp_path / "lock")
    lock(first)
    began = time.monotonic()
    assert not lock(second, 0.2)
    assert time.monotonic() - began >= 0.2
    threading.Timer(0.1, os.close, (first,)).start()
    assert lock(second, 10)
    os.close(second)


def test_a_folder_can_be_locked(tmp_path):
    """Folders have locks as files have."""
    first, second = os.open(tmp_path, os.O_RDONLY), os.open(tmp_path, os.O_RDONLY)
    assert lock(first)
    assert not lock(second)
    os.close(first)
    os.close(second)


def test_those_who_hold_it_come_one_after_another(tmp_path):
    """Two that change the same thing under the lock lose nothing of each other's."""
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count():
        for _ in range(50):
            with locked(tmp_path / "lock"):
                counter.write_text(str(int(counter.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "200"


def test_a_link_is_no_lock(tmp_path):
    """A lock's file that is a link is not followed."""
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_folders_are_for_their_owner_only(tmp_path):
    """Every folder that was missing is private; those that were there stay as they are."""
    tmp_path.chmod(0o755)
    make_private(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]


def test_a_text_is_replaced_whole(tmp_path):
    """The new text stands there, private, and nothing is left beside it."""
    path = tmp_path / "list.json"
    path.write_text("old and long")
    replace_text(path, "nëw")
    assert path.read_text("utf-8") == "nëw"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    """A failure on the way changes nothing and leaves nothing."""
    path = tmp_path / "list.json"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
