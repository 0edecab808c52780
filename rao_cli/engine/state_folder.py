"""The files in which computed prompts (KV states) are kept, and which of them stay.

A file appears whole, by renaming, under a name that is the digest of everything its content depends on, so
processes share a folder without locks: one that vanishes is a miss, one that is not what its name promises is
removed. Nothing is flushed to the disk: a lost file costs time only, and the checksum finds one that was half
written. That is crc32, which takes a quarter of sha256's time; it finds damage, not forgery, so the folder must be
its owner's alone.

Above the limit those go that save the fewest seconds by the byte, where a day without use counts as much as saving
half; all together never take more than half of what the disk has for them. Limits: what other processes write is
noticed after 1/64 of the limit at the latest, so that much for each of them may be above it.
"""

import logging
import os
import re
import stat
import struct
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log2
from pathlib import Path
from typing import BinaryIO

LOG = logging.getLogger("rao.states")
LOG.addHandler(logging.NullHandler())  # without any, Python would print warnings to stderr

_MAGIC = b"raostat1"  # with the version of the header
_FIELDS = struct.Struct(
    "<8s32sQdI"
)  # magic, key, bytes of the state, seconds it took to compute, crc32 of the state
_CHECK = struct.Struct("<I")  # crc32 of the header
_START = _FIELDS.size + _CHECK.size
_STATE = re.compile(r"[0-9a-f]{64}\.state")
_UNFINISHED = re.compile(r"writing-[0-9a-z_]+\.tmp")
_STALE_SECONDS = 600.0
_DAY = 86_400.0
_CHUNK = 8 << 20


class StoppedError(OSError):
    """Writing was stopped by ``close``."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A state as the folder lists it; ``used`` is when it was last written or read."""

    name: str
    size: int
    used: float


@dataclass(frozen=True, slots=True)
class _Header:
    """What a file says of its state: its bytes, the seconds it took to compute, and its crc32."""

    size: int
    seconds: float
    check: int


class StateFolder:
    """States in one folder by keys of 32 bytes; raises OSError when the folder cannot be made or is not private.

    ``write`` belongs to one thread, the others may be called from any.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        _make_private(folder)
        self._seconds: dict[str, float] = {}
        self._taken = sum(entry.size for entry in self._scan())
        self._unseen = 0  # bytes written since the last scan

    def holds(self, key: bytes) -> bool:
        """Tell whether there is a file for a key."""
        return self._path(key).is_file()

    def read(self, key: bytes, loading: float) -> bytes | None:
        """Return a state; None when there is none, or computing it took less than ``loading`` seconds by the byte.

        A damaged file is removed. Raises OSError when there is a file that cannot be read.
        """
        path = self._path(key)
        try:
            with _open(path) as file:
                header = _header(file, key)
                if header and header.seconds < header.size * loading:
                    return None
                data = _content(file, header) if header else None
        except FileNotFoundError:
            return None
        if data is None:
            LOG.warning("a kept state is damaged and was removed: %s", path)
            path.unlink(missing_ok=True)
            return None
        _mark_used(path)
        return data

    def write(self, key: bytes, data: bytes, seconds: float, stopped: Callable[[], bool]) -> None:
        """Keep a state, at the cost of less valuable ones; raises OSError, StoppedError when told to stop."""
        size = _START + len(data)
        if not self._make_room(size):
            LOG.info("a state of %d bytes is larger than all states together may be", size)
            return
        handle, name = tempfile.mkstemp(prefix="writing-", suffix=".tmp", dir=self._folder)
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                _write(file, key, data, seconds, stopped)
            aside.replace(self._path(key))
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        self._taken += size
        self._unseen += size

    def _make_room(self, size: int) -> bool:
        """Remove the least valuable states until a new one fits; False when it never will."""
        disk = os.statvfs(self._folder)
        limit = min(self._limit, (self._taken + disk.f_bavail * disk.f_frsize) // 2)
        if size > limit:
            return False
        if self._taken + size > limit or self._unseen > self._limit // 64:
            self._evict(limit, size)
        return True

    def _evict(self, limit: int, size: int) -> None:
        entries = self._scan()
        self._taken, self._unseen = sum(entry.size for entry in entries), 0
        if self._taken + size <= limit:
            return
        now = time.time()
        for entry in sorted(entries, key=lambda entry: self._value(entry, now)):
            if self._taken + size <= limit * 15 // 16:  # a little more, so that not every state needs a scan
                return
            (self._folder / entry.name).unlink(missing_ok=True)
            self._seconds.pop(entry.name, None)
            self._taken -= entry.size

    def _value(self, entry: _Entry, now: float) -> float:
        """Return the logarithm of the seconds saved by the byte, where a day of not being used takes off one."""
        if entry.name not in self._seconds:
            self._seconds[entry.name] = self._saved_seconds(entry.name)
        seconds = self._seconds[entry.name]
        # A time in the future, from a clock that was set back since, counts as now.
        return log2(seconds / entry.size) + min(entry.used, now) / _DAY if seconds > 0 else -inf

    def _saved_seconds(self, name: str) -> float:
        try:
            with _open(self._folder / name) as file:
                header = _header(file, bytes.fromhex(Path(name).stem))
        except OSError:
            return 0.0
        return header.seconds if header else 0.0

    def _scan(self) -> list[_Entry]:
        """List the states, and remove what writers that were killed left behind."""
        entries = []
        now = time.time()
        with os.scandir(self._folder) as listed:
            for item in listed:
                ours = _STATE.fullmatch(item.name)
                if not (ours or _UNFINISHED.fullmatch(item.name)) or not item.is_file(follow_symlinks=False):
                    continue
                try:
                    status = item.stat(follow_symlinks=False)
                    if ours:
                        entries.append(_Entry(item.name, status.st_size, status.st_mtime))
                    elif abs(now - status.st_mtime) > _STALE_SECONDS:
                        Path(item.path).unlink()
                except FileNotFoundError:  # another process was faster
                    continue
        return entries

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}.state"


def clear_states(folder: Path) -> tuple[int, int]:
    """Delete the states kept in a folder; return how many files and bytes went. Raises OSError.

    Only files named as rao names its own are touched, so a wrong folder loses nothing.
    """
    count = size = 0
    for path in sorted(folder.glob("*")):
        if (_STATE.fullmatch(path.name) or _UNFINISHED.fullmatch(path.name)) and not path.is_dir():
            try:
                size += path.lstat().st_size
                path.unlink()
            except FileNotFoundError:  # another process was faster
                continue
            count += 1
    return count, size


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o022:
        raise PermissionError(f"{folder} can be written by others")
    folder.chmod(0o700)


def _open(path: Path) -> BinaryIO:
    """Open a file but no link, and do not wait for one that is a pipe; raises OSError."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _header(file: BinaryIO, key: bytes) -> _Header | None:
    """Read the header; None when the file is not the whole state of this key."""
    block = file.read(_START)
    if len(block) != _START or zlib.crc32(block[: _FIELDS.size]) != _CHECK.unpack_from(block, _FIELDS.size)[0]:
        return None
    magic, found, size, seconds, check = _FIELDS.unpack_from(block)
    whole = os.fstat(file.fileno()).st_size == _START + size
    return _Header(size, seconds, check) if (magic, found) == (_MAGIC, key) and whole else None


def _content(file: BinaryIO, header: _Header) -> bytes | None:
    data = file.read(header.size)
    return data if len(data) == header.size and zlib.crc32(data) == header.check else None


def _write(file: BinaryIO, key: bytes, data: bytes, seconds: float, stopped: Callable[[], bool]) -> None:
    block = _FIELDS.pack(_MAGIC, key, len(data), seconds, zlib.crc32(data))
    file.write(block + _CHECK.pack(zlib.crc32(block)))
    view = memoryview(data)
    while view:
        if stopped():
            raise StoppedError("closed while writing")
        view = view[file.write(view[:_CHUNK]) :]


def _mark_used(path: Path) -> None:
    try:
        os.utime(path)
    except OSError as e:
        LOG.info("cannot mark a state as used: %s", e)
