"""Cut a document into the passages that search ranks.

A passage is a few hundred characters of one leaf and one file, cut at the best boundaries. Limits: whether a
passage only lists pages (an index, a table of contents) is judged by its lines, in documents with pages alone.
"""

import os
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.boundaries import pieces
from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.search.terms import inner_words, storable

PASSAGE_CHARACTERS = 400
"""Most characters of a passage: shorter ones than a leaf find more (docs/experiments.md)."""
_LONGEST_TITLED = 16_000
"""Characters above which a leaf's title says too little of a passage in it to be indexed with each."""
_LEADER = re.compile(r"(?:\.\s?){4}")
_PAGE_ENTRY = re.compile(r"[\d\s]*+[^\d\s].*[^\d:./-]\d{1,4}+(?:, ?\d{1,4}+)*+\s*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: where it is, what is indexed of it, and whether it only lists pages."""

    span: Span
    text: str
    parts: str
    title: str
    path: str
    listing: bool


def cut_passages(document: Document, leaves: Sequence[Section]) -> Iterator[Passage]:
    """Yield the passages of leaves, which stand in text order; together they are all of their text.

    Of paths only what tells the files apart is indexed: the folder that holds all would make each passage longer.
    """
    cutter = Cutter(document)
    for leaf in leaves:
        yield from cutter.passages(leaf)


class Cutter:
    """Cuts the leaves of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._starts = [file.span.start for file in document.origins]
        paths = [file.path for file in document.origins]
        shared = os.path.commonprefix(paths)  # noqa: RUF071  cut at a slash in the next line
        self._above = len(shared.rpartition("/")[0])

    def passages(self, leaf: Section) -> Iterator[Passage]:
        """Yield the passages of a leaf in order."""
        title = storable(leaf.title) if len(leaf.span) <= _LONGEST_TITLED else ""
        for part, file in self._parts(leaf):
            path = _words_of(self._path(file))
            paged = bool(file.pages) and file.unit == "page"
            text = storable(self._document.read(part))
            for piece in pieces(text, Span(0, len(text)), PASSAGE_CHARACTERS):
                words = text[piece.start : piece.end]
                span = Span(part.start + piece.start, part.start + piece.end)
                yield Passage(span, words, inner_words(words), title, path, paged and _is_listing(words))

    def checksum(self, leaf: Section) -> int:
        """Return a number that changes with anything the passages of a leaf are made of."""
        check = zlib.crc32(leaf.title.encode("utf-8", "replace"))
        for part, file in self._parts(leaf):
            about = f"\0{self._path(file)}\0{file.unit}\0{bool(file.pages)}\0{part.start}\0"
            check = zlib.crc32(about.encode("utf-8", "replace"), check)
            check = zlib.crc32(self._document.read(part).encode("utf-8", "replace"), check)
        return check

    def _parts(self, leaf: Section) -> Iterator[tuple[Span, Origin]]:
        """Yield the parts of a leaf with the files that they lie in."""
        for part in self._document.by_file(leaf.span):
            if part:
                yield part, self._document.origins[max(0, bisect_right(self._starts, part.start) - 1)]

    def _path(self, file: Origin) -> str:
        """Return what of a file's path tells it from the others."""
        return file.path[self._above :] if len(self._starts) > 1 else ""


def _words_of(path: str) -> str:
    path = storable(path)
    return f"{path} {inner_words(path)}" if path else ""


def _is_listing(text: str) -> bool:
    """Tell whether a text lists pages: leaders of dots, or lines that end in a page."""
    lines = [line for line in text.splitlines() if line.strip()]
    if sum(1 for line in lines if _LEADER.search(line)) * 2 > len(lines):
        return True
    return len(lines) >= 2 and sum(1 for line in lines if _PAGE_ENTRY.match(line)) > len(lines) * 0.6
