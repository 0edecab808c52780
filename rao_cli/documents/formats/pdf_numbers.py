"""Guess the headings of a PDF by their numbers alone, where it has neither an outline nor sizes of its lines.

A heading is a short line such as "Chapter 2. Names", "Appendix A. Syntax" or "2.1 Scopes" whose number follows the
one before it. Limits: a chapter without a word such as Chapter before its number is found by its sections only.
"""

import re
from collections.abc import Sequence

from rao_cli.documents.formats.pdf_pages import Entry, PdfPage

_CHAPTER = r"(?i:chapter|appendix|part)\s+(?P<one>\d{1,2}|[A-Z])"
_SECTION = r"(?P<many>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){1,3})"
_HEADING = re.compile(rf"\s*(?:{_CHAPTER}|{_SECTION})[.:]?\s+[A-Z]\S[^\n]{{0,70}}[^\s\d.,;:]\s*")
# Appendices count from here on, after all chapters.
_APPENDIX = 100
# Fewer numbers that happen to follow each other are a list.
_FEWEST = 3

_Number = tuple[int, ...]


def numbered_headings(pages: Sequence[PdfPage]) -> list[Entry]:
    """Return the numbered headings of pages in order, or nothing."""
    entries: list[Entry] = []
    last: _Number = (0,)
    for index, page in enumerate(pages):
        for line in page.lines:
            number = _number(line)
            if number and number in _next(last):
                entries.append(Entry(len(number), line.strip(), index))
                last = number
    return entries if len(entries) >= _FEWEST else []


def _number(line: str) -> _Number:
    """Return the number of a line that looks like a heading, else nothing."""
    match = _HEADING.fullmatch(line)
    if not match:
        return ()
    parts = (match["one"] or match["many"]).split(".")
    return tuple(int(part) if part.isdecimal() else _APPENDIX + ord(part) - ord("A") for part in parts)


def _next(last: _Number) -> set[_Number]:
    """Return the numbers that may follow one: below it, beside it, or beside what it stands in."""
    following = {(*last[:depth], last[depth] + 1) for depth in range(len(last))}
    following |= {(*last, 1), (last[0] + 1, 1), (_APPENDIX,), (_APPENDIX, 1)}
    return {number for number in following if number[0] >= last[0]}
