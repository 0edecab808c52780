"""Cut a log into blocks of whole records, each with its number of records, alarms and time range.

A block ends where the next one starts: at a new day or hour once it is worth a section of its own, and before it
grows over BLOCK characters. Limits: a record larger than that is a block of its own.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

BLOCK = 64 << 10
_WORTH_AN_HOUR = 4 << 10
_WORTH_A_DAY = 1 << 10
_HOUR, _DAY = 3600, 86400


@dataclass
class Block:
    """Some records: where they start (characters, lines), how many, and their least and greatest time."""

    stream: int
    start: int
    line: int
    records: int = 0
    alarms: int = 0
    low: int | None = None
    high: int | None = None


class Blocks:
    """The blocks of a text so far."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._latest = -1

    def open(self, stream: int, start: int, line: int) -> None:
        """Start a block of another stream."""
        self.blocks.append(Block(stream, start, line))
        self._latest = -1

    def add(
        self, starts: Sequence[int], lines: Sequence[int], times: Sequence[int], alarms: Sequence[bool]
    ) -> None:
        """Add records of the last block's stream by their starts, first lines, times (none, or all) and alarms."""
        changes = self._changes(times)
        at = change = 0
        while at < len(starts):
            block = self.blocks[-1]
            cut = self._full(starts, at)
            while change < len(changes) and changes[change][0] < cut:
                place, worth = changes[change]
                change += 1
                if place >= at and block.records + place > at and starts[place] - block.start >= worth:
                    cut = place
                    break
            _fill(block, times[at:cut], alarms[at:cut])
            if cut < len(starts):
                self.blocks.append(Block(block.stream, starts[cut], lines[cut]))
            at = cut

    def _full(self, starts: Sequence[int], at: int) -> int:
        """Return the first record from ``at`` on that is too much for the last block."""
        block = self.blocks[-1]
        beyond = bisect_right(starts, block.start + BLOCK)
        # Where the last record ends is not known yet.
        return len(starts) if beyond == len(starts) else max(beyond - 1, at if block.records else at + 1)

    def _changes(self, times: Sequence[int]) -> list[tuple[int, int]]:
        """Return which records start a new hour, later than all before, and how large a block is worth a cut."""
        if times and self._latest >= 0 and max(times) // _HOUR <= self._latest:
            return []
        hours = [time // _HOUR for time in times]
        latest = list(accumulate(hours, max, initial=self._latest if self._latest >= 0 or not hours else hours[0]))
        self._latest = latest[-1]
        return [
            (place, _WORTH_AN_HOUR if now // 24 == before // 24 else _WORTH_A_DAY)
            for place, (before, now) in enumerate(pairwise(latest))
            if now > before
        ]


def _fill(block: Block, times: Sequence[int], alarms: Sequence[bool]) -> None:
    block.records += len(alarms)
    block.alarms += sum(alarms)
    if times:
        block.low = min(times) if block.low is None else min(block.low, *times)
        block.high = max(times) if block.high is None else max(block.high, *times)
