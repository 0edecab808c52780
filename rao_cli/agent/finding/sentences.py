"""Find the sentences of a document in which a question is most likely answered.

The passages that search ranks best are read with a little text around them and cut into sentences. A sentence's
score is the share of the question's content words, rare ones counting more, that it holds, with less for words of
its neighbours, its paragraph and the headings above it. Limits: only what search finds is looked at.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rao_cli.agent.finding.sought import Sought, understand
from rao_cli.agent.finding.tokens import Token, alike, sentence_spans, tokens
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Span, union

PASSAGES = 40
"""Passages read for a question: the answer's is nearly always among them."""
AROUND = 300
"""Characters read on each side of a passage, so that sentences are whole and have their neighbours."""
_SHARES = {"own": 1.0, "alike": 0.6, "before": 0.4, "heading": 0.35, "after": 0.2, "near": 0.15}
"""What a question's word counts for by where it stands."""
_PAIR = 0.15
"""What question words that follow each other count for if they do so in the sentence."""
_RANK = 0.1
"""What being in the passage that search ranks first counts for."""
_ONLY_ASKED = 0.5
"""What a sentence's score falls to that says nothing but the question's words, as headings do."""
_NEAR = 3
"""Sentences on each side that are near."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a document with the score for a question, its highest 1 and more, and what that is made of.

    ``weights`` are the question's stems with what each is worth, together 1.
    """

    span: Span
    text: str
    score: float
    features: Mapping[str, float]
    weights: Mapping[str, float] = field(repr=False)


@dataclass(frozen=True)
class _Cut:
    """A sentence as it was cut: what it holds of a question is looked up in its stems."""

    span: Span
    text: str
    words: Sequence[Token]
    stems: frozenset[str]


def sentences_for(asked: Asked, reading: Reading, limit: int = 20) -> list[Sentence]:
    """Return the best sentences for a question, best first; none where search finds nothing."""
    hits = [hit.span for hit in reading.index.ranked(asked.stem or asked.text, limit=PASSAGES)]
    ranks = [
        (stretch, min(number for number, hit in enumerate(hits) if hit.overlaps(stretch)))
        for stretch in stretches(reading, hits)
    ]
    return _best(asked, reading, ranks)[:limit]


def sentences_in(asked: Asked, reading: Reading, span: Span) -> list[Sentence]:
    """Return the sentences of one span, best first, as if search had found it last."""
    return _best(asked, reading, [(span, PASSAGES)])


def _best(asked: Asked, reading: Reading, ranks: Iterable[tuple[Span, int]]) -> list[Sentence]:
    """Return the sentences of stretches, each with the rank of the best passage in it, best first."""
    sought = understand(asked.stem or asked.text)
    weights = rarity(sought, reading)
    found: list[Sentence] = []
    for stretch, rank in ranks:
        headings = frozenset(
            word.stem for title in reading.document.headings(stretch.start) for word in tokens(title)
        )
        cuts = _cuts(reading.document.read(stretch), stretch.start)
        found += [_scored(cuts, number, headings, rank, sought, weights) for number in range(len(cuts))]
    return sorted(found, key=lambda sentence: (-sentence.score, sentence.span.start))


def rarity(sought: Sought, reading: Reading) -> dict[str, float]:
    """Return what each content word of a question is worth, together 1: the rarer in the document, the more."""
    words: dict[str, str] = {}
    for word in sought.words:
        if word.stem in sought.stems:
            words.setdefault(word.stem, word.text)
    raw = worths(words, reading)
    whole = sum(raw.values()) or 1.0
    return {one: worth / whole for one, worth in raw.items()}


def worths(words: Mapping[str, str], reading: Reading) -> dict[str, float]:
    """Return what stems are worth by their words: the fewer passages hold a word, the more, as in BM25."""
    total, counts = reading.index.frequencies(list(words.values()))
    return {
        one: math.log1p((total - count + 0.5) / (count + 0.5)) for one, count in zip(words, counts, strict=True)
    }


def stretches(reading: Reading, hits: Iterable[Span]) -> list[Span]:
    """Return passages widened to what is around them in their file, those that touch joined."""
    size = len(reading.document)
    wide = []
    for hit in hits:
        around = Span(max(0, hit.start - AROUND), min(size, hit.end + AROUND))
        wide += [part for part in reading.document.by_file(around) if part.overlaps(hit)]
    return union(wide)


def _cuts(text: str, offset: int) -> list[_Cut]:
    found = []
    for start, end in sentence_spans(text):
        words = tokens(text[start:end])
        if words:
            stems = frozenset(part for word in words for part in (word.stem, *_inner(word)))
            found.append(_Cut(Span(offset + start, offset + end), text[start:end], words, stems))
    return found


def _inner(word: Token) -> list[str]:
    """Return the parts of a word joined by a slash, which stand for themselves."""
    return [part.lower() for part in word.text.split("/")] if "/" in word.text else []


def _scored(
    cuts: Sequence[_Cut],
    at: int,
    headings: frozenset[str],
    rank: int,
    sought: Sought,
    weights: Mapping[str, float],
) -> Sentence:
    shares = dict.fromkeys(_SHARES, 0.0)
    for one, worth in weights.items():
        where = _where(one, cuts, at, headings)
        if where:
            shares[where] += worth
    features = {**shares, "pairs": _pairs(cuts[at].words, sought), "passage": 1 / (1 + rank)}
    score = sum(_SHARES[where] * share for where, share in shares.items())
    score += _PAIR * features["pairs"] + _RANK * features["passage"]
    if all(word.stop or word.stem in weights for word in cuts[at].words):
        score *= _ONLY_ASKED
    return Sentence(cuts[at].span, cuts[at].text, score, features, weights)


def _where(one: str, cuts: Sequence[_Cut], at: int, headings: frozenset[str]) -> str:
    """Tell where a question's word stands, the nearest place first, or return an empty string."""
    if one in cuts[at].stems:
        return "own"
    if any(alike(one, other) for other in cuts[at].stems):
        return "alike"
    if at and one in cuts[at - 1].stems:
        return "before"
    if one in headings:
        return "heading"
    if at + 1 < len(cuts) and one in cuts[at + 1].stems:
        return "after"
    near = cuts[max(0, at - _NEAR) : at + _NEAR + 1]
    return "near" if any(one in cut.stems for cut in near) else ""


def _pairs(words: Sequence[Token], sought: Sought) -> float:
    """Return the share of the question's neighbouring content words that are neighbours in a sentence, too."""
    wanted = _neighbours([word.stem for word in sought.words if not word.stop])
    shared = wanted & _neighbours([word.stem for word in words if not word.stop])
    return len(shared) / len(wanted) if wanted else 0.0


def _neighbours(stems: Sequence[str]) -> set[tuple[str, str]]:
    return set(pairwise(stems))
