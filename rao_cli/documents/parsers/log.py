"""Read a part of a log: its records, counted by field and template, and the blocks that they form.

The part is UTF-8 with plain newlines and ends at a line's end. It may hold several logs, each after a line such as
``==> auth.log <==`` (as head and tail write it), or formats that change. Limits: a change of format is seen at
every CHUNK lines.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rao_cli.documents.parsers.base import Content, Options
from rao_cli.documents.parsers.log_blocks import Blocks
from rao_cli.documents.parsers.log_counts import Room
from rao_cli.documents.parsers.log_formats import PLAIN
from rao_cli.documents.parsers.log_rows import detect, split_rows, told
from rao_cli.documents.parsers.log_stream import Stream

CHUNK = 4000
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
    for first in range(0, len(lines), CHUNK):
        for piece in _pieces(lines[first : first + CHUNK]):
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
            self._count(self._stream, lines[1:])
            return
        form = self._format(lines)
        if self._stream is None or form != self._stream.form:
            self._stream = self._switch(self._stream.name if self._stream else "", form)
        self._count(self._stream, lines)

    def _count(self, stream: Stream, lines: Sequence[str]) -> None:
        rows = split_rows(stream.form, lines)
        times, alarms = stream.add(rows, lines, self._line)
        starts = list(accumulate([len(line) + 1 for line in lines], initial=self._place))
        if rows.lines:
            self.lead = self.lead or [starts[rows.lines[0]], self._line + rows.lines[0]]
            at = [starts[number] for number in rows.lines]
            self.blocks.add(at, [self._line + number for number in rows.lines], times, alarms)
        self._place, self._line = starts[-1], self._line + len(lines)

    def _format(self, lines: Sequence[str]) -> str:
        """Return the format of the next lines: as before, unless they clearly have another."""
        sample = [line for line in lines if line][:_SAMPLE]
        form = self._stream.form if self._stream else self._form
        if form not in ("", PLAIN.name) and told(form, sample) > 0.5:
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
