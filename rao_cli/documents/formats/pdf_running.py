"""Find running headers and footers: lines at the edges of pages that repeat, but for the page's number.

A number counts as the page's when it grows with the page, so no other number is lost with a line. What is taken
out is counted by wording, for the facts of the document. Limits: only the outermost lines of a page's text are
looked at, in the order in which the file holds them; they must stand above or below all other text, so nothing is
taken out where heights are unknown (pypdf), nor from pages of fewer than six lines.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.formats.hyphens import MARKS
from rao_cli.documents.formats.pdf_pages import PdfPage

_EDGE_LINES = 3
# What repeats on a slide or a title page may be all that it says.
_FEWEST_LINES = 6
_LONGEST = 150
_FEWEST_LETTERS = 3
# The same line on four pages of a run is no accident; on three it may be, in a listing or a list.
_FEWEST_PAGES = 4
# Left and right pages may differ, and a chapter's first page has no header.
_WIDEST_GAP = 4
_LEAST_SHARE = 0.4
# A page number beside words that change with the chapter: told by the number alone, so it must be on most pages.
_NUMBERED_PAGES = 10
_NUMBERED_SHARE = 0.6
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,5}|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})(?![\w.]*\w)")
_ROMAN = re.compile(r"m{0,4}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\Z")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}

_Key = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Running:
    """Which lines of each page are running ones, and how often each wording was found."""

    lines: tuple[frozenset[int], ...]
    """Numbers of lines for each page, counted from 0."""
    wordings: tuple[tuple[str, int, int], ...]
    """Wording with # for the page's number, pages it was taken out of, index of the first of them."""


def find_running(pages: Sequence[PdfPage]) -> Running:
    """Return the running lines of pages."""
    repeated = _repeated(pages)
    body = _body(pages, repeated)
    counts: Counter[str] = Counter()
    firsts: dict[str, int] = {}
    found: list[frozenset[int]] = []
    for number, page in enumerate(pages):
        wordings: dict[int, str] = {}
        for top, edge in _edges(page.lines):
            outside = [index for index in edge if not _inside(page, index, body)]
            wordings |= _peeled(page.lines, outside, top, number, repeated)
        # Six lines that all repeat are the page itself.
        if len(wordings) == sum(1 for line in page.lines if line.strip()):
            wordings = {}
        found.append(frozenset(wordings))
        for wording in wordings.values():
            counts[wording] += 1
            firsts.setdefault(wording, number)
    return Running(tuple(found), tuple((word, count, firsts[word]) for word, count in counts.most_common()))


def _repeated(pages: Sequence[PdfPage]) -> dict[_Key, set[int]]:
    """Return the patterns that repeat, each with the pages of its runs."""
    places: defaultdict[_Key, set[int]] = defaultdict(set)
    for number, page in enumerate(pages):
        for top, edge in _edges(page.lines):
            for index in edge:
                for pattern, _ in _patterns(page.lines[index], number):
                    places[top, pattern].add(number)
    kept = {key: set(_runs(sorted(found), key[1])) for key, found in places.items() if len(found) >= _FEWEST_PAGES}
    return {key: found for key, found in kept.items() if found}


def _body(pages: Sequence[PdfPage], repeated: dict[_Key, set[int]]) -> tuple[int, int]:
    """Return the lowest and highest place of lines that do not repeat, but for one in a hundred at each end."""
    tops: list[int] = []
    for number, page in enumerate(pages):
        found: set[int] = set()
        for top, edge in _edges(page.lines):
            found |= _peeled(page.lines, edge, top, number, repeated).keys()
        tops += [top for index, top in enumerate(page.tops) if top and index not in found]
    tops.sort()
    return (tops[len(tops) // 100], tops[-1 - len(tops) // 100]) if tops else (0, 0)


def _inside(page: PdfPage, index: int, body: tuple[int, int]) -> bool:
    """Tell whether a line stands where text does, or nobody knows where, so that it may repeat by accident."""
    top = page.tops[index] if index < len(page.tops) else 0
    return not top or body[0] <= top <= body[1]


def _edges(lines: Sequence[str]) -> Iterator[tuple[bool, list[int]]]:
    """Yield the numbers of a page's first and last lines with text, outermost first, if it has enough lines."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if len(filled) < _FEWEST_LINES:
        return
    yield True, filled[:_EDGE_LINES]
    yield False, filled[: -_EDGE_LINES - 1 : -1]


def _patterns(line: str, page: int) -> Iterator[tuple[str, str]]:
    """Yield what a line may repeat as, and its wording then.

    That is the line as it is, the line but for one of its numbers, or a number at one of its ends alone.
    """
    line = " ".join(line.split())
    if len(line) > _LONGEST:
        return
    numbers = list(_NUMBER.finditer(line))
    # Where a hyphen ends the text, pdfium joins the footer to it.
    if any(mark in line for mark in MARKS):
        return
    # A footer such as "Guide 3.1, 2022, page 7 of 90" has the page's number last or last but one.
    for match in {match.start(): match for match in (*numbers[:1], *numbers[-2:])}.values():
        offset = _value(match[0]) - page
        wording = f"{line[: match.start()]}#{line[match.end() :]}"
        yield f"{wording}\0{offset}", wording
        if match.start() == 0 or match.end() == len(line):
            yield f"\0{offset}", wording
    if sum(map(str.isalpha, line)) >= _FEWEST_LETTERS:
        yield line, line


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    number = number.lower()
    if not _ROMAN.match(number):
        return 0
    values = [_ROMAN_VALUES[letter] for letter in number]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _runs(pages: Sequence[int], pattern: str) -> Iterator[int]:
    """Yield the pages that stand in runs long and dense enough for the pattern."""
    alone = pattern.startswith("\0")
    fewest, share = (_NUMBERED_PAGES, _NUMBERED_SHARE) if alone else (_FEWEST_PAGES, _LEAST_SHARE)
    start = 0
    for at in range(1, len(pages) + 1):
        if at < len(pages) and pages[at] - pages[at - 1] <= _WIDEST_GAP:
            continue
        run = pages[start:at]
        if len(run) >= fewest and len(run) >= share * (run[-1] - run[0] + 1):
            yield from run
        start = at


def _peeled(
    lines: Sequence[str], edge: Iterable[int], top: bool, page: int, repeated: dict[_Key, set[int]]
) -> dict[int, str]:
    """Return the running lines of one edge with their wordings, from the outermost line inwards."""
    peeled: dict[int, str] = {}
    for index in edge:
        wordings = [
            wording
            for pattern, wording in _patterns(lines[index], page)
            if page in repeated.get((top, pattern), ())
        ]
        if not wordings:
            break
        peeled[index] = wordings[0]
    return peeled
