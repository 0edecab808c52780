"""Read a part of a log: its records, counted by field and template, and the blocks that they form.

The part is UTF-8 with plain newlines and ends at a line's end. It may hold several logs, each after a line such as
``==> auth.log <==`` (as head and tail write it), or formats that change. Limits: a change of format is seen where
it lasts some lines, a few times in each CHUNK of lines.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise

from rao_cli.documents.parsers.base import Content, Options
from rao_cli.documents.parsers.log_blocks import Blocks
from rao_cli.documents.parsers.log_counts import Room
from rao_cli.documents.parsers.log_formats import PLAIN, continues
from rao_cli.documents.parsers.log_rows import Rows, detect, split_rows, told
from rao_cli.documents.parsers.log_stream import Stream

CHUNK = 4000
_LASTING = 10
"""Lines that a change of format has to last, so that an odd line is none."""
_MOST_CHANGES = 8
_SAMPLE = 100
_JOINED = re.compile(r"==> (.{1,200}) <==$")


def parse(data: bytes, options: Options) -> Content:
    """Return the streams and blocks of a part; ``form`` in the options is the format it is expected to have."""
    # A part makes millions of tuples and no cycles; looking for cycles would take a fifth of the time.
    gc.disable()
    try:
        return read_part(data.decode("utf-8", "surrogatepass"), str(options.get("form", "")))
    finally:
        gc.enable()


def read_part(text: str, form: str = "") -> Content:
    """Return ``streams``, ``blocks``, ``lines`` and ``characters`` of a text.

    ``lead`` is where its first record starts (characters, lines): what comes before belongs to the part before.
    """
    part = _Part(form)
    lines = text.removesuffix("\n").split("\n")
    joined = "==> " in text
    for first in range(0, len(lines), CHUNK):
        chunk = lines[first : first + CHUNK]
        for piece in _pieces(chunk) if joined else (chunk,):
            part.add(piece)
    return {
        "streams": [stream.pack() for stream in part.streams],
        "blocks": [list(vars(block).values()) for block in part.blocks.blocks],
        "lead": part.lead or [len(text), len(lines)],
        "lines": len(lines),
        "characters": len(text),
    }


def _pieces(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the lines cut before each line that names another log."""
    cuts = [number for number, line in enumerate(lines) if line.startswith("==> ") and _JOINED.match(line)]
    for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        if start < end:
            yield lines[start:end]


class _Part:
    """The part of a log that is being read."""

    def __init__(self, form: str) -> None:
        self.streams: list[Stream] = []
        self.blocks = Blocks()
        self.lead: list[int] = []
        self._form, self._room = form, Room()
        self._stream: Stream | None = None
        self._place = self._line = 0

    def add(self, lines: Sequence[str]) -> None:
        """Read some lines of one log."""
        if named := _JOINED.match(lines[0]):
            self._stream = self._switch(named[1], detect(lines[1:])[0])
            self._stream.lines += 1
            self.lead = self.lead or [self._place, self._line]
            self._place, self._line = self._place + len(lines[0]) + 1, self._line + 1
            lines = lines[1:]
        form = self._format(lines)
        rows = split_rows(form, lines)
        for _ in range(_MOST_CHANGES):
            change = _change(form, lines, rows)
            if change is None:
                break
            at, other = change
            if at:
                self._count(self._under(form), lines[:at], split_rows(form, lines[:at]))
            form, lines = other, lines[at:]
            rows = split_rows(form, lines)
        self._count(self._under(form), lines, rows)

    def _under(self, form: str) -> Stream:
        """Return the stream of the log that is being read in a format."""
        if self._stream is None or form != self._stream.form:
            self._stream = self._switch(self._stream.name if self._stream else "", form)
        return self._stream

    def _count(self, stream: Stream, lines: Sequence[str], rows: Rows) -> None:
        times, alarms = stream.add(rows, lines, self._line)
        starts = list(accumulate([len(line) + 1 for line in lines], initial=self._place))
        if rows.lines:
            self.lead = self.lead or [starts[rows.lines[0]], self._line + rows.lines[0]]
            at = [starts[number] for number in rows.lines]
            self.blocks.add(at, [self._line + number for number in rows.lines], times, alarms)
        self._place, self._line = starts[-1], self._line + len(lines)

    def _format(self, lines: Sequence[str]) -> str:
        """Return the format of the next lines: as before, unless they clearly have another."""
        sample = list(islice(filter(None, lines), _SAMPLE))
        form = self._stream.form if self._stream else self._form
        # If the next line is of the format before, a change comes later; _change finds where.
        if form not in ("", PLAIN.name) and (split_rows(form, sample[:1]).lines or told(form, sample) > 0.5):
            return form
        other, matched = detect(sample)
        return other if not form or matched > len(sample) // 2 else form

    def _switch(self, name: str, form: str) -> Stream:
        known = (
            number for number, stream in enumerate(self.streams) if (stream.name, stream.form) == (name, form)
        )
        number = next(known, len(self.streams))
        if number == len(self.streams):
            self.streams.append(Stream(name, form, self._room))
        self.blocks.open(number, self._place, self._line)
        return self.streams[number]


def _change(form: str, lines: Sequence[str], rows: Rows) -> tuple[int, str] | None:
    """Return the first line from which on several lines have another format, and that format."""
    if form == PLAIN.name or len(rows.rest) < _LASTING:
        return None
    for before, after in pairwise([-1, *rows.lines, len(lines)]):
        if after - before <= _LASTING:
            continue
        gap = lines[before + 1 : min(after, before + 1 + 2 * _LASTING)]
        if 2 * sum(map(continues, gap[:_LASTING])) > _LASTING:
            continue
        other, matched = detect(gap)
        if other not in (form, PLAIN.name) and 2 * matched > len(gap):
            return before + 1 + split_rows(other, gap).lines[0], other
    return None
