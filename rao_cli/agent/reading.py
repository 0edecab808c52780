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
BLOCK_TOKENS = 32
"""Least average tokens of a leaf's blocks, so that their numbers never cost more than a fraction of the text."""
LONGEST_BLOCK = 3
"""A line of more than this many blocks' size is cut, so that one endless line still has places to point at."""

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
        leaf_id, mark, _ = section_id.partition("#")
        found = self._by_id.get(leaf_id)
        if found and mark:
            found = next((block for block in self.blocks(found) if block.id == section_id), None)
        if found is None:
            raise RaoError(f"the document has no section {section_id!r}")
        return found

    def blocks(self, section: Section) -> tuple[Section, ...]:
        """Cut a leaf's text into the numbered blocks of a text view; together they are the whole text.

        A block is its own only block; a section with children has none.
        """
        if "#" in section.id:
            return (section,)
        if section.children:
            return ()
        size = max(BLOCK_CHARACTERS, len(section.span) * BLOCK_TOKENS // max(1, section.tokens))
        # A block lies in one file, so that a citation of it names the right one.
        spans = [
            block
            for part in self.document.by_file(section.span)
            for block in _block_spans(self.document.read(part), part.start, size)
        ]
        return tuple(
            Section(f"{section.id}#{number}", section.title, "block", span)
            for number, span in enumerate(spans, start=1)
        )


def prepare_reading(document: Document, engine: Engine, view_tokens: int, fanout: int) -> Reading:
    """Pack a document for an engine: leaves of at most ``view_tokens``, at most ``fanout`` children a section."""
    return Reading(document, pack(document, engine.count_tokens, view_tokens, fanout), view_tokens)


def _block_spans(text: str, offset: int, size: int) -> list[Span]:
    spans: list[Span] = []
    start = end = 0
    for line in _LINE.finditer(text):
        paragraph_ends = not line.group().strip()
        end = line.end()
        if end - start >= size or (paragraph_ends and end - start > size // 2):
            spans += _cut(start, end, size * LONGEST_BLOCK)
            start = end
    if spans and not text[start:].strip():
        spans[-1] = Span(spans[-1].start, len(text))  # white space alone is nothing to point at
    elif start < len(text):
        spans += _cut(start, len(text), size * LONGEST_BLOCK)
    return [Span(offset + span.start, offset + span.end) for span in spans]


def _cut(start: int, end: int, longest: int) -> list[Span]:
    """Cut a span into pieces of at most ``longest`` characters."""
    return [Span(at, min(at + longest, end)) for at in range(start, end, longest)]
