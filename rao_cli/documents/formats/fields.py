"""Summarise records that name their own fields, such as the objects of a JSON array, as a table's columns are.

An object inside a record counts as fields of the record ("user.name"), an array as its length in brackets. A field
that a record lacks counts as empty. Limits: MOST_FIELDS fields; one level of objects inside a record.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from rao_cli.documents.formats.columns import MOST_DISTINCT, Column, described
from rao_cli.documents.model import Table
from rao_cli.text import one_line

MOST_FIELDS = 300
_BATCH_CELLS = 20_000
_NAME_CHARACTERS = 80


class Fields:
    """The fields of records, filled record by record; ``left_out`` counts cells of fields beyond MOST_FIELDS."""

    def __init__(self) -> None:
        self.records = 0
        self.left_out = 0
        self._columns: dict[str, Column] = {}
        self._waiting: dict[str, list[str]] = {}
        self._cells = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a record."""
        self.records += 1
        for name, cell in _cells(record):
            if name not in self._waiting:
                if len(self._waiting) >= MOST_FIELDS:
                    self.left_out += 1
                    continue
                self._waiting[name] = []
                self._columns[name] = Column(name, MOST_DISTINCT // MOST_FIELDS * 10)
            self._waiting[name].append(cell)
            self._cells += 1
        if self._cells >= _BATCH_CELLS:
            self._settle()

    def tables(self, title: str) -> tuple[Table, ...]:
        """Return a table with a row for each field, then those of frequent values."""
        self._settle()
        for column in self._columns.values():
            column.add([""] * (self.records - column.cells))
        columns = list(self._columns.values())
        return described(title, "field", columns, len(columns))

    def _settle(self) -> None:
        for name, cells in self._waiting.items():
            self._columns[name].add(cells)
            cells.clear()
        self._cells = 0


def _cells(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from ((_name(f"{name}.{inner}"), _cell(cell)) for inner, cell in value.items())
        else:
            yield _name(name), _cell(value)


@lru_cache(maxsize=4096)
def _name(name: str) -> str:
    return one_line(name, _NAME_CHARACTERS) or "(no name)"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{len(value)}]"
    return "{…}" if isinstance(value, dict) else str(value)
