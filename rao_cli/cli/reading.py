"""Read the sources that a command names, and tell the person what was left out.

A password that a PDF needs is asked for on the terminal, once, when nobody gave a file with it. Limits: inside a
folder an encrypted PDF is skipped like any other file that cannot be read.
"""

import getpass
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rao_cli.cli.folders import cache_folder, user_folders
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams, is_terminal
from rao_cli.cli.words import counted
from rao_cli.documents.load import ReadOptions, open_changes, open_sources
from rao_cli.documents.model import Document
from rao_cli.documents.workers import RefusedInputError
from rao_cli.errors import UsageError
from rao_cli.text import one_line

_SECONDS_A_LINE = 0.1
_LONGEST_PASSWORD = 4096  # so that a device without line ends is not read for ever


def read_sources(sources: tuple[str, ...], options: Options, streams: Streams, notices: Notices) -> Document:
    """Return what the sources hold, and tell its warnings. Raises InputError and UsageError."""
    read_options = ReadOptions(
        stdin_name=options.stdin_name,
        password=_password(options.password_file),
        hidden=options.hidden,
        no_ignore=options.no_ignore,
        globs=tuple(options.glob or ()),
        strict=options.strict,
        cache=_cache(options, notices),
    )
    progress = seldom(notices.status)
    try:
        document = (
            _changes(sources, options.since, read_options, progress)
            if options.since
            else open_sources(sources, read_options, streams.stdin, progress)
        )
    except RefusedInputError as refusal:
        # Standard input that is a source was read to its end; it cannot be read again.
        if refusal.code != "password" or "-" in sources or not _can_ask(streams):
            raise
        notices.clear()
        read_options = replace(read_options, password=_ask(refusal))
        document = open_sources(sources, read_options, streams.stdin, progress)
    for warning in document.warnings:
        notices.warning(warning)
    return document


def _changes(
    sources: tuple[str, ...], since: str, options: ReadOptions, progress: Callable[[str], None]
) -> Document:
    """Return what changed in the one source, a git repository. Raises InputError and UsageError."""
    if len(sources) != 1 or sources == ("-",):
        raise UsageError("--since tells of one git repository", hint="name the folder that holds .git")
    return open_changes(sources[0], since, options, progress)


def seldom(show: Callable[[str], None], seconds: float = _SECONDS_A_LINE) -> Callable[[str], None]:
    """Return what shows a line of progress, from any thread, but not more often than anyone can read."""
    lock = threading.Lock()
    next_at = 0.0

    def progress(line: str) -> None:
        nonlocal next_at
        with lock:
            if time.monotonic() >= next_at:
                next_at = time.monotonic() + seconds
                show(line)

    return progress


def _cache(options: Options, notices: Notices) -> Path | None:
    if options.no_cache:
        return None
    return cache_folder(user_folders().documents, "what is read", notices.warning)


def tell_skipped(document: Document, options: Options, notices: Notices) -> None:
    """Tell how many inputs were not read, and with ``--verbose`` which and why."""
    failed = sum(skipped.failed for skipped in document.skipped)
    left_out = len(document.skipped) - failed
    listed = "" if options.verbose else "; -v lists them"
    if failed:
        notices.warning(f"skipped {counted(failed, 'input')} that cannot be read{listed}")
    if left_out:
        notices.line(f"left out {counted(left_out, 'input')}: binary, hidden, excluded, linked or empty{listed}")
    if options.verbose:
        for line in skipped_lines(document):
            notices.line(line)


def skipped_lines(document: Document) -> tuple[str, ...]:
    """Return a line for each input that was not read."""
    return tuple(f"skipped {skipped.path}: {skipped.reason}" for skipped in document.skipped)


def _password(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        with Path(file).open(encoding="utf-8") as lines:
            return lines.readline(_LONGEST_PASSWORD).rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(
            f"cannot read the password file {file}: {reason}", hint="put the password on its first line"
        ) from error


def _can_ask(streams: Streams) -> bool:
    return is_terminal(streams.stdin) and is_terminal(streams.stderr)


def _ask(refusal: RefusedInputError) -> str:
    """Return the password that is typed, which the terminal does not show; raises the refusal for none."""
    try:
        password = getpass.getpass(f"rao: {one_line(refusal.message)}: ")
    except EOFError:
        password = ""
    if not password:
        raise refusal
    return password
