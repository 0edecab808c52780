"""Kinds of columns, numbers, and what else a column may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.aliases import aliases_of, of_unit, unit_of
from rao_cli.documents.data.columns import kind_of, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("-3.5", -3.5),
        ("1,234,567", 1234567.0),
        ("$1.20", 1.2),
        ("€ 7", 7.0),
        ("45%", 45.0),
        ("0.0140497", 0.0140497),
        ("1e3", 1000.0),
        (".5", 0.5),
    ],
)
def test_numbers_are_read(text, value):
    """Numbers with thousands separated, sums of money and percentages are numbers."""
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "-", "abc", "12 ms", "1.2.3", "1,23", "$", "4" * 50, "0x1f", "e5"])
def test_what_is_no_number(text):
    """Words, units, addresses and endless digits are no numbers."""
    assert number(text) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "-"], "number"),
        (["17/May/2015:10:05:03 +0000", "18/May/2015:10:05:03 +0000"], "time"),
        (["Oct 16, 2023", "Jul 09, 2023"], "time"),
        (["GET", "POST", "GET"], "word"),
        (["LADY MACBETH", "FIRST WITCH", "LADY MACBETH", "FIRST WITCH"], "word"),
        (["It rained all day long.", "Nothing happened here today, they say."], "text"),
        (["", "-", "null"], "word"),
        ([], "word"),
        (["1"] * 99 + ["x"], "number"),
    ],
)
def test_kinds_are_told_by_most_values(values, kind):
    """A column is what nearly all of its values are; what is missing says nothing."""
    assert kind_of(values) == kind


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_values_have_a_kind(values):
    """Whatever the values are, the column is of one of the four kinds."""
    assert kind_of(values) in ("number", "time", "word", "text")


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
def test_numbers_are_read_as_they_are(value):
    """A number written out is read as itself."""
    assert number(f"{value:.3f}") == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "values", "alias"),
    [
        ("remote_ip", [], "client"),
        ("remote_ip", [], "remote ip"),
        ("remoteUser", [], "username"),
        ("response", ["200", "404"], "status code"),
        ("source", ["10.0.0.1", "10.0.0.2"], "ip address"),
        ("http.user_agent", [], "browser"),
        ("date", [], "time stamp"),
        ("OrderNumber", [], "order number"),
    ],
)
def test_a_name_tells_its_aliases(name, values, alias):
    """The words of a name, or values that are plain to see, tell what else a column is called."""
    assert alias in aliases_of(name, values)


def test_a_response_of_words_is_no_status():
    """What is called a response but holds words is not taken for a code."""
    assert "status code" not in aliases_of("response", ["ok", "failed"])


def test_an_unknown_name_is_called_by_itself():
    """A name of one unknown word has no aliases."""
    assert aliases_of("colour") == ()


@pytest.mark.parametrize(
    ("word", "unit"), [("secs", "seconds"), ("MB", "megabytes"), ("%", "percent"), ("cats", "")]
)
def test_units_are_known_by_their_short_forms(word, unit):
    """A short form names its unit in full; another word names none."""
    assert unit_of(word) == unit


def test_a_unit_of_time_is_a_duration():
    """Seconds answer to duration and long, megabytes to size, an unknown word to nothing."""
    assert {"duration", "long", "secs"} <= set(of_unit("seconds"))
    assert "size" in of_unit("mb")
    assert of_unit("cats") == ()
