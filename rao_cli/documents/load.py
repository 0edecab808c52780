"""Open what the user names: files, folders, several of them, or standard input.

Limits: standard input is read once, to its end, and held in memory like every other source.
"""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from rao_cli.documents.files import (
    LARGEST_BYTES,
    ReadOptions,
    check_size,
    read_bytes,
    read_file,
    readable,
    reason,
    unreadable,
)
from rao_cli.documents.walk.folder import read_folder
from rao_cli.documents.model import Document
from rao_cli.documents.sections import join
from rao_cli.errors import InputError, UsageError
from rao_cli.text import one_line

__all__ = ["ReadOptions", "open_sources"]

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


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
    return join(f"{len(documents)} sources", "corpus", documents)


def _open(source: str, options: ReadOptions, stdin: BinaryIO | None) -> Document:
    if source == "-":
        return _open_stdin(options, stdin)
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as e:
        raise unreadable(source, e) from e
    if stat.S_ISDIR(mode):
        return read_folder(path, options)
    if stat.S_ISREG(mode):
        shown = readable(source)
        return read_file(path, one_line(readable(path.name)) or "unnamed", shown, options)
    kind = next((name for matches, name in _KINDS if matches(mode)), "not a regular file")
    raise InputError(f"{one_line(source)} is {kind}, not a file", hint="pipe it in: rao ask - QUESTION < SOURCE")


def _open_stdin(options: ReadOptions, stdin: BinaryIO | None) -> Document:
    name = one_line(options.stdin_name) or "stdin"
    if stdin is None or stdin.closed:
        raise InputError("standard input is closed", hint="pipe a document in, or name a file")
    try:
        data = stdin.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read standard input: {reason(e)}", hint="name a file instead") from e
    if not data:
        raise InputError("standard input is empty", hint="check the command before the pipe")
    check_size(len(data), name)
    return read_bytes(data, name, options.stdin_name or "stdin", options)
