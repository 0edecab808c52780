"""Find where the headings of a PDF stand in its text, given their titles and pages."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rao_cli.documents.formats.pdf_pages import Entry, PdfPage
from rao_cli.documents.model import Page
from rao_cli.documents.sections import Mark, distinct

_LINE_END = re.compile(r"\n")
_NUMBER_CHARACTERS = 6
_MOST_TITLE_LINES = 3
_LONGEST_TITLE = 500
# Lines that all read like a title are no headings; of so many the nearest is looked for.
_MOST_ALIKE = 100


def find_marks(
    entries: Sequence[Entry], texts: Sequence[str], pages: Sequence[PdfPage], located: Sequence[Page]
) -> list[Mark]:
    """Return the entries where their titles stand on their pages, in the entries' order.

    A title that is not found counts from the height that its entry names, else from its page's start or from the
    entry before it on the same page.
    """
    marks: list[Mark] = []
    at, lines, page = 0, TitleLines("", ()), -1
    for entry in entries:
        if not 0 <= entry.page < len(located):
            continue
        start, text = located[entry.page].start, texts[entry.page]
        # Entries run forward through the text; one that points back is a cross-reference, not a chapter.
        if start + len(text) <= at:
            continue
        if entry.page != page:
            lines, page = TitleLines(text, pages[entry.page].tops), entry.page
        at = max(at, start + lines.find(entry, max(0, at - start)))
        marks.append(Mark(at, entry.level, entry.title))
    end = sum(map(len, texts))
    # An entry for an empty last page would head nothing.
    marks = [mark for mark in distinct(marks) if mark.start < end]
    if marks and marks[0].start > 0:
        marks.insert(0, Mark(0, min(mark.level for mark in marks), "Front matter"))
    return marks


class TitleLines:
    """The lines of a page by the titles that they may be, so that many entries on one page cost little."""

    def __init__(self, text: str, tops: Sequence[int]) -> None:
        starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        lines = [_letters(text[start:end]) for start, end in pairwise([*starts, len(text)])]
        self._heights = dict(zip(starts, tops, strict=False))
        self._by_title: dict[str, list[int]] = defaultdict(list)
        for number, start in enumerate(starts):
            for title in set(_titles(lines[number : number + _MOST_TITLE_LINES])):
                self._by_title[title].append(start)

    def find(self, entry: Entry, after: int) -> int:
        """Return where the entry's line starts in the page's text, looking from ``after`` on; else ``after``.

        Of several lines with its title, the one nearest to its height is taken.
        """
        heights = self._heights if entry.top >= 0 else {}
        places = self._by_title.get(_letters(entry.title), [])
        first = bisect_left(places, after)
        if found := places[first : first + _MOST_ALIKE]:
            return min(found, key=lambda start: abs(entry.top - heights.get(start, entry.top)))
        below = [start for start, top in heights.items() if start >= after and 0 < top <= entry.top]
        return max(below, key=lambda start: heights[start], default=after)


def _titles(lines: Sequence[str]) -> Iterator[str]:
    """Yield what the first lines, one or several, may be the title of: all of them, but for a number before it."""
    joined = ""
    for line in lines:
        joined += line
        if len(joined) > _LONGEST_TITLE:
            return
        for before in range(min(_NUMBER_CHARACTERS + 1, len(lines[0]))):
            yield joined[before:]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
