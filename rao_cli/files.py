"""Files that several rao processes share: locks, private folders, and files that are replaced whole.

A lock is the system's (flock) and ends with the process, however that ends. Limits: some network file systems
ignore such locks.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.01
"""Seconds between two tries for a lock."""


def lock(handle: int, patience: float = 0.0, *, shared: bool = False) -> bool:
    """Lock an open file or folder, or wait so many seconds for it; return whether it was had."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        else:
            return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is made where it is missing, however long that takes. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, all for their owner only. Raises OSError."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)  # mkdir's own parents would be open to others


def replace_text(path: Path, text: str) -> None:
    """Put a text in a file's place whole or not at all, for its owner only. Raises OSError.

    The file that it is written to first has one name, so that processes which are killed leave one at most: who
    calls this holds a lock.
    """
    made = path.with_name(f".{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(made, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
