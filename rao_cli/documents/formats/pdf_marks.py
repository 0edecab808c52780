"""Find where the headings of a PDF stand in its text, given their titles and pages."""

import re
from collections.abc import Sequence
from itertools import pairwise

from rao_cli.documents.formats.pdf_pages import Entry, PdfPage
from rao_cli.documents.model import Page
from rao_cli.documents.sections import Mark, distinct

_LINE_END = re.compile(r"\n")
_NUMBER_CHARACTERS = 6
_MOST_TITLE_LINES = 3


def find_marks(
    entries: Sequence[Entry], texts: Sequence[str], pages: Sequence[PdfPage], located: Sequence[Page]
) -> list[Mark]:
    """Return the entries where their titles stand on their pages, in the entries' order.

    A title that is not found counts from the height that its entry names, else from its page's start or from the
    entry before it on the same page.
    """
    marks: list[Mark] = []
    at = 0
    for entry in entries:
        if not 0 <= entry.page < len(located):
            continue
        start, text = located[entry.page].start, texts[entry.page]
        # Entries run forward through the text; one that points back is a cross-reference, not a chapter.
        if start + len(text) <= at:
            continue
        at = max(at, start + entry_at(entry, text, pages[entry.page].tops, max(0, at - start)))
        marks.append(Mark(at, entry.level, entry.title))
    end = sum(map(len, texts))
    # An entry for an empty last page would head nothing.
    marks = [mark for mark in distinct(marks) if mark.start < end]
    if marks and marks[0].start > 0:
        marks.insert(0, Mark(0, min(mark.level for mark in marks), "Front matter"))
    return marks


def entry_at(entry: Entry, text: str, tops: Sequence[int], after: int) -> int:
    """Return where the entry's line starts in its page's text, looking from ``after`` on; else ``after`` itself.

    Of several lines with its title, the one nearest to its height is taken.
    """
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    lines = [_letters(text[start:end]) for start, end in pairwise([*starts, len(text)])]
    heights = dict(zip(starts, tops, strict=False)) if entry.top >= 0 else {}
    wanted = _letters(entry.title)
    found = [
        start
        for number, start in enumerate(starts[: len(lines)])
        if start >= after
        and wanted
        and lines[number]
        and _stands_at(wanted, lines[number : number + _MOST_TITLE_LINES])
    ]
    if found:
        return min(found, key=lambda start: abs(entry.top - heights.get(start, entry.top)))
    below = [start for start in starts if start >= after and 0 < heights.get(start, 0) <= entry.top]
    return max(below, key=lambda start: heights[start], default=after)


def _stands_at(wanted: str, lines: Sequence[str]) -> bool:
    """Tell whether the first lines, one or several, are the title, but for a number before it."""
    joined = ""
    for line in lines:
        joined += line
        before = len(joined) - len(wanted)
        if joined.endswith(wanted) and before <= _NUMBER_CHARACTERS and before < len(lines[0]):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
