"""Open what the user names: files, folders, several of them, or standard input.

The kind of a file is told by its first bytes, not by its name alone. Limits: a source is held in memory, so one
larger than 2 GB is refused; standard input is read once, to its end.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from rao_cli.documents.model import Document
from rao_cli.errors import InputError, UsageError
from rao_cli.text import one_line

_LARGEST_BYTES = 2 << 30
_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
# Some producers put other bytes before the header; readers accept it within the first kilobyte.
_PDF_HEADER_WITHIN = 1024
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


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
    strict: bool = False
    """Refuse a source with a part that cannot be read instead of skipping that part."""


class NoTextError(InputError):
    """A file is empty or holds white space only: an error where it was named, nothing in a folder."""


def open_sources(
    sources: Sequence[str], options: ReadOptions | None = None, stdin: BinaryIO | None = None
) -> Document:
    """Read one source into its document, or several into a corpus whose sections are the documents.

    Raises InputError for a source that is missing, unreadable, damaged or empty, UsageError for none or for
    standard input named twice.
    """
    options = options or ReadOptions()
    if not sources:
        raise UsageError("no source given", hint="name a file or a folder, or - for standard input")
    if sources.count("-") > 1:
        raise UsageError("standard input (-) is given twice", hint="give - once")
    documents = [_open(source, options, stdin) for source in sources]
    if len(documents) == 1:
        return documents[0]
    from rao_cli.documents.sections import join

    return join(f"{len(documents)} sources", "corpus", documents)


def read_bytes(data: bytes, name: str, path: str, options: ReadOptions) -> Document:
    """Read a file's bytes with the loader for their kind; ``name`` is its title, ``path`` what locations show.

    Raises InputError for data that are empty, binary, damaged or hold no text.
    """
    shown = one_line(path)
    if not data:
        raise NoTextError(f"{shown} is empty", hint="name a file that holds text")
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        from rao_cli.documents.pdf import read_pdf

        return read_pdf(data, name, path, password=options.password, strict=options.strict)
    from rao_cli.documents.encoding import decode

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
            _check_size(about.st_size, shown)
            data = file.read(_LARGEST_BYTES + 1)
    except OSError as e:
        raise _unreadable(shown, e) from e
    _check_size(len(data), shown)
    return read_bytes(data, name, shown, options)


def _open(source: str, options: ReadOptions, stdin: BinaryIO | None) -> Document:
    if source == "-":
        return _open_stdin(options, stdin)
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as e:
        raise _unreadable(source, e) from e
    if stat.S_ISDIR(mode):
        from rao_cli.documents.folder import read_folder

        return read_folder(path, options)
    if stat.S_ISREG(mode):
        return read_file(path, one_line(path.name) or "unnamed", source, options)
    kind = next((name for matches, name in _KINDS if matches(mode)), "not a regular file")
    raise InputError(f"{one_line(source)} is {kind}, not a file", hint="pipe it in: rao ask - QUESTION < SOURCE")


def _open_stdin(options: ReadOptions, stdin: BinaryIO | None) -> Document:
    name = one_line(options.stdin_name) or "stdin"
    if stdin is None or stdin.closed:
        raise InputError("standard input is closed", hint="pipe a document in, or name a file")
    try:
        data = stdin.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read standard input: {_reason(e)}", hint="name a file instead") from e
    if not data:
        raise InputError("standard input is empty", hint="check the command before the pipe")
    _check_size(len(data), name)
    return read_bytes(data, name, options.stdin_name or "stdin", options)


def _read_text(text: str, name: str, path: str) -> Document:
    if Path(path).suffix.lower() in _MARKDOWN:
        from rao_cli.documents.markdown import read_markdown

        return read_markdown(text, name, path)
    from rao_cli.documents.plain import read_plain

    return read_plain(text, name, path)


def _check_size(size: int, shown: str) -> None:
    if size > _LARGEST_BYTES:
        raise InputError(f"{one_line(shown)} is larger than 2 GB", hint="split it, for example with split -C 1G")


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _unreadable(source: str, error: OSError | ValueError) -> InputError:
    shown = one_line(source)
    if isinstance(error, FileNotFoundError):
        return InputError(f"no such file or folder: {shown}", hint="check the path; names with spaces need quotes")
    if isinstance(error, PermissionError):
        return InputError(f"permission denied: {shown}", hint="make it readable: chmod u+r")
    return InputError(f"cannot read {shown}: {_reason(error)}", hint="check the path")
