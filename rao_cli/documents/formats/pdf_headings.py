"""Guess the headings of a PDF without an outline, by the size and boldness of its lines.

A heading is a short line that is set larger than the text: a fifth if plain, less if bold, not at all if bold with
a number such as 3.2. Sizes become levels. Limits: guesses nothing where larger lines are too many to be
headings, or where sizes are unknown.
"""

import re
from collections import Counter
from collections.abc import Sequence

from rao_cli.documents.formats.pdf_pages import Entry, PdfPage

# TeX's \large is 1.1 times the text or more; the same font in another size differs by less.
_LARGER = 1.08
# Code and signatures are often set a little larger than the text, but not bold.
_PLAIN_LARGER = 1.2
_MOST_LEVELS = 4
_LONGEST = 120
_MOST_TITLE_LINES = 3
_FEWEST_LETTERS = 2
# A shorter document may have all its headings on the first page.
_FEWEST_PAGES = 3
# More would be captions, code or terms rather than headings.
_MOST_ON_A_PAGE = 3
_MOST_SHARE = 0.12
# Where less of the text has a size (scanned fonts have none), sizes say nothing.
_KNOWN_SHARE = 0.7
_NUMBERED = re.compile(r"(?:\d{1,2}|[IVX]{1,5}|[A-Z])(?:\.\d{1,2})*\.?\s+\S.*\D\Z")
_LEADERS = re.compile(r"(?:\. ?){4}")


def guess_headings(pages: Sequence[PdfPage]) -> list[Entry]:
    """Return level, title and page index of what look like headings, or nothing."""
    body = _body_size(pages)
    found = [(index, *line) for index, page in enumerate(pages) for line in _large_lines(page, body)]
    recurring = {style for index, style, _, _ in found if index}
    # What precedes those on the first page is the document's title, its authors, its date.
    starts = [number for number, (_, style, _, _) in enumerate(found) if style in recurring]
    found = found[starts[0] :] if starts else found
    levels = _levels(Counter(abs(style) for _, style, _, _ in found), pages)
    entries = [
        Entry(levels[abs(style)], title, index, top) for index, style, title, top in found if abs(style) in levels
    ]
    # Nothing large after the first page: that was the title.
    beyond = len(pages) < _FEWEST_PAGES or any(entry.page for entry in entries)
    return entries if len(entries) > 1 and beyond else []


def _body_size(pages: Sequence[PdfPage]) -> int:
    """Return the size, in tenths of a point, in which most characters are set; 0 if none is known."""
    sizes: Counter[int] = Counter()
    for page in pages:
        for line, style in zip(page.lines, page.styles, strict=False):
            sizes[abs(style)] += len(line)
    del sizes[0]
    known = sizes.total()
    if known < _KNOWN_SHARE * sum(len(line) for page in pages for line in page.lines):
        return 0
    return max(sizes, key=lambda size: sizes[size], default=0)


def _large_lines(page: PdfPage, body: int) -> list[tuple[int, str, int]]:
    """Return style, title and top of a page's lines that may be headings, those over several lines joined."""
    found: list[tuple[int, str, int]] = []
    height = 0
    for line, style, top in zip(page.lines, page.styles, page.tops, strict=False):
        if not _like_heading(line, style, body):
            height = 0
            continue
        height += 1
        if 1 < height <= _MOST_TITLE_LINES and found[-1][0] == style and not _NUMBERED.match(line):
            found[-1] = (style, f"{found[-1][1]} {line.strip()}", found[-1][2])
        else:
            found.append((style, line.strip(), top))
            height = 1
    return found


def _like_heading(line: str, style: int, body: int) -> bool:
    line = line.strip()
    if not body or len(line) > _LONGEST or abs(style) < body or line.endswith((",", ";")):
        return False
    if abs(style) < _LARGER * body and not (style < 0 and _NUMBERED.match(line)):
        return False
    if 0 < style < _PLAIN_LARGER * body:
        return False
    letters = sum(map(str.isalpha, line))
    signs = sum(not character.isspace() for character in line)
    # Formulas are set in large signs, tables of contents in leaders.
    return letters >= _FEWEST_LETTERS and 2 * letters >= signs and not _LEADERS.search(line)


def _levels(found: Counter[int], pages: Sequence[PdfPage]) -> dict[int, int]:
    """Return a level for each size, the largest first; sizes that are too frequent are left out."""
    sizes = sorted(found, reverse=True)
    if len(sizes) > _MOST_LEVELS:
        sizes = [size for size in sizes if found[size] > 1][:_MOST_LEVELS]
    lines = sum(len(page.lines) for page in pages)
    most = max(_MOST_ON_A_PAGE * (len(pages) + 1), _MOST_SHARE * lines)
    while sizes and sum(found[size] for size in sizes) > most:
        sizes.pop()
    return {size: level for level, size in enumerate(sizes)}
