"""Look lines of a log up by their number, and the time stamps that they carry.

Limits: a line is looked up in its block, so one of a huge record costs reading that record.
"""

from bisect import bisect_right
from functools import lru_cache

from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.model import Text
from rao_cli.documents.parsers.log_rows import split_rows
from rao_cli.text import clean

_SHOWN = 300
_LONGEST_BLOCK = 1 << 20


class Lines:
    """The lines of a log that was read, by their number from 0."""

    def __init__(self, text: Text, summary: Summary) -> None:
        self._text, self._summary = text, summary
        self._firsts = [block.line for block in summary.blocks]
        self._block = lru_cache(maxsize=32)(self._read)
        self.stamp = lru_cache(maxsize=4096)(self._stamp)
        """Returns the time stamp of a record by its first line, as it is written, or an empty string."""

    def line(self, number: int) -> str:
        """Return a line."""
        place = max(0, bisect_right(self._firsts, number) - 1)
        lines = self._block(place)
        at = number - self._firsts[place]
        return lines[at] if at < len(lines) else ""

    def shown(self, number: int) -> str:
        """Return a line as it can be shown, shortened."""
        line = clean(self.line(number)[: 2 * _SHOWN])
        return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"

    def _stamp(self, number: int, form: str) -> str:
        rows = split_rows(form, [self.line(number)])
        return clean(next(iter(rows.columns.get("time", ())), ""))[:40]

    def _read(self, place: int) -> list[str]:
        blocks = self._summary.blocks
        start = blocks[place].start
        end = blocks[place + 1].start if place + 1 < len(blocks) else self._summary.characters
        return self._text[start : min(end, start + _LONGEST_BLOCK)].split("\n")
