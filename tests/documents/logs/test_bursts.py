"""Bursts and timelines: unusual intervals are found, joined and ordered, and nothing is made up of quiet logs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.logs.bursts import TELLING, bursts, timeline
from rao_cli.documents.parsers.log_stream import UNITS

counts_of = st.dictionaries(st.integers(0, 400).map(lambda n: n * 60), st.integers(1, 200), max_size=60)


def steady(count, length=20, unit=60):
    """Return a log with as many records in each interval."""
    return {n * unit: count for n in range(length)}


@pytest.mark.parametrize(
    ("peaks", "expected"),
    [
        ({}, []),
        ({5: 500}, [(300, 360, 500)]),
        ({5: 500, 6: 400}, [(300, 420, 900)]),
        ({5: 500, 7: 400}, [(300, 360, 500), (420, 480, 400)]),
        ({3: 100, 9: 900}, [(540, 600, 900), (180, 240, 100)]),
        ({0: 300}, [(0, 60, 300)]),
        ({19: 300}, [(1140, 1200, 300)]),
        ({5: 30}, []),
        ({5: 31}, [(300, 360, 31)]),
    ],
)
def test_what_is_unusual_in_a_steady_log(peaks, expected):
    """Intervals far above the others are bursts, neighbours are one, and the largest comes first."""
    log = steady(10) | {n * 60: count for n, count in peaks.items()}
    assert bursts(log, 60) == expected


@pytest.mark.parametrize("length", range(8))
def test_a_short_log_has_no_bursts(length):
    """Of fewer than eight intervals nothing is usual, so nothing is unusual."""
    assert bursts({n * 60: 10**n for n in range(length)}, 60) == []


@pytest.mark.parametrize(("most", "found"), [(TELLING, False), (TELLING + 1, True)])
def test_a_burst_has_some_records(most, found):
    """In a log that is nearly silent a handful of records is no burst."""
    assert bool(bursts(steady(1) | {300: most}, 60)) is found


@pytest.mark.parametrize("count", [1, 10, 10**9])
def test_a_steady_log_has_no_bursts(count):
    """Where every interval is like the others none is unusual."""
    assert bursts(steady(count, 200), 60) == []


@given(counts_of)
def test_bursts_are_of_the_log(counts):
    """Each burst covers whole intervals of the log, no two overlap, and its records are those of its intervals."""
    found = bursts(counts, 60)
    for start, end, records in found:
        assert start < end
        assert (end - start) % 60 == 0
        assert records == sum(counts[time] for time in range(start, end, 60))
    spans = sorted((start, end) for start, end, _ in found)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    assert [records for *_, records in found] == sorted((records for *_, records in found), reverse=True)


@given(counts_of)
def test_the_order_of_the_intervals_does_not_matter(counts):
    """A log whose intervals were counted in another order has the same bursts."""
    assert bursts(dict(reversed(counts.items())), 60) == bursts(counts, 60)


@given(counts_of, st.integers(2, 500))
def test_a_timeline_loses_no_record(counts, most):
    """Intervals of a timeline are in order, start at whole units and have all records together."""
    unit, found = timeline(counts, 60, most)
    assert unit in UNITS
    assert unit >= 60
    assert list(found) == sorted(found)
    assert all(time % unit == 0 for time in found)
    assert sum(found.values()) == sum(counts.values())
    assert len(found) <= most or unit == UNITS[-1]


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_has_an_empty_timeline(unit):
    """A log without times has no intervals, in the unit that was asked for."""
    assert timeline({}, unit) == (unit, {})


@pytest.mark.parametrize(("length", "least"), [(10, 60), (600, 61), (60 * 24 * 365, 3601)])
def test_longer_logs_have_longer_intervals(length, least):
    """The unit grows with the span, so that an interval is worth looking at."""
    unit, _ = timeline({0: 1, (length - 1) * 60: 1}, 60)
    assert unit >= least or length == 10
