"""Rows of tables: separated by commas, tabs, semicolons or bars, with or without a header, and tables in Markdown.

Limits: a row in several lines (a quoted cell with newlines) has at most LONGEST_ROW characters; a cell that writes
its quotes twice has no span; of Markdown tables the first MOST of a text up to LONGEST characters.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rao_cli.documents.data.aliases import aliases_of
from rao_cli.documents.data.columns import kind_of, number
from rao_cli.documents.data.headings import LONGEST, Headings, find_headings
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.times import moment
from rao_cli.documents.model import Span

MOST = 200
LONGEST_ROW = 1 << 16
_NOUNS = ("row", "record", "entry", "line", "item")
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLED = 400
_LEAST_ROWS = 2
_SAME = 0.9
_CELLS = {
    mark: re.compile(rf'[ ]*"((?:[^"]|"")*)"[ ]*(?={re.escape(mark)}|$)|([^{re.escape(mark)}]*)')
    for mark in _DELIMITERS
}
_NAME = re.compile(r"[^\W\d].{0,60}")
_RULE = re.compile(r":?-+:?")
_BAR = re.compile(r"(?<!\\)\|")
_Cells = list[tuple[str, Span | None]]


def cells_of(at: int, row: str, mark: str) -> _Cells:
    """Return the cells of a row that starts at a place, without quotes and the blanks around them."""
    if '"' not in row:
        cells = row.split(mark)
        places = [at]
        for cell in cells:
            places.append(places[-1] + len(cell) + len(mark))
        return [_cell(place, cell) for place, cell in zip(places, cells, strict=False)]
    found: _Cells = []
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
            found.append((text, Span(start, start + len(text))) if quoted else _cell(start, text))
        place = match.end() + 1
    return found


def _cell(at: int, cell: str) -> tuple[str, Span | None]:
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
    found = list(islice(rows_of(islice(stretch.lines(), _SAMPLED)), _SAMPLED))
    mark, width = _delimiter([row for _, row in found])
    if not mark:
        return []
    rows = [cells_of(at, row, mark) for at, row in found]
    # Lines above the first row of the usual width are a title.
    first = next((place for place, row in enumerate(rows) if len(row) == width), None)
    if first is None or len(rows) < first + _LEAST_ROWS + 1:
        return []
    names = [text for text, _ in rows[first]]
    if _is_header(names, rows[first + 1 :]) != header or not (header or _has_values(rows[first:])):
        return []
    table = _Table(stretch, mark, width, found[first + header][0])
    names = names if header else [f"column {place}" for place in range(1, width + 1)]
    columns = _columns(names, rows[first + header :])
    return [Records("table", stretch.path, stretch.span, _NOUNS, columns, table.read, stretch.names)]


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


def _is_header(names: Sequence[str], rows: Sequence[_Cells]) -> bool:
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


def _has_values(rows: Sequence[_Cells]) -> bool:
    """Tell whether a column holds numbers or times."""
    columns = zip(*([text for text, _ in row] for row in rows), strict=False)
    return any(kind_of(column) in ("number", "time") for column in columns)


def _is_value(cell: str) -> bool:
    return number(cell) is not None or moment(cell) is not None


def _columns(names: Sequence[str], rows: Sequence[_Cells]) -> tuple[Column, ...]:
    values = [[row[place][0] for row in rows if place < len(row)] for place in range(len(names))]
    return tuple(
        Column(name, kind_of(column), aliases_of(name, column)) for name, column in zip(names, values, strict=True)
    )


def markdown_tables(stretch: Stretch) -> list[Records]:
    """Return the rows of each table in Markdown, called by the heading that it stands under."""
    if len(stretch.span) > LONGEST:
        return []
    found = list(islice(_ruled(stretch), MOST))
    headings = find_headings(stretch) if found else Headings((), (), ())
    tables = [_markdown(replace(stretch, span=span), header, headings) for header, span in found]
    return [table for table in tables if table]


def _ruled(stretch: Stretch) -> Iterator[tuple[str, Span]]:
    """Yield the line of names of each table in Markdown, and the span of its rows."""
    header = before = ""
    begun, end = -1, 0
    for at, line in stretch.lines():
        if begun >= 0 and "|" not in line:
            yield header, Span(begun, max(begun, end))
            begun = -1
        if (
            begun < 0
            and "|" in before
            and "|" in line
            and all(_RULE.fullmatch(text) for text, _ in _bars(0, line))
        ):
            header, begun = before, min(at + len(line) + 1, stretch.span.end)
        before, end = line, at + len(line)
    if begun >= 0:
        yield header, Span(begun, max(begun, end))


def _markdown(part: Stretch, header: str, headings: Headings) -> Records | None:
    names = [text for text, _ in _bars(0, header)]
    rows = [_bars(at, line) for at, line in part.lines()]
    if len(names) < 2 or not rows:
        return None
    above = headings.under(part.span.start)
    columns = (*_columns(names, rows), *headings.columns)

    def read() -> Iterator[Row]:
        for at, line in part.lines():
            cells = [*_bars(at, line), *[("", None)] * len(names)][: len(names)]
            yield Row(
                Span(at, at + len(line)),
                (*(text for text, _ in cells), *above),
                (*(span for _, span in cells), *(None for _ in above)),
            )

    titles = tuple(title for title in reversed(above) if title)
    return Records("table", part.path, part.span, _NOUNS, columns, read, (*titles, *part.names))


def _bars(at: int, line: str) -> _Cells:
    """Return the cells of a row in Markdown, without the bars at its ends."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    start += line.startswith("|", start)
    end -= end > start and line[end - 1] == "|"
    cells, place = [], at + start
    for cell in _BAR.split(line[start:end]):
        cells.append(_cell(place, cell))
        place += len(cell) + 1
    return cells
