"""Records of one shape taken together, and what their columns and rows are called.

Limits: a word that two columns are called by, and neither is named, names neither.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from typing import Literal

from rao_cli.agent.compute.query import Field, Filter, Take
from rao_cli.agent.compute.query_words import FILLERS, OPERATOR_PHRASES, keys, singular, words
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.model import Document, Span

ItemKind = Literal["op", "field", "noun", "quoted", "number", "date", "filter", "unknown", "label"]
LINES, HEADINGS = "lines", "headings"
"""The shapes of what every text has, lines, and of what texts of any sort may have."""
LOG = "log "
"""How the shapes of logs begin."""
WEAK = ("attempt", "occurrence", "instance", "case")
"""Names for rows of logs that mean nothing without a condition."""
_NOUNS = ("record", "row", "entry", "data row", "data record")
_LINES = ("log line", "text line")
_LOG_ROWS = ("log entry", "log record", "event", *WEAK)
_PARTS: tuple[tuple[Take, tuple[str, ...]], ...] = (
    ("day", ("day", "calendar day", "date")),
    ("hour", ("hour", "hour of day")),
    ("minute", ("minute",)),
    ("month", ("month",)),
    ("year", ("year",)),
    ("weekday", ("weekday", "day of the week")),
)
_PEEKED = 50
_PREFACE = 4000
_ONE = re.compile(
    r"\beach (?:line|row|record|block|paragraph|entry)\b[^.\n]{0,30}? is (?:one|an?) (\w{2,30})\b", re.IGNORECASE
)
_NO_NOUNS = (
    FILLERS
    | words("data table export dump log file sheet test sample")
    | {phrase[0] for phrase in OPERATOR_PHRASES}
)
_ROWS = 1_000_000


@dataclass(frozen=True)
class Item:
    """A piece of a question and what it stands for: the tokens from ``at`` (included) to ``end`` (excluded)."""

    kind: ItemKind
    text: str
    at: int = 0
    end: int = 0
    field: Field | None = None
    filter: Filter | None = None


@dataclass(frozen=True)
class Family:
    """Records of one shape, wherever they stand in a document."""

    document: Document
    records: tuple[Records, ...]
    pieces: frozenset[str] = frozenset()
    """The pieces of the question in lower case, which may be values."""

    @property
    def of_lines(self) -> bool:
        """Tell whether the records are the plain lines of a text."""
        return self.records[0].shape == LINES

    @property
    def of_log(self) -> bool:
        """Tell whether the records are those of a log."""
        return self.records[0].shape.startswith(LOG)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Return the columns by name; those of plain lines are none, as their text is the whole line."""
        if self.of_lines:
            return {}
        return {column.name: column for records in reversed(self.records) for column in records.columns}

    @cached_property
    def first_rows(self) -> list[Row]:
        """Return some rows, to see what values look like."""
        return list(islice(self.records[0].read(), _PEEKED))

    @cached_property
    def values(self) -> Mapping[str, Counter[str]]:
        """Return the columns that have pieces of the question as values, these in lower case, with their rows."""
        found: dict[str, Counter[str]] = {}
        for value, name in self._asked:
            found.setdefault(value.lower(), Counter())[name] += self._asked[value, name]
        return found

    @cached_property
    def written(self) -> frozenset[str]:
        """Return those values that are in capital letters, as they are written."""
        return frozenset(value for value, _ in self._asked if value.isupper())

    @cached_property
    def _asked(self) -> Counter[tuple[str, str]]:
        """Count the values that are pieces of the question, by their column."""
        found: Counter[tuple[str, str]] = Counter()
        for records in self.records if self.columns and self.pieces else ():
            names = [column.name for column in records.columns]
            for row in islice(records.read(), _ROWS):
                for name, value in zip(names, row.values, strict=True):
                    if value and value.lower() in self.pieces:
                        found[value, name] += 1
        return found

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """Return what a row is called, in the singular."""
        return tuple(dict.fromkeys(noun for records in self.records for noun in records.nouns))

    def time(self) -> Column | None:
        """Return the column that tells when, if one does."""
        times = [column for column in self.columns.values() if column.kind == "time"]
        named = [column for column in times if column.name.lower() in ("time", "date", "timestamp")]
        return next(iter(named or times), None) if len(named or times) == 1 else None

    def is_heading(self, name: str) -> bool:
        """Tell whether a column's values are headings that rows stand under."""
        places = [column.name for column in self.records[0].columns]
        return name in places and any(
            row.spans[places.index(name)] is None for row in self.first_rows if row.values[places.index(name)]
        )

    def called(self, *words: str, kind: str = "") -> Field | None:
        """Return the only column that one of some words names, those that come first before others."""
        for word in words:
            found = self.phrases.get(keys(word))
            if found and found.field and (not kind or self.kind(found.field) == kind):
                return found.field
        return None

    def kind(self, field: Field) -> str:
        """Return the kind of a field's values."""
        if field.take != "value" or not field.column:
            return "word"
        return self.columns[field.column].kind if field.column in self.columns else "text"

    def names_of(self, field: Field) -> tuple[str, ...]:
        """Return what a field's column is called."""
        column = self.columns.get(field.column)
        return (column.name, *column.aliases) if column else ()

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], Item]:
        """Return what the words for columns and rows stand for, by the keys of the words."""
        found: dict[tuple[str, ...], Item] = {}
        for name, field in self._names():
            for key in (keys(name), (singular(name.lower()),)):
                found.setdefault(key, Item("field", name, field=field))
        for noun in self._row_words():
            same = found.get(keys(noun))
            found[keys(noun)] = Item("noun", noun, field=same.field if same else None)
        return {key: item for key, item in found.items() if key}

    def _row_words(self) -> Iterator[str]:
        yield from self.nouns
        yield from self._own_words()
        if not (self.of_log or self.of_lines or self.records[0].shape == HEADINGS):
            texts = (column.name for column in self.columns.values() if column.kind == "text")
            yield from (name for name in texts if not self.is_heading(name))
        if "line" in self.nouns:
            yield from _LINES
        if self.time():
            yield from (*_NOUNS, *_LOG_ROWS)

    def _own_words(self) -> Iterator[str]:
        """Yield what the text before the records, their file and their first column call one."""
        if self.of_lines or self.of_log or self.records[0].shape == HEADINGS:
            return
        if match := _ONE.search(self.preface):
            yield match[1].lower()
        stem = PurePath(self.records[0].path).stem.lower()
        # Only a plural names rows: "orders" are many, "macbeth" is one of the names that rows hold.
        of_file = keys(stem)[-1:] if stem.endswith(("s", "people")) else ()
        named = (*of_file, *keys(self.records[0].columns[0].name)[:-1])
        yield from (word for word in named if word.isalpha() and word not in _NO_NOUNS)

    @cached_property
    def preface(self) -> str:
        """Return the text before the first record of its file."""
        first = self.first_rows[0].span.start if self.first_rows else 0
        start = self.document.by_file(Span(0, first + 1))[-1].start
        return self.document.text[max(start, first - _PREFACE) : first]

    def _names(self) -> Iterator[tuple[str, Field]]:
        """Yield names and the fields they stand for, columns' own names first."""
        for column in self.columns.values():
            # In a log names are words beside numbers; "in" and "using" would be taken for columns.
            if not (self.of_log and (keys(column.name)[:1] in OPERATOR_PHRASES or column.name in FILLERS)):
                yield column.name, Field(column=column.name)
        time = self.time()
        owners: dict[tuple[str, ...], set[str]] = {}
        for column in self.columns.values():
            for alias in column.aliases:
                owners.setdefault(keys(alias), set()).add(column.name)
        parts = {keys(name) for _, names in _PARTS for name in names} if time else set()
        for column in self.columns.values():
            clear = (
                alias for alias in column.aliases if len(owners[keys(alias)]) == 1 and keys(alias) not in parts
            )
            yield from ((alias, Field(column=column.name)) for alias in clear)
        if time:
            yield from _of_time(time, self.first_rows)


def _of_time(time: Column, rows: Sequence[Row]) -> Iterator[tuple[str, Field]]:
    """Yield the names of a time and of its parts; a column of plain dates is its own day."""
    has_clock = any(":" in value for row in rows for value in row.values)
    yield from ((name, Field(column=time.name)) for name in ("time stamp", "timestamp", "time", "date and time"))
    for take, names in _PARTS:
        whole = take == "day" and not has_clock
        field = Field(column=time.name) if whole else Field(column=time.name, take=take)
        yield from ((name, field) for name in names)


def families(document: Document, records: Iterable[Records], pieces: frozenset[str]) -> list[Family]:
    """Return records as families, plain lines last; ``pieces`` of a question may be values."""
    shapes: dict[tuple[str, ...], list[Records]] = {}
    for each in records:
        shapes.setdefault((each.shape, *each.nouns), []).append(each)
    made = [Family(document, tuple(each), pieces) for each in shapes.values()]
    return sorted(made, key=lambda family: family.of_lines)
