"""Blocks that begin with who speaks: the speeches of a play, the messages of a chat, an interview.

A block starts with ``NAME: text`` (perhaps after a time, or in angle brackets), with ``NAME. text`` or with a name
on a line of its own, both in capitals after a blank line, and reaches to the next blank line, block or heading.
Limits: names of at most six words, most of which come again; a paragraph without a name belongs to nobody.
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

_STAMP = (
    r"(?:[\[(]?(?P<time>(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?[T ])?\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?)[\])]?"
    r"[ \t,-]+)?"
)
_NAME = r"[^\W\d_][\w.'’&-]{0,30}(?: {1,2}[\w.'’&-]{1,30}){0,5}"
_ASIDE = r"(?: ?(?:\([^()]{1,60}\)|\[[^\[\]]{1,60}\]))?"
_CAPITALS = r"[A-Z][A-Z'’&-]{0,30}(?: [A-Z0-9][A-Z0-9.'’&-]{0,30}){0,5}"
_AFTER_COLON = re.compile(
    rf"(?:\*\*)?{_STAMP}[<*]{{0,2}}(?P<speaker>{_NAME}){_ASIDE}[>*]{{0,2}}(?:: ?|(?<=>) )[*]{{0,2}}(?P<text>.*)"
)
_IN_CAPITALS = re.compile(
    rf"(?P<time>(?!))?[ \t]*(?P<speaker>{_CAPITALS}){_ASIDE}(?:(?:\.[ \t]+|[ \t]{{2,}})(?P<text>\S.*)|[.:]?)"
)
_STYLES = (_AFTER_COLON, _IN_CAPITALS)
_NOUNS = ("speech", "block", "line", "message", "turn", "utterance", "record", "reply", "post")
_LEAST = 5
_SHARE = 0.4
_LEAST_WORDS = 2.0
_MOST_PARTS = 20


@dataclass(frozen=True)
class _Blocks:
    """The blocks of a stretch as they are read."""

    stretch: Stretch
    style: re.Pattern[str]
    headings: Headings
    timed: bool

    def read(self) -> Iterator[Row]:
        """Yield the blocks in text order; a name without text is none."""
        block: re.Match[str] | None = None
        at = end = 0
        blank = True
        starts = {heading.span.start for heading in self.headings.found}
        for place, line in self.stretch.lines():
            match = None if place in starts else self._start(line.rstrip(), blank=blank)
            if block and (match or not line.strip() or place in starts):
                yield from self._row(at, end, block)
                block = None
            if match:
                block, at = match, place
            blank, end = not line.strip(), place + len(line.rstrip())
        if block:
            yield from self._row(at, end, block)

    def _start(self, line: str, *, blank: bool) -> re.Match[str] | None:
        return self.style.fullmatch(line) if blank or self.style is _AFTER_COLON else None

    def _row(self, at: int, end: int, block: re.Match[str]) -> Iterator[Row]:
        start = block.start("text") if block["text"] else block.end()
        text = self.stretch.text[at + start : end]
        said = text.lstrip()
        if not said and self.style is not _AFTER_COLON:
            return
        spans: list[Span | None] = [
            Span(at + block.start("speaker"), at + block.end("speaker")),
            Span(end - len(said), end),
        ]
        values = [block["speaker"], said]
        if self.timed:
            values.append(block["time"] or "")
            spans.append(Span(at + block.start("time"), at + block.end("time")) if block["time"] else None)
        above = self.headings.under(at)
        yield Row(Span(at, end), (*values, *above), (*spans, *(None for _ in above)))


def block_records(stretch: Stretch) -> list[Records]:
    """Return the blocks of a stretch, those of each of its outermost headings by themselves."""
    style, starts = next(
        ((style, found) for style in _STYLES if (found := _starts(style, stretch.sample))), (None, [])
    )
    if style is None:
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
            _Blocks(part, style, headings, timed).read,
            part.names,
        )
        for part in _parts(stretch, headings)
    ]


def _starts(style: re.Pattern[str], lines: Sequence[str]) -> list[re.Match[str]]:
    """Return the lines of a sample that start blocks, if these are what it is made of."""
    triples = zip(["", *lines], lines, [*lines[1:], ""], strict=False)
    firsts = [(line, after) for before, line, after in triples if line.strip() and not before.strip()]
    if style is _IN_CAPITALS:
        return _among(style, firsts)
    # Where no blank lines divide the blocks, each line may start one.
    return _among(style, firsts) or _among(style, [(line, "") for line in lines if line.strip()])


def _among(style: re.Pattern[str], firsts: Sequence[tuple[str, str]]) -> list[re.Match[str]]:
    """Return those of some lines, each with the next one, that start blocks, or none if these are too few."""
    found = [(match, after) for line, after in firsts if (match := style.fullmatch(line.rstrip()))]
    names = Counter(match["speaker"] for match, _ in found)
    again = sum(count for count in names.values() if count > 1)
    if again < _LEAST or again < _SHARE * len(firsts) or len(names) < 2:
        return []
    words = sum(len((match["text"] or after).split()) for match, after in found) / len(found)
    return [match for match, _ in found] if words >= _LEAST_WORDS else []


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
