"""What a source becomes: a document with a tree of sections over one text.

Offsets are character offsets in the document's text. The leaves of the section tree partition the text
exactly: no gap, no overlap. A span maps back to a page or to a path and lines that a person can open.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol, runtime_checkable

CONTAINERS = frozenset({"file", "folder", "corpus"})
"""Kinds of sections that hold whole files; all others are parts of a file."""


class Text(Protocol):
    """A document's text: a string, or one that lies on disk and is read by span (stored.py)."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> str: ...


BLOCK = 1 << 16
"""Characters of one block: newlines are counted by blocks, and a text on disk lies there in blocks."""


@runtime_checkable
class CountedText(Protocol):
    """A text that knows the newlines before each of its blocks, and before its end."""

    newlines: "array[int]"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters start (included) to end (excluded) of a document's text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: "Span") -> bool:
        """Tell whether other lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def shared(self, other: "Span") -> int:
        """Return how many characters the two spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


def union(spans: Iterable[Span]) -> list[Span]:
    """Return spans in text order, those that touch or overlap joined into one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the section tree; a leaf has no children.

    ``kind`` is a plain word: corpus, folder, file, chapter, class, function, page, paragraph, lines, group.
    ``tokens`` is filled by packing and 0 before.
    """

    id: str
    title: str
    kind: str
    span: Span
    children: tuple["Section", ...] = ()
    tokens: int = 0

    def leaves(self) -> Iterator["Section"]:
        """Yield the leaves below this section in text order, or itself."""
        stack = [self]
        while stack:
            section = stack.pop()
            if section.children:
                stack.extend(reversed(section.children))
            else:
                yield section

    def walk(self) -> Iterator["Section"]:
        """Yield this section and all below it, parents first, in text order."""
        stack = [self]
        while stack:
            section = stack.pop()
            yield section
            stack.extend(reversed(section.children))


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page, slide, cell, message or heading starts in the text, its index from 1 and its printed label."""

    start: int
    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Origin:
    """One file's part of the text: its path as the user would open it, and its pages if it has any.

    ``unit`` is what ``pages`` are: page, slide, sheet, cell, message, part, or section (then the label is the
    heading). A file without pages is located by its lines, of which ``line`` is the first.
    """

    path: str
    span: Span
    pages: tuple[Page, ...] = ()
    unit: str = "page"
    line: int = 1


@dataclass(frozen=True, slots=True)
class Location:
    """Where a span can be opened: a path with pages (or slides, cells, …) or with lines, counted from 1."""

    path: str
    first_page: int = 0
    last_page: int = 0
    page_label: str = ""
    first_line: int = 0
    last_line: int = 0
    unit: str = "page"

    def __str__(self) -> str:
        if self.first_page:
            return f"{self.path} {self.pages}"
        if self.first_line == self.last_line:
            return f"{self.path}:{self.first_line}"
        return f"{self.path}:{self.first_line}-{self.last_line}"

    @property
    def pages(self) -> str:
        """Return the pages in words: p. 3, pp. 3-4, slide 2, § Install."""
        several = self.first_page != self.last_page
        numbers = f"{self.first_page}-{self.last_page}" if several else str(self.first_page)
        if self.unit == "page":
            return f"{'pp.' if several else 'p.'} {numbers}"
        if self.unit == "section":
            return f"§ {self.page_label}"
        return f"{self.unit}{'s' if several else ''} {numbers}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that code counted, in an order that puts the most telling first; ``total`` rows before any were cut."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What code knows for certain of one file (or of several logs merged): numbers by name, and tables.

    ``kind`` is what the file was found to be: a log format, a table, a notebook; ``values`` are such as
    ("records", 10000) or ("first", "2015-05-17 10:05:03").
    """

    path: str
    kind: str
    values: tuple[tuple[str, str | int | float], ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition in source code: its whole span, and where its name stands.

    ``kind`` is class, function, method, constant, type, …; ``signature`` one line; ``container`` the dotted names
    of what it is defined in.
    """

    name: str
    kind: str
    signature: str
    span: Span
    container: str = ""


@dataclass(frozen=True, slots=True)
class CodeFile:
    """What a source file defines, imports and uses; ``origin`` is its number in the document's origins."""

    origin: int
    language: str
    symbols: tuple[Symbol, ...]
    imports: tuple[str, ...]
    """Modules or paths as they are written, each once."""
    uses: str
    """The identifiers that the file uses, each once with its count: "name 3 other 1", sorted."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something named or found that was not read, and why, in words a person can act on."""

    path: str
    reason: str
    failed: bool = False
    """It was to be read and could not be; otherwise a rule left it out."""


@dataclass(frozen=True)
class Document:
    """A source, or several, read into one text with its section tree.

    ``digest`` is a SHA-256 over the text and the origins; ``warnings`` are lines for the person; ``folder`` is
    where what is made of the document may be kept, or empty (store.py).
    """

    name: str
    text: Text
    root: Section
    origins: tuple[Origin, ...]
    digest: str
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[Facts, ...] = ()
    code: tuple[CodeFile, ...] = ()
    folder: str = ""

    def __len__(self) -> int:
        return len(self.text)

    def read(self, span: Span) -> str:
        """Return the text of a span."""
        return self.text[span.start : span.end]

    def locate(self, span: Span) -> Location:
        """Map a span to the file, and the pages or lines, that it comes from.

        A span over several files is located by its first character's file.
        """
        origin = self.origins[max(0, bisect_right(self._origin_starts, span.start) - 1)]
        last = max(span.start, min(span.end, origin.span.end) - 1)
        if origin.pages:
            return _page_location(origin, span.start, last)
        before = self._newlines.before
        base = before(origin.span.start) - origin.line
        return Location(
            origin.path,
            first_line=before(span.start) - base,
            last_line=before(last) - base,
        )

    def headings(self, at: int) -> list[str]:
        """Return the titles of the sections of a file around a place, the outermost first.

        In a log they are its time ranges.
        """
        titles: list[str] = []
        section = self.root
        while section.children:
            found = bisect_right(section.children, at, key=lambda child: child.span.start) - 1
            section = section.children[max(0, found)]
            if section.title and section.kind not in CONTAINERS:
                titles.append(section.title)
        return titles

    def by_file(self, span: Span) -> list[Span]:
        """Cut a span at the borders of the files that it covers."""
        first = bisect_right(self._origin_starts, span.start)
        inner = self._origin_starts[first : bisect_left(self._origin_starts, span.end)]
        borders = [span.start, *inner, span.end]
        return [Span(start, end) for start, end in pairwise(borders)]

    @cached_property
    def _origin_starts(self) -> list[int]:
        return [origin.span.start for origin in self.origins]

    @cached_property
    def _newlines(self) -> "_Newlines":
        return _Newlines(self.text)


class _Newlines:
    """Counts the newlines before any place, without keeping where each of them is."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._counts = text.newlines if isinstance(text, CountedText) else _newlines(text)

    def before(self, at: int) -> int:
        """Return how many newlines stand before a place."""
        step = min(at, len(self._text)) // BLOCK
        return self._counts[step] + self._text[step * BLOCK : at].count("\n")


def _newlines(text: Text) -> "array[int]":
    counts = array("Q", [0])
    for at in range(0, len(text), BLOCK):
        counts.append(counts[-1] + text[at : at + BLOCK].count("\n"))
    return counts


def _page_location(origin: Origin, first: int, last: int) -> Location:
    starts = [page.start for page in origin.pages]
    a = origin.pages[max(0, bisect_right(starts, first) - 1)]
    b = origin.pages[max(0, bisect_right(starts, last) - 1)]
    return Location(origin.path, first_page=a.index, last_page=b.index, page_label=a.label, unit=origin.unit)
