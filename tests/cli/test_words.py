"""Numbers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.cli.words import counted, data_size, seconds


@pytest.mark.parametrize(("number", "words"), [(0, "0 files"), (1, "1 file"), (1234567, "1,234,567 files")])
def test_a_noun_follows_its_number(number, words):
    """Only one is singular; thousands are set apart."""
    assert counted(number, "file") == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (150_000, "150 kB"),
        (2.5e6, "2.5 MB"),
        (7e9, "7.0 GB"),
    ],
)
def test_sizes_have_two_or_three_digits(size, words):
    """The unit is the largest of which there is at least one."""
    assert data_size(size) == words


@pytest.mark.parametrize(("duration", "words"), [(0.0123, "12 ms"), (1.04, "1.0 s"), (1234.5, "1,234.5 s")])
def test_short_times_are_milliseconds(duration, words):
    """Below a second the unit is the millisecond."""
    assert seconds(duration) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 bytes"),
        (999.4, "999 bytes"),
        (999.6, "1.0 kB"),
        (1000, "1.0 kB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (999_600_000, "1.0 GB"),
        (12_345_000_000, "12.3 GB"),
    ],
)
def test_sizes_are_rounded_into_the_next_unit(size, words):
    """No size has four digits before its unit: what is rounded up to a thousand is one of the next unit."""
    assert data_size(size) == words


@given(st.integers(0, 10**12))
def test_sizes_keep_two_digits(size):
    """A size is told to within a twentieth, in three digits at most below a thousand gigabytes."""
    amount, unit = data_size(size).split()
    scale = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
    assert float(amount) * scale == pytest.approx(size, rel=0.05, abs=0.5)
    assert len(amount.replace(".", "")) <= 3 or size > 99e9


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0, "0 ms"), (0.0004, "0 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (1, "1.0 s"), (59.96, "60.0 s")],
)
def test_times_are_rounded_into_seconds(duration, words):
    """A time that is a second when it is rounded is told in seconds."""
    assert seconds(duration) == words


@given(st.integers(0, 10**9), st.sampled_from(["file", "agent", "token"]))
def test_a_number_can_be_read_back(number, noun):
    """The number before a noun is the number, and the noun has its plural for all but one."""
    told, word = counted(number, noun).split()
    assert int(told.replace(",", "")) == number
    assert word == (noun if number == 1 else f"{noun}s")
