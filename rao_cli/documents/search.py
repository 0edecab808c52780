"""Search a document: ranked passages for a question, and literal matches with their exact count.

Passages of a few hundred characters, cut at line ends inside each leaf, are indexed in memory with SQLite's
FTS5: stemmed, and with identifiers split, so that "parse config" finds parseConfig. Limits: stemming and stop
words are English; the index lives in memory.
"""

import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.boundaries import pieces
from rao_cli.documents.model import Document, Section, Span, union

_PASSAGE_CHARACTERS = 800
_MOST_TERMS = 64
_LEADER = re.compile(r"(?:\.\s?){4}")
_PAGE_ENTRY = re.compile(r"[^\d\s].*[^\d:./-]\d{1,4}(?:, ?\d{1,4})*\s*$")
_WORD = re.compile(r"\w+")
_IDENTIFIER_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_MIXED = re.compile(r"[a-z][A-Z0-9]|[A-Z]{2}[a-z]")
_STOP_WORDS = frozenset(
    """a about according after all also am an and any are as at be been before being between both but by can
    could did do does doing done document each for from further get give given had has have having he her here
    hers him his how i if in into is it its itself just list many may me might more most much must my name no nor
    not of off on once one only or other our out over own s same shall she should so some such t tell text than
    that the their them then there these they this those through to too under up used using very was we were
    what when where which while who whom whose why will with would you your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage or match, and the leaf that holds its start."""

    span: Span
    section_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """The exact number of matches, and the first of them."""

    total: int
    hits: tuple[Hit, ...]


class SearchIndex:
    """A search index over a document's leaves; it may be used from any one thread at a time."""

    def __init__(self, document: Document, leaves: Sequence[Section]) -> None:
        self._document = document
        self._leaves = sorted(leaves, key=lambda leaf: leaf.span.start)
        self._starts = [leaf.span.start for leaf in self._leaves]
        self._passages: list[Span] = []
        self._listings: set[int] = set()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE passage USING fts5(text, parts, title, content='', tokenize='porter unicode61')"
        )
        self._database.executemany(
            "INSERT INTO passage(rowid, text, parts, title) VALUES (?, ?, ?, ?)", self._rows()
        )

    def ranked(self, query: str, limit: int = 10, within: Sequence[Span] | None = None) -> list[Hit]:
        """Return the passages that match the question's content words best, best first.

        Tables of contents and indexes of paged documents come last: they name a thing and say nothing of it.
        """
        terms = _terms(query)
        if not terms or limit < 1:
            return []
        matches = " OR ".join(f'"{term}"' for term in terms)
        found = self._database.execute(
            "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, 1.0, 0.5, 0.5), rowid",
            (matches,),
        )
        rows = sorted((row for (row,) in found), key=lambda row: row in self._listings)
        allowed = _Allowed(within)
        hits: list[Hit] = []
        for row in rows:
            span = self._passages[row - 1]
            if allowed.overlaps(span):
                hits.append(Hit(span, self._leaf_id(span.start)))
                if len(hits) == limit:
                    break
        return hits

    def find(self, pattern: str, limit: int = 5, within: Sequence[Span] | None = None) -> Found:
        """Count a literal text, in any case and with any white space between words; return the first matches."""
        words = pattern.replace("\0", " ").split()
        if not words:
            return Found(0, ())
        literal = re.compile(r"\s++".join(re.escape(word) for word in words), re.IGNORECASE)
        allowed = _Allowed(within)
        total = 0
        hits: list[Hit] = []
        for match in literal.finditer(self._document.text):
            span = Span(match.start(), match.end())
            if allowed.overlaps(span):
                total += 1
                if len(hits) < limit:
                    hits.append(Hit(span, self._leaf_id(span.start)))
        return Found(total, tuple(hits))

    def _rows(self) -> Iterator[tuple[int, str, str, str]]:
        for leaf in self._leaves:
            for span in self._cut(leaf):
                self._passages.append(span)
                text = _storable(self._document.read(span))
                if _is_listing(text) and self._document.locate(span).first_page:
                    self._listings.add(len(self._passages))
                yield len(self._passages), text, _parts(text), _storable(leaf.title)

    def _cut(self, leaf: Section) -> Iterator[Span]:
        """Yield a leaf's passages, each of one file."""
        for part in self._document.by_file(leaf.span):
            yield from pieces(self._document.text, part, _PASSAGE_CHARACTERS)

    def _leaf_id(self, at: int) -> str:
        if not self._leaves:
            return ""
        return self._leaves[max(0, bisect_right(self._starts, at) - 1)].id


class _Allowed:
    """The spans a search is limited to, or everything."""

    def __init__(self, within: Sequence[Span] | None) -> None:
        self._everything = within is None
        self._spans = union(within or ())
        self._starts = [span.start for span in self._spans]

    def overlaps(self, span: Span) -> bool:
        """Tell whether the span shares a character with what is allowed."""
        if self._everything:
            return True
        at = bisect_right(self._starts, max(span.start, span.end - 1)) - 1
        return at >= 0 and self._spans[at].overlaps(span)


def _is_listing(text: str) -> bool:
    """Tell whether a text from a paged document lists pages: leaders of dots, or lines that end in a page."""
    lines = [line for line in text.splitlines() if line.strip()]
    if sum(1 for line in lines if _LEADER.search(line)) * 2 > len(lines):
        return True
    return len(lines) >= 2 and sum(1 for line in lines if _PAGE_ENTRY.search(line)) > len(lines) * 0.6


def _terms(query: str) -> list[str]:
    """Return the query's distinct content words, or all of its words if there are no others."""
    words: dict[str, None] = {}
    for word in _WORD.findall(_storable(query)):
        for part in (word, *_IDENTIFIER_PART.findall(word)):
            words.setdefault(part.lower())
    content = [word for word in words if word not in _STOP_WORDS and word.strip("_")]
    return (content or [word for word in words if word.strip("_")])[:_MOST_TERMS]


def _parts(text: str) -> str:
    """Return the words inside the identifiers of a text, such as parse and config of parseConfig."""
    mixed = (word for word in _WORD.findall(text) if _MIXED.search(word))
    return " ".join(part for word in mixed for part in _IDENTIFIER_PART.findall(word))


def _storable(text: str) -> str:
    """Return the text without what SQLite refuses: NUL characters and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
