"""Propose answers by code, for readers that weigh them: the ranked candidates of a question, by where they stand.

A tiny model chooses well among a few short answers and writes poor ones (docs/experiments.md); so code finds the
spans of the text that may answer, and the model judges each beside the text it stands in. A question that asks
why, or how something works, is answered by whole sentences; a part of a date stands for the whole date. Limits:
English names of months.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.finding.ranking import Ranked, rank
from rao_cli.agent.finding.sentences import Sentence, sentences_for, sentences_in
from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Section, Span
from rao_cli.text import one_line

SENTENCES = 20
LOOKED_AT = 1_000
"""Sentences among which these are: in a hostile text hundreds may only ask the question again."""
ASKED_AGAIN = 0.9
"""Share of the question's words, rare ones counting more, that a sentence has which asks it again."""
WORDS = 60
"""Words of a sentence that is proposed whole."""

_CLOSING = " \t\r\n\"')]}>*_`”’»"
_ASKS_REASON = re.compile(r"^(?:why|explain|describe|how (?:do|does|can|could|should|to|is|are)\b)", re.IGNORECASE)
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[.])"
)
_DATE = re.compile(rf"(?:\b\d{{1,2}} {_MONTH}|\b{_MONTH} \d{{1,2}}),? \d{{4}}\b|\b{_MONTH} \d{{4}}\b")
_NUMBER = re.compile(
    r"\d|\b(?:no|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
    r"|million|billion|dozen|half|once|twice|several|many|few)\b",
    re.IGNORECASE,
)
_ASKS_PART = re.compile(r"\b(?:year|month|day|decade|century)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many candidates are proposed: over a whole document, and to one reader, at most."""

    document: int
    reader: int


FEW = Breadth(24, 6)
"""For a model that was not trained to choose: 86 to 98 of 100 answers are among them (docs/experiments.md)."""
MANY = Breadth(48, 10)
"""For one that was: three more of 48 answers in the longest texts are among them."""


@dataclass(frozen=True)
class Proposal:
    """A span that may answer, the sentence that it stands in, and what code thinks of it: higher is better.

    ``text`` is never empty, and safe to show: on one line, without control characters.
    """

    text: str
    span: Span
    sentence: Span
    score: float
    about: float
    """How much of the question the sentence and what stands around it hold; 1 is all of it."""


class Proposer:
    """Propose answers from one reading; what is asked of the whole document is ranked once."""

    def __init__(self, reading: Reading, breadth: Breadth = FEW) -> None:
        self._reading = reading
        self._breadth = breadth
        self._ranked: dict[str, list[Proposal]] = {}

    def leaves(self, goal: str, within: Sequence[Span]) -> list[Section]:
        """Return the leaves inside spans that proposals stand in, the best proposal's first, each once."""
        leaves = [self._reading.leaf_at(one.span.start) for one in self._of_document(goal)]
        inside = [leaf for leaf in leaves if any(span.contains(leaf.span) for span in within)]
        return list({leaf.id: leaf for leaf in inside}.values())

    def inside(self, goal: str, spans: Sequence[Span]) -> tuple[Proposal, ...]:
        """Return the best proposals that stand in the spans: the document's own, or else the best there."""
        found = [one for one in self._of_document(goal) if any(span.contains(one.span) for span in spans)]
        if not found:
            asked = recognise(goal)
            around = [one for span in spans for one in sentences_in(asked, self._reading, span)]
            local = self._proposals(asked, around)
            found = [one for one in local if any(span.contains(one.span) for span in spans)]
        return tuple(found[: self._breadth.reader])

    def _of_document(self, goal: str) -> list[Proposal]:
        if goal not in self._ranked:
            asked = recognise(goal)
            self._ranked[goal] = self._proposals(asked, sentences_for(asked, self._reading, LOOKED_AT))
        return self._ranked[goal]

    def _proposals(self, asked: Asked, found: Sequence[Sentence]) -> list[Proposal]:
        sentences = [sentence for sentence in found if not _asks(sentence)][:SENTENCES]
        if asked.kind == "explain" and _ASKS_REASON.match(asked.stem):
            return [one for one in map(_whole, sentences[: self._breadth.document]) if one.text]
        proposals = [_proposal(one, asked) for one in rank(asked, sentences, self._breadth.document)]
        distinct = list({one.span: one for one in reversed(proposals) if one.text}.values())[::-1]
        return [one for one in distinct if _fits(one.text, asked)] or distinct


def _asks(sentence: Sentence) -> bool:
    """Tell whether a sentence asks the question again, as lists of questions do; what it says is no answer."""
    return sentence.text.rstrip(_CLOSING).endswith("?") and sentence.features["own"] >= ASKED_AGAIN


def _proposal(one: Ranked, asked: Asked) -> Proposal:
    span = one.span if _ASKS_PART.search(asked.stem) else _whole_date(one)
    text = one.sentence.text[span.start - one.sentence.span.start : span.end - one.sentence.span.start]
    return Proposal(one_line(text), span, one.sentence.span, one.score, one.sentence.score)


def _fits(text: str, asked: Asked) -> bool:
    """Tell whether a text looks like what is asked for: its brackets are closed, a number holds a number."""
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return False
    return asked.form.shape != "number" or _NUMBER.search(text) is not None


def _whole_date(one: Ranked) -> Span:
    """Return a span, widened to the date that it is a part of."""
    offset = one.sentence.span.start
    for match in _DATE.finditer(one.sentence.text):
        date = Span(offset + match.start(), offset + match.end())
        if date.contains(one.span):
            return date
    return one.span


def _whole(sentence: Sentence) -> Proposal:
    text = " ".join(one_line(sentence.text).split()[:WORDS])
    return Proposal(text, sentence.span, sentence.span, sentence.score, sentence.score)
