"""Cores and memory of made-up machines."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.cores import (
    allowed_processors,
    available_cores,
    cpu_quota,
    memory_limit,
    read_text,
    sysctl,
)
from tests.engine.machines import container, old_container, siblings, write


def test_two_threads_of_one_core_count_once(tmp_path):
    """Four processors on two cores are two cores."""
    write(tmp_path, siblings("0,2", "1,3"))
    assert available_cores(tmp_path, (0, 1, 2, 3)) == 2


def test_only_allowed_processors_count(tmp_path):
    """Cores that the process may not run on do not count, whichever of its threads is allowed."""
    write(tmp_path, siblings("0,2", "1,3"))
    assert available_cores(tmp_path, (0, 2)) == 1
    assert available_cores(tmp_path, (2, 3)) == 2


def test_processors_of_unknown_siblings_are_cores(tmp_path):
    """Without the topology's files each processor counts."""
    assert available_cores(tmp_path, (0, 1, 2)) == 3


@pytest.mark.parametrize(
    ("quota", "cores"), [("150000 100000", 2), ("100000 100000", 1), ("20000 100000", 1), ("max 100000", 8)]
)
def test_a_quota_limits_the_cores(tmp_path, quota, cores):
    """A container's quota counts upwards, and never below one core."""
    write(tmp_path, container(cpu=quota))
    assert available_cores(tmp_path, range(8)) == cores


@pytest.mark.parametrize("quota", ["", "x y", "max", "100", "100000 0", "-1 100000", "1 2 3", "\x00"])
def test_a_senseless_quota_is_none(tmp_path, quota):
    """A file that does not say what it should limits nothing."""
    write(tmp_path, container(cpu=quota))
    assert cpu_quota(tmp_path) is None


def test_the_narrowest_group_above_counts(tmp_path):
    """A quota of a group above this process's own holds too."""
    write(tmp_path, container(cpu="300000 100000", group="/a/b"))
    write(tmp_path, {"sys/fs/cgroup/a/cpu.max": "150000 100000", "sys/fs/cgroup/a/b/cpu.max": "max 100000"})
    assert cpu_quota(tmp_path) == 1.5


def test_old_quota_is_read(tmp_path):
    """Version 1 of cgroups has other files, and two controllers on one line."""
    write(tmp_path, old_container(quota="250000"))
    assert cpu_quota(tmp_path) == 2.5


def test_a_container_that_sees_the_outer_path_is_read(tmp_path):
    """The path from outside does not exist inside, so the mount's own files count."""
    write(tmp_path, old_container(quota="50000", memory="1000", used="400", group="/docker/abc"))
    assert cpu_quota(tmp_path) == 0.5
    assert memory_limit(tmp_path) == (1000, 400)


def test_old_no_limit_is_none(tmp_path):
    """The huge number that version 1 writes for no limit is none."""
    write(tmp_path, old_container())
    assert (cpu_quota(tmp_path), memory_limit(tmp_path)) == (None, None)


def test_memory_leaves_out_idle_pages(tmp_path):
    """File pages that were not used lately count as free."""
    write(tmp_path, container(memory="1000", current="700", idle=300))
    assert memory_limit(tmp_path) == (1000, 400)


def test_the_tightest_memory_limit_counts(tmp_path):
    """Of two limits the one that leaves less counts."""
    write(tmp_path, container(memory="1000", current="950", group="/a"))
    write(tmp_path, {"sys/fs/cgroup/a/memory.max": "500", "sys/fs/cgroup/a/memory.current": "100"})
    assert memory_limit(tmp_path) == (1000, 950)


def test_a_path_never_leaves_the_root(tmp_path):
    """A group's path with dots in it stays below the mount."""
    write(tmp_path, {"proc/self/cgroup": "0::/../../../secret\n", "secret/cpu.max": "1 100000"})
    assert cpu_quota(tmp_path) is None


def test_an_empty_root_is_not_limited(tmp_path):
    """Where no file exists nothing is limited."""
    assert (cpu_quota(tmp_path), memory_limit(tmp_path), available_cores(tmp_path, ())) == (None, None, 1)


def test_a_folder_in_place_of_a_file_is_nothing(tmp_path):
    """What cannot be read as a file counts as empty."""
    (tmp_path / "proc/self/cgroup").mkdir(parents=True)
    assert read_text(tmp_path / "proc/self/cgroup") == ""
    assert cpu_quota(tmp_path) is None


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_any_bytes_are_survived(tmp_path_factory, group, limit):
    """Whatever the kernel's files hold, an answer comes back."""
    root = tmp_path_factory.mktemp("root")
    write(root, {"proc/self/cgroup": "0::/\n"})
    (root / "proc/self/cgroup").write_bytes(b"0::/" + group)
    for name in ("cpu.max", "memory.max", "memory.current", "memory.stat"):
        write(root, {f"sys/fs/cgroup/{name}": ""})
        (root / "sys/fs/cgroup" / name).write_bytes(limit)
    assert available_cores(root, (0, 1)) in (1, 2)
    limited = memory_limit(root)
    assert limited is None or limited[0] > 0 <= limited[1]


def test_this_machine_has_cores():
    """The real files of this machine give at least one core, and no more than the system counts."""
    assert 1 <= available_cores() <= len(allowed_processors()) <= (os.cpu_count() or 1)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS answers")
def test_sysctl_answers_on_macos_only():
    """Elsewhere there is nothing to ask."""
    assert sysctl("hw.memsize") == b""
