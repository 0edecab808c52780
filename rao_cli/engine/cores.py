"""The processor cores and the memory that this process may use, with the limits of a container.

Everything is read from files of the kernel below a root folder, so that tests can give made-up machines; macOS,
which has no such files, is asked through ``sysctl``. What cannot be read counts as not limited. Limits: a machine
with fast and slow cores is known only on macOS.
"""

import ctypes
import math
import os
import sys
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

_HUGE = 1 << 60  # cgroup version 1 writes about 2^63 where there is no limit
_FULL = Path("/")


def available_cores(root: Path = _FULL, allowed: Collection[int] | None = None) -> int:
    """Return how many cores this process may compute on; two threads of one core count once.

    ``allowed`` are the processors that the process may run on, by default those the system says. A quota counts
    upwards: two threads of which each runs three quarters of the time do more than one that always runs.
    """
    cores = _physical(root, allowed_processors() if allowed is None else allowed)
    quota = cpu_quota(root)
    return max(1, cores if quota is None else min(cores, math.ceil(quota)))


def allowed_processors() -> tuple[int, ...]:
    """Return the numbers of the processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    fast = int.from_bytes(sysctl("hw.perflevel0.physicalcpu") or sysctl("hw.physicalcpu"), sys.byteorder)
    return tuple(range(fast or os.cpu_count() or 1))


def cpu_quota(root: Path = _FULL) -> float | None:
    """Return how many cores' time a container gives at most; None without a limit."""
    quotas = [_ratio(read_text(folder / "cpu.max").split()) for folder in _cgroups(root, "")]
    for folder in _cgroups(root, "cpu"):
        words = (read_text(folder / "cpu.cfs_quota_us"), read_text(folder / "cpu.cfs_period_us"))
        quotas.append(_ratio([word.strip() for word in words]))
    return min((quota for quota in quotas if quota is not None), default=None)


def memory_limit(root: Path = _FULL) -> tuple[int, int] | None:
    """Return a container's limit in bytes and how much of it is taken; None without a limit.

    What is taken leaves out file pages that were not used lately, because the kernel gives those up first.
    """
    found = [_limit(folder, "memory.max", "memory.current") for folder in _cgroups(root, "")]
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    found += [_limit(folder, *names) for folder in _cgroups(root, "memory")]
    return min((pair for pair in found if pair), default=None, key=lambda pair: pair[0] - pair[1])


def read_text(path: Path) -> str:
    """Return a small file of the kernel, or "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except (OSError, ValueError):  # a path with a zero byte is a ValueError
        return ""


def sysctl(name: str) -> bytes:
    """Return a fact of the macOS kernel as it stores it, or nothing where there is none."""
    if sys.platform != "darwin":
        return b""
    system = ctypes.CDLL(None)
    size = ctypes.c_size_t(256)
    buffer = ctypes.create_string_buffer(size.value)
    failed = system.sysctlbyname(name.encode(), buffer, ctypes.byref(size), None, ctypes.c_size_t(0))
    return b"" if failed else buffer.raw[: size.value]


def _physical(root: Path, allowed: Collection[int]) -> int:
    """Count cores; processors whose siblings are not told are cores of their own."""
    folder = root / "sys/devices/system/cpu"
    siblings = [read_text(folder / f"cpu{number}/topology/thread_siblings_list").strip() for number in allowed]
    return len(set(filter(None, siblings))) + siblings.count("")


def _cgroups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's group and those above it; version 2's controller is called ""."""
    mount = root / "sys/fs/cgroup" / controller
    for line in read_text(root / "proc/self/cgroup").splitlines():
        _number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if controller not in names.split(","):
            continue
        parts = [part for part in path.split("/") if part not in ("", ".", "..")]
        # A container sees its own group at the top, whatever its path is outside; so every level is asked.
        yield from (mount.joinpath(*parts[:count]) for count in range(len(parts), -1, -1))


def _ratio(words: list[str]) -> float | None:
    try:
        quota, period = (int(word) for word in words)
    except ValueError:  # "max", or no such file
        return None
    return quota / period if 0 < quota < _HUGE and period > 0 else None


def _limit(folder: Path, largest: str, used: str) -> tuple[int, int] | None:
    limit, taken = _number(read_text(folder / largest)), _number(read_text(folder / used))
    if not 0 < limit < _HUGE:
        return None
    words = pairwise(read_text(folder / "memory.stat").split())
    idle = next((_number(value) for name, value in words if name == "inactive_file"), 0)
    return limit, max(0, taken - idle)


def _number(text: str) -> int:
    digits = text.strip()[:20]
    return int(digits) if digits.isdecimal() else 0
