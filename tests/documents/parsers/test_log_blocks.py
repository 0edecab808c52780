"""Blocks: whole records, of a moderate size, cut at hours and days that are worth it."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.log_blocks import BLOCK, Blocks

HOUR, DAY = 3600, 86400
sized = st.lists(
    st.tuples(st.integers(1, BLOCK * 2), st.integers(0, 5 * DAY), st.booleans()), min_size=1, max_size=60
)


def blocks_of(records, chunk=1000):
    """Return the blocks of records given by size, time and alarm, added in chunks."""
    starts = list(accumulate((size for size, *_ in records), initial=0))
    blocks = Blocks()
    blocks.open(0, 0, 0)
    for at in range(0, len(records), chunk):
        part = records[at : at + chunk]
        times = [time for _, time, _ in part]
        blocks.add(starts[at : at + len(part)], range(at, at + len(part)), times, [alarm for *_, alarm in part])
    return blocks.blocks, starts


@given(sized, st.integers(1, 20))
def test_every_record_is_in_one_block(records, chunk):
    """Blocks start at records, hold all of them in their order, and know their number, errors and times."""
    blocks, starts = blocks_of(records, chunk)
    assert blocks[0].start == 0
    assert all(block.start == starts[block.line] for block in blocks)
    assert sum(block.records for block in blocks) == len(records)
    for block, end in zip(blocks, [*(block.line for block in blocks[1:]), len(records)], strict=True):
        inside = records[block.line : end]
        assert block.records == len(inside)
        assert block.alarms == sum(alarm for *_, alarm in inside)
        assert (block.low, block.high) == (min(time for _, time, _ in inside), max(time for _, time, _ in inside))


@given(sized)
def test_a_block_is_large_only_for_one_record(records):
    """A block over the size holds a single record."""
    blocks, starts = blocks_of(records)
    for block, end in pairwise([*blocks, None]):
        stop = starts[end.line] if end else starts[-1]
        # The last block is open: the end of its last record is not known when it is added.
        assert stop - block.start <= BLOCK or block.records == 1 or end is None


def test_records_may_come_in_any_chunks():
    """Blocks hardly depend on how records come: those of single records are those of all at once."""
    records = [(700, number * 60, False) for number in range(3000)]
    assert blocks_of(records, 1)[0] == blocks_of(records)[0]


@pytest.mark.parametrize(("size", "expected"), [(2000, 24), (100, 1)])
def test_hours_are_cut_where_they_are_worth_it(size, expected):
    """A day of busy hours has a block for each, one of quiet hours has few."""
    records = [(size, number * 600, False) for number in range(6 * 24)]
    found = blocks_of(records)[0]
    assert len(found) == expected if size == 2000 else len(found) <= 6


def test_days_are_cut_sooner_than_hours():
    """A quiet day still gets a block of its own."""
    records = [(500, number * 6 * HOUR, False) for number in range(4 * 10)]
    found = blocks_of(records)[0]
    assert [block.low // DAY for block in found] == list(range(10))


def test_times_that_fall_back_do_not_cut():
    """A record of an earlier hour among later ones starts no block."""
    records = [(3000, HOUR * (1 if number % 2 else 2), False) for number in range(20)]
    assert len(blocks_of(records)[0]) <= 2


def test_another_stream_starts_a_block():
    """Records of another log are in blocks of their own, and hours start anew."""
    blocks = Blocks()
    blocks.open(0, 0, 0)
    blocks.add([0, 10], [0, 1], [DAY, DAY], [False, True])
    blocks.open(1, 20, 2)
    blocks.add([20, 30], [2, 3], [], [False, False])
    assert [(block.stream, block.start, block.records, block.alarms) for block in blocks.blocks] == [
        (0, 0, 2, 1),
        (1, 20, 2, 0),
    ]
    assert (blocks.blocks[1].low, blocks.blocks[1].high) == (None, None)
