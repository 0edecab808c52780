"""Stretches of a document's text that hold one thing each: its files, and the logs that a file joins.

A file that starts with a line ``==> NAME <==``, as head and tail write it before each file, is cut at all of them.
Limits: a line longer than a piece of PIECE characters is cut.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from rao_cli.documents.model import Document, Section, Span, Text

PIECE = 1 << 20
"""Characters that are held at once."""
_HEADER = re.compile(r"==> ([^\n]{1,200}) <==")
_SAMPLE_HEAD = 1 << 16
_SAMPLE_PIECE = 1 << 14
_SAMPLE_PIECES = 12
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True)
class Stretch:
    """A span of a document's text that is one file, or one of the logs joined in a file under their names."""

    text: Text
    span: Span
    path: str
    name: str = ""
    """The name in the line above a joined log."""
    is_code: bool = False
    chapters: tuple[Section, ...] = ()
    """The sections with headings of their own that the reader of the file found in it."""

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line with where it starts, from the beginning, without its newline."""
        at, end = self.span.start, self.span.end
        while at < end:
            piece = self.text[at : min(at + PIECE, end)]
            if at + len(piece) < end and (cut := piece.rfind("\n") + 1):
                piece = piece[:cut]
            place = at
            for line in piece.removesuffix("\n").split("\n"):
                yield place, line
                place += len(line) + 1
            at += len(piece)

    @cached_property
    def sample(self) -> list[str]:
        """Return lines that stand for all: those of the beginning, and some from places further on."""
        start, end = self.span.start, self.span.end
        if len(self.span) <= _SAMPLE_HEAD + _SAMPLE_PIECES * _SAMPLE_PIECE:
            return self.text[start:end].removesuffix("\n").split("\n")
        lines = self.text[start : start + _SAMPLE_HEAD].split("\n")[:-1]
        step = (len(self.span) - _SAMPLE_HEAD) // _SAMPLE_PIECES
        for place in range(start + _SAMPLE_HEAD, end - _SAMPLE_PIECE, step):
            lines += self.text[place : place + _SAMPLE_PIECE].split("\n")[1:-1]
        return lines

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return what people may call the stretch: its path, its file's name, the words in them."""
        path = PurePath(self.name or self.path)
        words = " ".join(_WORD.findall(path.name)).lower()
        return tuple(dict.fromkeys(name for name in (str(path), path.name, words) if name))


@dataclass(frozen=True)
class Joined:
    """A file that joins several: the lines that name them, and what stands below each."""

    whole: Stretch
    headers: tuple[Span, ...]
    parts: tuple[Stretch, ...]


def stretches(document: Document) -> Iterator[Stretch | Joined]:
    """Yield the files of a document in the order of the text."""
    chapters = [section for section in document.root.walk() if section.kind == "chapter"]
    starts = [chapter.span.start for chapter in chapters]
    code = {file.origin for file in document.code}
    for number, origin in enumerate(document.origins):
        first, last = bisect_left(starts, origin.span.start), bisect_left(starts, origin.span.end)
        inside = tuple(chapters[first:last])
        whole = Stretch(document.text, origin.span, origin.path, is_code=number in code, chapters=inside)
        headers = list(_headers(whole))
        yield _joined(whole, headers) if headers else whole


def _joined(whole: Stretch, headers: Sequence[tuple[Span, str]]) -> Joined:
    end = whole.span.end
    ends = [header.start for header, _ in headers[1:]] + [end]
    parts = [
        Stretch(whole.text, Span(min(header.end + 1, stop), stop), whole.path, name)
        for (header, name), stop in zip(headers, ends, strict=True)
    ]
    return Joined(whole, tuple(header for header, _ in headers), tuple(parts))


def _headers(whole: Stretch) -> Iterator[tuple[Span, str]]:
    """Yield the lines that name joined files, if the first line of a file is one."""
    start, end = whole.span.start, whole.span.end
    if not whole.text[start : min(start + 300, end)].lstrip("\n").startswith("==> "):
        return
    for at, line in whole.lines():
        if line.startswith("==> ") and (header := _HEADER.fullmatch(line)):
            yield Span(at, at + len(line)), header[1]
