"""A question over records as a closed, serialisable plan: what is measured, over which rows, and what is told.

A query names columns and values, never places, so that it can be run again on another document with such records.
Limits: filters hold together (and); alternatives (or) are values of one filter.
"""

from typing import Literal

from rao_cli.agent.records import Record

Measure = Literal["count", "distinct", "sum", "mean", "max", "min", "first", "last", "share", "difference", "any"]
Pick = Literal["", "most", "least"]
Take = Literal["value", "year", "month", "weekday", "day", "hour", "minute", "label"]
"""The value as it is written (of no column: the whole record), a part of a time, or what the record is about.

That last only its meaning tells; ``word`` is then what the question calls it: topic, label.
"""
Test = Literal[
    "is",
    "contains",  # upper and lower case are different
    "mentions",  # they are the same
    "starts",
    "ends",
    "word",  # as a whole word, in upper or lower case
    "written",  # there is a value
    "below",
    "above",
    "least",
    "most",
    "before",  # this and the following compare times
    "after",
    "since",
    "until",
    "on",
]


class Field(Record):
    """A value of a row: a column's, or a part of it."""

    column: str = ""
    take: Take = "value"
    word: str = ""


class Filter(Record):
    """A condition on rows: the field's value passes the test with one of the values."""

    field: Field = Field()
    test: Test = "is"
    values: tuple[str, ...]
    negated: bool = False


class Group(Record):
    """Rows that are compared with others, and what the question calls them."""

    text: str
    filters: tuple[Filter, ...]


class Part(Record):
    """The part of the document that a question is about, by words of its name; none is the whole."""

    words: tuple[str, ...] = ()


class Query(Record):
    """What to compute. ``rows`` says whether lines of text are gone through, records, or occurrences of a text."""

    measure: Measure = "count"
    rows: Literal["lines", "records", "occurrences"] = "records"
    of: Field | None = None
    """What is measured, counted distinct, or told of the first or last row."""
    shown: Field | None = None
    """What is told of the row with the greatest or least value; without it the value itself."""
    filters: tuple[Filter, ...] = ()
    among: tuple[Filter, ...] = ()
    """Which rows a share is a share of."""
    by: Field | None = None
    """Rows are put into groups by this value, and the measure is taken of each group."""
    groups: tuple[Group, ...] = ()
    """Or these are the groups, as the question names them."""
    pick: Pick = ""
    """Which group is told."""
    value: bool = False
    """Tell the picked group's measure, not its name."""
    part: Part = Part()
