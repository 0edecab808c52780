"""Rank the candidates of several sentences: a linear model over their features, fitted once (weights.py).

Limits: it knows no meaning. About one first candidate in three is right (docs/experiments.md has the figures); its
use is to say which few spans are worth a model's reading.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rao_cli.agent.finding.candidates import Candidate, candidates
from rao_cli.agent.finding.sentences import Sentence
from rao_cli.agent.finding.weights import WEIGHTS
from rao_cli.agent.question.model import Asked
from rao_cli.documents.model import Span

SENTENCES = 8
"""Sentences whose candidates are ranked: nine of ten answers are in them."""


@dataclass(frozen=True)
class Ranked:
    """A candidate among those of several sentences: its span in the document, and what it is worth."""

    span: Span
    text: str
    score: float
    sentence: Sentence


def rank(asked: Asked, sentences: Sequence[Sentence], limit: int = 20) -> list[Ranked]:
    """Return the best candidates of sentences that stand in the order of their scores, best first."""
    ranked = [
        Ranked(_placed(sentence, candidate), candidate.text, score(features), sentence)
        for sentence, candidate, features in features_of(asked, sentences)
    ]
    ranked.sort(key=lambda one: (-one.score, one.span))
    return _distinct(ranked)[:limit]


def features_of(asked: Asked, sentences: Sequence[Sentence]) -> list[tuple[Sentence, Candidate, dict[str, float]]]:
    """Return the candidates of the best sentences with their own features, their sentence's and their spread."""
    read = [candidates(asked, sentence.text, sentence.weights) for sentence in sentences[:SENTENCES]]
    spread = Counter(stem for each in read for stem in {stem for candidate in each for stem in candidate.stems})
    return [
        (sentences[number], candidate, {**candidate.features, **of_sentence, "spread": _spread(candidate, spread)})
        for number, each in enumerate(read)
        for of_sentence in [_of_sentence(sentences, number)]
        for candidate in each
    ]


def _spread(candidate: Candidate, spread: Mapping[str, int]) -> float:
    """Return in how many other sentences a candidate's words stand, on average, of all."""
    return sum(spread[stem] - 1 for stem in candidate.stems) / max(1, len(candidate.stems)) / SENTENCES


def score(features: Mapping[str, float]) -> float:
    """Return what a candidate's features are worth together."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())


def _of_sentence(sentences: Sequence[Sentence], number: int) -> dict[str, float]:
    sentence = sentences[number]
    return {
        "sentence:score": sentence.score,
        "sentence:rank": 1 / (1 + number),
        "sentence:first": float(number == 0),
        "sentence:gap": sentences[0].score - sentence.score,
        "sentence:own": sentence.features["own"],
        "sentence:pairs": sentence.features["pairs"],
    }


def _placed(sentence: Sentence, candidate: Candidate) -> Span:
    return Span(sentence.span.start + candidate.span.start, sentence.span.start + candidate.span.end)


def _distinct(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the best of candidates that say the same."""
    first: dict[str, Ranked] = {}
    for one in ranked:
        first.setdefault(one.text.lower(), one)
    return list(first.values())
