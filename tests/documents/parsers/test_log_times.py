"""Time stamps: what they say, in every layout that logs use."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_times import is_yearless, key_length, seconds, zone_seconds

MOMENT = datetime(2015, 5, 7, 10, 5, 3, tzinfo=UTC)
LAYOUTS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%d/%b/%Y:%H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%y/%m/%d %H:%M:%S",
    "%y%m%d %H%M%S",
    "%Y%m%d-%H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%s",
]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)))
def test_a_stamp_is_read_as_it_is_written(layout, moment):
    """Each layout gives the second that it was made of."""
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    written = str(int(moment.timestamp())) if layout == "%s" else moment.strftime(layout)
    assert seconds(written) == int(moment.timestamp())


@pytest.mark.parametrize(
    ("stamp", "second"),
    [
        ("17/May/2015:10:05:03 +0000", "17/May/2015:10:05:03"),
        ("2016-12-19T19:27:48.197+0100", "2016-12-19T19:27:48"),
        ("2016-12-19 19:27:48,197", "2016-12-19 19:27:48"),
        ("Mar  7 13:06:56", "Mar  7 13:06:56"),
        ("Sun Dec 04 04:47:44 2005", "Sun Dec 04 04:47:44 2005"),
        ("Thu Jun 22 11:04:55.123456 2017", "Thu Jun 22 11:04:55.123456 2017"),
        ("1514038530000", "1514038530000"),
    ],
)
def test_fractions_and_zones_are_left_out_of_the_second(stamp, second):
    """What tells the second ends before a fraction or a zone, unless the year comes last."""
    assert stamp[: key_length(stamp)] == second
    assert seconds(second) is not None


@pytest.mark.parametrize("scale", [1, 1000, 10**6, 10**9])
def test_numbers_are_seconds_or_parts_of_them(scale):
    """A number since 1970 is told by its size."""
    assert seconds(str(int(MOMENT.timestamp()) * scale)) == int(MOMENT.timestamp())


@pytest.mark.parametrize("stamp", ["Mar  7 13:06:56", "03-07 13:06:56.811", "0307 13:06:56.811"])
def test_a_missing_year_is_told(stamp):
    """Stamps without a year are put into a leap year and known as such."""
    assert is_yearless(stamp)
    assert seconds(stamp) == int(datetime(2000, 3, 7, 13, 6, 56, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "stamp", ["2015-05-07 10:05:03", "07/May/2015:10:05:03 +0000", "Sun Dec 04 04:47:44 2005"]
)
def test_a_year_is_seen(stamp):
    """Stamps with a year are not taken for such without."""
    assert not is_yearless(stamp)


@pytest.mark.parametrize(
    ("stamp", "east"),
    [
        ("17/May/2015:10:05:03 +0000", 0),
        ("2016-12-19T19:27:48.197+0100", 3600),
        ("2016-12-19T19:27:48-05:30", -19800),
        ("2016-12-19T19:27:48Z", 0),
        ("2016-12-19 19:27:48", None),
        ("Mar  7 13:06:56", None),
    ],
)
def test_the_zone_is_what_the_stamp_names(stamp, east):
    """A zone is seconds east of UTC, and none where none is named."""
    assert zone_seconds(stamp) == east


@pytest.mark.parametrize("stamp", ["", "-", "soon", "2015-13-45 10:05:03", "31/Feb/2015:10:05:03", "99:99:99"])
def test_what_is_no_time_is_none(stamp):
    """Impossible dates and other words give nothing."""
    assert seconds(stamp) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(stamp):
    """Any text is a time or none."""
    found = seconds(stamp)
    assert found is None or isinstance(found, int)
    assert 0 <= key_length(stamp) <= len(stamp)


def test_a_leap_second_is_the_one_before():
    """23:59:60 exists, and counts as 23:59:59."""
    assert seconds("2016-12-31 23:59:60") == seconds("2016-12-31 23:59:59")
