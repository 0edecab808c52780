"""Time stamps and dates: compared as moments, cut into parts as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.data.times import moment, part

DAY = 86400
STAMPS = [
    ("03/Feb/2021:09:15:01 +0100", 1612340101),
    ("2021-02-03T08:15:01Z", 1612340101),
    ("2021-02-03 08:15:01", 1612340101),
    ("2021-02-03T03:15:01-0500", 1612340101),
    ("[2021-02-03 08:15:01]", 1612340101),
    ("Wed Feb 03 08:15:01 2021", 1612340101),
    ("Feb 3, 2021, 8:15:01 AM", 1612340101),
    ("3 February 2021 08:15:01", 1612340101),
    ("1612340101", 1612340101),
    ("1612340101000", 1612340101),
]
DATES = [
    "2021-02-03",
    "2021/2/3",
    "Feb 3, 2021",
    "Feb 03, 2021",
    "February 3rd, 2021",
    "3 Feb 2021",
    "3rd of February 2021",
    "Wednesday, February 3, 2021",
    "03/Feb/2021",
    "03.02.2021",
    "2/3/2021",
]


@pytest.mark.parametrize(("stamp", "expected"), STAMPS)
def test_stamps_of_one_moment_are_the_same(stamp, expected):
    """However a moment is written, with its zone or without one in UTC, it is the same number."""
    assert moment(stamp) == expected


@pytest.mark.parametrize("written", DATES)
def test_dates_of_one_day_are_the_same(written):
    """However a date is written, it is the first second of its day."""
    assert moment(written) == 1612310400


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Mar 27 13:06:56", "Apr  3 17:07:27"),
        ("Mar  9 13:06:56", "Mar 10 00:00:00"),
        ("2016-12-19T19:27:48.197+0100", "2016-12-19T19:27:48.198+0100"),
        ("2016-12-19T19:27:48.197", "2016-12-19T19:27:49"),
        ("9:05 AM", "1:05 PM"),
        ("12:30 AM", "9:05 AM"),
        ("09:59", "10:00:01"),
        ("12.345678", "13.000001"),
        ("1999", "2004"),
        ("May 1, 2023", "Jun 2023"),
        ("25/12/2020", "1/13/2021"),
        ("10.30 16:49:06", "11.02 00:00:01"),
        ("2005-06-03-15.42.50.675872", "2005-06-03-15.42.51.000000"),
    ],
)
def test_moments_are_in_order(earlier, later):
    """What is earlier is less, also without a year, a date or a whole second."""
    first, second = moment(earlier), moment(later)
    assert first is not None
    assert second is not None
    assert first < second


@pytest.mark.parametrize(
    "text", ["", "hello", "86622", "404", "1.2.3.4", "Feb", "2021-13-45", "99:99", "a1", "x" * 99]
)
def test_what_is_no_stamp(text):
    """Words, numbers that people use for other things, and impossible dates are no moments."""
    assert moment(text) is None


@pytest.mark.parametrize(
    ("stamp", "unit", "expected"),
    [
        ("17/May/2015:10:05:03 +0000", "day", "17/May/2015"),
        ("17/May/2015:10:05:03 +0000", "hour", "17/May/2015:10"),
        ("17/May/2015:10:05:03 +0000", "minute", "17/May/2015:10:05"),
        ("17/May/2015:10:05:03 +0000", "month", "May/2015"),
        ("17/May/2015:10:05:03 +0000", "year", "2015"),
        ("17/May/2015:10:05:03 +0000", "weekday", "Sunday"),
        ("Mar  7 13:06:56", "day", "Mar  7"),
        ("Mar  7 13:06:56", "hour", "Mar  7 13"),
        ("Mar  7 13:06:56", "month", "Mar"),
        ("Mar  7 13:06:56", "year", ""),
        ("Mar  7 13:06:56", "weekday", ""),
        ("2016-12-19T19:27:48.197+0100", "day", "2016-12-19"),
        ("2016-12-19T19:27:48.197+0100", "hour", "2016-12-19T19"),
        ("2016-12-19 19:27:48", "month", "2016-12"),
        ("Oct 16, 2023", "day", "Oct 16, 2023"),
        ("Oct 16, 2023", "month", "Oct 2023"),
        ("Oct 16, 2023", "year", "2023"),
        ("Oct 16, 2023", "weekday", "Monday"),
        ("Oct 16, 2023", "hour", ""),
        ("Wed Feb 03 08:15:01 2021", "day", "Wed Feb 03 2021"),
        ("10:15", "day", ""),
        ("10:15", "hour", "10"),
        ("hello", "day", ""),
        ("1612340101", "day", ""),
    ],
)
def test_parts_are_as_written(stamp, unit, expected):
    """A day, an hour, … is told in the writing of the stamp, and empty where the stamp does not tell it."""
    assert part(stamp, unit) == expected


@given(st.text(max_size=80))
def test_any_text_has_a_moment_or_none(text):
    """Whatever is written, the answer is a number or nothing, and parts are of the text."""
    found = moment(text)
    assert found is None or isinstance(found, float | int)
    assert part(text, "hour") in text


@given(st.datetimes())
def test_iso_stamps_keep_their_order(when):
    """A stamp is a second before the one a second later."""
    stamp = when.strftime("%Y-%m-%dT%H:%M:%S") if when.year > 999 else "2001-01-01T00:00:00"
    assert moment(stamp) is not None
    assert part(stamp, "day") == stamp[:10]
