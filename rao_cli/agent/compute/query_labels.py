"""Find the labels that records have by their meaning only, in the words before the records or in the question.

"Every note is about one of these subjects: A, B, C", "(tone: warm) ... (tone: cold)", "Answer with one of: A, B".
Limits: English, and these ways of saying it; the labels are at most MOST.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.query import Field, Filter
from rao_cli.agent.compute.query_family import Item
from rao_cli.agent.compute.query_words import keys
from rao_cli.agent.question.options import listed
from rao_cli.agent.question.sentences import sentences

MOST = 50
_LONGEST_INSTRUCTION = 600
_LIST = r"(?P<list>[^\n]{3,1000}?)(?:\.(?=\s|$)|$)"
_OR = r"(?P<list>[\w '-]{2,40}(?:, [\w '-]{2,40}){0,8},? or [\w '-]{2,40})(?=[.,;)]|$)"
_LISTS = (
    re.compile(
        rf"\b(?:one|any|some|either) of (?:these|the following|the|\w+) (?P<word>[\w-]{{2,30}}): {_LIST}",
        re.I | re.M,
    ),
    re.compile(
        rf"\b(?:the|possible|these) (?P<word>[\w-]{{2,30}}) (?:are|is one of|is either|can be|may be):? {_LIST}",
        re.I | re.M,
    ),
    re.compile(
        r"\b(?:an?|one|its|the) (?P<word>[\w-]{2,30})(?: that is|,? which is|[,:] either|:|,| is| is either) "
        + _OR,
        re.I | re.M,
    ),
    re.compile(
        r"\b(?:is|are) (?P<word>label)l?ed (?:as )?(?:either )?" + _OR,
        re.I | re.M,
    ),
)
_TAGGED = re.compile(r"\((?P<word>[\w-]{2,30}): (?P<label>[^()\n]{1,60})\)")


@dataclass(frozen=True)
class Labels:
    """What records are labelled with: the word for it, the labels, and what the source says about them."""

    word: str
    labels: tuple[str, ...]
    instruction: str

    def items(self) -> dict[tuple[str, ...], Item]:
        """Return what the word and the labels stand for in a question."""
        field = Field(take="label", word=self.word)
        found = {keys(self.word): Item("field", self.word, field=field)}
        for label in self.labels:
            condition = Filter(field=field, values=(label,))
            found[keys(label)] = Item("filter", label, filter=condition)
        return found


def find_labels(preface: str, context: str, asked_word: str, options: Sequence[str]) -> Labels | None:
    """Return the labels that the words before the records, or the question, speak of.

    ``asked_word`` is what the question asks for, and ``options`` the answers that it offers.
    """
    for text in (preface, context):
        word, labels = _declared(text)
        if 2 <= len(labels) <= MOST:
            return Labels(word, labels, _instruction(text, word, labels))
    if asked_word and 2 <= len(options) <= MOST:
        return Labels(asked_word, tuple(options), f"Each record has one {asked_word}: {', '.join(options)}.")
    return None


def _declared(text: str) -> tuple[str, tuple[str, ...]]:
    tagged = Counter(match["word"].lower() for match in _TAGGED.finditer(text))
    word, count = tagged.most_common(1)[0] if tagged else ("", 0)
    if count >= 2:
        found = (match["label"].strip() for match in _TAGGED.finditer(text) if match["word"].lower() == word)
        return word, tuple(dict.fromkeys(found))
    for pattern in _LISTS:
        if match := pattern.search(text):
            labels = tuple(option.text for option in listed(match["list"]))
            if len(labels) >= 2:
                return " ".join(keys(match["word"])), labels
    return "", ()


def _instruction(text: str, word: str, labels: Sequence[str]) -> str:
    """Return the sentences that speak of the labels."""
    wanted = (word.lower(), *(label.lower() for label in labels))
    telling = [sentence for sentence in sentences(text) if any(each in sentence.lower() for each in wanted)]
    kept = [sentence for sentence in telling if not re.search(r"\bnot (?:written|given|stated|shown)\b", sentence)]
    return " ".join(" ".join(kept or telling).split())[:_LONGEST_INSTRUCTION]
