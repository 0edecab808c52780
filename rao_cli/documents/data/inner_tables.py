"""Tables inside a text: in Markdown, or lines whose cells stand between bars or tabs, as readers write tables.

A table in Markdown is told by the rule below its names; another by lines in a row with as many bars or tabs, the
first of which names the columns. Limits: the first MOST tables of a text up to LONGEST characters; a cell holds no
newline, and a row at most LONGEST_LINE characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rao_cli.documents.data.headings import LONGEST, Headings, find_headings
from rao_cli.documents.data.model import Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.tables import MOST_COLUMNS, NOUNS, Cells, cell_of, cells_of, is_header, table_columns
from rao_cli.documents.model import Span

MOST = 200
LONGEST_LINE = 1 << 14
_RULED = frozenset("|:- \t")
_RULE = re.compile(r":?-+:?")
_BAR = re.compile(r"(?<!\\)\|")
_LEAST_ROWS = 2
_SAMPLED = 400


@dataclass(frozen=True, slots=True)
class _Found:
    """A table: its line of names, the span of its rows, and whether it is told by a rule or by its cells alone."""

    names: str
    rows: Span
    mark: str
    ruled: bool


def inner_tables(stretch: Stretch) -> list[Records]:
    """Return the rows of each table inside a text, called by the heading that it stands under."""
    if len(stretch.span) > LONGEST:
        return []
    found = list(islice(_tables(stretch), MOST))
    headings = find_headings(stretch) if found else Headings((), (), ())
    tables = [_records(stretch, table, headings) for table in found]
    return [table for table in tables if table]


def _tables(stretch: Stretch) -> Iterator[_Found]:
    """Yield the runs of lines that may be tables."""
    run: list[tuple[int, str]] = []
    for at, line in stretch.lines():
        if run and not _goes_on(run, line):
            yield from _found(run)
            run = []
        if run or _mark(line):
            run.append((at, line))
    yield from _found(run)


def _mark(line: str) -> str:
    """Return what separates the cells of a line, or an empty string."""
    if len(line) > LONGEST_LINE:
        return ""
    return "|" if "|" in line else "\t" if "\t" in line.strip() else ""


def _goes_on(run: list[tuple[int, str]], line: str) -> bool:
    """Tell whether a line belongs to the table that a run of lines is."""
    first = run[0][1]
    mark = _mark(first)
    if mark != _mark(line):
        return False
    if len(run) == 1 and _is_rule(line):
        return True
    # Without a rule, all rows have as many cells.
    ruled = len(run) > 1 and _is_rule(run[1][1])
    return ruled or len(_split(0, line, mark)) == len(_split(0, first, mark))


def _found(run: list[tuple[int, str]]) -> Iterator[_Found]:
    ruled = len(run) > 2 and _is_rule(run[1][1])
    rows = run[2:] if ruled else run[1:]
    if rows and (ruled or len(rows) >= _LEAST_ROWS):
        last, line = rows[-1]
        yield _Found(run[0][1], Span(rows[0][0], last + len(line)), _mark(run[0][1]), ruled)


def _is_rule(line: str) -> bool:
    return "-" in line and set(line) <= _RULED and all(_RULE.fullmatch(text) for text, _ in _split(0, line, "|"))


def _records(stretch: Stretch, table: _Found, headings: Headings) -> Records | None:
    part = replace(stretch, span=table.rows)
    names = [text for text, _ in _split(0, table.names, table.mark)]
    if not 1 < len(names) <= MOST_COLUMNS or _is_rule(table.names):
        return None
    rows = [_split(at, line, table.mark) for at, line in islice(part.lines(), _SAMPLED)]
    if not (table.ruled or is_header(names, rows)):
        return None
    above = headings.under(part.span.start)
    columns = (*table_columns(names, rows), *headings.columns)

    def read() -> Iterator[Row]:
        for at, line in part.lines():
            cells = [*_split(at, line, table.mark), *[("", None)] * len(names)][: len(names)]
            yield Row(
                Span(at, at + len(line)),
                (*(text for text, _ in cells), *above),
                (*(span for _, span in cells), *(None for _ in above)),
            )

    titles = tuple(title for title in reversed(above) if title)
    return Records("table", part.path, part.span, NOUNS, columns, read, (*titles, *part.names))


def _split(at: int, line: str, mark: str) -> Cells:
    """Return the cells of a row; the bars at its ends separate nothing."""
    if mark == "\t":
        return cells_of(at, line, mark)
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    start += line.startswith("|", start)
    end -= end > start and line[end - 1] == "|"
    cells, place = [], at + start
    for cell in _BAR.split(line[start:end]):
        cells.append(cell_of(place, cell))
        place += len(cell) + 1
    return cells
