"""The sections of logs: days, hours, blocks of whole records, titled by time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.documents.logs.tree import moment, time_range
from rao_cli.documents.parsers.log_blocks import BLOCK
from tests.documents.logs.lines import opened
from tests.documents.making import check_partition


def log_of(times, pad: int = 100) -> str:
    """Return a log of records at some seconds after midnight of the first of March."""
    lines = []
    for time in times:
        clock = datetime.fromtimestamp(time + 1_709_251_200, UTC).strftime("%Y-%m-%d %H:%M:%S")
        level = "ERROR" if time % 900 == 0 else "INFO"
        lines.append(f"{clock},000 {level} [main] a.B: {'x' * pad}\n")
    return "".join(lines)


def test_days_hold_hours():
    """A log of several days has a section for each day and below it for each hour."""
    document = opened(log_of(range(0, 3 * 86400, 300), pad=600))
    days = document.root.children
    assert [day.title.split(" ")[0] for day in days] == ["2024-03-01", "2024-03-02", "2024-03-03"]
    assert [len(day.children) for day in days] == [24, 24, 24]
    assert days[0].children[1].title == "2024-03-01 01:00–01:55, 12 records, 4 errors"
    assert days[1].title == "2024-03-02 00:00–23:55, 288 records, 96 errors"
    check_partition(document, document.root)


def test_quiet_hours_share_a_section():
    """Hours with little text are not cut apart."""
    document = opened(log_of(range(0, 86400, 3600), pad=50))
    assert len(list(document.root.leaves())) <= 2


def test_a_short_log_is_one_section():
    """A log of a few lines is its own leaf."""
    assert opened(log_of([1, 2, 3])).root.children == ()


def test_blocks_do_not_grow():
    """Many records in one hour are cut into blocks of a moderate size."""
    document = opened(log_of([100 + number // 100 for number in range(5000)], pad=200))
    sizes = [len(leaf.span) for leaf in document.root.leaves()]
    assert max(sizes) <= BLOCK
    assert min(sizes[:-1]) > BLOCK // 2


def test_a_record_is_not_cut():
    """A record larger than a block is one leaf."""
    text = log_of([1, 2]) + "\tat a.B.c(B.java)\n" * 20_000 + log_of([3, 4])
    sizes = [len(leaf.span) for leaf in opened(text).root.leaves()]
    assert max(sizes) > 20_000 * 18


def test_times_out_of_order_give_blocks_of_lines():
    """Where days go back and forth, sections are told by their lines."""
    document = opened(log_of([number * 7919 % 400 * 86400 for number in range(4000)], pad=100))
    titles = [leaf.title for leaf in document.root.leaves()]
    assert titles[0].startswith("lines 1–")
    check_partition(document, document.root)


def test_lines_without_time_are_numbered():
    """A log without times is cut into blocks told by their lines, in groups if they are many."""
    document = opened("".join(f"compiling unit {number} {'x' * 300}\n" for number in range(20_000)))
    assert document.root.children[0].title.startswith("lines 1–")
    assert all(len(section.children) <= 64 for section in document.root.walk())
    last = list(document.root.leaves())[-1]
    assert "–20,000" in last.title


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4 * 86400), min_size=1, max_size=60), st.integers(1, 3000))
def test_any_times_partition(times, pad):
    """Whatever the times, leaves partition the text and every record is in one of them."""
    document = opened(log_of(times, pad))
    check_partition(document, document.root)
    for leaf in document.root.leaves():
        assert document.read(leaf.span).startswith("2024-03-0")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "1970-01-01 00:00:00"),
        (0, 9, "1970-01-01 00:00:00–00:00:09"),
        (0, 600, "1970-01-01 00:00–00:10"),
        (60, 90_000, "1970-01-01 00:01 – 1970-01-02 01:00"),
        (0, 86400, "1970-01-01 – 1970-01-02"),
    ],
)
def test_ranges_are_short(low, high, words):
    """A range says no more than is needed to tell its ends."""
    assert time_range(low, high, yearless=False) == words


def test_years_that_are_unknown_are_not_told():
    """The year that stands in for none is not shown; a time beyond the calendar is a number."""
    assert moment(951_868_800, yearless=True) == "Mar 01 00:00:00"
    assert moment(10**15, yearless=False) == str(10**15)
