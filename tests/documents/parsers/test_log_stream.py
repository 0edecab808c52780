"""Streams: what is counted of a log in chunks or parts is what is counted of the whole."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_counts import Room
from rao_cli.documents.parsers.log_rows import split_rows
from rao_cli.documents.parsers.log_stream import MOST_INTERVALS, UNITS, YEAR, Stream, coarser

START = datetime(2024, 2, 28, 22, 0, tzinfo=UTC)
records = st.lists(
    st.tuples(
        st.integers(0, 200_000),
        st.sampled_from(["INFO", "ERROR", "warn"]),
        st.sampled_from(["started job 7", "stopped job 8 of bob", "stopped job 9 of eve"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def lines_of(found):
    """Return the lines of records by seconds, level, message and whether a stack trace follows."""
    lines = []
    for seconds, level, message, trace in found:
        lines.append(f"{START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S},000 {level} [main] a.B: {message}")
        lines += ["\tat a.B.c(B.java:1)"] if trace else []
    return lines


def read(lines, base=0, form="hadoop", size=1000):
    """Return the stream of some lines, read in chunks of a size."""
    stream = Stream("", form, Room())
    for start in range(0, len(lines), size):
        part = lines[start : start + size]
        stream.add(split_rows(form, part), part, base + start)
    return stream


def carried(stream):
    """Return a stream as it comes out of a worker process."""
    return Stream.unpack(json.loads(json.dumps(stream.pack())), Room())


def seen(stream):
    """Return what can be compared of a stream."""
    return {
        "plain": [stream.lines, stream.records, stream.alarms, stream.timed, stream.low, stream.high, stream.ends],
        "values": {name: (sorted(values.entries()), values.total) for name, values in stream.values.items()},
        "days": {int(day): list(found) for day, found in stream.days.items()},
        "intervals": dict(coarser(stream.intervals, UNITS[-1])),
        "templates": sorted((tuple(found.words), found.count, found.last) for found in stream.messages.templates),
        "further": sum(found.count for found in stream.further.templates),
    }


@settings(max_examples=60, deadline=None)
@given(records)
def test_everything_is_counted(found):
    """Records, lines, levels, errors, days and the time range are those of a plain count."""
    stream = read(lines_of(found))
    times = [int((START + timedelta(seconds=second)).timestamp()) for second, *_ in found]
    assert stream.records == stream.timed == len(found)
    assert stream.lines == len(lines_of(found))
    assert stream.alarms == sum(level == "ERROR" for _, level, *_ in found)
    assert stream.values["level"].counts == Counter(level for _, level, *_ in found)
    assert (stream.low[0], stream.high[0]) == (min(times), max(times))
    assert {day: entry[0] for day, entry in stream.days.items()} == Counter(time // 86400 for time in times)
    assert sum(stream.intervals.values()) == len(found)
    assert stream.backwards == sum(b < a for a, b in pairwise(times))


@settings(max_examples=60, deadline=None)
@given(records, st.integers(1, 7))
def test_chunks_count_as_the_whole(found, size):
    """Reading line by line or in larger chunks gives the same, however records are cut."""
    lines = lines_of(found)
    assert seen(read(lines, size=size)) == seen(read(lines))


@settings(max_examples=60, deadline=None)
@given(records, records)
def test_parts_count_as_the_whole(first, second):
    """Two parts read apart, carried over and merged are what one reading of both gives."""
    left, right = lines_of(first), lines_of(second)
    merged = Stream("", "hadoop", Room())
    assert merged.merge(carried(read(left)), 0) == 0
    assert merged.merge(carried(read(right)), len(left)) == 0
    assert seen(merged) == seen(read([*left, *right]))


def yearless(moments):
    """Return syslog lines."""
    return [f"{moment:%b} {moment.day:2} {moment:%H:%M:%S} web1 cron[1]: tick" for moment in moments]


@pytest.mark.parametrize("cut", [1, 5, 9])
def test_years_pass_where_none_is_named(cut):
    """Over three new years, read at once or in parts, times only go forward."""
    moments = [START + timedelta(days=100 * number) for number in range(12)]
    lines = yearless(moments)
    whole = read(lines, form="syslog")
    assert whole.high[0] - whole.low[0] == pytest.approx((moments[-1] - moments[0]).total_seconds(), abs=4 * 86400)
    merged = Stream("", "syslog", Room())
    merged.merge(carried(read(lines[:cut], form="syslog")), 0)
    moved = merged.merge(carried(read(lines[cut:], form="syslog")), cut)
    assert moved % YEAR == 0
    assert (merged.low, merged.high, merged.days) == (whole.low, whole.high, whole.days)


def test_a_short_step_back_is_no_new_year():
    """A record that is a few seconds early does not move the year."""
    moments = [START, START - timedelta(seconds=30), START + timedelta(seconds=5)]
    stream = read(yearless(moments), form="syslog")
    assert stream.high[0] - stream.low[0] == 35
    assert stream.backwards == 1


@pytest.mark.parametrize("step", [1, 100])
def test_times_are_right_whether_close_or_far_apart(step):
    """Many stamps of a minute, which are parsed together, mean the same as single ones; a leap second counts."""
    seconds = range(0, 300 * step, step)
    lines = [*lines_of([(second, "INFO", "started", False) for second in seconds])]
    lines.append("2024-02-28 23:59:60,000 INFO [main] a.B: leap")
    stream = Stream("", "hadoop", Room())
    times, _ = stream.add(split_rows("hadoop", lines), lines, 0)
    start = int(START.timestamp())
    assert times == [*(start + second for second in seconds), start + 2 * 3600 - 1]


def test_intervals_stay_few():
    """Over years of records, counts by time get coarser instead of more, and lose none."""
    lines = lines_of([(number * 977, "INFO", "started job 7", False) for number in range(MOST_INTERVALS + 500)])
    stream = read(lines, size=4000)
    assert len(stream.intervals) <= MOST_INTERVALS
    assert stream.unit in UNITS[1:]
    assert sum(stream.intervals.values()) == len(lines)


def test_a_record_without_time_takes_the_one_before():
    """An impossible time is counted as missing, and the record stays where it stands."""
    lines = ["99/99/99 99:99:99 INFO a.B: x", "17/06/09 20:10:40 INFO a.B: x", "17/99/09 20:10:41 INFO a.B: x"]
    stream = Stream("", "spark", Room())
    times, _ = stream.add(split_rows("spark", lines), lines, 0)
    assert len(times) == 3
    assert len(set(times)) == 1
    assert (stream.records, stream.timed) == (3, 1)


@pytest.mark.parametrize(
    ("form", "line", "alarm"),
    [
        ("access", '1.1.1.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 503 1 "-" "-"', True),
        ("access", '1.1.1.1 - - [17/May/2015:10:05:03 +0000] "GET /error HTTP/1.1" 404 1 "-" "-"', False),
        ("syslog", "Mar 17 13:07:01 web1 sshd[1]: Failed password for root", True),
        ("syslog", "Mar 17 13:07:01 web1 sshd[1]: Accepted password for root", False),
        ("glog", "E0612 10:11:13.123456 1 a.go:1] x", True),
        ("glog", "I0612 10:11:13.123456 1 a.go:1] error ignored", False),
        ("python", "2020-01-01 00:00:00,1 - a - CRITICAL - x", True),
    ],
)
def test_errors_are_told_by_level_status_or_words(form, line, alarm):
    """A level decides; without one a server's status does; without both, the words."""
    stream = Stream("", form, Room())
    assert stream.add(split_rows(form, [line]), [line], 0)[1] == [alarm]
    assert stream.alarms == alarm


@given(st.dictionaries(st.integers(-(10**6), 10**6), st.integers(1, 9)), st.sampled_from(UNITS))
def test_longer_intervals_hold_the_same(counts, unit):
    """Each record is in the interval in which it lies."""
    longer = coarser(counts, unit)
    assert all(time % unit == 0 for time in longer)
    assert longer.total() == sum(counts.values())
    for start, total in longer.items():
        assert total == sum(count for time, count in counts.items() if start <= time < start + unit)
