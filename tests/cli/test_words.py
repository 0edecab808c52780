"""Numbers in words."""

import pytest

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
