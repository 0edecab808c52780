"""Intervals: those of the textbook, around what was measured, and never beyond what is possible."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rao_cli.intervals import Mean, Share, mean


def test_an_interval_is_wilsons():
    """The interval is that of the textbook: 8 of 10 gives 0.49 to 0.94."""
    assert [round(end, 2) for end in Share(8, 10).interval] == [0.49, 0.94]
    assert Share(0, 0).interval == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(1, 200))
@example(0, 11)
def test_an_interval_holds_its_share(count, more):
    """Every share lies in its interval, which lies between 0 and 1."""
    share = Share(count, count + more)
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1


def test_a_mean_has_a_bootstrap_interval():
    """The interval of 50 of 100 is about a tenth to both sides, and the same each time."""
    found = mean([0.0, 1.0] * 50)
    assert (found.count, found.value) == (100, 0.5)
    assert found.low == pytest.approx(0.40, abs=0.02)
    assert found.high == pytest.approx(0.60, abs=0.02)
    assert found == mean([0.0, 1.0] * 50)


def test_nothing_has_no_mean():
    """Without values there is a count of none; with equal ones the interval is a point."""
    assert mean([]) == Mean(0)
    assert mean([1.0, 1.0]) == Mean(2, 1.0, 1.0, 1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_an_interval_lies_among_the_values(values):
    """No interval reaches beyond what was measured."""
    found = mean(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
