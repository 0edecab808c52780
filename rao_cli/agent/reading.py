"""A document made ready for agents: packed once into leaf views, indexed once, the same for every question.

Sections are named by the ids of the packed tree. A leaf's numbered blocks are sections too, named
``<leaf>#<number>``, so that an agent which is shown text can cite a block or hand it to a child.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.packing import pack
from rao_cli.documents.search import SearchIndex
from rao_cli.engine.base import Engine
from rao_cli.errors import RaoError

BLOCK_CHARACTERS = 200
"""Blocks are about 50 tokens: tiny models point at blocks of this size far better than at single short lines."""
LONGEST_BLOCK = 600
"""A line longer than this is cut, so that one endless line still has places to point at."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Reading:
    """A packed, searchable document. ``root`` is the packed section tree; its leaves fit ``view_tokens``."""

    document: Document
    root: Section
    view_tokens: int

    @cached_property
    def leaves(self) -> tuple[Section, ...]:
        """Return the leaf views in text order."""
        return tuple(self.root.leaves())

    @cached_property
    def index(self) -> SearchIndex:
        """Return the search index over the leaves, built on first use."""
        return SearchIndex(self.document, self.leaves)

    @cached_property
    def _by_id(self) -> dict[str, Section]:
        return {section.id: section for section in self.root.walk()}

    def section(self, section_id: str) -> Section:
        """Return the section with this id. Raises RaoError for an id that is not of this document."""
        leaf_id, _, number = section_id.partition("#")
        leaf = self._by_id.get(leaf_id)
        if leaf is None:
            raise RaoError(f"the document has no section {section_id!r}")
        if not number:
            return leaf
        blocks = self.blocks(leaf)
        if not number.isdecimal() or not 1 <= int(number) <= len(blocks):
            raise RaoError(f"section {leaf_id!r} has no block {number!r}")
        return blocks[int(number) - 1]

    def blocks(self, section: Section) -> tuple[Section, ...]:
        """Cut a section's text into the numbered blocks of a text view; together they are the whole text."""
        if "#" in section.id:
            return (section,)
        spans = _block_spans(self.document.read(section.span), section.span.start)
        return tuple(
            Section(f"{section.id}#{number}", section.title, "block", span)
            for number, span in enumerate(spans, start=1)
        )


def prepare_reading(document: Document, engine: Engine, view_tokens: int, fanout: int) -> Reading:
    """Pack a document for an engine: leaves of at most ``view_tokens``, at most ``fanout`` children a section."""
    return Reading(document, pack(document, engine.count_tokens, view_tokens, fanout), view_tokens)


def _block_spans(text: str, offset: int) -> list[Span]:
    spans: list[Span] = []
    start = end = 0
    for line in _LINE.finditer(text):
        paragraph_ends = not line.group().strip()
        end = line.end()
        if end - start >= BLOCK_CHARACTERS or (paragraph_ends and end - start > BLOCK_CHARACTERS // 2):
            spans += _cut(start, end)
            start = end
    if start < len(text):
        spans += _cut(start, len(text))
    return [Span(offset + span.start, offset + span.end) for span in spans]


def _cut(start: int, end: int) -> list[Span]:
    """Cut a span that is longer than LONGEST_BLOCK into pieces of that length."""
    return [Span(at, min(at + LONGEST_BLOCK, end)) for at in range(start, end, LONGEST_BLOCK)]
