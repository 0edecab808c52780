"""Cut a document into the passages that search ranks.

A passage is a few hundred characters of one leaf and one file, cut at the best boundaries. Limits: whether a
passage only lists pages (an index, a table of contents) is judged by its lines, in documents with pages alone.
"""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.boundaries import pieces
from rao_cli.documents.model import Document, Section, Span
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
    files = document.origins
    starts = [file.span.start for file in files]
    shared = os.path.commonprefix([file.path for file in files])  # noqa: RUF071  cut at a slash in the next line
    above = len(shared.rpartition("/")[0])
    for leaf in leaves:
        title = storable(leaf.title) if len(leaf.span) <= _LONGEST_TITLED else ""
        for part in document.by_file(leaf.span):
            if not part:
                continue
            file = files[max(0, bisect_right(starts, part.start) - 1)]
            path = _words_of(file.path[above:]) if len(files) > 1 else ""
            paged = bool(file.pages) and file.unit == "page"
            text = storable(document.read(part))
            for piece in pieces(text, Span(0, len(text)), PASSAGE_CHARACTERS):
                words = text[piece.start : piece.end]
                span = Span(part.start + piece.start, part.start + piece.end)
                yield Passage(span, words, inner_words(words), title, path, paged and _is_listing(words))


def _words_of(path: str) -> str:
    path = storable(path)
    return f"{path} {inner_words(path)}"


def _is_listing(text: str) -> bool:
    """Tell whether a text lists pages: leaders of dots, or lines that end in a page."""
    lines = [line for line in text.splitlines() if line.strip()]
    if sum(1 for line in lines if _LEADER.search(line)) * 2 > len(lines):
        return True
    return len(lines) >= 2 and sum(1 for line in lines if _PAGE_ENTRY.match(line)) > len(lines) * 0.6
