"""Kept states as the engine uses them: found by the same engine only, written by a thread, never an error."""

import logging
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.engine.states_on_disk import StateFiles

TOKENS = list(range(100))
DATA = random.Random(1).randbytes(5000)


def written(folder: Path, identity: str = "engine", data: bytes = DATA) -> None:
    """Keep a state of TOKENS and finish writing."""
    files = StateFiles(folder, identity)
    files.put(TOKENS, data, 1.0)
    files.close()


def test_state_outlives_the_process(tmp_path: Path) -> None:
    """What one object kept, the next one finds."""
    written(tmp_path)
    files = StateFiles(tmp_path, "engine")
    assert files.holds(TOKENS)
    assert files.get(TOKENS) == DATA
    files.close()


def test_state_is_there_at_once(tmp_path: Path) -> None:
    """A state is found right after ``put``, written or not."""
    files = StateFiles(tmp_path, "engine")
    for number in range(50):
        files.put([number], DATA, 1.0)
        assert files.holds([number])
        assert files.get([number]) == DATA
    files.close()


def test_another_engine_finds_nothing(tmp_path: Path) -> None:
    """A state of another identity is not found, and stays for its own."""
    written(tmp_path)
    files = StateFiles(tmp_path, "engine2")
    assert (files.holds(TOKENS), files.get(TOKENS)) == (False, None)
    assert StateFiles(tmp_path, "engine").get(TOKENS) == DATA


@given(st.lists(st.integers(0, 2**31 - 1), max_size=20))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_other_tokens_find_nothing(tmp_path: Path, tokens: list[int]) -> None:
    """Only exactly the same tokens find a state: no prefix, no continuation, no other."""
    files = StateFiles(tmp_path, "engine")
    files.put([1, 2, 3], DATA, 1.0)
    assert (files.get(tokens) is not None) == (tokens == [1, 2, 3])
    files.close()


def test_state_not_worth_its_loading_is_not_kept(tmp_path: Path) -> None:
    """A state that is computed faster than it is loaded is not kept."""
    files = StateFiles(tmp_path, "engine")
    files.put([1], bytes(10_000_000), 0.001)
    files.put([2], bytes(10_000_000), 0.1)
    files.close()
    assert (files.holds([1]), files.holds([2])) == (False, True)


def test_empty_state_is_not_kept(tmp_path: Path) -> None:
    """What llama.cpp could not save is not kept."""
    written(tmp_path, data=b"")
    assert list(tmp_path.iterdir()) == []


def test_damaged_state_is_a_miss(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged file is no state, is removed with a line in the log, and can be written again."""
    written(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    files = StateFiles(tmp_path, "engine")
    with caplog.at_level(logging.WARNING, "rao.states"):
        assert files.get(TOKENS) is None
    assert "damaged" in caplog.text
    files.close()
    written(tmp_path)
    assert StateFiles(tmp_path, "engine").get(TOKENS) == DATA


def test_unusable_folder_means_no_states(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the folder cannot be made nothing is kept, the log says so, and nothing fails."""
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING, "rao.states"):
        files = StateFiles(tmp_path / "file" / "states", "engine")
    assert "not kept" in caplog.text
    files.put(TOKENS, DATA, 1.0)
    assert (files.holds(TOKENS), files.get(TOKENS)) == (False, None)
    files.close()
    files.close()


def test_folder_removed_meanwhile_means_no_states(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A folder that somebody deletes during a run costs the states, not the run."""
    files = StateFiles(tmp_path / "states", "engine")
    shutil.rmtree(tmp_path / "states")
    with caplog.at_level(logging.WARNING, "rao.states"):
        files.put(TOKENS, DATA, 1.0)
        files.close()
    assert "a state is not kept" in caplog.text
    assert files.get(TOKENS) is None


def test_unreadable_state_is_a_miss(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be read for any reason is no state, with a line in the log."""
    written(tmp_path)
    (file,) = tmp_path.iterdir()
    file.unlink()
    file.mkdir()
    with caplog.at_level(logging.WARNING, "rao.states"):
        assert StateFiles(tmp_path, "engine").get(TOKENS) is None
    assert "could not be read" in caplog.text


def test_waiting_bytes_are_bounded(tmp_path: Path) -> None:
    """States that come faster than they are written are dropped, so memory stays bounded."""
    files = StateFiles(tmp_path, "engine")
    data = bytes(100 << 20)
    started = time.perf_counter()
    for number in range(20):
        files.put([number], data, 10.0)
    assert time.perf_counter() - started < 2
    files.close()
    assert 2 <= sum(files.holds([number]) for number in range(20)) < 20


def test_no_room_for_a_thread_means_no_states(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where no thread can be started nothing is kept, until one can."""
    files = StateFiles(tmp_path, "engine")
    before = threading.stack_size(1 << 47)
    try:
        files.put(TOKENS, DATA, 1.0)
    finally:
        threading.stack_size(before)
    assert not files.holds(TOKENS)
    assert "can't start new thread" in caplog.text
    files.put(TOKENS, DATA, 1.0)
    files.close()
    assert files.holds(TOKENS)


def test_close_ends_in_time(tmp_path: Path) -> None:
    """Closing without time to write leaves no half a file and no running thread."""
    files = StateFiles(tmp_path, "engine")
    for number in range(2):
        files.put([number], bytes(100 << 20), 10.0)
    started = time.perf_counter()
    files.close(0.0)
    assert time.perf_counter() - started < 2
    assert not list(tmp_path.glob("*.tmp"))
    files.put(TOKENS, DATA, 1.0)
    assert not files.holds(TOKENS)


FULL_DISK = """
import logging, os, sys
from pathlib import Path
from rao_cli.engine.states_on_disk import StateFiles

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
folder = Path(sys.argv[1])
files = StateFiles(folder, "engine")
for number in range(30):
    files.put([number], bytes([number]) * 100_000, 1.0)
    assert files.get([number]) == bytes([number]) * 100_000
files.close()
found = [files.get([number]) for number in range(30)]
assert all(data in (None, bytes([number]) * 100_000) for number, data in enumerate(found))
print(sum(data is not None for data in found), "found", sum(f.stat().st_size for f in folder.iterdir()), "bytes")
"""


def on_small_disk(path: Path, options: str) -> list[str]:
    """Keep thirty states of 100 kB on a disk of its own, with these mount options; return what was printed."""
    mount = f'mount -t tmpfs -o {options} none "$0"'
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    probe = [*namespace, mount, path]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this system does not let its users mount a file system of their own")
    command = [*namespace, f'{mount} && exec "$1" -W error -c "$2" "$0"', path, sys.executable, FULL_DISK]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_states_leave_half_of_a_small_disk(tmp_path: Path) -> None:
    """All states together take at most half of what the disk has for them."""
    *_, last = on_small_disk(tmp_path, "size=1m,mode=700")
    count, _, size, _ = last.split()
    assert 4 <= int(count) <= 5
    assert int(size) <= 1 << 19


def test_full_disk_means_no_new_states(tmp_path: Path) -> None:
    """On a disk without room for more files nothing fails, and the states that are there are found."""
    *lines, last = on_small_disk(tmp_path, "size=20m,nr_inodes=4,mode=700")
    assert any("No space left on device" in line for line in lines)
    assert last.startswith(("2 found", "3 found"))


def test_token_beyond_the_limits_of_a_model_is_an_ordinary_miss(tmp_path: Path) -> None:
    """The empty sequence and the largest token have keys like all others."""
    files = StateFiles(tmp_path, "engine" + os.fsdecode(b"\xff"))
    assert files.get([]) is None
    assert files.get([2**31 - 1]) is None
    files.close()
