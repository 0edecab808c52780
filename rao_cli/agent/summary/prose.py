"""Topics of running text: its main parts, each with its most telling sentences.

Long parts are looked at in excerpts, so that a text of any length is surveyed in bounded time. Limits: which parts
matter less (contents, indexes, licences) is told by English titles.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rao_cli.agent.summary.central import Ranker, rarity
from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.agent.summary.parts import titled_parts
from rao_cli.agent.summary.sentences import Sentence, sentences
from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.sections import ANONYMOUS
from rao_cli.text import one_line

SURVEYED = 4_000_000
"""Characters that code looks at in all parts together."""
EXCERPT = 20_000
"""Characters of one excerpt of a part that is too long to be looked at whole."""
KEPT = 24
"""Sentences of a part that may be told, at least."""
WORDS_A_SENTENCE = 8
DEEPEST = 2
"""Levels of parts below the main ones that an outline may show."""
WITHOUT_SENTENCES = 0.25
"""What a part without sentences is worth, of which only its beginning can be told."""
LEAST_LEAD = 0.2
"""A part that says what the whole is has at least this share of the weight of the weightiest."""
BEGINNING = 160
"""Characters of its beginning that stand for a part without sentences."""
TITLE_CHARACTERS = 80

_CENTRAL = re.compile(
    r"\b(?:abstract|introduction|overview|summary|description|about|synopsis|background|conclusions?"
    r"|getting started|results?|discussion|what is)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:contents|front matter|index|bibliography|references|licen[cs]e|copyright|acknowledge?ments?|authors?"
    r"|change ?log|history of changes|appendi(?:x|ces)|see also|colophon|preface|credits|about this document"
    r"|bugs?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Surveyed:
    """A part with the sentences that were found in it, in text order."""

    section: Section
    sentences: Sequence[Sentence]


def prose_topics(document: Document, parts: Sequence[Section], words: int) -> tuple[Topic, ...]:
    """Return a topic for each part, with enough to tell in ``words`` words."""
    share = max(1, SURVEYED // max(1, len(parts)))
    surveyed = [_Surveyed(part, found_sentences(document, part.span, share)) for part in parts]
    weights = rarity([one.sentences for one in surveyed])
    kept = max(KEPT, words // (WORDS_A_SENTENCE * max(1, len(parts))))
    return tuple(_with_lead([_topic(document, one, weights, kept) for one in surveyed]))


def found_sentences(document: Document, span: Span, most: int) -> list[Sentence]:
    """Return the sentences of a span, or of excerpts of at most ``most`` characters spread over it."""
    return [
        sentence
        for excerpt in excerpts(span, most)
        for sentence in sentences(document.read(excerpt), excerpt.start)
    ]


def excerpts(span: Span, most: int) -> list[Span]:
    """Return a span, or pieces of it from its beginning to its end that have ``most`` characters together."""
    if len(span) <= most:
        return [span]
    count = max(1, most // EXCERPT)
    step = len(span) / count
    return [Span(at, min(span.end, at + EXCERPT)) for at in (span.start + int(step * n) for n in range(count))]


def _topic(document: Document, one: _Surveyed, weights: Mapping[str, float], kept: int, level: int = 0) -> Topic:
    part = one.section
    ranker = Ranker(one.sentences, weights, part.title)
    inner = [_topic(document, each, weights, kept, level + 1) for each in _inner(one)] if level < DEEPEST else []
    statements = _spread(_statements(ranker.ranked()[:kept]), inner)[:kept]
    return Topic(
        one_line(part.title, TITLE_CHARACTERS),
        part.span,
        statements or beginning(document, part.span),
        weight(part) * (1.0 if statements else WITHOUT_SENTENCES),
        tuple(inner),
        titled=part.kind not in ANONYMOUS,
        score=ranker.score if one.sentences else None,
    )


def _inner(one: _Surveyed) -> Iterator[_Surveyed]:
    """Yield the parts of a part with the sentences that were found in each."""
    parts = titled_parts(one.section)
    starts = [sentence.span.start for sentence in one.sentences]
    for part in parts if len(parts) > 1 else ():
        first, last = bisect_left(starts, part.span.start), bisect_left(starts, part.span.end)
        yield _Surveyed(part, one.sentences[first:last])


def _statements(order: Sequence[Sentence]) -> tuple[Statement, ...]:
    return tuple(Statement(sentence.text, (sentence.span,)) for sentence in order)


def _spread(own: tuple[Statement, ...], inner: Sequence[Topic]) -> tuple[Statement, ...]:
    """Put the best sentence of every inner part, the weightiest part first, behind the part's own best."""
    parts = sorted(inner, key=lambda topic: -topic.weight)
    firsts = [topic.statements[0] for topic in parts if topic.statements and topic.score]
    return tuple(dict.fromkeys([*own[:1], *firsts, *own[1:]]))


def weight(part: Section) -> float:
    """Return how much a part matters, by its length and its title."""
    size = float(max(1, len(part.span)) ** 0.4)
    if _ASIDE.search(part.title):
        return size * 0.25
    return size * (2.0 if _CENTRAL.search(part.title) else 1.0)


def beginning(document: Document, span: Span) -> tuple[Statement, ...]:
    """Return how a part without sentences begins, if it has any text."""
    text = document.read(Span(span.start, min(span.end, span.start + BEGINNING)))
    told = one_line(text)
    if len(span) > len(text):
        told = f"{told.rsplit(' ', 1)[0]} …"
    shown = Span(span.start, span.start + len(text))
    return (Statement(told, (shown,)),) if told else ()


def _with_lead(topics: Sequence[Topic]) -> list[Topic]:
    """Mark the topic that says what the whole is: the first that matters and has a sentence."""
    told = [topic for topic in topics if topic.statements]
    best = max((topic.weight for topic in told), default=0.0)
    matters = [topic for topic in told if topic.weight >= best * LEAST_LEAD and not _ASIDE.search(topic.heading)]
    lead = next(iter(matters or told), None)
    return [replace(one, lead=one is lead) for one in topics]
