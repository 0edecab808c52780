"""Answer yes or no by code where a sentence of the source says what the question asks, or denies it.

A sentence says it when it holds all of the question's names and numbers and nearly all of its content words; where
only one of the two is negated, the answer is no. Where sentences disagree, or none says it, nothing
is answered: a word that is missing proves nothing. Limits: negations are the English ones; words of opposite sense
("open", "closed") are told apart only because they are not the same.
"""

import re

from rao_cli.agent.choosing import Told, rarity_of, runs_around, stems_of
from rao_cli.agent.compute.base import Computed
from rao_cli.agent.finding.tokens import alike, tokens
from rao_cli.agent.form import said_yes_or_no
from rao_cli.agent.question.kinds import asked_part
from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.vocabulary import VERB
from rao_cli.agent.reading import Reading

ENOUGH = 0.85
"""Share of a question's words, rare ones counting more, that a sentence must hold to say it."""
FEWEST = 2
"""Content words that a question must have: one alone stands in many sentences that say something else."""
_SURENESS = 0.8
"""Confidence in a sentence that holds all of the words; it may still say something else."""

_VERB = re.compile(rf"^{VERB}\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nothing|nobody|nowhere|hardly|un(?:able|likely))\b|n['’]t\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"\b(?:if|unless|whether|maybe|perhaps|might|supposedly|allegedly)\b|\?\s*$", re.IGNORECASE)


def judge(asked: Asked, reading: Reading) -> Computed | None:
    """Return yes or no with the sentence that says so, or None where the source does not settle it."""
    wanted = stems_of(_VERB.sub("", asked_part(asked.stem)))
    if asked.form.shape != "yes-no" or len(wanted) < FEWEST:
        return None
    worth = rarity_of(asked, reading)
    whole = sum(worth.get(stem, 0.0) for stem in wanted) or 1.0
    runs = runs_around(asked, reading)
    found = [(_share(wanted, told, worth) / whole, told) for run in runs for told in run]
    says = [(share, told) for share, told in found if share >= ENOUGH and _says(asked, told, reading)]
    answers = {_answer(asked, told, reading) for _, told in says}
    if len(answers) != 1:
        return None
    share, told = max(says, key=lambda one: (one[0], -one[1].span.start))
    return Computed(
        answer=said_yes_or_no(answers.pop(), asked),
        how="a sentence that holds the question's words says so",
        evidence=(told.span,),
        examined=tuple(told.span for run in runs for told in run),
        confidence=share * _SURENESS,
    )


def _share(wanted: set[str], told: Told, worth: dict[str, float]) -> float:
    """Return what those of the wanted stems are worth that a sentence holds in some form."""
    return sum(worth.get(stem, 0.0) for stem in wanted if _holds(stem, told.stems))


def _holds(stem: str, stems: frozenset[str]) -> bool:
    return stem in stems or any(alike(stem, other) for other in stems)


def _says(asked: Asked, told: Told, reading: Reading) -> bool:
    """Tell whether a sentence states something, with every name and number of the question."""
    return not _UNSURE.search(reading.document.read(told.span)) and _names(asked.stem) <= told.stems


def _names(question: str) -> set[str]:
    """Return the stems of a question's numbers, and of its words with capitals but for the first."""
    words = tokens(question)
    return {word.stem for number, word in enumerate(words) if word.digit or (number and word.capital)}


def _answer(asked: Asked, told: Told, reading: Reading) -> str:
    return "yes" if _negated(asked.stem) == _negated(reading.document.read(told.span)) else "no"


def _negated(text: str) -> bool:
    return len(_NOT.findall(text)) % 2 == 1
