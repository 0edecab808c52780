"""Read the rows that a query is about, one at a time, with the values that it asks for.

Limits: of records of one shape, those without a column that the query needs are left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from rao_cli.agent.compute.query import Field, Filter, Query
from rao_cli.agent.compute.query_family import Family
from rao_cli.documents.data.columns import number
from rao_cli.documents.data.model import Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.times import moment, part
from rao_cli.documents.model import Document, Span, union

_DAY, _MINUTE = 86400.0, 60.0
_MONTH = re.compile(r"[A-Za-z]{3,9}\.? \d{4}|\d{4}-\d\d")


@dataclass(frozen=True, slots=True)
class Case:
    """A row with the names of its columns; ``label`` is what a model said of it."""

    row: Row
    places: Mapping[str, int]
    document: Document
    label: str = ""

    def value(self, field: Field) -> str:
        """Return a value as it is written; of no column the whole text of the row."""
        if field.take == "label":
            return self.label
        if not field.column:
            return self.document.read(self.row.span)
        value = self.row.values[self.places[field.column]]
        return value if field.take == "value" else part(value, field.take)


def fields_of(query: Query) -> set[Field]:
    """Return all fields that a query looks at."""
    conditions = (*query.filters, *query.among, *(test for group in query.groups for test in group.filters))
    return {field for field in (query.of, query.shown, query.by, *(each.field for each in conditions)) if field}


def read_cases(query: Query, family: Family) -> Iterator[Case]:
    """Yield the rows of a family in the order of the text."""
    if family.of_lines:
        yield from _lines(family)
        return
    needed = {field.column for field in fields_of(query) if field.column}
    for records in family.records:
        places = {column.name: place for place, column in enumerate(records.columns)}
        if needed <= set(places):
            for row in records.read():
                yield Case(row, places, family.document)


def _lines(family: Family) -> Iterator[Case]:
    """Yield the lines of all records, those of parts that lie in one another once."""
    document = family.document
    for span in union(records.span for records in family.records):
        for one in document.by_file(span):
            for at, line in Stretch(document.text, one, "").lines():
                place = Span(at, at + len(line))
                yield Case(Row(place, (line,), (place,)), {}, document)


def passes(filters: Sequence[Filter]) -> Callable[[Case], bool]:
    """Return a test for rows that pass all filters."""
    tests = [_test(each) for each in filters]
    return lambda case: all(test(case) for test in tests)


def _test(condition: Filter) -> Callable[[Case], bool]:
    check = _check(condition)
    field, wanted = condition.field, not condition.negated
    return lambda case: check(case.value(field)) is wanted


def _check(condition: Filter) -> Callable[[str], bool]:
    match condition.test:
        case "is":
            return _equals(condition)
        case "below" | "above" | "least" | "most":
            return _in_range(_bounds(condition.test, number(condition.values[0]) or 0.0))
        case "before" | "after" | "since" | "until" | "on":
            return _timed(condition)
        case _:
            return _of_text(condition.test, condition.values)


def _of_text(test: str, values: tuple[str, ...]) -> Callable[[str], bool]:
    folded = [each.lower() for each in values]
    tests: Mapping[str, Callable[[str], bool]] = {
        "contains": lambda value: any(each in value for each in values),
        "mentions": lambda value: any(each in value.lower() for each in folded),
        "starts": lambda value: value.startswith(values),
        "ends": lambda value: value.rstrip().endswith(values),
        "word": lambda value: any(whole_words(each, value) for each in values),
        "written": bool,
    }
    return tests[test]


def whole_words(word: str, text: str) -> int:
    """Return how often a text has a word as a whole, in upper or lower case."""
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE))


def _equals(condition: Filter) -> Callable[[str], bool]:
    """Compare values without regard to case, numbers by their size; "II" of the column act is ACT II as well."""
    wanted = {value.casefold() for value in condition.values}
    wanted |= {f"{condition.field.column} {value}".casefold() for value in condition.values}
    amounts = {amount for value in condition.values if (amount := number(value)) is not None}
    if not amounts:
        return lambda value: value.casefold() in wanted
    return lambda value: value.casefold() in wanted or number(value) in amounts


def _bounds(test: str, bound: float) -> Callable[[float], bool]:
    """Return whether a number is on the wanted side of a bound."""
    if test == "below":
        return lambda found: found < bound
    if test == "above":
        return lambda found: found > bound
    return (lambda found: found >= bound) if test == "least" else (lambda found: found <= bound)


def _in_range(holds: Callable[[float], bool]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        found = number(value)
        return found is not None and holds(found)

    return check


def _timed(condition: Filter) -> Callable[[str], bool]:
    start, end = period(condition.values[0])
    clock = end <= _DAY and start < _DAY
    tests: Mapping[str, Callable[[float], bool]] = {
        "before": lambda at: at < start,
        "until": lambda at: at < end,
        "since": lambda at: at >= start,
        "after": lambda at: at >= end,
        "on": lambda at: start <= at < end,
    }
    holds = tests[condition.test]

    def check(value: str) -> bool:
        at = written_moment(value)
        return at is not None and holds(at % _DAY if clock else at)

    return check


@lru_cache(maxsize=4096)
def written_moment(stamp: str) -> float | None:
    """Return the moment of a stamp as it is written, without regard to its zone."""
    bare = stamp.strip()
    if ":" in bare:
        head, sign, zone = bare[:-5], bare[-5:-4], bare[-4:]
        colon = bare[-6:-5] in ("+", "-") and bare[-3:-2] == ":"
        bare = head if sign in ("+", "-") and zone.isdigit() else bare[:-6] if colon else bare.removesuffix("Z")
    return moment(bare.strip())


def period(text: str) -> tuple[float, float]:
    """Return the first moment of a date or time and the moment after its last: a day, an hour's minute, a year."""
    start = written_moment(text) or 0.0
    if ":" in text:
        clock = text.count(":") - ("/" in text and text.count(":") > 1)
        return start, start + (_MINUTE if clock == 1 else 1.0)
    if text.isdigit():
        return start, written_moment(str(int(text) + 1)) or start
    if _MONTH.fullmatch(text):
        return start, (datetime.fromtimestamp(start + 31 * _DAY, UTC).replace(day=1)).timestamp()
    return start, start + _DAY
