"""The folder of kept states: what comes out is what went in, whatever happens to the files."""

import contextlib
import os
import random
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rao_cli.engine.state_folder import StateFolder, StoppedError, clear_states

KEY = bytes(range(32))
OTHER = bytes(32)
DATA = random.Random(1).randbytes(3000)
LARGE = 1 << 30


def never() -> bool:
    """Say that writing goes on."""
    return False


def keep(folder: StateFolder, number: int, size: int = 1000, seconds: float = 1.0) -> bytes:
    """Write a state and return its key."""
    key = number.to_bytes(32, "big")
    folder.write(key, bytes([number % 256]) * size, seconds, never)
    return key


def age(path: Path, key: bytes, days: float) -> None:
    """Let a state have been used so long ago."""
    used = time.time() - days * 86_400
    os.utime(path / f"{key.hex()}.state", (used, used))


def size_of(path: Path) -> int:
    """Return the bytes of all files of a folder."""
    return sum(file.stat().st_size for file in path.iterdir())


def test_state_comes_back(tmp_path: Path) -> None:
    """What was written is read, also by another process's folder object."""
    StateFolder(tmp_path, LARGE).write(KEY, DATA, 2.5, never)
    assert StateFolder(tmp_path, LARGE).read(KEY, 0.0) == DATA


def test_files_are_private(tmp_path: Path) -> None:
    """The folder and its files can be read by their owner only."""
    path = tmp_path / "states"
    keep(StateFolder(path, LARGE), 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in path.iterdir()] == [0o600]


def test_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    """A folder that others may write into is not trusted."""
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError):
        StateFolder(tmp_path, LARGE)


def test_every_flipped_byte_is_a_miss(tmp_path: Path) -> None:
    """Whichever byte changes, in the header or behind it, the state is not found and its file is removed."""
    folder = StateFolder(tmp_path, LARGE)
    chosen = random.Random(2)
    for turn in range(600):
        folder.write(KEY, DATA, 1.0, never)
        (file,) = tmp_path.iterdir()
        place = turn if turn < 70 else chosen.randrange(file.stat().st_size)
        content = bytearray(file.read_bytes())
        content[place] ^= chosen.randrange(1, 256)
        file.write_bytes(content)
        assert folder.read(KEY, 0.0) is None
        assert list(tmp_path.iterdir()) == []


def test_every_other_length_is_a_miss(tmp_path: Path) -> None:
    """A file that was cut anywhere, or that something was added to, is not found and is removed."""
    folder = StateFolder(tmp_path, LARGE)
    folder.write(KEY, DATA, 1.0, never)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for content in [*(whole[:end] for end in (*range(0, 80), 1000, len(whole) - 1)), whole + b"\0", whole * 2]:
        file.write_bytes(content)
        assert folder.read(KEY, 0.0) is None
        assert not file.exists()


def test_another_states_file_is_a_miss(tmp_path: Path) -> None:
    """A sound file under the name of another state is not found and is removed."""
    folder = StateFolder(tmp_path, LARGE)
    folder.write(KEY, DATA, 1.0, never)
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / f"{OTHER.hex()}.state")
    assert folder.read(OTHER, 0.0) is None
    assert list(tmp_path.iterdir()) == []


def test_vanished_file_is_a_miss(tmp_path: Path) -> None:
    """A file that another process removed is no state, and no error."""
    folder = StateFolder(tmp_path, LARGE)
    key = keep(folder, 1)
    clear_states(tmp_path)
    assert (folder.read(key, 0.0), folder.holds(key)) == (None, False)


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    """A link is not followed, and a pipe does not make reading wait."""
    path = tmp_path / "states"
    folder = StateFolder(path, LARGE)
    (tmp_path / "elsewhere").write_bytes(b"secret")
    (path / f"{KEY.hex()}.state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        folder.read(KEY, 0.0)
    os.mkfifo(path / f"{OTHER.hex()}.state")
    assert folder.read(OTHER, 0.0) is None


def test_state_that_loads_slowly_is_not_read(tmp_path: Path) -> None:
    """A state that takes longer to load than to compute is not used, but it stays."""
    folder = StateFolder(tmp_path, LARGE)
    key = keep(folder, 1, size=1000, seconds=1.0)
    assert folder.read(key, 0.0011) is None
    assert folder.read(key, 0.0009) is not None


def test_folder_stays_within_its_limit(tmp_path: Path) -> None:
    """However many states are written, the files never take more than the limit."""
    folder = StateFolder(tmp_path, 20_000)
    for number in range(100):
        keep(folder, number)
        assert size_of(tmp_path) <= 20_000
    assert size_of(tmp_path) > 15_000


def test_limit_counts_what_was_there_before(tmp_path: Path) -> None:
    """A folder filled under a larger limit shrinks with the next state."""
    first = StateFolder(tmp_path, LARGE)
    for number in range(50):
        keep(first, number)
    keep(StateFolder(tmp_path, 20_000), 50)
    assert size_of(tmp_path) <= 20_000


def test_state_above_the_limit_is_not_kept(tmp_path: Path) -> None:
    """A limit below a single state keeps none, and costs none of the smaller ones."""
    folder = StateFolder(tmp_path, 2000)
    small, large = keep(folder, 1, size=500), keep(folder, 2, size=5000)
    assert (folder.holds(small), folder.holds(large)) == (True, False)


def test_least_recently_used_goes_first(tmp_path: Path) -> None:
    """Of states worth the same, those go that were not used for longest; reading counts as use."""
    folder = StateFolder(tmp_path, 10_000)
    keys = [keep(folder, number) for number in range(9)]
    for key in keys:
        age(tmp_path, key, 5)
    folder.read(keys[0], 0.0)
    keep(folder, 100)
    keep(folder, 101)
    assert folder.holds(keys[0])
    assert not all(folder.holds(key) for key in keys)


def test_cheapest_to_compute_goes_first(tmp_path: Path) -> None:
    """A state that saves more seconds by the byte outlives one that was used a little later."""
    folder = StateFolder(tmp_path, 3200)
    dear, cheap = keep(folder, 1, seconds=10.0), keep(folder, 2, seconds=1.0)
    age(tmp_path, dear, 1)
    keep(folder, 3, size=1100)
    assert (folder.holds(dear), folder.holds(cheap)) == (True, False)


def test_disuse_outweighs_cost_in_the_end(tmp_path: Path) -> None:
    """A state that saves ten times as much goes first when it was not used for four days longer."""
    folder = StateFolder(tmp_path, 3200)
    dear, cheap = keep(folder, 1, seconds=10.0), keep(folder, 2, seconds=1.0)
    age(tmp_path, dear, 4)
    keep(folder, 3, size=1100)
    assert (folder.holds(dear), folder.holds(cheap)) == (False, True)


def test_clock_set_back_favours_nothing(tmp_path: Path) -> None:
    """A state used in what is now the future counts as used now, not as used last."""
    folder = StateFolder(tmp_path, 3200)
    future, dear = keep(folder, 1, seconds=1.0), keep(folder, 2, seconds=2.0)
    age(tmp_path, future, -1000)
    keep(folder, 3, size=1100)
    assert (folder.holds(future), folder.holds(dear)) == (False, True)


def test_unreadable_state_goes_first(tmp_path: Path) -> None:
    """A file with a senseless header is the first to go."""
    folder = StateFolder(tmp_path, 3200)
    damaged, sound = keep(folder, 1, seconds=1000.0), keep(folder, 2)
    (tmp_path / f"{damaged.hex()}.state").write_bytes(b"x" * 1000)
    age(tmp_path, sound, 100)
    keep(folder, 3, size=1100)
    assert (folder.holds(damaged), folder.holds(sound)) == (False, True)


def test_leftovers_are_removed_later(tmp_path: Path) -> None:
    """What a killed writer left goes after ten minutes, or when its time lies in the future; not before."""
    for name, seconds in (("writing-old.tmp", 700), ("writing-new.tmp", 10), ("writing-ahead.tmp", -700)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - seconds,) * 2)
    StateFolder(tmp_path, LARGE)
    assert [file.name for file in tmp_path.iterdir()] == ["writing-new.tmp"]


def test_stopped_writer_leaves_nothing(tmp_path: Path) -> None:
    """Writing that is stopped in the middle leaves no file."""
    folder = StateFolder(tmp_path, LARGE)
    answers = iter([False, True])
    with pytest.raises(StoppedError):
        folder.write(KEY, bytes(20 << 20), 1.0, lambda: next(answers))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A file that cannot grow in the middle of writing is removed, and what was there before still works."""
    folder = StateFolder(tmp_path, LARGE)
    key = keep(folder, 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            folder.write(KEY, bytes(1 << 20), 1.0, never)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert folder.read(key, 0.0) is not None
    assert len(list(tmp_path.iterdir())) == 1


def test_clear_touches_only_states(tmp_path: Path) -> None:
    """Clearing removes states and leftovers, says how much that was, and leaves everything else."""
    folder = StateFolder(tmp_path, LARGE)
    keep(folder, 1)
    (tmp_path / "writing-abc.tmp").write_bytes(b"12345")
    others = ["notes.txt", "x.state", "writing-.tmp.txt", f"{KEY.hex()}.state.bak"]
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / f"{KEY.hex()}.state").mkdir()
    size = (tmp_path / f"{1:064x}.state").stat().st_size
    assert clear_states(tmp_path) == (2, size + 5)
    assert {file.name for file in tmp_path.iterdir()} == {*others, f"{KEY.hex()}.state"}
    assert clear_states(tmp_path / "missing") == (0, 0)


WRITER = """
import os, sys
from pathlib import Path
from rao_cli.engine.state_folder import StateFolder

folder = StateFolder(Path(sys.argv[1]), int(sys.argv[2]))
start, count = int(sys.argv[3]), int(sys.argv[4])
for number in range(start, start + count):
    key = (number % 50).to_bytes(32, "big")
    data = folder.read(key, 0.0)
    assert data is None or data == bytes([number % 50]) * 200_000, "wrong answer"
    if data is None:
        folder.write(key, bytes([number % 50]) * 200_000, 1.0, lambda: False)
print("done")
"""


def writer(path: Path, start: int, count: int) -> "subprocess.Popen[str]":
    """Start a process that reads and writes states of 200 kB in a folder of 4 MB."""
    command = [sys.executable, "-W", "error", "-c", WRITER, str(path), "4000000", str(start), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_share_a_folder(tmp_path: Path) -> None:
    """Processes that write, read and evict in one folder get no wrong state, no error, and keep near the limit."""
    processes = [writer(tmp_path, start, 400) for start in (0, 20, 35)]
    assert [process.communicate(timeout=60)[0] for process in processes] == ["done\n"] * 3
    assert 2_000_000 < size_of(tmp_path) <= 4_000_000 + 3 * 200_100


def test_killed_writers_cost_nothing_but_time(tmp_path: Path) -> None:
    """Whenever writers are killed, what is found afterwards is right."""
    for milliseconds in (1, 3, 10, 30):
        with writer(tmp_path, milliseconds, 10**6) as process:
            while not any(tmp_path.glob("*.state")) and process.poll() is None:
                time.sleep(0.001)
            time.sleep(milliseconds / 1000)
            process.kill()
    folder = StateFolder(tmp_path, LARGE)
    found = [folder.read(number.to_bytes(32, "big"), 0.0) for number in range(50)]
    assert all(data in (None, bytes([number]) * 200_000) for number, data in enumerate(found))
    assert any(found)
    with contextlib.suppress(FileNotFoundError):
        clear_states(tmp_path)
    assert list(tmp_path.iterdir()) == []
