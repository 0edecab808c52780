"""The main parts of a text: its chapters; the headings that a plain text writes; else stretches of equal length.

Limits: headings of plain text are told by ``#`` marks and by the English words for parts; a text on disk is looked
through for them only as far as MOST_SCANNED characters.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.sections import ANONYMOUS
from rao_cli.text import one_line

STRETCHES = 8
"""Parts that a text without any headings is divided into, so that all of it is looked at."""
LEAST_STRETCH = 2_000
MOST_SCANNED = 8_000_000
MOST_HEADINGS = 400
TITLE_CHARACTERS = 80

_HEADING = re.compile(
    r"^(?:(#{1,3}) +(?=\S)|(?=(?:chapter|part|book|section|act|scene|appendix) (?:\d+|[ivxlc]+)\b))"
    r"([^\n]{1,120})$",
    re.IGNORECASE | re.MULTILINE,
)


def main_parts(document: Document, section: Section) -> tuple[Section, ...]:
    """Return the main parts of a section in text order; together they cover it."""
    parts = titled_parts(section)
    while len(parts) == 1 and parts[0].children:
        parts = titled_parts(parts[0])
    if len(parts) > 1:
        return parts
    parts = _by_headings(document, section)
    return parts if len(parts) > 1 else _stretches(document, section)


def titled_parts(section: Section) -> tuple[Section, ...]:
    """Return the titled children of a section; what comes before, between and after them joins a neighbour."""
    children = [child for child in section.children if child.title and child.kind not in ANONYMOUS]
    if not children:
        return ()
    starts = [section.span.start, *(child.span.start for child in children[1:]), section.span.end]
    if _is_long(Span(section.span.start, children[0].span.start)):
        starts.insert(1, children[0].span.start)
        children.insert(0, Section("", section.title, "chapter", Span(section.span.start, children[0].span.start)))
    return tuple(
        Section(child.id, child.title, child.kind, Span(start, end), child.children)
        for child, (start, end) in zip(children, pairwise(starts), strict=True)
    )


def _is_long(span: Span) -> bool:
    """Tell whether what stands before the first chapter is a part of its own."""
    return len(span) > LEAST_STRETCH // 8


def _by_headings(document: Document, section: Section) -> tuple[Section, ...]:
    span = Span(section.span.start, min(section.span.end, section.span.start + MOST_SCANNED))
    found = list(_headings(document.read(span), span.start))
    found = _highest(found)[:MOST_HEADINGS]
    if len(found) < 2:
        return ()
    titles = [title for _, title, _ in found]
    starts = [section.span.start, *(start for start, _, _ in found[1:]), section.span.end]
    if _is_long(Span(section.span.start, found[0][0])):
        starts.insert(1, found[0][0])
        titles.insert(0, section.title)
    return tuple(
        Section("", title, "chapter", Span(start, end))
        for title, (start, end) in zip(titles, pairwise(starts), strict=True)
    )


def _headings(text: str, offset: int) -> Iterator[tuple[int, str, int]]:
    """Yield where each heading line starts, its title and its level."""
    for match in _HEADING.finditer(text):
        title = one_line(match[2], TITLE_CHARACTERS)
        if title and title[-1] not in ".,;":
            yield offset + match.start(), title, len(match[1] or "")


def _highest(found: Sequence[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """Return the headings of the highest level that has several."""
    levels = sorted({level for _, _, level in found})
    for level in levels:
        same = [one for one in found if one[2] == level]
        if len(same) > 1:
            return same
    return []


def _stretches(document: Document, section: Section) -> tuple[Section, ...]:
    """Cut a text without headings into stretches of equal length, at paragraphs or lines."""
    count = max(1, min(STRETCHES, len(section.span) // LEAST_STRETCH))
    size = len(section.span) / count
    borders = [section.span.start]
    for number in range(1, count):
        at = _line_start(document, section.span.start + int(size * number), section.span.end)
        if at > borders[-1]:
            borders.append(at)
    spans = [Span(start, end) for start, end in pairwise([*borders, section.span.end]) if end > start]
    return tuple(Section("", _stretch_title(document, span), "lines", span) for span in spans)


def _line_start(document: Document, at: int, end: int) -> int:
    """Return where the next paragraph, or else the next line, starts."""
    ahead = document.read(Span(at, min(end, at + LEAST_STRETCH)))
    blank, line = ahead.find("\n\n"), ahead.find("\n")
    return at + (blank + 2 if blank >= 0 else line + 1 if line >= 0 else len(ahead))


def _stretch_title(document: Document, span: Span) -> str:
    place = document.locate(span)
    if place.first_page:
        return place.pages
    return f"lines {place.first_line}-{place.last_line}"
