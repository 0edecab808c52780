"""Rank passages for a question.

BM25 over stemmed words, the parts of identifiers, titles and paths (Robertson and Zaragoza, "The Probabilistic
Relevance Framework", 2009), then three corrections that code can make: definitions of what the question names come
forward, as do passages with a number where one is asked for, and mere lists of pages go to the end. What each is
worth is measured in docs/experiments.md. A word that occurs nowhere stands for words that begin with it, or else
for those spelt most like it.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rao_cli.documents.model import Document, Span, union
from rao_cli.documents.search import terms
from rao_cli.documents.search.database import Database

_CANDIDATES = 100
"""Passages, at least, that are read to correct their rank."""
_DEFINES = 3.0
_HAS_NUMBER = 1.2
_MOST_DEFINITIONS = 50
_CLOSE = 75.0
"""Likeness, of 100, from which a word may be meant by one that occurs nowhere: "exponentation"."""
_MOST_MEANT = 3
_MOST_MISSING = 2
_SHORTEST_BEGINNING = 4
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class _Candidate:
    """A passage that matches, and how well."""

    span: Span
    listing: bool
    score: float


class Ranking:
    """Ranks the passages of a document; ``definitions`` are the places where its code defines a name."""

    def __init__(self, document: Document, database: Database, definitions: Mapping[str, Sequence[int]]) -> None:
        self._document, self._database, self._definitions = document, database, definitions

    def best(self, query: str, limit: int, within: Sequence[Span] | None) -> list[Span]:
        """Return the best passages, best first. Raises DamagedError when the index is unsound."""
        match = self._expression(query)
        if not match or limit < 1:
            return []
        found = self._candidates(match, max(_CANDIDATES, limit), _Allowed(within))
        self._prefer_definitions(found, match, query, _Allowed(within))
        if terms.asks_number(query):
            self._prefer_numbers(found, query)
        order = sorted(found.values(), key=lambda each: (each.listing, -each.score, each.span.start))
        return [each.span for each in order[:limit]]

    def _candidates(self, match: str, most: int, allowed: "_Allowed") -> dict[int, _Candidate]:
        """Return the best allowed passages by row."""
        found: dict[int, _Candidate] = {}
        for row, score in self._database.best(match, most, allowed.hull):
            span, listing = self._database.place(row)
            if allowed.overlaps(span):
                found[row] = _Candidate(span, listing, score)
                if len(found) == most:
                    break
        return found

    def _prefer_definitions(
        self, found: dict[int, _Candidate], match: str, query: str, allowed: "_Allowed"
    ) -> None:
        """Raise, or add, the passages in which a definition of what the query names begins."""
        places = (at for name in sorted(terms.names(query)) for at in self._definitions.get(name, ()))
        rows = {self._database.row(at): at for at in islice(places, _MOST_DEFINITIONS)}
        for row, at in rows.items():
            if row not in found and allowed.overlaps(self._database.place(row)[0]):
                found.update(self._candidates(match, 1, _Allowed([Span(at, at + 1)])))
            if row in found:
                found[row].score *= _DEFINES

    def _prefer_numbers(self, found: Mapping[int, _Candidate], query: str) -> None:
        """Raise passages with a number that the question does not have."""
        asked = set(_NUMBER.findall(query))
        for each in found.values():
            if not asked.issuperset(_NUMBER.findall(self._document.read(each.span))):
                each.score *= _HAS_NUMBER

    def _expression(self, query: str) -> str:
        """Return the FTS5 expression for any of a query's terms; nothing of the query can be an operator."""
        words = [word for term in terms.terms(query) for word in self._words_for(term)]
        phrases = [f'"{phrase}"' for phrase in terms.phrases(query)] if words else []
        return " OR ".join([*words, *phrases])

    def _words_for(self, term: str) -> list[str]:
        """Return a term, or what may be meant by one that occurs nowhere."""
        exact = f'"{term}"'
        if len(term) < _SHORTEST_BEGINNING or not term.isalpha() or self._database.occurs(exact):
            return [exact]
        if self._database.occurs(f"{exact}*"):
            return [f"{exact}*"]
        return [f'"{word}"' for word in self._spelt_like(term)] or [exact]

    def _spelt_like(self, term: str) -> list[str]:
        """Return the indexed words that differ from a term by few letters, but not by the first."""
        from rapidfuzz import fuzz, process

        stem = self._database.stem(term)
        words = self._database.words(stem[:1], len(stem) - _MOST_MISSING, len(stem) + _MOST_MISSING)
        close = process.extract(stem, words, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=_MOST_MEANT)
        return [word for word, *_ in close]


class _Allowed:
    """The spans that a search is limited to, or everything."""

    def __init__(self, within: Sequence[Span] | None) -> None:
        self._everything = within is None
        self._spans = union(span for span in within or () if span)
        self._starts = [span.start for span in self._spans]

    @property
    def hull(self) -> Span | None:
        """Return the span around all that is allowed, or None for everything."""
        if self._everything:
            return None
        return Span(self._spans[0].start, self._spans[-1].end) if self._spans else Span(0, 0)

    def overlaps(self, span: Span) -> bool:
        """Tell whether the span shares a character with what is allowed."""
        if self._everything:
            return True
        at = bisect_right(self._starts, max(span.start, span.end - 1)) - 1
        return at >= 0 and self._spans[at].overlaps(span)
