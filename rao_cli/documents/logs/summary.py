"""Put together what was read of a log's parts, in their order: its streams, its blocks and their places.

Limits: see parsers/log_counts.py for how many values are kept.
"""

from collections.abc import Mapping
from typing import Any

from rao_cli.documents.parsers.log_blocks import Block
from rao_cli.documents.parsers.log_counts import Room
from rao_cli.documents.parsers.log_stream import Stream


class Summary:
    """All that was counted of a log so far; ``blocks`` name their stream by its number."""

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self.blocks: list[Block] = []
        self.lines = 0
        self.characters = 0
        self._room = Room()

    def add(self, part: Mapping[str, Any]) -> None:
        """Add what parsers/log.py found in the next part."""
        last = self.streams[self.blocks[-1].stream].name if self.blocks else ""
        numbers, moved = [], []
        for packed in part["streams"]:
            stream = Stream.unpack(packed, self._room)
            # What comes before the first line that names a log belongs to the log before.
            stream.name = stream.name or last
            number, years = self._merge(stream)
            numbers.append(number)
            moved.append(years)
        blocks = [Block(*block) for block in part["blocks"]]
        for block in self._joined(blocks, part["lead"], numbers):
            years = moved[block.stream]
            block.stream = numbers[block.stream]
            block.start += self.characters
            block.line += self.lines
            block.low = None if block.low is None else block.low + years
            block.high = None if block.high is None else block.high + years
            self.blocks.append(block)
        self.lines += part["lines"]
        self.characters += part["characters"]

    def _merge(self, stream: Stream) -> tuple[int, int]:
        key = (stream.name, stream.form)
        known = (number for number, other in enumerate(self.streams) if (other.name, other.form) == key)
        number = next(known, len(self.streams))
        if number == len(self.streams):
            self.streams.append(Stream(*key, self._room))
        return number, self.streams[number].merge(stream, self.lines)

    def _joined(self, blocks: list[Block], lead: list[int], numbers: list[int]) -> list[Block]:
        """Return a part's blocks without the lines before its first record, if they end the record before."""
        if not self.blocks or not lead[0] or numbers[blocks[0].stream] != self.blocks[-1].stream:
            return blocks
        later = blocks[1].start if len(blocks) > 1 else None
        if not blocks[0].records or (later is not None and lead[0] >= later):
            return blocks[1:]
        blocks[0].start, blocks[0].line = lead
        return blocks
