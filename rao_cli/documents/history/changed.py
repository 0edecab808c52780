"""What changed in one file: the passages, each with the headings around it and a few lines before and after.

The new version is read as any file of its kind is, which gives the functions and sections that a change stands in.
Limits: of what was taken out at one place at most MOST_REMOVED lines are shown, of a file that is gone as many of
its first; a kind whose reader changes the text gives no headings.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.failures import readable
from rao_cli.documents.history.model import Changed, Passage, Piece, Range
from rao_cli.documents.kinds import read_files
from rao_cli.documents.model import CONTAINERS, Document, Section
from rao_cli.documents.sections import ANONYMOUS
from rao_cli.text import one_line

AROUND = 3
"""Lines of context before and after a change."""
MOST_REMOVED = 40
_JOINED = 2 * AROUND + 1
"""Changes with fewer lines between them are one passage."""
Change = tuple[int, int, int, int]


def changed_files(files: Sequence[dict[str, Any]], about: Range, context: Context) -> Iterator[Changed]:
    """Yield what changed in each file."""
    names = [readable(file["path"]) for file in files]
    blobs = [Blob.of(file["new"].encode(), name, name) for file, name in zip(files, names, strict=True)]
    for file, read in zip(files, read_files(blobs, context), strict=True):
        same = isinstance(read, Document) and read.text[:] == file["new"]
        yield _changed(file, read if same and isinstance(read, Document) else None, about)


def _changed(file: dict[str, Any], read: Document | None, about: Range) -> Changed:
    path = readable(file["path"])
    old, new = (list(io.StringIO(file[side], newline="\n")) for side in ("old", "new"))
    changes = [(a, b, c, d) for a, b, c, d in file["changes"]]
    added, removed = sum(d - c for _, _, c, d in changes), sum(b - a for a, b, _, _ in changes)
    headings = _Headings(read, new)
    sides = _Sides(about.now(path), about.then(path, deleted=file["change"] == "deleted"), old, new)
    passages = tuple(_passage(group, sides, headings) for group in _together(changes))
    inside = dict.fromkeys(
        name for _, _, c, d in changes for line in range(c, d) if (name := headings.inner(line))
    )
    return Changed(path, file["change"], readable(file.get("from", "")), added, removed, passages, tuple(inside))


@dataclass(frozen=True)
class _Sides:
    """Both versions of a file: where each can be opened, and its lines."""

    now: str
    then: str
    old: list[str]
    new: list[str]


def _together(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the changes of each passage."""
    group: list[Change] = []
    for change in changes:
        if group and change[2] - group[-1][3] >= _JOINED:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _passage(group: Sequence[Change], sides: _Sides, headings: "_Headings") -> Passage:
    """Return the lines of some changes: the definition that they stand in, context, what went and what came."""
    first, last = max(0, group[0][2] - AROUND), min(len(sides.new), group[-1][3] + AROUND)
    above = headings.line(group[0][2])
    pieces = [_piece(sides.now, sides.new, above, above + 1)] if above is not None and above < first else []
    at = first
    for a, b, c, _ in group:
        pieces.append(_piece(sides.now, sides.new, at, c))
        pieces.append(_piece(sides.then, sides.old, a, min(b, a + MOST_REMOVED)))
        at = c
    pieces.append(_piece(sides.now, sides.new, at, last))
    title = headings.title(min(group[0][2], len(sides.new) - 1)) or f"line {group[0][2] + 1:,}"
    return Passage(title, tuple(piece for piece in pieces if piece.text.strip()))


def _piece(path: str, lines: Sequence[str], first: int, end: int) -> Piece:
    return Piece(path, first + 1, "".join(lines[first:end]))


class _Headings:
    """The functions and sections of a file by line, counted from 0."""

    def __init__(self, read: Document | None, lines: Sequence[str]) -> None:
        self._read = read
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))

    def inner(self, line: int) -> str:
        """Return the name of what a line stands in, innermost."""
        around = self._around(line)
        return one_line(around[-1].title, 80) if around else ""

    def title(self, line: int) -> str:
        """Return the names of all that a line stands in."""
        return " / ".join(one_line(section.title, 60) for section in self._around(line)[-2:])

    def line(self, line: int) -> int | None:
        """Return the line at which what a line stands in begins."""
        around = self._around(line)
        if not around:
            return None
        return next(n for n, start in enumerate(self._starts) if start >= around[-1].span.start)

    def _around(self, line: int) -> list[Section]:
        """Return the named sections of the file around a line, the outermost first."""
        if self._read is None or not 0 <= line < len(self._starts) - 1:
            return []
        at, found, section = self._starts[line], list[Section](), self._read.root
        while inner := next((one for one in section.children if one.span.start <= at < one.span.end), None):
            section = inner
            if section.title and section.kind not in ANONYMOUS and section.kind not in CONTAINERS:
                found.append(section)
        return found
