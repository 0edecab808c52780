"""Say to a model what a record of each label is, as something to write.

A small model can hardly name the label of a record, but it knows what it would write if it were asked for a record
of that label (docs/experiments.md). What it is asked comes from the source's own words on its labels: "a remark
praises the product (label: positive) or finds fault with it (label: negative)" becomes "Write a remark that
praises the product." Limits: English ways of saying it; where there are none the label stands alone.
"""

import re
from collections.abc import Sequence

from rao_cli.agent.prompts import WRITE_ABOUT, WRITE_MEANING, WRITE_THAT
from rao_cli.text import one_line

LONGEST_MEANING = 120
_READ = 2_000
"""Characters of an instruction that are looked at."""
_NO_NOUN = frozenset({"of", "line", "record", "row", "entry", "label", "text", "below", "each", "one", "it"})
_NOUN = re.compile(
    r"\b(?:every|each|an?)\s+([a-z'’]+(?:[ -](?!either|is|has)[a-z]+)?)\s+(?:either|is|has|was|[a-z]+s)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:every|each|an?|the) [\w-]+(?: [\w-]+)? (?=(?:is|are|has|was|[a-z]+s)\b)", re.IGNORECASE
)
_ABOUT = re.compile(r"\b(?:about|topics?|subjects?|themes?|concerns?|deals? with)\b", re.IGNORECASE)
_CLAUSE = re.compile(r".*(?:[.,;:()]|\b(?:either|or|and|that|which|if|when)\b)", re.IGNORECASE | re.DOTALL)
_OPINION = {
    "says what is good": ("positive", "pro", "pros", "praise", "favourable", "favorable", "good", "compliment"),
    "says what is bad": (
        "negative",
        "con",
        "cons",
        "criticism",
        "unfavourable",
        "unfavorable",
        "bad",
        "complaint",
    ),
    "is neither good nor bad": ("neutral", "mixed"),
}


def writing_prompts(labels: Sequence[str], instruction: str) -> tuple[str, ...]:
    """Return, for each label, the request to write a record of it."""
    told = one_line(instruction)[:_READ]
    noun = _noun(told)
    before = _completed([_before(label, told) for label in labels])
    if all(before):
        return tuple(WRITE_THAT.format(noun=noun, meaning=meaning) for meaning in before)
    after = [_after(label, told) for label in labels]
    if all(after):
        return tuple(
            WRITE_MEANING.format(label=_a(label), meaning=meaning)
            for label, meaning in zip(labels, after, strict=True)
        )
    opinions = [_opinion(label) for label in labels]
    if all(opinions):
        return tuple(WRITE_THAT.format(noun=noun, meaning=meaning) for meaning in opinions)
    if _ABOUT.search(told):
        return tuple(WRITE_ABOUT.format(noun=noun, label=label) for label in labels)
    return tuple(labels)


def _noun(told: str) -> str:
    """Return what a record is called, with its article."""
    nouns = (match[1].lower() for match in _NOUN.finditer(told))
    return _a(next((noun for noun in nouns if not _NO_NOUN & set(noun.split())), "remark"))


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _before(label: str, told: str) -> str:
    """Return the words that a label in brackets follows: "praises it" of "praises it (label: positive)"."""
    tag = re.search(rf"\((?:[\w-]{{1,30}}: ?)?['\"]?{re.escape(label)}['\"]?\)", told, re.IGNORECASE)
    if not tag:
        return ""
    head = told[max(0, tag.start() - LONGEST_MEANING) : tag.start()].strip()
    start = _CLAUSE.match(head)
    return _SUBJECT.sub("", head[start.end() :].strip() if start else head)


def _completed(meanings: Sequence[str]) -> list[str]:
    """Complete meanings by what only another one says: a label is told without the others.

    That is the noun that a final "it" or "them" stands for, and a verb that serves all.
    """
    if any(meaning.startswith("is ") for meaning in meanings):
        meanings = [meaning and f"is {meaning.removeprefix('is ')}" for meaning in meanings]
    things = [match[0] for meaning in meanings if (match := re.search(r"\b(?:the|an?|its) [\w-]+$", meaning))]
    return [re.sub(r"\b(?:it|them)$", things[0], meaning) if things else meaning for meaning in meanings]


def _after(label: str, told: str) -> str:
    """Return what a label is explained as: "it fails" of "bug (it fails)" or "bug means it fails"."""
    name = rf"\b{re.escape(label)}['\"]?"
    found = re.search(rf"{name} ?\(([^():]{{3,{LONGEST_MEANING}}})\)", told, re.IGNORECASE) or re.search(
        rf"{name} (?:means|if|when)(?: that)? ([^.,;()]{{3,{LONGEST_MEANING}}})", told, re.IGNORECASE
    )
    return found[1].strip() if found else ""


def _opinion(label: str) -> str:
    word = label.lower().strip()
    return next((meaning for meaning, words in _OPINION.items() if word in words), "")
