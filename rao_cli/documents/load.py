"""Open what the user names: files, folders, archives, several of them, or standard input.

A document that was read before comes from the store (store.py). Limits: standard input is read to its end before
anything else happens (spool.py).
"""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions, silent
from rao_cli.documents.failures import readable, reason, unreadable
from rao_cli.documents.kinds import read_blob, read_files
from rao_cli.documents.memo import FILE_NAME, Memo
from rao_cli.documents.model import Document
from rao_cli.documents.sections import join
from rao_cli.documents.spool import Spool
from rao_cli.documents.store import WORTH_KEEPING, identity, key_of, settled
from rao_cli.documents.walk.folder import read_folder
from rao_cli.documents.walk.listing import list_files
from rao_cli.documents.workers import Workers
from rao_cli.errors import InputError, UsageError
from rao_cli.text import one_line

__all__ = ["ReadOptions", "open_changes", "open_sources"]

_LARGEST_STDIN = 16 << 30
_PIECE_BYTES = 1 << 20
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_sources(
    sources: Sequence[str],
    options: ReadOptions | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] = silent,
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
    memo = Memo(options.cache / FILE_NAME) if options.cache else None
    with memo or nullcontext(), Workers(memo=memo) as workers:
        context = Context(options, workers, progress)
        documents = [_open(source, context, stdin) for source in sources]
        document = documents[0] if len(documents) == 1 else _joined(documents, context)
        return _with_folder(_with_merged_logs(document), context)


def open_changes(
    source: str, since: str, options: ReadOptions | None = None, progress: Callable[[str], None] = silent
) -> Document:
    """Read what changed in a git repository since a revision, or in a range, into a document.

    Raises InputError for what is no repository or cannot be read, UsageError for a revision that is none.
    """
    from rao_cli.documents.history.reading import read_changes

    options = options or ReadOptions()
    memo = Memo(options.cache / FILE_NAME) if options.cache else None
    with memo or nullcontext(), Workers(memo=memo) as workers:
        context = Context(options, workers, progress)
        return _with_folder(read_changes(source, since, context), context)


def _with_merged_logs(document: Document) -> Document:
    """Return the document with one more entry of facts if it holds several logs: all of them, merged by time."""
    if sum(facts.kind.endswith(" log") for facts in document.facts) < 2:
        return document
    from rao_cli.documents.logs.merge import merge_logs

    merged = merge_logs(document.facts)
    return replace(document, facts=(merged, *document.facts)) if merged else document


def _joined(documents: Sequence[Document], context: Context) -> Document:
    return join(f"{len(documents)} sources", "corpus", documents, context.writer())


def _with_folder(document: Document, context: Context) -> Document:
    """Return the document with the folder in which what is made of it is kept."""
    if context.store is None or len(document) < WORTH_KEEPING:
        return document
    try:
        return replace(document, folder=str(context.store.derived(document)))
    except OSError:  # a cache that cannot be written costs time, nothing else
        return document


def _open(source: str, context: Context, stdin: BinaryIO | None) -> Document:
    if source == "-":
        return _open_stdin(context, stdin)
    path = Path(source)
    try:
        status = path.stat()
    except (OSError, ValueError) as e:
        raise unreadable(source, e) from e
    if stat.S_ISDIR(status.st_mode):
        return _open_folder(path, context)
    if stat.S_ISREG(status.st_mode):
        try:
            return _open_file(path, readable(source), status, context)
        except OSError as e:  # the disk fails, or a file of the system is not for reading
            raise unreadable(source, e) from e
    kind = next((name for matches, name in _KINDS if matches(status.st_mode)), "not a regular file")
    how = "name a file" if kind == "a socket" else "pipe it in: rao ask - QUESTION < SOURCE"
    raise InputError(f"{one_line(source)} is {kind}, not a file", hint=how)


def _open_folder(path: Path, context: Context) -> Document:
    context.progress(f"listing {one_line(path.name)}")
    listing = list_files(path, context.options)
    files = [f"{entry.relative}\0{entry.identity}" for entry in listing.files]
    left_out = [f"{skipped.path}\0{skipped.reason}" for skipped in listing.skipped]
    read_from = ("folder", str(path), *files, "", *left_out)
    fresh = any(not entry.settled for entry in listing.files)
    return _kept(read_from, context, lambda: read_folder(path, listing, context, read_files), keep=not fresh)


def _open_file(path: Path, shown: str, status: os.stat_result, context: Context) -> Document:
    def opener() -> BinaryIO:
        try:
            # Without waiting: what was a file when it was looked at may be a pipe by now.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            raise unreadable(shown, e) from e
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise InputError(f"{one_line(shown)} is not a regular file")
        return os.fdopen(descriptor, "rb")

    name = one_line(readable(path.name)) or "unnamed"
    blob = Blob(name, shown, status.st_size, opener)
    if context.store is None or status.st_size < WORTH_KEEPING:
        return read_blob(blob, context)
    read_from = ("file", shown, identity(status))
    return _kept(read_from, context, lambda: read_blob(blob, context), keep=settled(status))


def _kept(read_from: Sequence[str], context: Context, read: Callable[[], Document], *, keep: bool) -> Document:
    """Return what was read from the same files with the same options before, or read it and keep it."""
    store = context.store
    # The text of an encrypted file does not belong on disk.
    if store is None or context.options.password is not None or not keep:
        return read()
    key = key_of(str(context.options), *read_from)
    document = store.get(key)
    if document is None:
        document = read()
        if len(document) >= WORTH_KEEPING:
            store.put(key, document)
    return document


def _open_stdin(context: Context, stdin: BinaryIO | None) -> Document:
    name = one_line(context.options.stdin_name) or "stdin"
    if stdin is None or stdin.closed:
        raise InputError("standard input is closed", hint="pipe a document in, or name a file")
    spool = Spool(context.options.cache)
    while data := _piece(stdin):
        spool.write(data)
        if spool.size > _LARGEST_STDIN:
            raise InputError(f"{name} does not end after 16 GB", hint="cut it: head -c 1G")
    if not spool.size:
        raise InputError("standard input is empty", hint="check the command before the pipe")
    return read_blob(Blob(name, context.options.stdin_name or "stdin", spool.size, spool.open), context)


def _piece(stdin: BinaryIO) -> bytes:
    try:
        return stdin.read(_PIECE_BYTES)
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read standard input: {reason(e)}", hint="name a file instead") from e
