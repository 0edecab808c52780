"""Read one file's bytes with the loader for their kind.

The kind is told by the first bytes, not by the name alone. Limits: a source is held in memory, so one larger than
2 GB is refused.
"""

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from rao_cli.documents.encoding import decode
from rao_cli.documents.formats.markdown import read_markdown
from rao_cli.documents.model import Document
from rao_cli.documents.formats.pdf import read_pdf
from rao_cli.documents.formats.plain import read_plain
from rao_cli.errors import InputError
from rao_cli.text import one_line

LARGEST_BYTES = 2 << 30
_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
# Some producers put other bytes before the header; readers accept it within the first kilobyte.
_PDF_HEADER_WITHIN = 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read."""

    stdin_name: str = "stdin"
    """What standard input is called in citations; its ending (.md) tells its kind."""
    password: str | None = None
    """The password of encrypted PDFs."""
    hidden: bool = False
    """Read files and folders whose names start with a dot, too."""
    no_ignore: bool = False
    """Read what .gitignore, .ignore, .raoignore and the lists of lock and vendored files leave out, too."""
    globs: tuple[str, ...] = ()
    """Read only the files of folders that these patterns name; one that starts with ! leaves files out."""
    strict: bool = False
    """Refuse a source with a part that cannot be read instead of skipping that part."""


class NoTextError(InputError):
    """A file is empty or holds white space only: an error where it was named, nothing in a folder."""


def read_bytes(data: bytes, name: str, path: str, options: ReadOptions) -> Document:
    """Read a file's bytes with the loader for their kind; ``name`` is its title, ``path`` what locations show.

    Raises InputError for data that are empty, binary, damaged or hold no text.
    """
    shown = one_line(path)
    if not data:
        raise NoTextError(f"{shown} is empty", hint="name a file that holds text")
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return read_pdf(data, name, path, password=options.password, strict=options.strict)
    text, warning = decode(data, shown)
    if not text.strip():
        raise NoTextError(f"{shown} holds no text, only white space", hint="name a file that holds text")
    document = _read_text(text, name, path)
    return replace(document, warnings=(warning,)) if warning else document


def read_file(path: Path, name: str, shown: str, options: ReadOptions) -> Document:
    """Read a regular file; raises InputError for anything that cannot be read as text."""
    try:
        # Without waiting: what was a file when it was looked at may be a pipe by now.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise InputError(f"{one_line(shown)} is not a regular file")
            check_size(about.st_size, shown)
            data = file.read(LARGEST_BYTES + 1)
    except OSError as e:
        raise unreadable(shown, e) from e
    check_size(len(data), shown)
    return read_bytes(data, name, shown, options)


def readable(name: str) -> str:
    """Return a file's name with a mark in the place of each byte that is not UTF-8, so that none vanishes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def check_size(size: int, shown: str) -> None:
    """Raise InputError for a source that is too large to be held in memory."""
    if size > LARGEST_BYTES:
        raise InputError(f"{one_line(shown)} is larger than 2 GB", hint="split it, for example with split -C 1G")


def reason(error: OSError | ValueError) -> str:
    """Return what the system says of an error."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def unreadable(source: str, error: OSError | ValueError) -> InputError:
    """Return the error of a path that could not be looked at or read."""
    shown = one_line(readable(source))
    if isinstance(error, FileNotFoundError):
        hint = "check the path; names and questions with spaces need quotes"
        return InputError(f"no such file or folder: {shown}", hint=hint)
    if isinstance(error, PermissionError):
        return InputError(f"permission denied: {shown}", hint="make it readable: chmod u+r")
    return InputError(f"cannot read {shown}: {reason(error)}", hint="check the path")


def _read_text(text: str, name: str, path: str) -> Document:
    if Path(path).suffix.lower() in _MARKDOWN:
        return read_markdown(text, name, path)
    return read_plain(text, name, path)
