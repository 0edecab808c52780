"""Rank the sentences of a part by how much of it they say.

A sentence counts by the cosine between its words and those of the whole part, weighted by how rare they are in
the document (the centroid method: Radev et al. 2004), by how early it stands, and by whether it can be understood
alone. Limits: words are compared as they are written; the openings that need what came before are English.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt

from rao_cli.agent.cite import content_words
from rao_cli.agent.summary.sentences import Sentence, count_words

LEAD = 0.7
"""What standing first is worth; it halves with every further sentence of HALF_LEAD."""
HALF_LEAD = 3
DEPENDENT = 0.6
"""What a sentence loses that leans on the one before."""
TELLS = 0.4
"""What a sentence gains that says what the part is, or is about."""
ON_TITLE = 0.3
"""What a sentence gains that has all the words of its part's title."""
VERB_SHARE = 0.2
"""Of the places of a verb at least this share are behind "to"."""
COMMANDS = 0.5
"""What a sentence loses that tells the reader to do something: its first word follows "to" elsewhere."""
COMFORTABLE = (8, 32)
"""Words of a sentence that is read easily."""

_DEPENDENT = re.compile(
    r"(?:it|its|he|she|they|their|his|her|this|these|those|that|such|here|there|then|thus|hence|therefore|however"
    r"|but|and|or|so|also|additionally|moreover|furthermore|in addition|for example|for instance|see|note|if"
    r"|otherwise|similarly|instead|alternatively|finally|first|firstly|second|secondly|third|another|other|both"
    r"|in this case|the former|the latter|as (?:above|described|mentioned|noted)|when this|unless"
    r"|to do (?:this|so)|again|figure|table|we|i|you|your|because|since|although|even|only|any|each|for this"
    r"|with this|after this|let|now|please|thankfully|meanwhile|at this point|how to|late)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:this|the (?:present|following)) (?:\w+ )?(?:section|chapter|part|manual|document|guide|book|report"
    r"|paper|article|page|package|library|module|tool|program|appendix|project) (?:\w+ )?(?:describes?"
    r"|explains?|covers?|shows?|lists?|introduces?|discusses|presents?|provides?|contains?|gives?|documents?"
    r"|is (?:about|an?|the)|deals with)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(r"(?:when|while|before|after|once|until|where|for|in the|to)\b", re.IGNORECASE)
_DEFINES = re.compile(
    r"[\w’'-]+(?: [\w’'-]+){0,3} (?:is|are|was|were|provides?|lets?|allows?) (?:an?|the|used|you)\b"
)
_INFINITIVE = re.compile(r"\bto ([a-z]+)\b")
_LOOKS_AWAY = re.compile(
    r"\b(?:see|below|above|following|follows|figure \d|table \d|example|@|previous|next section)\b", re.IGNORECASE
)


def rarity(parts: Sequence[Sequence[Sentence]]) -> dict[str, float]:
    """Return the weight of each word by how few parts use it."""
    spread = Counter(word for part in parts for word in {w for one in part for w in content_words(one.text)})
    return {word: log((1 + len(parts)) / count) + 0.3 for word, count in spread.items()}


class Ranker:
    """Rates sentences by how much they say of one part, whose ``title`` is what it is about."""

    def __init__(self, part: Sequence[Sentence], weights: Mapping[str, float], title: str = "") -> None:
        self._part, self._weights, self._title = part, weights, content_words(title)
        counts = Counter(word for one in part for word in content_words(one.text))
        self._centroid = {word: log(1 + count) * weights.get(word, 1.0) for word, count in counts.items()}
        self._length = sqrt(sum(value * value for value in self._centroid.values())) or 1.0
        self._verbs = _verbs(part)

    def ranked(self) -> list[Sentence]:
        """Return the part's sentences, the most telling first."""
        scores = [self._score(one.text) + _place(one, place) for place, one in enumerate(self._part)]
        order = sorted(range(len(scores)), key=lambda number: (-scores[number], number))
        return [self._part[number] for number in order]

    def score(self, text: str) -> float:
        """Rate a sentence; one that is not of the part is taken to stand nowhere in particular."""
        place = next((place for place, one in enumerate(self._part) if one.text == text), None)
        return self._score(text) + (_place(self._part[place], place) if place is not None else 0.0)

    def _score(self, text: str) -> float:
        told = content_words(text)
        own = sqrt(sum(self._weights.get(word, 1.0) ** 2 for word in told)) or 1.0
        shared = sum(self._centroid.get(word, 0.0) * self._weights.get(word, 1.0) for word in told)
        named = ON_TITLE * len(self._title & told) / len(self._title) if self._title else 0.0
        commands = text.partition(" ")[0].lower() in self._verbs
        return shared / (own * self._length) + named + _form(text) - (COMMANDS if commands else 0.0)


def _verbs(part: Sequence[Sentence]) -> set[str]:
    """Return the words that are verbs: a good part of the places where they stand follow "to"."""
    used = Counter(word for one in part for word in one.text.lower().split())
    after = Counter(match[1] for one in part for match in _INFINITIVE.finditer(one.text))
    return {word for word, count in after.items() if count >= VERB_SHARE * used[word]}


def _place(sentence: Sentence, place: int) -> float:
    """Return what a sentence is worth by where it stands: near the beginning, or right below a heading."""
    return max(LEAD * float(0.5 ** (place / HALF_LEAD)), LEAD / 2 if sentence.opens else 0.0)


def _form(text: str) -> float:
    """Return what a sentence is worth by its form, whatever it says."""
    worth = 0.0
    if _TELLS.match(text):
        worth += TELLS
    elif _DEPENDENT.match(text):
        worth -= DEPENDENT
    elif _LEANS.match(text):
        worth -= DEPENDENT / 2
    elif _DEFINES.match(text):
        worth += TELLS
    if _LOOKS_AWAY.search(text):
        worth -= DEPENDENT / 2
    words = count_words(text)
    return worth - (0.2 if words < COMFORTABLE[0] or words > COMFORTABLE[1] else 0.0)
