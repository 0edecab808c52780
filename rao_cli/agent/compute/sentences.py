"""Answer what the text states in the question's own words, as in "The secret number of amber-owl is 117".

Every sentence that has the question's names is looked at, in the whole text, so that all values of a key are
found; the same question asked for several keys is answered key by key. Limits: English; where sentences state
different values in words of their own, or a name stands in too many of them, the readers decide.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.finding.sentences import sentences_for
from rao_cli.agent.finding.statements import Value, Wanted, stated, wanted, without_source
from rao_cli.agent.finding.tokens import sentence_spans
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Span

MOST_PLACES = 400
"""Places at which the rarest name of a question may stand."""
MOST_WORDS = 12
"""Words of an answer."""
LONGEST_KEY = 200
"""Characters of a name; what is longer stands in no text."""
_AROUND = 700
"""Characters on each side of a name in which its sentence lies."""
_BEST = 8
"""Sentences looked at where the question has no name that could be searched for."""
_LINKED, _UNLINKED = 0.97, 0.8
_KINDS = frozenset({"fact", "several", "list", "chain"})
_BEFORE_KEYS = r"\b(?:for|of|to|in|at|by|from|with) (?:both |each of )?"
_PLAIN_KEY = r"(?:[^\s,]+ ){0,4}[^\s,?]+"
_MARKED_KEY = r"(?:(?:\w+-)+\w+|[A-Z][\w.]*(?: [A-Z0-9][\w.]*)*|\w*\d\w*)"
_KEYS = (
    re.compile(rf"\b({_MARKED_KEY}(?:, {_MARKED_KEY}){{0,10}},? and {_MARKED_KEY})(?P<rest> [^,]+)$"),
    re.compile(rf"{_BEFORE_KEYS}({_PLAIN_KEY}(?:, {_PLAIN_KEY}){{0,10}},? and {_PLAIN_KEY})(?P<rest>[?.]*)$"),
)
_STOP = re.compile(r"[.!?][\"'”’)]?(?=\s)")
_BETWEEN_KEYS = re.compile(r",? and |, ")


@dataclass(frozen=True)
class Statement:
    """A sentence that states a value, and the value."""

    span: Span
    value: Value


def solve_sentences(asked: Asked, reading: Reading) -> Computed | None:
    """Answer a question whose answer the text states in the question's own words, for one key or for several."""
    if asked.form.options or asked.kind not in _KINDS:
        return None
    question = asked.stem or asked.text
    examined = (Span(0, len(reading.document)),) if wanted(question).keys else ()
    found = statements(question, reading)
    if found:
        return told([found], examined)
    parts = [statements(one, reading) for one in by_key(question)]
    return told(parts, examined) if parts and all(parts) else None


def by_key(question: str) -> list[str]:
    """Return a question asked of several keys, "the number of A and B", as one question for each; else nothing."""
    plain = without_source(question).strip()
    found = next((match for pattern in _KEYS for match in [pattern.search(plain)] if match), None)
    if not found:
        return []
    rest = found.group("rest").rstrip("?.")
    return [f"{plain[: found.start(1)]}{key}{rest}?" for key in _BETWEEN_KEYS.split(found.group(1))]


def statements(question: str, reading: Reading) -> list[Statement]:
    """Return the sentences that state a question's answer, one for each value, in text order.

    Several values are returned only where "is" or a colon ties each to the question's words.
    """
    sought = wanted(question)
    found = [
        statement
        for span, text in _sentences(question, sought, reading)
        for statement in [_stated(sought, span, text)]
        if statement
    ]
    linked = [statement for statement in found if statement.value.linked]
    distinct: dict[str, Statement] = {}
    for one in linked or found:
        distinct.setdefault(one.value.text.lower(), one)
    return list(distinct.values()) if linked or len(distinct) == 1 else []


def _stated(sought: Wanted, span: Span, text: str) -> Statement | None:
    """Return what a sentence states, or else a part of it that a full stop ends, be it an abbreviation's."""
    ends = [0, *(stop.end() for stop in _STOP.finditer(text)), len(text)]
    for start, end in [(0, len(text)), *pairwise(ends)]:
        value = stated(sought, text[start:end])
        if value:
            return Statement(Span(span.start + start, span.start + end), value)
    return None


def _sentences(question: str, sought: Wanted, reading: Reading) -> Iterator[tuple[Span, str]]:
    """Yield the sentences that may state the answer, in text order, each once."""
    if not sought.keys:
        best = sentences_for(Asked(text=question, stem=question), reading, _BEST)
        yield from sorted((sentence.span, sentence.text) for sentence in best)
        return
    if max(map(len, sought.keys)) > LONGEST_KEY:
        return
    counts = {key: reading.index.find(key, 0, words=True).total for key in sought.keys}
    rarest = min(counts, key=lambda key: counts[key])
    if 0 < counts[rarest] <= MOST_PLACES:
        hits = reading.index.find(rarest, MOST_PLACES, words=True).hits
        yield from _around(reading, [hit.span for hit in hits])


def _around(reading: Reading, places: Iterable[Span]) -> Iterator[tuple[Span, str]]:
    """Yield the sentences that hold places, in text order, each once."""
    done = -1
    for place in places:
        around = Span(max(0, place.start - _AROUND), min(len(reading.document), place.end + _AROUND))
        text = reading.document.read(around)
        for start, end in sentence_spans(text):
            span = Span(around.start + start, around.start + end)
            if span.overlaps(place) and span.start > done:
                done = span.start
                yield span, text[start:end]


def told(parts: Sequence[Sequence[Statement]], examined: tuple[Span, ...] = ()) -> Computed | None:
    """Return what statements say as one answer, in the order of the keys, or None where it is too long."""
    every = [statement for part in parts for statement in part]
    texts = [statement.value.text for statement in every]
    kept = [text for number, text in enumerate(texts) if len(" ".join(texts[: number + 1]).split()) <= MOST_WORDS]
    if not kept:
        return None
    number = f"{len(every)} sentences state" if len(every) > 1 else "a sentence states"
    left_out = f"; {len(texts) - len(kept)} of them left out: the answer would be too long" * (
        len(texts) > len(kept)
    )
    return Computed(
        answer=", ".join(kept),
        how=f"{number} it in the question's words{left_out}",
        evidence=tuple(statement.span for statement in every),
        examined=examined or tuple(statement.span for statement in every),
        confidence=min(_LINKED if statement.value.linked else _UNLINKED for statement in every),
    )
