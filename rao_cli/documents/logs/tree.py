"""The sections of a log: days, hours and blocks of whole records, titled by their time range.

Limits: where times are missing or not in order, blocks are titled by their lines and grouped by number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.model import Section, Span
from rao_cli.documents.parsers.log_blocks import Block

# More children than this are hard to survey.
_MOST_CHILDREN = 64
_DAY, _HOUR = 86400, 3600


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block with where it ends; ``yearless`` if its times name no year."""

    block: Block
    end: int
    last_line: int
    yearless: bool
    timed: bool = True
    """It can be told by its time, since its log is in the order of time."""


def log_section(summary: Summary, title: str) -> Section:
    """Return the section tree of a log that was read."""
    pieces = _pieces(summary)
    runs = [_ordered(list(run)) for _, run in groupby(pieces, lambda piece: piece.block.stream)]
    parts = [_stream_section(summary, run) for run in runs] if len(runs) > 1 else []
    children = _grouped(parts) if parts else _children(runs[0])
    whole = Span(0, summary.characters)
    if len(children) == 1 and not children[0].children:
        return Section("", title, "file", whole)
    return Section("", title, "file", whole, tuple(children))


def _pieces(summary: Summary) -> list[_Piece]:
    ends = [*((block.start, block.line) for block in summary.blocks[1:]), (summary.characters, summary.lines)]
    return [
        _Piece(block, end, line, summary.streams[block.stream].yearless)
        for block, (end, line) in zip(summary.blocks, ends, strict=True)
        if end > block.start
    ]


def _stream_section(summary: Summary, run: Sequence[_Piece]) -> Section:
    stream = summary.streams[run[0].block.stream]
    children = _children(run)
    title = f"{stream.name or f'{stream.form} log'}, {_title(run)}"
    span = Span(run[0].block.start, run[-1].end)
    if len(children) == 1 and not children[0].children:
        return Section("", title, "chapter", span)
    return Section("", title, "chapter", span, tuple(children))


def _children(run: Sequence[_Piece]) -> list[Section]:
    return _by_time(run, _DAY) if run[0].timed else _grouped([_leaf(piece) for piece in run])


def _ordered(run: list[_Piece]) -> list[_Piece]:
    """Return the blocks, told by their lines if some have no time or more than a few start before others end."""
    lows = [piece.block.low for piece in run if piece.block.low is not None]
    highs = [piece.block.high for piece in run if piece.block.high is not None]
    # Clocks are set back an hour in autumn, and now and then a record has a time of its own.
    back = sum(low < high - _HOUR for high, low in zip(highs, lows[1:], strict=False))
    timed = len(lows) == len(run) and back * 20 <= len(run)
    return [replace(piece, timed=timed) for piece in run]


def _by_time(run: Sequence[_Piece], unit: int) -> list[Section]:
    """Return a section for each day, or each hour of one day."""

    def start(piece: _Piece) -> int:
        return (piece.block.low or 0) // unit

    parts = [list(part) for _, part in groupby(run, start)]
    if unit == _HOUR:
        return _grouped([_section(part, [_leaf(piece) for piece in part]) for part in parts])
    if len(parts) == 1:
        return _by_time(run, _HOUR)
    return _grouped([_section(part, _by_time(part, _HOUR)) for part in parts])


def _section(run: Sequence[_Piece], children: list[Section]) -> Section:
    if len(children) == 1:
        return children[0]
    span = Span(run[0].block.start, run[-1].end)
    return Section("", _title(run), "group", span, tuple(_grouped(children)))


def _leaf(piece: _Piece) -> Section:
    return Section("", _title([piece]), "records", Span(piece.block.start, piece.end))


def _grouped(sections: list[Section]) -> list[Section]:
    """Return the sections, in groups if they are too many."""
    while len(sections) > _MOST_CHILDREN:
        parts = [sections[at : at + _MOST_CHILDREN] for at in range(0, len(sections), _MOST_CHILDREN)]
        sections = [
            Section("", _between(part), "group", Span(part[0].span.start, part[-1].span.end), tuple(part))
            for part in parts
        ]
    return sections


def _between(part: Sequence[Section]) -> str:
    if len(part) == 1:
        return part[0].title
    first, last = (section.title.split(", ")[0] for section in (part[0], part[-1]))
    return f"{first} … {last}"


def _title(run: Sequence[_Piece]) -> str:
    """Return the time range, or else the lines, the number of records and of errors."""
    records = sum(piece.block.records for piece in run)
    alarms = sum(piece.block.alarms for piece in run)
    told = [_range(run) or f"lines {run[0].block.line + 1:,}–{run[-1].last_line:,}", _count(records, "record")]
    if alarms:
        told.append(_count(alarms, "error"))
    return ", ".join(told)


def _range(run: Sequence[_Piece]) -> str:
    lows = [piece.block.low for piece in run if piece.block.low is not None]
    highs = [piece.block.high for piece in run if piece.block.high is not None]
    if not run[0].timed:
        return ""
    return time_range(min(lows), max(highs), yearless=run[0].yearless)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def time_range(low: int, high: int, *, yearless: bool) -> str:
    """Return two times in seconds as a range in words: 2015-05-17 10:05–10:59."""
    first, last = moment(low, yearless=yearless), moment(high, yearless=yearless)
    if first[:-3] == last[:-3]:
        return first if first == last else f"{first}–{last.split()[-1]}"
    if low // _DAY == high // _DAY:
        return f"{first[:-3]}–{last.split()[-1][:-3]}"
    if low % _DAY == 0 and high % _DAY == 0:
        return f"{first.rsplit(' ', 1)[0]} – {last.rsplit(' ', 1)[0]}"
    return f"{first[:-3]} – {last[:-3]}"


def moment(seconds: int, *, yearless: bool) -> str:
    """Return a time in seconds since 1970 as a date and a clock, with the month's name where no year is known."""
    try:
        time = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    return time.strftime("%b %d %H:%M:%S" if yearless else "%Y-%m-%d %H:%M:%S")
