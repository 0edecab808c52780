"""Read the files of a folder or an archive, and put them together under their folders.

Limits: folders nested deeper than 60 are not sections of their own; their files belong to the one at that depth.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.failures import BinaryError, NoTextError, reason
from rao_cli.documents.model import Document, Section, Skipped, Span
from rao_cli.documents.sections import Assembly
from rao_cli.documents.walk.unwanted import GENERATED, is_generated
from rao_cli.errors import InputError
from rao_cli.text import one_line

Read = Callable[[Iterable[Blob], Context], Iterable[Document | InputError]]
"""Reads files, some ahead: for each in order its document, or the error that reading it alone would raise."""
# Section trees are walked by recursion in places; a path on disk can have a thousand folders.
_DEEPEST = 60
_TOLD_EVERY = 100
_BY_RULE = ("ignored", "lock", "vendored", "minified")


class File(Protocol):
    """A file to be read: its path below the folder, with slashes, its size and how to come by its bytes."""

    @property
    def relative(self) -> str:
        """Return its path below the folder, in readable characters."""
        ...

    @property
    def shown(self) -> str:
        """Return what locations show."""
        ...

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        ...

    def blob(self) -> Blob:
        """Return its bytes. Raises InputError where they cannot be had."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """What the files belong to: its title, the path that messages show, what was left out before reading."""

    title: str
    shown: str
    skipped: Sequence[Skipped]


def gather(files: Sequence[File], whole: Whole, context: Context, read: Read) -> Document:
    """Return the document of all files that can be read.

    Raises InputError where none can, or, with ``strict``, where any cannot.
    """
    assembly = Assembly(context.writer())
    skipped: list[Skipped] = []
    placed: list[tuple[str, Section]] = []
    for left_out in whole.skipped:
        _skip(left_out, skipped, context)
    for done, (file, outcome) in enumerate(_read_all(files, context, read), 1):
        if isinstance(outcome, Document):
            placed.append((file.relative, assembly.add(outcome)))
        else:
            _skip(outcome, skipped, context)
        if done % _TOLD_EVERY == 0:
            context.progress(f"reading {one_line(whole.title, 40)}: {done:,} of {len(files):,} files")
    if not placed:
        raise _nothing(whole, skipped)
    return assembly.finish(nested(whole.title, placed, Span(0, assembly.end)), skipped)


def nested(title: str, placed: Iterable[tuple[str, Section]], span: Span) -> Section:
    """Return the folder that holds files, given with their paths in order, below the folders on their paths.

    A folder that holds nothing but another folder is left out: the other one's title is the whole path.
    """
    open_folders: list[tuple[str, list[Section]]] = [("", [])]
    for path, section in placed:
        parts = path.split("/")[:-1][:_DEEPEST]
        folders = ["", *("/".join(parts[: at + 1]) + "/" for at in range(len(parts)))]
        while len(open_folders) > len(folders) or open_folders[-1][0] != folders[len(open_folders) - 1]:
            _close(open_folders)
        open_folders.extend((folder, []) for folder in folders[len(open_folders) :])
        open_folders[-1][1].append(section)
    while len(open_folders) > 1:
        _close(open_folders)
    return Section("", title, "folder", span, tuple(open_folders[0][1]))


def _close(open_folders: list[tuple[str, list[Section]]]) -> None:
    path, children = open_folders.pop()
    if len(children) == 1 and children[0].kind == "folder":
        folder = children[0]
    else:
        span = Span(children[0].span.start, children[-1].span.end)
        folder = Section("", one_line(path) or "unnamed/", "folder", span, tuple(children))
    open_folders[-1][1].append(folder)


def _read_all(files: Sequence[File], context: Context, read: Read) -> Iterator[tuple[File, Document | Skipped]]:
    """Yield each file with its document, or why it is left out, in order."""
    # The files that were opened so far: why they are left out, or None for one that was given to be read.
    opened: deque[tuple[File, Skipped | None]] = deque()

    def blobs() -> Iterator[Blob]:
        for file in files:
            blob = _open(file, context)
            opened.append((file, blob if isinstance(blob, Skipped) else None))
            if isinstance(blob, Blob):
                yield blob

    for result in read(blobs(), context):
        yield from _passed_over(opened)
        file, _ = opened.popleft()
        yield file, result if isinstance(result, Document) else _left_out(file, result)
    yield from _passed_over(opened)


def _passed_over(opened: deque[tuple[File, Skipped | None]]) -> Iterator[tuple[File, Skipped]]:
    """Take and yield the files that stand before the next one that was given to be read."""
    while opened and (skipped := opened[0][1]):
        yield opened.popleft()[0], skipped


def _open(file: File, context: Context) -> Blob | Skipped:
    """Return a file's bytes, or why they are not to be read."""
    try:
        blob = file.blob()
        generated = not context.options.no_ignore and is_generated(blob)
    except InputError as e:
        return _left_out(file, e)
    except OSError as e:
        return Skipped(file.shown, f"cannot be read: {reason(e)}", failed=True)
    return Skipped(file.shown, GENERATED) if generated else blob


def _left_out(file: File, error: InputError) -> Skipped:
    if isinstance(error, NoTextError):
        return Skipped(file.shown, "empty")
    if isinstance(error, BinaryError):
        return Skipped(file.shown, "binary")
    return Skipped(file.shown, _short(error.message, file.shown), failed=True)


def _short(message: str, path: str) -> str:
    """Return a loader's message without the path that the entry already names."""
    shown = one_line(path)
    return message.removeprefix(shown).removesuffix(f": {shown}").lstrip(": ").removeprefix("is ")


def _skip(entry: Skipped, skipped: list[Skipped], context: Context) -> None:
    if entry.failed and context.options.strict:
        hint = "without --strict it is skipped and counted"
        raise InputError(f"{one_line(entry.path)}: {entry.reason}", hint=hint)
    skipped.append(entry)


def _nothing(whole: Whole, skipped: Sequence[Skipped]) -> InputError:
    reasons = sorted({entry.reason for entry in skipped})
    why = f"{len(skipped)} left out ({'; '.join(reasons[:3])})" if reasons else "it is empty"
    return InputError(f"nothing readable in {one_line(whole.shown)}: {why}", hint=_remedy(reasons))


def _remedy(reasons: list[str]) -> str:
    if "left out by --glob" in reasons:
        return "check what --glob names; paths are below the folder: --glob 'src/*.py'"
    if any(reason.startswith(_BY_RULE) for reason in reasons):
        return "read ignored, lock and vendored files too: --no-ignore"
    if "hidden" in reasons:
        return "read hidden files too: --hidden"
    return "name a folder that holds text or PDF files"
