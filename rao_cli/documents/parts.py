"""Divide a document that is too large to be packed whole: into parts now, and each part when it is first read.

A part is some tens of thousands of characters; its tokens are estimated until it is opened. What a part is packed
into depends on that part alone, so the leaf views are the same for every question here, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.packing import Packer
from rao_cli.documents.sections import number

LARGE = 4_000_000
"""Characters above which a document is divided into parts: packing more takes longer than a person waits."""
PART_CHARACTERS = 64_000
"""Most characters of a part: packed in a tenth of a second, and few enough parts for an outline of any input."""
_SAMPLES = 16
_SAMPLE_CHARACTERS = 2_000


def divide(document: Document, count_tokens: Callable[[str], int], fanout: int) -> Section:
    """Return the tree of a large document's parts, at most ``fanout`` children a section, tokens estimated.

    Parts are measured in characters: an estimate over the whole would move all of them after every edit.
    """
    ratio = _characters_per_token(document, count_tokens)
    parts = Packer(document.text, len, PART_CHARACTERS, fanout).tree(document.root)
    return number(_estimated(parts, ratio))


def _estimated(section: Section, ratio: float) -> Section:
    """Return a tree whose leaves have as many tokens as so many characters a token make."""
    children = tuple(_estimated(child, ratio) for child in section.children)
    tokens = sum(child.tokens for child in children) if children else -int(-len(section.span) // ratio)
    return replace(section, children=children, tokens=tokens)


def open_part(
    document: Document, part: Section, count_tokens: Callable[[str], int], view_tokens: int, fanout: int
) -> Section:
    """Return a part with its leaf views below it, as packing.pack would make them of this part alone."""
    text = document.text[part.span.start : part.span.end]
    start = part.span.start

    def count(span: Span) -> int:
        return count_tokens(text[span.start : span.end])

    inside = number(clip(document.root, part.span), shift=-start)
    packed = Packer(text, count, view_tokens, fanout).tree(replace(inside, title=part.title))
    named = number(packed, key=part.id, shift=start)
    return replace(named, kind=part.kind)


def clip(root: Section, span: Span) -> Section:
    """Return the smallest section around a span, cut to it; what crosses its ends is cut, too."""
    while inner := next((child for child in _touching(root, span) if child.span.contains(span)), None):
        root = inner
    return _cut(root, span)


def _cut(section: Section, span: Span) -> Section:
    inside = Span(max(section.span.start, span.start), min(section.span.end, span.end))
    children = tuple(_cut(child, span) for child in _touching(section, span))
    return replace(section, span=inside, children=children)


def _touching(section: Section, span: Span) -> Sequence[Section]:
    return [child for child in section.children if child.span.overlaps(span)]


def _characters_per_token(document: Document, count_tokens: Callable[[str], int]) -> float:
    """Return characters per token, measured on samples from the whole text."""
    step = max(_SAMPLE_CHARACTERS, len(document) // _SAMPLES)
    samples = [document.text[at : at + _SAMPLE_CHARACTERS] for at in range(0, len(document), step)]
    return max(0.05, sum(map(len, samples)) / max(1, sum(map(count_tokens, samples))))
