"""Where the answer goes: standard output, or a file that appears whole or not at all.

A file is written beside its final place and moved there at the end, so a reader never sees half an answer and a
full disk leaves the old file as it was. Devices and pipes are written directly.
"""

import os
import stat
import tempfile
from pathlib import Path
from typing import TextIO

from rao_cli.errors import RaoError, UsageError


class Destination:
    """Text on its way to standard output."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout

    def write(self, text: str) -> None:
        """Write text so that a reader has it at once; raises OSError."""
        self._stdout.write(text)
        self._stdout.flush()

    def commit(self) -> None:
        """Put what was written in its place; raises OSError."""

    def close(self) -> None:
        """Free what is open; what was not committed is lost."""


class FileDestination(Destination):
    """Text on its way to a file; raises RaoError at once when the file cannot be written."""

    def __init__(self, name: str) -> None:
        self._target = Path(name).resolve()
        self._temporary: Path | None = None
        try:
            direct = self._target.exists() and not stat.S_ISREG(self._target.stat().st_mode)
            if direct:
                super().__init__(self._target.open("w", encoding="utf-8", errors="replace"))
            else:
                super().__init__(self._open_temporary())
        except OSError as error:
            raise cannot_write(name, error) from error

    def _open_temporary(self) -> TextIO:
        if self._target.exists() and not os.access(self._target, os.W_OK):
            raise PermissionError(13, "permission denied")
        handle, name = tempfile.mkstemp(prefix=".rao-", dir=self._target.parent)
        self._temporary = Path(name)
        return os.fdopen(handle, "w", encoding="utf-8", errors="replace")

    def commit(self) -> None:
        """Move the file to its place; raises OSError."""
        if self._temporary is None:
            return
        os.fsync(self._stdout.fileno())
        self._temporary.chmod(_mode(self._target))
        self._temporary.replace(self._target)
        self._temporary = None

    def close(self) -> None:
        """Close the file and remove it if it was not committed."""
        try:
            self._stdout.close()
        except OSError:
            pass  # the failed write was reported by write
        finally:
            if self._temporary is not None:
                self._temporary.unlink(missing_ok=True)


def open_destination(name: str, stdout: TextIO, sources: tuple[str, ...]) -> Destination:
    """Return where the answer goes; ``-`` is standard output.

    Raises UsageError for a file that is also a source, and RaoError for one, or a stream, that cannot be written.
    """
    if name == "-":
        if not stdout.writable():
            raise RaoError("standard output is closed", hint="write to a file with -o")
        return Destination(stdout)
    if not name:
        raise UsageError("--output needs a file name", hint="use -o FILE, or -o - for standard output")
    for source in sources:
        if source != "-" and _same(Path(name), Path(source)):
            raise UsageError(f"--output {name} would overwrite a source", hint="choose another file")
    return FileDestination(name)


def write_all(destination: Destination, text: str, name: str, stdout: TextIO) -> None:
    """Write the whole answer; if its file fails, print it on standard output and raise RaoError.

    Raises BrokenPipeError when the reader has gone.
    """
    try:
        destination.write(text)
        destination.commit()
    except BrokenPipeError:
        raise
    except OSError as error:
        if name == "-":
            raise cannot_write("standard output", error, "write to a file with -o") from error
        stdout.write(text)
        stdout.flush()
        raise cannot_write(name, error, "the answer was printed instead") from error


def cannot_write(name: str, error: OSError, hint: str = "choose another file with -o") -> RaoError:
    """Return the error of a place that did not take what was written."""
    return RaoError(f"cannot write {name}: {(error.strerror or str(error)).lower()}", hint=hint)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.exists() and stat.S_ISREG(one.stat().st_mode) and one.samefile(other)
    except (OSError, ValueError):
        return False


def _mode(target: Path) -> int:
    """Return the permissions of the file to replace, or those of a new file."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
