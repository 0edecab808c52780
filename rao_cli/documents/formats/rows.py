"""Gather the rows of a table into sections, and count what is in its columns.

Rows before the first one of the usual width are a preamble; that row names the columns unless a cell of it is
empty, a number or a date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rao_cli.documents.formats.columns import Columns, is_value
from rao_cli.documents.model import Facts, Section, Span
from rao_cli.text import one_line

_BLOCK_CHARACTERS = 4000
_MOST_BLOCKS = 20_000
_MOST_PREAMBLE = 20
_TITLE_CHARACTERS = 120
_SHOWN = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written: its delimiter, the rows before it, the names of its columns, if it names them."""

    delimiter: str
    preamble: int
    names: tuple[str, ...]
    header: bool


def layout_of(found: Sequence[Sequence[str]], delimiter: str = "") -> Layout:
    """Return how the table is written that starts with these rows."""
    widths = [len(row) for row in found]
    usual = max(set(widths), key=widths.count) if widths else 1
    preamble = widths.index(usual) if widths else 0
    if preamble > _MOST_PREAMBLE:
        preamble = 0
    first = found[preamble] if found else [""]
    header = len(found) > preamble + 1 and all(name.strip() and not is_value(name) for name in first)
    names = tuple(first) if header else tuple(f"column {at}" for at in range(1, len(first) + 1))
    return Layout(delimiter, preamble, names, header)


class Blocks:
    """Gathers rows into sections of about the same size, and counts their cells."""

    def __init__(self, span: Span, layout: Layout) -> None:
        self._size = max(_BLOCK_CHARACTERS, len(span) // _MOST_BLOCKS)
        self._span, self._layout = span, layout
        self._names = one_line(", ".join(layout.names), _TITLE_CHARACTERS)
        # Where semicolons separate, a comma is most likely the decimal mark.
        self._columns = Columns(layout.names, decimal_comma=layout.delimiter == ";")
        self._sections: list[Section] = []
        self._first_row, self._start = 1, span.start
        self._seen = 0

    def add(self, start: int, end: int, row: list[str]) -> None:
        """Take in the next row."""
        self._seen += 1
        if self._seen == self._layout.preamble + 1 and self._layout.preamble:
            self._cut("preamble", start)
        if self._seen > self._layout.preamble + self._layout.header:
            self._columns.add(row)
        if end - self._start >= self._size and self._columns.rows >= self._first_row:
            self._cut_rows(end)

    def finish(self) -> list[Section]:
        """Return the sections of the whole span."""
        end = self._span.end
        if self._columns.rows >= self._first_row or not self._sections:
            self._cut_rows(end)
        elif self._start < end:
            last = self._sections[-1]
            self._sections[-1] = replace(last, span=Span(last.span.start, end))
        return self._sections

    def facts(self, path: str) -> Facts:
        """Return what was counted."""
        values: list[tuple[str, str | int | float]] = [
            ("rows", self._columns.rows),
            ("columns", len(self._columns.names)),
            *([("separator", _SHOWN[self._layout.delimiter])] if self._layout.delimiter else []),
            ("header", "yes" if self._layout.header else "no"),
        ]
        if self._columns.ragged:
            values.append(("rows of another width", self._columns.ragged))
        return Facts(path, "table", tuple(values), self._columns.tables())

    def _cut_rows(self, end: int) -> None:
        last = self._columns.rows
        numbers = f"row {last}" if last == self._first_row else f"rows {self._first_row}-{last}"
        self._cut(one_line(f"{numbers}: {self._names}", _TITLE_CHARACTERS), end)
        self._first_row = last + 1

    def _cut(self, title: str, end: int) -> None:
        self._sections.append(Section("", title, "rows", Span(self._start, end)))
        self._start = end
