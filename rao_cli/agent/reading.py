"""A document made ready for agents: packed once into leaf views, indexed once, the same for every question.

Sections are named by the ids of the packed tree. A leaf's numbered blocks are sections too, named
``<leaf>#<number>``, so that an agent which is shown text can cite a block or hand it to a child.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from rao_cli.documents.data.find import find_records
from rao_cli.documents.data.model import Records
from rao_cli.documents.memo import FILE_NAME, KeptCounts, Memo, memo_key
from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.packing import pack
from rao_cli.documents.parts import LARGE, divide, open_part
from rao_cli.documents.search import Hit, SearchIndex
from rao_cli.documents.store import Kept, key_of
from rao_cli.engine.base import Engine
from rao_cli.errors import RaoError

BLOCK_CHARACTERS = 200
"""Blocks are about 50 tokens: tiny models point at blocks of this size far better than at single short lines."""
BLOCK_TOKENS = 32
"""Least average tokens of a leaf's blocks, so that their numbers never cost more than a fraction of the text."""
LONGEST_BLOCK = 3
"""A line of more than this many blocks' size is cut, so that one endless line still has places to point at."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def _nothing() -> None:
    """Return that there is no index of an earlier time."""


def _as_it_is(section: Section) -> Section:
    """Return a section whose leaves fit already."""
    return section


@dataclass(frozen=True)
class Reading:
    """A packed, searchable document. ``root`` is the packed section tree; its leaves fit ``view_tokens``.

    A large document's tree ends in parts (documents/parts.py); a part gets its leaves when it is first asked for.
    """

    document: Document
    root: Section
    view_tokens: int
    open_part: Callable[[Section], Section] = _as_it_is
    index_path: Path | None = None
    """Where the search index is kept for the next time, if anywhere."""
    earlier_index: Callable[[], Path | None] = _nothing
    """Tells where the index of the same source was kept the last time, and notes where it is kept now."""

    @cached_property
    def parts(self) -> tuple[Section, ...]:
        """Return the leaves of the tree in text order: leaf views, or a large document's parts."""
        return tuple(self.root.leaves())

    @cached_property
    def index(self) -> SearchIndex:
        """Return the search index, built on first use."""
        return SearchIndex(self.document, self.parts, self.index_path, self.earlier_index())

    @cached_property
    def records(self) -> list[Records]:
        """Return the records that code finds in the document, found on first use."""
        return find_records(self.document)

    @cached_property
    def _by_id(self) -> dict[str, Section]:
        return {section.id: section for section in self.root.walk()}

    @cached_property
    def _opened(self) -> dict[str, Section]:
        return {}

    def section(self, section_id: str) -> Section:
        """Return the section with this id, opened. Raises RaoError for an id that is not of this document."""
        leaf_id, mark, _ = section_id.partition("#")
        found = self._by_id.get(leaf_id)
        if found and mark:
            found = next((block for block in self.blocks(found) if block.id == section_id), None)
        if found is None:
            raise RaoError(f"the document has no section {section_id!r}")
        return self.opened(found)

    def opened(self, section: Section) -> Section:
        """Return a part with its leaves below it; any other section as it is."""
        if not self.is_closed(section):
            return self._opened.get(section.id, section)
        opened = self.open_part(section)
        self._opened[section.id] = opened
        self._by_id.update((inner.id, inner) for inner in opened.walk())
        return opened

    def is_closed(self, section: Section) -> bool:
        """Tell whether a section is a part that nobody has asked for yet."""
        shown = section.children or section.tokens <= self.view_tokens or "#" in section.id
        return not shown and section.id not in self._opened and len(section.span) > 1

    def ranked(self, query: str, limit: int, within: Sequence[Span] | None = None) -> list[Section]:
        """Return the leaves that hold the passages which search ranks best for a query, best first."""
        hits = self.index.ranked(query, limit=limit, within=within)
        leaves = [leaf for hit in hits for leaf in self._holders(hit)]
        return list({leaf.id: leaf for leaf in leaves}.values())

    def _holders(self, hit: Hit) -> list[Section]:
        """Return the leaf of a hit, or those that share a good part of a hit in a part."""
        part = self.section(hit.section_id)
        if not part.children:
            return [part]
        least = len(hit.span) / 3
        found = [leaf for leaf in part.leaves() if leaf.span.shared(hit.span) >= least]
        return found or [leaf for leaf in part.leaves() if leaf.span.overlaps(hit.span)]

    def leaf_at(self, at: int) -> Section:
        """Return the leaf that holds a character; the part that it lies in is opened."""
        number = bisect_right(self.parts, at, key=lambda part: part.span.start) - 1
        part = self.opened(self.parts[max(0, number)])
        return next((leaf for leaf in part.leaves() if at < leaf.span.end), part)

    def leaves(self) -> Iterator[Section]:
        """Yield what has been packed into leaves in text order; a part not yet opened comes whole."""
        for part in self.parts:
            yield from self._opened.get(part.id, part).leaves()

    @property
    def leaf_count(self) -> int:
        """Return how many leaves there are, those of parts not yet opened estimated."""
        return sum(self.leaves_in(leaf) for leaf in self.leaves())

    def leaves_in(self, section: Section) -> int:
        """Return how many leaves a leaf is (one) or a part not yet opened will have."""
        return -(-section.tokens // self.view_tokens) if self.is_closed(section) else 1

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
    """Pack a document for an engine: leaves of at most ``view_tokens``, at most ``fanout`` children a section.

    What was packed before is read from the document's folder.
    """
    memo = Memo(Path(document.folder).parent.parent / FILE_NAME) if document.folder else None
    count = KeptCounts(engine.count_tokens, engine.identity, memo) if memo else engine.count_tokens

    def open_one(part: Section) -> Section:
        with memo or nullcontext():
            return open_part(document, part, count, view_tokens, fanout)

    def divided() -> Section:
        large = len(document) > LARGE
        with memo or nullcontext():
            return divide(document, count, fanout) if large else pack(document, count, view_tokens, fanout)

    if not document.folder:
        return Reading(document, divided(), view_tokens, open_one)
    kept = Kept(Path(document.folder), key_of("packing 2", engine.identity, str(view_tokens), str(fanout)))
    index = kept.path("index")
    return Reading(
        document, kept.tree(divided), view_tokens, open_one, index, partial(_earlier, memo, document, index)
    )


def _earlier(memo: Memo | None, document: Document, index: Path) -> Path | None:
    """Return where the index of the same source, packed in the same way, was kept; note where it is kept now."""
    if memo is None or not document.origins:
        return None
    with memo:
        key = memo_key("index", document.name, document.origins[0].path, index.name)
        found = memo.get(key)
        memo.put(key, str(index).encode())
    earlier = Path(found.decode("utf-8", "replace")) if found else index
    ours = earlier.parent.parent == index.parent.parent and earlier.name == index.name
    return earlier if ours and earlier != index else None


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
