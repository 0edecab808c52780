"""Read what changed in a git repository since a revision, into a document of its commits and changed passages.

The repository is read in a worker process (parsers/git.py), objects and refs only: no git is started and nothing
of its configuration counts. Changes that are not committed are not in its history, so they are not told.
"""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rao_cli.documents.context import Context
from rao_cli.documents.failures import readable
from rao_cli.documents.history.changed import changed_files
from rao_cli.documents.history.layout import changes_document
from rao_cli.documents.history.model import Range
from rao_cli.documents.model import Document, Skipped
from rao_cli.documents.walk.ignore import read_globs
from rao_cli.documents.workers import WorkerLimits
from rao_cli.errors import InputError, UsageError
from rao_cli.text import one_line

LIMITS = WorkerLimits(cpu_seconds=120, wall_seconds=300, answer_bytes=256 << 20)
_REVISION = re.compile(r"[^\x00-\x20\x7f-\x9f:?*\[\\]{1,250}")


def read_changes(source: str, since: str, context: Context) -> Document:
    """Return what changed in a repository since a revision, or in a range ``A..B``.

    Raises InputError for what cannot be read, UsageError for a revision that cannot be one or without changes, and
    where the reader is not installed.
    """
    folder = _repository(source)
    if not _REVISION.fullmatch(since) or since.startswith("-"):
        raise UsageError(
            f"{one_line(since, 80)!r} is no revision", hint="give a commit, a branch, a tag, HEAD~N or A..B"
        )
    if find_spec("dulwich") is None:
        raise UsageError("--since needs a reader of git's files", hint="install it: pip install 'rao-cli[git]'")
    context.progress(f"reading the history of {one_line(source)}")
    options = {"path": str(folder.absolute()), "since": since}
    found = context.workers.run("git", b"", options, shown=source, limits=LIMITS, remember=False)
    wanted, skipped = _wanted(found, context)
    about = Range(readable(source), since, found)
    files = list(changed_files(wanted, about, context))
    if not files and not found["commits"]:
        raise UsageError(f"nothing changed in {one_line(source)} since {since}", hint="name an older revision")
    return changes_document(about, files, skipped, context)


def _repository(source: str) -> Path:
    """Return the folder of a repository's objects and refs. Raises InputError where there is none."""
    path = Path(source)
    inner = path / ".git"
    if inner.is_symlink() or inner.is_file():
        raise InputError(
            f"{one_line(source)} keeps its history elsewhere", hint="name the folder that it was made from"
        )
    folder = inner if inner.is_dir() else path
    if not (folder / "HEAD").is_file() or not (folder / "objects").is_dir():
        raise InputError(f"{one_line(source)} is no git repository", hint="name the folder that holds .git")
    return folder


def _wanted(found: dict[str, Any], context: Context) -> tuple[list[dict[str, Any]], Sequence[Skipped]]:
    """Return the files that the options let through, and what is left out with why."""
    globs, options = read_globs(context.options.globs), context.options
    wanted, skipped = [], [Skipped(readable(path), reason) for path, reason in found["skipped"]]
    for file in found["files"]:
        hidden = any(part.startswith(".") for part in file["path"].split("/"))
        reason = "hidden" if hidden and not options.hidden else globs.leave_out(file["path"])
        if reason:
            skipped.append(Skipped(readable(file["path"]), reason))
        else:
            wanted.append(file)
    return wanted, skipped
