"""Find the intervals in which a log has unusually many records.

An interval is unusual if its records lie above the far-out fence of Tukey (Exploratory Data Analysis, 1977): the
third quartile of all intervals, plus three times the distance between the quartiles. It also has to hold three
times the median and TELLING records, since a log that is nearly always silent has a fence near zero. Intervals are
the shortest that leave about MOST of them, so that a burst is one of seconds in a log of minutes and one of hours
in a log of weeks. Limits: intervals without records do not count as such, since logs pause.
"""

from collections.abc import Mapping
from itertools import pairwise

from rao_cli.documents.parsers.log_stream import UNITS, coarser

TELLING = 10
_MOST = 500
_LEAST = 8
Counts = Mapping[int, int]


def timeline(intervals: Counts, unit: int, most: int = _MOST) -> tuple[int, dict[int, int]]:
    """Return counts by time in the shortest unit, not below the given, whose intervals are not too many."""
    if not intervals:
        return unit, {}
    span = max(intervals) - min(intervals)
    longer = next((other for other in UNITS if other >= unit and span // other < most), UNITS[-1])
    return longer, dict(sorted(coarser(dict(intervals), longer).items()))


def bursts(counts: Counts, unit: int) -> list[tuple[int, int, int]]:
    """Return the unusual intervals, those that follow each other as one: start, end (excluded) and records."""
    if len(counts) < _LEAST:
        return []
    ordered = sorted(counts.values())
    lower, middle, upper = (ordered[len(ordered) * quarter // 4] for quarter in (1, 2, 3))
    fence = max(upper + 3 * (upper - lower), 3 * middle, TELLING)
    unusual = sorted(time for time, count in counts.items() if count > fence)
    found: list[tuple[int, int, int]] = []
    for previous, time in pairwise([None, *unusual]):
        if time is None:
            continue
        if previous is not None and time - previous == unit:
            start, _, records = found[-1]
            found[-1] = (start, time + unit, records + counts[time])
        else:
            found.append((time, time + unit, counts[time]))
    return sorted(found, key=lambda burst: -burst[2])
