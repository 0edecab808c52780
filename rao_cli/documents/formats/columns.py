"""Summarise the columns of a table exactly, row by row: types, empty and distinct cells, numbers, frequent values.

Sums are exact decimals, not floats; a mean is rounded to 15 digits. Limits: a column is a number or a date only if
every cell with content is; dates are ISO dates; NA, null and the like count as empty; distinct values are counted
up to MOST_DISTINCT for all columns together, and beyond that said to be more.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from rao_cli.documents.model import Table
from rao_cli.text import one_line

MOST_DISTINCT = 1_000_000
"""Different values kept for all columns together, about 150 MB."""
_BATCH_ROWS = 5000
_MOST_COLUMNS = 2000
_TOP_ROWS = 20
_TOP_TABLES = 20
_SHOWN_CHARACTERS = 60
_LONGEST_KEY = 200
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
# A number that starts with a zero is an identifier, and one of more digits is none that anybody adds up.
_NUMBER = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d{0,39})(?:\.\d{0,40})?|\.\d{1,40}|[1-9]\d{0,2}(?:,\d{3}){1,12}(?:\.\d{1,40})?)"
    r"(?:[eE][+-]?\d{1,2})?"
)
_COMMA_NUMBER = re.compile(r"[+-]?(?:\d{1,40}|[1-9]\d{0,2}(?:\.\d{3}){1,12}),\d{1,40}")
_DATE = re.compile(
    r"\d{4}([-/])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])"
    r"(?:([T ])[0-2]\d:[0-5]\d(:[0-6]\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)
# More digits than lie between the largest and the smallest number that the pattern takes, and room for 10^40 rows.
_EXACT = Context(prec=320)
_ROUNDED = Context(prec=15, rounding=ROUND_HALF_EVEN, traps=[])


def is_value(cell: str) -> bool:
    """Tell whether a cell holds a number or a date."""
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


class Column:
    """What has been seen of one column; ``room`` is how many different values it may keep."""

    def __init__(self, name: str, room: int, *, decimal_comma: bool = False) -> None:
        self.name = name
        self._room, self._decimal_comma = room, decimal_comma
        self.cells = 0
        self.empty = 0
        self._kinds = {"number": 0, "date": 0, "text": 0}
        self._counts: Counter[str] | None = Counter()
        self._least: Decimal | None = None
        self._most: Decimal | None = None
        self._sum = Decimal(0)
        self._dates: tuple[str, str] | None = None
        self._shapes: set[tuple[str, ...]] = set()

    def add(self, cells: Iterable[str]) -> None:
        """Count more cells."""
        for raw, count in Counter(cells).items():
            cell = raw.strip()
            self.cells += count
            if cell.lower() in _MISSING:
                self.empty += count
                continue
            self._classify(cell, count)
            if self._counts is not None:
                self._counts[_key(cell)] += count
        if self._counts is not None and len(self._counts) > self._room:
            self._counts = None

    @property
    def kind(self) -> str:
        """Return number, date, text or empty."""
        filled = self.cells - self.empty
        if not filled:
            return "empty"
        if self._kinds["number"] == filled:
            return "number"
        return "date" if self._kinds["date"] == filled and len(self._shapes) == 1 else "text"

    @property
    def distinct(self) -> int | str:
        """Return how many different values there are, or that they are more than were kept."""
        return len(self._counts) if self._counts is not None else f"more than {self._room}"

    def row(self) -> tuple[str | int, ...]:
        """Return the column's line of the table of columns: name, type, empty, distinct, min, max, mean, sum."""
        least, most, mean, total = "", "", "", ""
        if self.kind == "number":
            filled = self.cells - self.empty
            least, most = _shown(self._least), _shown(self._most)
            total = _shown(self._sum)
            mean = _shown(_ROUNDED.divide(self._sum, Decimal(filled)))
        elif self.kind == "date" and self._dates:
            least, most = self._dates
        return self.name, self.kind, self.empty, self.distinct, least, most, mean, total

    def frequent(self) -> Table | None:
        """Return the most frequent values, or None where hardly any repeats."""
        filled = self.cells - self.empty
        if not self._counts or len(self._counts) * 2 > filled:
            return None
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP_ROWS]
        rows = tuple((one_line(value, _SHOWN_CHARACTERS), count) for value, count in ranked)
        return Table(f"values of {self.name}", (self.name, "rows"), rows, len(self._counts))

    def _classify(self, cell: str, count: int) -> None:
        if self._decimal_comma and _COMMA_NUMBER.fullmatch(cell):
            cell = cell.replace(".", "").replace(",", ".")
        if _NUMBER.fullmatch(cell):
            self._kinds["number"] += count
            self._add_number(Decimal(cell.replace(",", "")), count)
        elif date := _DATE.fullmatch(cell):
            self._kinds["date"] += count
            separator, between, seconds, fraction, zone = date.groups(default="")
            self._shapes.add((separator, between, str(bool(seconds)), str(bool(fraction)), zone))
            first, last = self._dates or (cell, cell)
            self._dates = min(first, cell), max(last, cell)
        else:
            self._kinds["text"] += count

    def _add_number(self, value: Decimal, count: int) -> None:
        self._least = value if self._least is None else min(self._least, value)
        self._most = value if self._most is None else max(self._most, value)
        self._sum = _EXACT.add(self._sum, _EXACT.multiply(value, Decimal(count)))


def _key(cell: str) -> str:
    """Return what stands for a cell among the values kept: itself, or its start and digest where it is long."""
    if len(cell) <= _LONGEST_KEY:
        return cell
    return f"{cell[:_SHOWN_CHARACTERS]}… {hashlib.sha256(cell.encode('utf-8', 'replace')).hexdigest()[:32]}"


class Columns:
    """The columns of one table, filled row by row; rows of another width are counted as ragged."""

    def __init__(self, names: Sequence[str], *, decimal_comma: bool = False) -> None:
        shown = [one_line(name, _SHOWN_CHARACTERS) or f"column {at}" for at, name in enumerate(names, 1)]
        room = max(100, MOST_DISTINCT // max(1, len(names)))
        self.names = tuple(shown)
        self.rows = 0
        self.ragged = 0
        self._columns = [Column(name, room, decimal_comma=decimal_comma) for name in shown[:_MOST_COLUMNS]]
        self._waiting: list[Sequence[str]] = []

    def add(self, row: Sequence[str]) -> None:
        """Count a row."""
        width = len(self.names)
        self.rows += 1
        if len(row) != width:
            self.ragged += 1
            row = [*row[:width], *[""] * (width - len(row))]
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH_ROWS:
            self._settle()

    def tables(self) -> tuple[Table, ...]:
        """Return the table of columns and those of frequent values."""
        self._settle()
        return described("columns", "column", self._columns, len(self.names))

    def _settle(self) -> None:
        for column, cells in zip(self._columns, zip(*self._waiting, strict=True), strict=False):
            column.add(cells)
        self._waiting = []


def described(title: str, noun: str, columns: Sequence[Column], total: int) -> tuple[Table, ...]:
    """Return a table with a row for each column, then the tables of frequent values."""
    head = (noun, "type", "empty", "distinct", "min", "max", "mean", "sum")
    frequent = [table for column in columns if (table := column.frequent())]
    rows = tuple(column.row() for column in columns)
    return Table(title, head, rows, total), *frequent[:_TOP_TABLES]


def _shown(value: Decimal | None) -> str:
    """Return a number as a person writes it, without an exponent where that is short."""
    if value is None:
        return ""
    if value == value.to_integral_value() and abs(value.adjusted()) < 40:
        return format(value.quantize(Decimal(1), context=_EXACT), "f")
    return format(value.normalize(_EXACT), "f") if abs(value.adjusted()) < 40 else str(value)
