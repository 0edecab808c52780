"""Blocks that begin with who speaks: the speeches of a play, the messages of a chat, an interview.

A block starts with ``NAME: text``, perhaps after a clock time, and reaches to the next blank line, block or
heading. Limits: names of at most six words that come again; a paragraph without a name belongs to nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rao_cli.documents.data.aliases import FIELDS
from rao_cli.documents.data.headings import Headings, find_headings
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Span

_STAMP = r"(?:[\[(]?(?P<time>(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?)[\])]?[ \t,-]+)?"
_NAME = r"[^\W\d_][\w.'’&-]{0,30}(?: [\w.'’&-]{1,30}){0,5}"
_START = re.compile(
    rf"(?:\*\*)?{_STAMP}[<*]{{0,2}}(?P<speaker>{_NAME})[>*]{{0,2}}(?:: ?|(?<=>) )[*]{{0,2}}(?P<text>.*)"
)
_NOUNS = ("speech", "block", "line", "message", "turn", "utterance", "record", "reply", "post")
_LEAST = 5
_SHARE = 0.4
_LEAST_WORDS = 2.0
_MOST_PARTS = 20


@dataclass(frozen=True)
class _Blocks:
    """The blocks of a stretch as they are read."""

    stretch: Stretch
    headings: Headings
    timed: bool

    def read(self) -> Iterator[Row]:
        """Yield the blocks in text order."""
        block: re.Match[str] | None = None
        at = end = 0
        starts = {heading.span.start for heading in self.headings.found}
        for place, line in self.stretch.lines():
            match = None if place in starts else _START.fullmatch(line.rstrip())
            if block and (match or not line.strip() or place in starts):
                yield self._row(at, end, block)
                block = None
            if match:
                block, at = match, place
            end = place + len(line.rstrip())
        if block:
            yield self._row(at, end, block)

    def _row(self, at: int, end: int, block: re.Match[str]) -> Row:
        speaker = Span(at + block.start("speaker"), at + block.end("speaker"))
        said = Span(min(at + block.start("text"), end), end)
        values = [block["speaker"], self.stretch.text[said.start : said.end]]
        spans: list[Span | None] = [speaker, said]
        if self.timed:
            values.append(block["time"] or "")
            spans.append(Span(at + block.start("time"), at + block.end("time")) if block["time"] else None)
        above = self.headings.under(at)
        return Row(Span(at, end), (*values, *above), (*spans, *(None for _ in above)))


def block_records(stretch: Stretch) -> list[Records]:
    """Return the blocks of a stretch, those of each of its outermost headings by themselves."""
    starts = _starts(stretch.sample)
    if not starts:
        return []
    headings = find_headings(stretch)
    timed = any(match["time"] for match in starts)
    columns = [Column("speaker", "word", FIELDS["speaker"]), Column("text", "text", FIELDS["text"])]
    if timed:
        columns.append(Column("time", "time", FIELDS["time"]))
    columns += headings.columns
    return [
        Records(
            "speaker blocks",
            stretch.path,
            part.span,
            _NOUNS,
            tuple(columns),
            _Blocks(part, headings, timed).read,
            part.names,
        )
        for part in _parts(stretch, headings)
    ]


def _starts(lines: Sequence[str]) -> list[re.Match[str]]:
    """Return the lines of a sample that start blocks, if these are what it is made of."""
    pairs = zip(["", *lines], lines, strict=False)
    firsts = [line for before, line in pairs if line.strip() and not before.strip()]
    # Where no blank lines divide the blocks, each line may start one.
    among = firsts if len(firsts) >= _LEAST else [line for line in lines if line.strip()]
    found = [match for line in among if (match := _START.fullmatch(line.rstrip()))]
    names = Counter(match["speaker"] for match in found)
    again = [match for match in found if names[match["speaker"]] > 1]
    if len(again) < _LEAST or len(again) < _SHARE * len(among):
        return []
    words = sum(len(match["text"].split()) for match in found) / len(found)
    return found if words >= _LEAST_WORDS else []


def _parts(stretch: Stretch, headings: Headings) -> list[Stretch]:
    """Return the stretch, cut at its outermost headings if these are a few titles."""
    tops = headings.level(0) if headings.columns else []
    if not 1 < len(tops) <= _MOST_PARTS or tops[0].word:
        return [stretch]
    ends = [top.span.start for top in tops[1:]] + [stretch.span.end]
    return [
        replace(stretch, span=Span(top.span.start, end), name=top.title)
        for top, end in zip(tops, ends, strict=True)
    ]
