"""Single values: which are numbers, which are moments, what parts a stamp has, in odd and hostile writings."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.aliases import FIELDS, UNITS, aliases_of, field_of, of_unit, unit_of
from rao_cli.documents.data.columns import kind_of, number
from rao_cli.documents.data.times import moment, part

DAY = 86400


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("007", 7.0),
        ("+5", 5.0),
        ("-0", 0.0),
        (" 12 ", 12.0),
        ("1.", 1.0),
        ("-.5", -0.5),
        ("1,234", 1234.0),
        ("1,234.5", 1234.5),
        ("-1,234", -1234.0),
        ("-$5", -5.0),
        ("£1,000", 1000.0),
        ("¥ 300", 300.0),
        ("12 %", 12.0),
        ("1.5e-3", 0.0015),
        ("1E6", 1e6),
        ("9" * 18, float("9" * 18)),
        ("1234,567", None),
        ("12,34", None),
        (",123", None),
        ("1,234,56", None),
        ("1 234", None),
        ("1'234", None),
        ("1_000", None),
        ("--5", None),
        ("5-", None),
        ("5$", None),
        ("%5", None),
        ("5%%", None),
        ("1e", None),
        ("1e999", None),
        ("nan", None),
        ("inf", None),
        ("0b1", None),
        ("1/2", None),
        ("½", None),
        ("1:30", None),
        ("10.0.0.1", None),
        ("9" * 19, None),
        ("\n", None),
    ],
)
def test_which_texts_are_numbers(text, value):
    """Signs, thousands, money, percentages and powers are read; ratios, addresses and broken groups are not."""
    assert number(text) == value


@given(st.integers(-(10**15), 10**15))
def test_thousands_do_not_change_a_number(value):
    """A number is the same with and without its commas, with spaces around and with a percent sign."""
    assert number(f"{value:,}") == number(f"{value}") == number(f"  {value} ") == number(f"{value}%") == value


@given(st.text(max_size=60))
def test_a_number_has_a_digit(text):
    """What has no digit is no number; no text raises an error."""
    found = number(text)
    assert found is None or any(map(str.isdigit, text))


NUMBERS = ["1", "2.5", "-3"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([*NUMBERS, "n/a", "NULL", "NaN", "None"], "number"),
        (["12%", "7%", "100%"], "number"),
        (["$1.20", "$3"], "number"),
        ([*(["1"] * 18), "x", "y"], "word"),
        ([*(["1"] * 19), "x"], "number"),
        (["2024", "2023", "1999"], "number"),
        (["2024-01-01", "2024-01-02", ""], "time"),
        (["10:15", "09:30"], "time"),
        (["1612340101", "1612340102"], "number"),
        (["GET", "POST"], "word"),
        (["10.0.0.1", "10.0.0.2"], "word"),
        (["a@b.org", "c@d.org"], "word"),
        (["/a/b?c=1", "/d"], "word"),
        (["New York", "New York", "Rome", "Rome"], "word"),
        (["New York", "Rome", "Los Angeles", "Paris"], "text"),
        (["x" * 61 + " y", "x" * 61 + " y"], "text"),
        (["five words are too many", "five words are too many"], "text"),
        (["x" * 500, "y" * 500], "word"),
        ([" ", "\t"], "word"),
        (["-", "-", "5"], "number"),
    ],
)
def test_kinds_of_columns(values, kind):
    """A column of nearly all numbers is one, then of times, of single or repeated short words, else of text."""
    assert kind_of(values) == kind


@given(st.lists(st.sampled_from(["1", "x", "a b c d e", "2024-01-01", "", "-"]), max_size=15))
def test_the_order_of_values_does_not_matter(values):
    """A column is of the same kind in any order, and missing values change nothing."""
    assert kind_of(values) == kind_of(values[::-1]) == kind_of([*values, "", "-"])


@pytest.mark.parametrize(
    ("one", "other", "seconds"),
    [
        ("2024-02-28", "2024-03-01", 2 * DAY),
        ("2023-02-28", "2023-03-01", DAY),
        ("Dec 31, 1999", "Jan 1, 2000", DAY),
        ("1 January 1970", "2 January 1970", DAY),
        ("11:59 AM", "12:00 PM", 60),
        ("12:00 AM", "12:00 PM", 12 * 3600),
        ("12:59 AM", "1:00 AM", 60),
        ("23:59:59", "23:59:60", 0),
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", 0),
        ("2024-01-01T00:00:00+0530", "2024-01-01T00:00:00Z", 19800),
        ("2024-01-01 00:00:00.25", "2024-01-01 00:00:00,75", 0.5),
        ("4/3/2020", "3/4/2020", -30 * DAY),
        ("13/1/2020", "1/13/2020", 0),
        ("13.1.2020", "14.1.2020", DAY),
        ("2020", "2021", 366 * DAY),
        ("Feb 2021", "March 2021", 28 * DAY),
        ("sept 5, 2021", "September 6th, 2021", DAY),
        ("Mon, 4 Mar 2024", "Tuesday, March 5, 2024", DAY),
        ("1612340101", "1612340102000", 1),
    ],
)
def test_how_far_moments_are_apart(one, other, seconds):
    """Days, zones, halves of the day, fractions and leap years count as a calendar counts them."""
    assert moment(other) - moment(one) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-00-10",
        "2024-13-01",
        "31 April 2024",
        "Feb 30, 2024",
        "13/13/2020",
        "0/5/2020",
        "25:00",
        "10:60",
        "12:30:99:10",
        "13:00 PM PM",
        "March",
        "Mar 2",
        "the 5th",
        "5",
        "12.5",
        "0.5",
        "1,234",
        "10.0.0.1",
        "v2.0.1",
        "2024-01",
        "24-01-01",
        "2024-01-01T",
        "2024--01-01",
        "tomorrow at 5",
        "²⁰²⁴",
        "2024-01-01 " * 6,
    ],
)
def test_moments_that_are_none_or_few(text):
    """What a calendar does not have is no moment; a short writing of a day may be one, never an error."""
    found = moment(text)
    assert found is None or text in ("Mar 2", "2024-01", "0.5", "12.5")


@given(st.text(alphabet="0123456789-/:., JanTZPM+", max_size=40))
def test_parts_of_any_stamp_are_parts(text):
    """Each part of a stamp is made of its letters, and what is no moment has no parts."""
    for unit in ("year", "month", "day", "hour", "minute"):
        found = part(text, unit)
        assert set(found) <= set(text)
        assert not found or moment(text) is not None


@given(st.datetimes(min_value=datetime(1971, 1, 1)))
def test_parts_nest(when):
    """The minute begins with the hour, the hour with the day, the day with the month of a stamp."""
    stamp = when.strftime("%Y-%m-%d %H:%M:%S")
    assert part(stamp, "minute") == stamp[:16]
    assert part(stamp, "hour") == stamp[:13]
    assert part(stamp, "day") == stamp[:10]
    assert part(stamp, "month") == stamp[:7]
    assert part(stamp, "year") == stamp[:4]
    assert part(stamp, "weekday") == when.strftime("%A")


@pytest.mark.parametrize("seed", ["1", "1/", "1:", "2024-", "Jan ", "a1 ", "-1", ". 1"])
def test_long_texts_are_no_moments(seed):
    """A text of a hundred thousand signs is refused at once."""
    start = time.process_time()
    assert moment(seed * 50_000) is None
    assert number(seed * 50_000) is None
    assert time.process_time() - start < 1


@pytest.mark.parametrize(("unit", "ways"), UNITS.items())
def test_every_writing_of_a_unit_is_known(unit, ways):
    """Each short form and the unit itself name it, in any case, and a unit is called by its full name too."""
    assert all(unit_of(way) == unit for way in ways)
    assert all(unit_of(way.upper()) == unit for way in ways if way.isascii())
    assert all(unit in of_unit(way) for way in ways)


def test_no_short_form_names_two_units():
    """A writing belongs to one unit only."""
    ways = [way for each in UNITS.values() for way in each]
    assert len(ways) == len(set(ways))


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_called_by_its_other_words(field):
    """A column of a known name answers to all other words for it, and not to its own name twice."""
    found = aliases_of(field, ["200"] if field == "status" else [])
    assert set(FIELDS[field]) - {field} <= set(found) or field_of(field) != field
    assert field not in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("clientIP", [], "ip"),
        ("remote_addr", [], "ip"),
        ("x", ["10.0.0.1", "2001:db8::1"], "x"),
        ("x", ["10.0.0.1", "192.168.0.7"], "ip"),
        ("http_status", ["200", "404"], "status"),
        ("status", ["ok"], "status"),
        ("code", ["E17"], "code"),
        ("user-agent", [], "agent"),
        ("userAgent", [], "agent"),
        ("requestURL", [], "path"),
        ("log.level", [], "level"),
        ("Größe", [], "größe"),
        ("ÄNDERUNG", [], "änderung"),
        ("LetzteÄnderung", [], "änderung"),
        ("タイトル", [], "タイトル"),
        ("HTTPServer", [], "server"),
        ("", [], ""),
        ("___", [], ""),
        ("a1", [], "1"),
    ],
)
def test_which_field_a_column_is(name, values, field):
    """The last word of a name, in any writing, or plain values tell what a column is."""
    assert field_of(name, values) == field
