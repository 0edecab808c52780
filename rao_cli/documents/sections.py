"""Build section trees: nest headings, number sections, move a tree to another offset.

Every function keeps the rule that the leaves of a tree partition its span exactly.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rao_cli.documents.boundaries import pieces
from rao_cli.documents.model import CodeFile, Document, Facts, Origin, Page, Section, Skipped, Span, Text
from rao_cli.documents.records import moved
from rao_cli.documents.stored import TextWriter, encoded, windows
from rao_cli.text import one_line

# Leaves without a heading of their own: they belong to the section above them.
ANONYMOUS = frozenset({"paragraph", "page", "lines"})
_LEAF_CHARACTERS = 4000
_TITLE_CHARACTERS = 120
Split = Callable[[Span], tuple[Section, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading: where it starts, its level (smaller is higher) and its title."""

    start: int
    level: int
    title: str


def paragraphs(text: Text, span: Span) -> tuple[Section, ...]:
    """Return leaves of grouped paragraphs (or lines, where there are none) that partition a span."""
    return tuple(Section("", "", "paragraph", piece) for piece in pieces(text, span, _LEAF_CHARACTERS))


def page_leaves(span: Span, pages: Sequence[Page], kind: str = "page") -> tuple[Section, ...]:
    """Return a leaf for each page, or part of one, that lies in a span; pages stand in text order."""
    first = bisect_right(pages, span.start, key=lambda page: page.start)
    last = bisect_left(pages, span.end, key=lambda page: page.start)
    cuts = [span.start, *(page.start for page in pages[first:last]), span.end]
    return tuple(Section("", "", kind, Span(start, end)) for start, end in pairwise(cuts) if end > start)


def nest(marks: Sequence[Mark], whole: Section, split: Split) -> Section:
    """Return ``whole`` with a chapter for each mark, nested by level; ``split`` makes the leaves between them."""
    starts = [mark.start for mark in marks]
    first = starts[0] if starts else whole.span.end
    children = list(split(Span(whole.span.start, first))) if first > whole.span.start else []
    at = 0
    while at < len(marks):
        after = at + 1
        while after < len(marks) and marks[after].level > marks[at].level:
            after += 1
        end = starts[after] if after < len(marks) else whole.span.end
        chapter = Section("", marks[at].title, "chapter", Span(starts[at], end))
        children.append(nest(marks[at + 1 : after], chapter, split))
        at = after
    if len(children) == 1 and children[0].kind in ANONYMOUS:
        return whole
    return replace(whole, children=tuple(children))


def distinct(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks in text order with one mark for each place; titles at one place are joined."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.start):
        title = one_line(mark.title, _TITLE_CHARACTERS) or "(untitled)"
        if kept and kept[-1].start == mark.start:
            last = kept[-1]
            both = last.title if last.title.endswith(title) else one_line(f"{last.title} / {title}", 160)
            kept[-1] = Mark(last.start, min(last.level, mark.level), both)
        else:
            kept.append(Mark(mark.start, mark.level, title))
    return kept


def number(section: Section, key: str = "0", shift: int = 0) -> Section:
    """Return the tree with ids by position ("0", then "1", "1.3", …) and its spans moved by ``shift``."""
    prefix = "" if key == "0" else f"{key}."
    children = tuple(
        [number(child, f"{prefix}{position}", shift) for position, child in enumerate(section.children, 1)]
    )
    span = Span(section.span.start + shift, section.span.end + shift)
    return Section(key, section.title, section.kind, span, children, section.tokens)


def finish(
    text: Text,
    root: Section,
    origins: Sequence[Origin],
    *,
    skipped: Sequence[Skipped] = (),
    warnings: Sequence[str] = (),
    facts: Sequence[Facts] = (),
    code: Sequence[CodeFile] = (),
) -> Document:
    """Return the document for a finished tree: ids given, digest taken, the root's title as its name."""
    digest = hashlib.sha256()
    for piece in encoded(text):
        digest.update(piece)
    digest.update(repr(tuple(origins)).encode("utf-8", "surrogatepass"))
    return Document(
        name=root.title,
        text=text,
        root=number(root),
        origins=tuple(origins),
        digest=digest.hexdigest(),
        skipped=tuple(skipped),
        warnings=tuple(warnings),
        facts=tuple(facts),
        code=tuple(code),
    )


def join(title: str, kind: str, parts: Sequence[Document], writer: TextWriter | None = None) -> Document:
    """Return one document whose sections are the parts' roots, a newline added to a part that lacks it."""
    assembly = Assembly(writer)
    roots = tuple(assembly.add(part) for part in parts)
    return assembly.finish(Section("", title, kind, Span(0, assembly.end), roots))


class Assembly:
    """Puts documents one after another into one text; a part without a newline at its end gets one.

    The text goes to ``writer``, which may keep it on disk; without one it stays in memory up to a size.
    """

    def __init__(self, writer: TextWriter | None = None) -> None:
        self._writer = writer or TextWriter()
        self._origins: list[Origin] = []
        self._skipped: list[Skipped] = []
        self._warnings: list[str] = []
        self._facts: list[Facts] = []
        self._code: list[CodeFile] = []

    @property
    def end(self) -> int:
        """Return the length of the text so far."""
        return self._writer.length

    def add(self, part: Document) -> Section:
        """Append a document and return its root where it now stands."""
        start, length = self.end, len(part.text)
        for _, piece in windows(part.text):
            self._writer.write(piece)
        if part.text[length - 1 : length] != "\n":
            self._writer.write("\n")
        self._code.extend(moved(code, start, len(self._origins)) for code in part.code)
        self._origins.extend(_moved(part.origins, start, self.end))
        self._skipped.extend(part.skipped)
        self._warnings.extend(part.warnings)
        self._facts.extend(part.facts)
        return stretched(number(part.root, shift=start), self.end)

    def finish(self, root: Section, skipped: Sequence[Skipped] = (), facts: Sequence[Facts] = ()) -> Document:
        """Return the document of all parts under a root made of what ``add`` returned."""
        return finish(
            self._writer.finish(),
            root,
            self._origins,
            skipped=[*self._skipped, *skipped],
            warnings=self._warnings,
            facts=[*self._facts, *facts],
            code=self._code,
        )


def stretched(section: Section, end: int) -> Section:
    """Return a section whose last descendants end at another place."""
    children = section.children
    if children:
        children = (*children[:-1], stretched(children[-1], end))
    return replace(section, span=Span(section.span.start, end), children=children)


def _moved(origins: Sequence[Origin], shift: int, end: int) -> list[Origin]:
    moved = [
        Origin(
            origin.path,
            Span(origin.span.start + shift, origin.span.end + shift),
            tuple(replace(page, start=page.start + shift) for page in origin.pages),
            origin.unit,
            origin.line,
        )
        for origin in origins
    ]
    moved[-1] = replace(moved[-1], span=Span(moved[-1].span.start, end))
    return moved
