"""Counts of values: exact, with first and last lines, numbers and groups, in parts or at once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers import log_counts
from rao_cli.documents.parsers.log_counts import MANY, Numbers, Room, Values
from rao_cli.documents.parsers.log_groups import Crossings, Groups

column = st.lists(st.sampled_from(["", "-", "a", "b", "7", "12.5", "300"]), min_size=1, max_size=50)
numbers = st.lists(st.integers(0, 10**9), min_size=1, max_size=50)


def counted(*parts):
    """Count columns one after another."""
    values, line = Values(), 0
    for part in parts:
        values.add(part, range(line, line + len(part)))
        line += len(part)
    return values


@given(column, column)
def test_counts_are_those_of_a_plain_count(first, second):
    """Counts, first and last lines are those that looking at each line finds."""
    whole = [*first, *second]
    found = {value: entry for value, *entry in counted(first, second).entries()}
    assert {value: entry[0] for value, entry in found.items()} == Counter(value for value in whole if value)
    for value, (_, at, last) in found.items():
        assert at == whole.index(value)
        assert last == len(whole) - 1 - whole[::-1].index(value)


@given(column, column)
def test_parts_merge_to_the_whole(first, second):
    """Two parts, packed, unpacked and merged, are what the whole is."""
    left, right = (Values.unpack(counted(part).pack(), Room()) for part in (first, second))
    left.merge(right, len(first))
    whole = counted(first, second)
    assert (list(left.entries()), left.total, left.whole) == (list(whole.entries()), whole.total, whole.whole)
    assert left.numbers.mixed == whole.numbers.mixed
    if not whole.numbers.mixed:
        assert left.numbers.total == pytest.approx(whole.numbers.total)
        assert (left.numbers.least, left.numbers.greatest) == (whole.numbers.least, whole.numbers.greatest)


@given(numbers)
def test_numbers_are_summed(values):
    """Least, greatest, its line, count and sum are those of the numbers."""
    found = counted([str(value) for value in values]).numbers
    assert (found.least, found.greatest, found.count) == (min(values), max(values), len(values))
    assert found.total == pytest.approx(sum(values))
    assert found.greatest_line == values.index(max(values))
    assert found.greatest_text == str(max(values))


@pytest.mark.parametrize(
    ("values", "greatest"),
    [
        (["10.5ms", "9ms"], "10.5"),
        (["user=0.03", "user=0.2"], "0.2"),
        (["(3)", "(12)"], "12"),
        (["-5", "-2"], "-2"),
        (["3", "-", "4"], "4"),
    ],
)
def test_numbers_may_stand_in_words(values, greatest):
    """A number with the same signs around it everywhere is read; a missing one does not count."""
    found = counted(values).numbers
    assert not found.mixed
    assert found.greatest_text == greatest


@pytest.mark.parametrize("values", [["1K", "2M"], ["10.0.0.1", "2"], ["a", "1"], ["1-2", "3"], ["٣", "x1y2"]])
def test_what_is_no_number_has_none(values):
    """Mixed units, addresses and words make no numbers."""
    assert counted(values).numbers.mixed


def test_identifiers_are_let_go():
    """Values that hardly ever repeat are not kept, and their number is told as a lower bound."""
    values = counted([f"id-{number}x" for number in range(MANY + 1)])
    assert list(values.entries()) == []
    assert (values.different, values.total, values.whole) == (MANY + 1, MANY + 1, False)


def test_values_that_repeat_are_kept():
    """As many values that repeat are all kept."""
    values = counted([f"v{number // 2}x" for number in range(2 * MANY + 2)])
    assert len(values.counts) == MANY + 1
    assert values.whole


def test_a_part_that_left_values_out_keeps_the_others():
    """What a part without enough room kept is kept when it is merged; the whole is told not to be complete."""
    part, log = Values(Room(log_counts._ENTRY_CHARACTERS * 2)), Values()
    part.add(["a", "b", "a"], range(3))
    log.merge(part, 10)
    assert list(log.entries()) == [("a", 2, 10, 12)]
    assert (log.total, log.whole) == (3, False)


def test_values_left_out_count_among_the_numbers():
    """Numbers are those of all values, also of ones that are not kept for want of room."""
    values = Values(Room(log_counts._ENTRY_CHARACTERS * 2))
    values.add(["1", "20", "3", "20", "1"], range(5))
    assert list(values.counts) == ["1"]
    assert (values.numbers.count, values.numbers.total) == (5, 45)
    assert (values.numbers.greatest, values.numbers.greatest_line) == (20, 1)


def test_long_values_are_cut():
    """A value longer than allowed is kept cut, and counted with others that start the same."""
    start = "x" * log_counts.LONGEST_VALUE
    values = counted([f"{start}1", "short", f"{start}2"])
    assert {len(value): count for value, count in values.counts.items()} == {log_counts.LONGEST_VALUE: 2, 5: 1}


@given(st.lists(st.sampled_from(["1", "2.5", "30", "", "-"]), max_size=40), st.integers(0, 40), st.booleans())
def test_numbers_may_be_asked_for_at_any_time(column, cut, keep):
    """Asking for the numbers before all is counted changes nothing of what they are in the end."""
    values, whole = counted(column[:cut]), counted(column)
    early = values.numbers if keep else values.numbers_yet()
    assert early.count == sum(value not in ("", "-") for value in column[:cut])
    values.add(column[cut:], range(min(cut, len(column)), len(column)))
    assert vars(values.numbers) == vars(whole.numbers)


def test_groups_come_in_the_order_of_the_log():
    """Groups are told in the order in which they first occur, the same in every run."""
    names = ["delta", "alpha", "omega", "beta"]
    columns = {"by": names * 10, "size": [str(number) for number in range(40)]}
    values = {name: counted(column) for name, column in columns.items()}
    groups = Groups()
    groups.add(columns, values, range(40))
    assert list(groups.pairs["by", "size"]) == names


def test_room_is_shared():
    """When there is no room left, new values are left out, and old ones still counted exactly."""
    values = Values(Room(log_counts._ENTRY_CHARACTERS * 2))
    values.add(["a", "b", "a", "c", "a"], range(5))
    assert list(values.entries()) == [("a", 3, 0, 4)]
    assert (values.total, values.whole) == (5, False)


@given(st.lists(st.tuples(st.sampled_from(["x", "y", ""]), st.sampled_from(["1", "22", "-", "333"])), max_size=60))
def test_groups_sum_their_numbers(rows):
    """Numbers by group are those of the rows of the group."""
    rows += [("x", "5"), ("y", "6")] * 70 + [("x", str(number)) for number in range(1000, 1030)]
    columns = {"by": [by for by, _ in rows], "size": [size for _, size in rows]}
    values = {name: counted(column) for name, column in columns.items()}
    groups = Groups()
    groups.add(columns, values, range(len(rows)))
    found = Groups.unpack(groups.pack()).pairs["by", "size"]
    for group in ("x", "y"):
        expected = [int(size) for by, size in rows if by == group and size != "-"]
        assert (found[group].count, found[group].total) == (len(expected), sum(expected))
        assert (found[group].least, found[group].greatest) == (min(expected), max(expected))
        assert rows[found[group].greatest_line] == (group, str(max(expected)))


def test_crossings_count_pairs():
    """Values of two fields are counted together, in one part or in two."""
    rows = [("200", "/a"), ("404", "/b"), ("200", "/a"), ("200", "/b"), ("404", "/b"), ("200", "/c")] * 3
    parts = []
    for part in (rows[:9], rows[9:]):
        columns = {"status": [status for status, _ in part], "path": [path for _, path in part]}
        crossings = Crossings()
        crossings.add(columns, {name: counted(column) for name, column in columns.items()})
        parts.append(Crossings.unpack(crossings.pack()))
    parts[0].merge(parts[1])
    found = parts[0].pairs.get(("status", "path")) or parts[0].pairs["path", "status"]
    expected = Counter(rows if ("status", "path") in parts[0].pairs else [row[::-1] for row in rows])
    assert {(a, b): count for a, counts in found.items() for b, count in counts.items()} == expected


def test_numbers_of_other_words_do_not_mix():
    """Parts whose numbers stand in different words have none together."""
    left, right = Numbers(), Numbers()
    left.add({"1ms": 1}, lambda _: 0)
    right.add({"1s": 1}, lambda _: 0)
    left.merge(right, 1)
    assert left.mixed
