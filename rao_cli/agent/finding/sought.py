"""Understand by rule what a question looks for: the sort of answer, the noun it names it by, its content words.

Rules are of English phrasing. A question that none of them fits looks for "thing", and all of its words count.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rao_cli.agent.finding.tokens import PAST_FORMS, STOP_WORDS, Token, tokens

Sort = Literal["person", "time", "year", "place", "number", "money", "name", "code", "manner", "thing"]

_ASKING = frozenset("who whom whose what which when where why how".split())  # noqa: SIM905
_AUXILIARIES = frozenset(
    "is are was were be been do does did has have had can could will would shall should may might must".split()  # noqa: SIM905
)
_SORTS: tuple[tuple[Sort, str], ...] = (
    ("year", "year"),
    ("time", "date day month century decade era period season time birthday age"),
    (
        "place",
        "place city country town state region area island river continent county village province location street"
        " district capital planet lake ocean sea venue park stadium mountain port building room directory folder",
    ),
    (
        "person",
        "person man men woman women author king queen president actor singer writer leader scientist individual"
        " people player founder inventor director manager commissioner architect artist emperor"
        " ruler maintainer host mayor",
    ),
    (
        "number",
        "number percentage percent population amount rate size height length width distance weight temperature"
        " score rank total share proportion ratio quantity depth speed duration",
    ),
    ("money", "price cost revenue salary fee budget income fine"),
    (
        "code",
        "option command file function variable method class package flag switch parameter argument setting"
        " attribute builtin program tool keyword macro module library exception signal version field operator"
        " type primary",
    ),
    (
        "name",
        "company organization organisation group team school university college agency party institution newspaper"
        " journal language nationality religion band club league title name nickname term word film book song"
        " event battle war treaty act law charter award brand fort railway church newspaper code channel",
    ),
)
_SORT_OF_NOUN: dict[str, Sort] = {noun: sort for sort, nouns in _SORTS for noun in nouns.split()}
_MEASURED: dict[str, Sort] = {
    "many": "number",
    "much": "number",
    "long": "number",
    "far": "number",
    "old": "number",
    "tall": "number",
    "high": "number",
    "large": "number",
    "big": "number",
    "deep": "number",
    "wide": "number",
    "fast": "number",
    "often": "number",
    "heavy": "number",
    "late": "time",
    "early": "time",
}
_MONEY = re.compile(r"\b(?:costs?|pays?|paid|price|worth|earn|earned|spend|spent|sold|dollars?|money|revenue)\b")


@dataclass(frozen=True)
class Sought:
    """What a question looks for. ``stems`` are its content words' in their order, each once."""

    sort: Sort
    words: tuple[Token, ...]
    slot: int
    """The number of the word that asks, which the answer would stand for; -1 where there is none."""
    noun: str
    """Stem of the noun that names the sort of answer: city in "which small city", or empty."""
    noun_words: tuple[str, ...]
    """Stems of the whole phrase of that noun."""
    asks: str
    """The asking word, lower-cased: who, what, how; or empty."""
    object: bool
    """The answer follows the verb, as in "what did X buy"."""
    verb: str
    """Stem of the verb that the answer is the subject or the object of, or empty."""
    stems: tuple[str, ...]


@lru_cache(maxsize=256)
def understand(question: str) -> Sought:
    """Return what a question looks for."""
    words = tuple(tokens(question))
    slot = next((number for number, word in enumerate(words) if word.text.lower() in _ASKING), -1)
    asks = words[slot].text.lower() if slot >= 0 else ""
    phrase = _noun_phrase(words, slot)
    noun = words[phrase[-1]].stem if phrase else ""
    end = phrase[-1] + 1 if phrase and phrase[0] == slot + 1 else slot + 1
    auxiliary = words[end].text.lower() if end < len(words) else ""
    takes_object = auxiliary in ("do", "does", "did")
    content = [word for word in words if not word.stop and word.text.lower() not in _ASKING]
    return Sought(
        sort=_sort(words, slot, asks, _singular(words[phrase[-1]]) if phrase else "", question),
        words=words,
        slot=slot,
        noun=noun,
        noun_words=tuple(words[number].stem for number in phrase),
        asks=asks,
        object=takes_object,
        verb=_verb(words, end, takes_object),
        stems=tuple(dict.fromkeys(word.stem for word in content or words)),
    )


def _noun_phrase(words: tuple[Token, ...], slot: int) -> list[int]:
    """Return the numbers of the words that name the answer: "bus company" of "what bus company", "what is the"."""
    if slot < 0 or words[slot].text.lower() not in ("what", "which", "whose"):
        return []
    at = slot + 1
    while at < len(words) and (words[at].text.lower() in _AUXILIARIES or words[at].text.lower() in _OPENERS):
        at += 1
    if at > slot + 1 and words[slot + 1].text.lower() not in ("is", "are", "was", "were"):
        return []  # "what did X do": no noun
    phrase: list[int] = []
    while at < len(words) and not _closes(words, at, phrase):
        phrase.append(at)
        at += 1
    return phrase


_OPENERS = frozenset("the a an all of these those kind type sort name names one two three called".split())  # noqa: SIM905


def _closes(words: tuple[Token, ...], at: int, phrase: list[int]) -> bool:
    """Tell whether a noun phrase ends before a word: at a stop word, a verb's ending or punctuation."""
    word = words[at]
    if word.text.lower() in STOP_WORDS or len(phrase) >= 4:
        return True
    if phrase and (words[at].before or word.capital):
        return True
    known = bool(phrase) and _singular(words[phrase[-1]]) in _SORT_OF_NOUN
    verbal = word.text in PAST_FORMS or (word.text.endswith(("ed", "s")) and not word.text.endswith("ss"))
    return bool(phrase) and (known or verbal) and _singular(word) not in _SORT_OF_NOUN


def _sort(words: tuple[Token, ...], slot: int, asks: str, noun: str, question: str) -> Sort:
    follows = words[slot + 1].text.lower() if 0 <= slot < len(words) - 1 else ""
    if asks == "how":
        money = follows == "much" and _MONEY.search(question.lower())
        return "money" if money else _MEASURED.get(follows, "manner")
    if asks in ("who", "whom", "whose"):
        return "person"
    if asks in ("when", "where"):
        return "time" if asks == "when" else "place"
    return "manner" if asks == "why" else _SORT_OF_NOUN.get(noun, "thing")


def _singular(word: Token) -> str:
    lower = word.text.lower()
    for plural, single in (("people", "person"), ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if lower.endswith(plural) and not lower.endswith("ss"):
            return lower.removesuffix(plural) + single
    return lower


def _verb(words: tuple[Token, ...], end: int, takes_object: bool) -> str:
    """Return the stem of the verb: the first content word after the asking phrase, else the last."""
    rest = [word for word in words[end:] if not word.stop]
    if not rest:
        return ""
    if not takes_object:
        return rest[0].stem
    lower = [word for word in rest if not word.capital and not word.digit]
    return lower[-1].stem if lower else rest[-1].stem
