"""What a source becomes: a document with a tree of sections over one text.

Offsets are character offsets in the document's text. The leaves of the section tree partition the text
exactly: no gap, no overlap. A span maps back to a page or to a path and lines that a person can open.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise


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

    ``kind`` is a plain word: corpus, folder, file, chapter, page, paragraph, lines, group. ``tokens`` is filled
    by packing and 0 before.
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
    """Where a page starts in the text, its index from 1 and the label printed on it."""

    start: int
    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Origin:
    """One file's part of the text: its path as the user would open it, and its pages if it has any."""

    path: str
    span: Span
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a span can be opened: a path with pages or with lines, both counted from 1."""

    path: str
    first_page: int = 0
    last_page: int = 0
    page_label: str = ""
    first_line: int = 0
    last_line: int = 0

    def __str__(self) -> str:
        if self.first_page:
            pages = (
                f"p. {self.first_page}"
                if self.first_page == self.last_page
                else f"pp. {self.first_page}-{self.last_page}"
            )
            return f"{self.path} {pages}"
        if self.first_line == self.last_line:
            return f"{self.path}:{self.first_line}"
        return f"{self.path}:{self.first_line}-{self.last_line}"


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

    ``digest`` is a SHA-256 over the text and the origins; ``warnings`` are lines for the person.
    """

    name: str
    text: str
    root: Section
    origins: tuple[Origin, ...]
    digest: str
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = field(default=())

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
        newlines = self._newlines
        base = bisect_right(newlines, origin.span.start - 1)
        return Location(
            origin.path,
            first_line=bisect_right(newlines, span.start - 1) - base + 1,
            last_line=bisect_right(newlines, last - 1) - base + 1,
        )

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
    def _newlines(self) -> list[int]:
        found, at = [], self.text.find("\n")
        while at >= 0:
            found.append(at)
            at = self.text.find("\n", at + 1)
        return found


def _page_location(origin: Origin, first: int, last: int) -> Location:
    starts = [page.start for page in origin.pages]
    a = origin.pages[max(0, bisect_right(starts, first) - 1)]
    b = origin.pages[max(0, bisect_right(starts, last) - 1)]
    return Location(origin.path, first_page=a.index, last_page=b.index, page_label=a.label)
