"""Conditions on rows, and the times that they compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.query import Field, Filter, Query
from rao_cli.agent.compute.query_cases import Case, passes, period, whole_words, written_moment
from rao_cli.documents.data.model import Row
from rao_cli.documents.model import Span
from tests.agent.helpers import document

ANY = document("any\n")


def case(text: str) -> Case:
    """Return a row with one column and its text."""
    span = Span(0, len(text))
    return Case(Row(span, (text,), (span,)), {"x": 0}, ANY)


def holds(test: str, value: str, text: str, **more) -> bool:
    """Tell whether a row passes a filter."""
    condition = Filter(field=Field(column="x"), test=test, values=(value,), **more)
    return passes([condition])(case(text))


@pytest.mark.parametrize(
    ("test", "value", "text", "expected"),
    [
        ("is", "get", "GET", True),
        ("is", "404", "404.0", True),
        ("is", "40", "404", False),
        ("is", "1,000", "1000", True),
        ("contains", "Bot", "GoogleBot", True),
        ("contains", "bot", "GoogleBot", False),
        ("mentions", "bot", "GoogleBot", True),
        ("starts", "4", "404", True),
        ("starts", "4", "204", False),
        ("ends", ".css", "/a.css ", True),
        ("word", "cat", "A Cat.", True),
        ("word", "cat", "category", False),
        ("written", "", "", False),
        ("written", "", "7", True),
        ("above", "10", "11", True),
        ("above", "10", "10", False),
        ("least", "10", "10", True),
        ("below", "1,000", "999.9", True),
        ("most", "5", "-", False),
        ("before", "May 1, 2023", "Apr 30, 2023", True),
        ("before", "May 1, 2023", "May 01, 2023", False),
        ("since", "May 1, 2023", "May 01, 2023", True),
        ("after", "May 1, 2023", "May 01, 2023", False),
        ("after", "May 1, 2023", "2023-05-02", True),
        ("until", "May 1, 2023", "May 01, 2023", True),
        ("on", "17/May/2015", "17/May/2015:23:59:59 +0000", True),
        ("on", "17/May/2015", "17/May/2015:00:00:00 +0200", True),
        ("on", "March 2023", "Mar 31, 2023", True),
        ("on", "March 2023", "Apr 01, 2023", False),
        ("on", "2023", "2023-12-31", True),
        ("after", "10:00", "2023-01-01 10:00:59", False),
        ("after", "10:00", "2023-01-01 10:01:00", True),
        ("before", "May 1, 2023", "no time", False),
    ],
)
def test_conditions(test, value, text, expected):
    """Each test on a value, at its borders."""
    assert holds(test, value, text) is expected


@given(st.text(max_size=40), st.text(min_size=1, max_size=10))
def test_negation_is_the_opposite(text, value):
    """What a filter lets through, its negation does not, and the other way round."""
    assert holds("contains", value, text) != holds("contains", value, text, negated=True)


@given(st.text(max_size=60))
def test_no_stamp_fails(text):
    """Whatever stands where a time should, it has a moment or none."""
    assert written_moment(text) is None or isinstance(written_moment(text), float)


def test_zones_do_not_move_a_day():
    """A stamp is of the day that it is written with."""
    assert written_moment("2016-12-19T00:10:00.000+0100") == written_moment("2016-12-19 00:10:00")
    assert written_moment("2016-12-19T00:10:00Z") == written_moment("2016-12-19T00:10:00+05:30")


def test_periods():
    """A date lasts a day, a clock time a minute or a second, a year its days."""
    lengths = [end - start for start, end in map(period, ("2024-02-01", "10:05", "10:05:07", "2024", "2024-02"))]
    assert lengths == [86400, 60, 1, 366 * 86400, 29 * 86400]


@given(st.text(alphabet="ab .*(", min_size=1, max_size=6), st.text(alphabet="ab .*(", max_size=60))
def test_whole_words_are_no_expressions(word, text):
    """A word is looked for as it is, whatever marks are in it."""
    assert whole_words(word, text) <= text.count(word)


def test_a_query_survives_json():
    """A query can be written down and read back."""
    query = Query(measure="max", of=Field(column="bytes"), filters=(Filter(test="contains", values=("a", "b")),))
    assert Query.model_validate_json(query.model_dump_json()) == query
