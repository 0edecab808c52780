"""Rows of files that are tables: cells separated by commas, tabs, semicolons or bars, with or without a header.

Limits: a row in several lines (a quoted cell with newlines) has at most LONGEST_ROW characters; a cell that writes
its quotes twice has no span; what has more than MOST_COLUMNS is no table.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from rao_cli.documents.data.aliases import aliases_of
from rao_cli.documents.data.columns import kind_of, number
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.times import moment
from rao_cli.documents.model import Span

MOST_COLUMNS = 500
LONGEST_ROW = 1 << 16
NOUNS = ("row", "record", "entry", "line", "item")
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLED = 400
_SAMPLED_CHARACTERS = 1 << 18
_LEAST_ROWS = 2
_SAME = 0.9
_CELLS = {
    mark: re.compile(rf'[ ]*"((?:[^"]|"")*)"[ ]*(?={re.escape(mark)}|$)|([^{re.escape(mark)}]*)')
    for mark in _DELIMITERS
}
_NAME = re.compile(r"[^\W\d].{0,60}")
Cells = list[tuple[str, Span | None]]
"""The cells of a row with where they stand, None where a cell is written in another way."""


def cells_of(at: int, row: str, mark: str) -> Cells:
    """Return the cells of a row that starts at a place, without quotes and the blanks around them."""
    if '"' not in row:
        cells = row.split(mark)
        places = [at]
        for cell in cells:
            places.append(places[-1] + len(cell) + len(mark))
        return [cell_of(place, cell) for place, cell in zip(places, cells, strict=False)]
    found: Cells = []
    place = 0
    while place <= len(row):
        match = _CELLS[mark].match(row, place)
        if match is None:
            return found
        quoted = match[1] is not None
        text = (match[1] if quoted else match[2]) or ""
        start = at + match.start(1 if quoted else 2)
        if '""' in text and quoted:
            found.append((text.replace('""', '"'), None))
        else:
            found.append((text, Span(start, start + len(text))) if quoted else cell_of(start, text))
        place = match.end() + 1
    return found


def cell_of(at: int, cell: str) -> tuple[str, Span | None]:
    """Return a cell that starts at a place without the blanks around it."""
    text = cell.strip()
    start = at + len(cell) - len(cell.lstrip())
    return text, (Span(start, start + len(text)) if text else None)


def rows_of(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the rows of some lines with where they start; one whose quotes are open goes on in the next line."""
    row, begun = "", 0
    for at, line in lines:
        row, begun = (f"{row}\n{line}", begun) if row else (line, at)
        if row.count('"') % 2 and len(row) < LONGEST_ROW:
            continue
        if row.strip():
            yield begun, row
        row = ""
    if row.strip():
        yield begun, row


@dataclass(frozen=True)
class _Table:
    """A table of separated values as it is read: rows before the first are none."""

    stretch: Stretch
    mark: str
    width: int
    start: int

    def read(self) -> Iterator[Row]:
        """Yield the rows, those of another width filled up or cut."""
        for at, row in rows_of(self.stretch.lines()):
            if at < self.start:
                continue
            cells = cells_of(at, row, self.mark)[: self.width]
            cells += [("", None)] * (self.width - len(cells))
            yield Row(Span(at, at + len(row)), tuple(text for text, _ in cells), tuple(span for _, span in cells))


def table_records(stretch: Stretch) -> list[Records]:
    """Return the rows of a stretch that is a table with a row of names above its rows."""
    return _separated(stretch, header=True)


def bare_records(stretch: Stretch) -> list[Records]:
    """Return the rows of a stretch that is a table without names; its columns are numbered."""
    return _separated(stretch, header=False)


def _separated(stretch: Stretch, *, header: bool) -> list[Records]:
    end = stretch.span.start + _SAMPLED_CHARACTERS
    first_lines = takewhile(lambda line: line[0] < end, islice(stretch.lines(), _SAMPLED))
    found = list(rows_of(first_lines))
    mark, width = _delimiter([row for _, row in found])
    if not mark or width > MOST_COLUMNS:
        return []
    rows = [cells_of(at, row, mark) for at, row in found]
    # Lines above the first row of the usual width are a title.
    first = next((place for place, row in enumerate(rows) if len(row) == width), None)
    if first is None or len(rows) < first + _LEAST_ROWS + 1:
        return []
    names = [text for text, _ in rows[first]]
    if is_header(names, rows[first + 1 :]) != header or not (header or _has_values(rows[first:])):
        return []
    table = _Table(stretch, mark, width, found[first + header][0])
    names = names if header else [f"column {place}" for place in range(1, width + 1)]
    columns = table_columns(names, rows[first + header :])
    return [Records("table", stretch.path, stretch.span, NOUNS, columns, table.read, stretch.names)]


def _delimiter(lines: Sequence[str]) -> tuple[str, int]:
    """Return what separates most lines into the same number of cells, and that number."""
    best = ("", 1)
    for mark in _DELIMITERS:
        widths = Counter(len(cells_of(0, line, mark)) for line in lines)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        # Two cells only where tabs divide them: prose has lines with one comma.
        if width > (1 if mark == "\t" else 2) and count >= _SAME * (len(lines) - 1) and width > best[1]:
            best = (mark, width)
    return best


def is_header(names: Sequence[str], rows: Sequence[Cells]) -> bool:
    """Tell whether a row names the columns: all cells are names, each its own, and values stand below some."""
    if not all(_NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        return False
    below = [{row[place][0] for row in rows if place < len(row)} for place in range(len(names))]
    if any(_is_value(name) for name in names) or any(
        name in cells for name, cells in zip(names, below, strict=True)
    ):
        return False
    return any(sum(map(_is_value, cells)) * 2 > len(cells) for cells in below) or all(
        len(name.split()) <= 3 for name in names
    )


def _has_values(rows: Sequence[Cells]) -> bool:
    """Tell whether a column holds numbers or times."""
    columns = zip(*([text for text, _ in row] for row in rows), strict=False)
    return any(kind_of(column) in ("number", "time") for column in columns)


def _is_value(cell: str) -> bool:
    return number(cell) is not None or moment(cell) is not None


def table_columns(names: Sequence[str], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return the columns of a table with these names, told by some of its rows."""
    values = [[row[place][0] for row in rows if place < len(row)] for place in range(len(names))]
    return tuple(
        Column(name, kind_of(column), aliases_of(name, column)) for name, column in zip(names, values, strict=True)
    )
