"""Read the answer to a question from a sentence that states it in the question's own words.

"One of the secret numbers for amber-owl is: 117." states what "What is the secret number for amber-owl?" asks: all
words that matter to the question are in the sentence, its names word for word, and what is left over is the
answer. Limits: English; a sentence that says it in other words, or more than one thing, states nothing here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rao_cli.agent.finding.candidates import kind_of
from rao_cli.agent.finding.sought import Sought, understand
from rao_cli.agent.finding.tokens import Token, tokens
from rao_cli.documents.model import Span

LONGEST_VALUE = 12
"""Most words of a value."""
_SOURCE = re.compile(
    r",?\s*\b(?:(?:that (?:is|are|was|were)|as) )?"
    r"(?:(?:mentioned|stated|given|named|listed|found|provided|described|recorded|hidden|written|said)\b ?)?"
    r"(?:in|within|by|according to|inside|throughout|from|of)"
    r" (?:the|this|these|that)(?: (?:provided|given|above|following|whole|entire|long))?"
    r" (?:texts?|documents?|passages?|sources?|haystacks?|contexts?|files?|book|story|input)\b"
    r"(?: (?:above|below))?",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\s*(?:(?:please|tell me|give me|find|list|name|state|write down|report|identify|return)[,:]?\s+)+",
    re.IGNORECASE,
)
_UNSAID = frozenset(
    "all every each mention mentioned state stated text document name names named call called value values".split()  # noqa: SIM905
)
"""Words of a question that a statement need not have."""
_FILLERS = frozenset("one some remember note notice recall also indeed".split())  # noqa: SIM905
"""Words of a sentence that are no part of what it states."""
_LINKS = frozenset("is are was were be equals means named called reads".split())  # noqa: SIM905
_CLAUSAL = frozenset(
    """am are be been being did do does had has have he i if is it not never she they was we were when where
    whether which while who whom whose will would you could can cannot should may might unless but because
    although""".split()  # noqa: SIM905
)
_KEEP_FIRST = frozenset("under over between until about".split())  # noqa: SIM905
_DENIALS = frozenset(
    "not never no neither nor hardly cannot nobody nothing if unless whether perhaps maybe".split()  # noqa: SIM905
)
"""Words with which a sentence denies something, or leaves it open."""
_BROKEN = re.compile(r"[;:()\[\]{}!?—…]|\.\s")
_ASKED = re.compile(r"\?[\s\"'”’)]{0,9}$")
_ARTICLES = ("the", "a", "an")
_VERBAL = re.compile(r"^[a-z]+(?:ed|ing|ly|en)$|^(?:made|found|held|kept|known|set|put|seen|now|then|also|still)$")
_POINTING = frozenset("it he she they here there this that these those what which who".split())  # noqa: SIM905
"""Words that point to another sentence."""
_PLACING = frozenset("in at on inside under behind near within beneath above below from to by".split())  # noqa: SIM905
_MOST_WORDS = 80
_LEAST_WORDS = 3
_ASIDE = 2
"""Words that a sentence may say beside what it marks by a colon: "Remember this: the code of A is: 5"."""
_NUMBERS = frozenset({"number", "quantity", "money", "percent"})
_TIMES = frozenset({"year", "date", "dated"})


@dataclass(frozen=True)
class Wanted:
    """What a sentence must have to state the answer to a question."""

    sought: Sought
    stems: frozenset[str]
    """Stems that it must have."""
    known: frozenset[str]
    """Stems that it may have and that are no part of the answer."""
    pairs: frozenset[tuple[str, str]]
    """Stems of names' words that must follow each other."""
    attribute: bool
    """The question asks what something is: "what is the number of A"."""
    keys: tuple[str, ...]
    """Words that are names by their form: capitals, digits, hyphens."""


@dataclass(frozen=True)
class Value:
    """What a sentence states: its place in the sentence and its text.

    ``linked`` says that is, are or a colon ties it to the question's words, not a verb of the sentence's own.
    """

    span: Span
    text: str
    linked: bool


def without_source(question: str) -> str:
    """Return a question without "mentioned in the text" and the like."""
    return _SOURCE.sub("", question)


@lru_cache(maxsize=256)
def wanted(question: str) -> Wanted:
    """Return what a statement that answers a question must have."""
    plain = _POLITE.sub("", without_source(question))
    sought = understand(plain)
    direct = range(sought.slot + 1, sought.slot + 1 + len(sought.noun_words))
    asked_noun = {word.stem for number, word in enumerate(sought.words) if number in direct and _is_noun(sought)}
    content = [word for word in sought.words if not word.stop]
    measure = sought.words[sought.slot + 1 : sought.slot + 2] if sought.asks == "how" else ()
    unsaid = {word.stem for word in (*content, *measure) if word.text.lower() in _UNSAID or word in measure}
    stems = {word.stem for word in content} - unsaid - asked_noun
    names = [_named(sought.words, number) for number in range(len(sought.words))]
    pairs = {
        (sought.words[at].stem, sought.words[at + 1].stem)
        for at in range(len(names) - 1)
        if names[at] and names[at + 1] and not sought.words[at + 1].before
    }
    keys = tuple(word.text for word, name in zip(sought.words, names, strict=True) if name and not word.stop)
    return Wanted(
        sought,
        frozenset(stems),
        frozenset(stems | asked_noun | unsaid),
        frozenset(pairs),
        _asks_attribute(sought),
        keys,
    )


def _is_noun(sought: Sought) -> bool:
    """Tell whether the noun that names the answer stands right after the asking word: "which city"."""
    first = sought.slot + 1
    return (
        bool(sought.noun_words) and first < len(sought.words) and sought.words[first].stem == sought.noun_words[0]
    )


def _asks_attribute(sought: Sought) -> bool:
    """Tell whether a question asks what, which or who something is, rather than what was done."""
    after = sought.words[sought.slot + 1 : sought.slot + 3]
    if sought.slot != 0 or len(after) < 2 or sought.asks not in ("what", "which", "who"):
        return sought.slot < 0  # an order: "the numbers for A"
    named = after[1].capital or after[1].text.lower() in (*_ARTICLES, "all", "both")
    return after[0].text.lower() in ("is", "are", "was", "were") and named


def _named(words: Sequence[Token], at: int) -> bool:
    """Tell whether a word is a name by its form; the first word of a question has a capital anyway."""
    word = words[at]
    marked = word.digit or not word.text.isalpha()
    return marked or (at > 0 and word.capital and not word.stop) or (word.text.isupper() and len(word.text) > 1)


def stated(wanted: Wanted, sentence: str) -> Value | None:
    """Return the value that a sentence states, or None where it does not surely state one."""
    words = tokens(sentence)
    if not _speaks_of_it(words, wanted) or _ASKED.search(sentence):
        return None
    runs = _runs(words, wanted.known)
    if _is_figure(words, runs, wanted):
        return _value(sentence, words, runs[-1], wanted.sought, linked=True)
    marked = _marked(words, runs)
    chosen = [marked] if marked else runs
    if len(chosen) != 1:
        return None
    linked = wanted.attribute and (marked is not None or _is_linked(words, chosen[0]))
    if linked or _in_place(words, chosen[0], wanted.sought):
        return _value(sentence, words, chosen[0], wanted.sought, linked=linked)
    return None


def _speaks_of_it(words: Sequence[Token], wanted: Wanted) -> bool:
    """Tell whether a sentence of usual length has all that a statement must have."""
    stems = [word.stem for word in words]
    if not wanted.stems or len(words) > _MOST_WORDS or not wanted.stems <= set(stems):
        return False
    return not wanted.pairs or wanted.pairs <= set(pairwise(stems))


def _is_figure(words: Sequence[Token], runs: Sequence[tuple[int, int]], wanted: Wanted) -> bool:
    """Tell whether a sentence ends in one number or code, and says little else that was not asked."""
    first, last = runs[-1] if runs else (0, -1)
    if first != last or last != len(words) - 1 or not words[last].digit:
        return False
    aside = sum(last - first + 1 for first, last in runs[:-1])
    after_in = first > 0 and words[first - 1].text.lower() in ("in", "since", "until", "by")
    dated = kind_of(words[last:]) == "year" and wanted.sought.sort not in ("time", "year") and after_in
    return bool(wanted.keys) and len(wanted.stems) > 1 and aside <= _ASIDE and not dated


def _runs(words: Sequence[Token], known: frozenset[str]) -> list[tuple[int, int]]:
    """Return first and last word of each run of words that the question does not have, small words cut off.

    Runs without any word that carries meaning are left out.
    """
    runs: list[tuple[int, int]] = []
    start = 0
    for number in range(len(words) + 1):
        if number < len(words) and words[number].stem not in known:
            continue
        first, last = _trimmed(words, start, number - 1)
        if first <= last:
            runs.append((first, last))
        start = number + 1
    return runs


def _trimmed(words: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    while first <= last and _is_filler(words[first]) and words[first].text.lower() not in _KEEP_FIRST:
        first += 1
    while last >= first and _is_filler(words[last]):
        last -= 1
    return first, last


def _is_filler(word: Token) -> bool:
    return word.stop or word.text.lower() in _FILLERS


def _marked(words: Sequence[Token], runs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the run that ends a sentence after a colon or an equals sign, if little else is said."""
    if not runs or runs[-1][1] != len(words) - 1 or any(last - first >= _ASIDE for first, last in runs[:-1]):
        return None
    mark = words[runs[-1][0]].before.strip("\"'“”‘’`* ")
    return runs[-1] if mark in (":", "=", "->", "→") else None


def _is_linked(words: Sequence[Token], run: tuple[int, int]) -> bool:
    """Tell whether "is" stands between a run and all other words: "the code of A is 5", "5 is the code of A"."""
    first, last = run
    while first > 0 and words[first - 1].text.lower() in _ARTICLES:
        first -= 1
    if first > 0 and last == len(words) - 1:
        return words[first - 1].text.lower() in _LINKS and not _VERBAL.search(words[run[0]].text)
    return first == 0 and last + 1 < len(words) and words[last + 1].text.lower() in _LINKS


def _in_place(words: Sequence[Token], run: tuple[int, int], sought: Sought) -> bool:
    """Tell whether a run stands where an answer would: before the verb, after it, after a preposition."""
    if len(sought.stems) < _LEAST_WORDS or _points_away(words, run):
        return False
    first = run[0] - 1 if run[0] and words[run[0] - 1].text.lower() in _ARTICLES else run[0]
    before = words[max(0, first - 2) : first]
    if sought.asks in ("where", "when") or (sought.slot == 1 and sought.words[0].text.lower() in _PLACING):
        return any(word.text.lower() in _PLACING for word in (words[run[0]], *before[-1:]))
    ends = run[1] == len(words) - 1
    if sought.object:
        return ends and _ends_with(before, sought.verb)
    if ends and before and before[-1].text.lower() == "by":
        return _ends_with(before[:-1], sought.verb)
    return _leads(words, first, run[1], sought.verb)


def _points_away(words: Sequence[Token], run: tuple[int, int]) -> bool:
    """Tell whether a sentence speaks of what another one names: he, there."""
    return any(word.text.lower() in _POINTING for word in (*words[: run[0]], *words[run[1] + 1 :]))


def _ends_with(words: Sequence[Token], verb: str) -> bool:
    return bool(words) and words[-1].stem == verb


def _leads(words: Sequence[Token], first: int, last: int, verb: str) -> bool:
    """Tell whether a run begins the sentence and a verb follows it."""
    return first == 0 and last + 1 < len(words) and words[last + 1].stem == verb


def _value(
    sentence: str, words: Sequence[Token], run: tuple[int, int], sought: Sought, *, linked: bool
) -> Value | None:
    inside = _narrowed(words[run[0] : run[1] + 1], sought)
    if len(inside) > LONGEST_VALUE or not _fits(inside, sought):
        return None
    asked = {word.text.lower() for word in sought.words}
    if any(word.text.lower() in _CLAUSAL for word in inside) or any(
        _BROKEN.search(word.before) for word in inside[1:]
    ):
        return None
    if any(word.text.lower() in _DENIALS - asked or word.text.lower().endswith("n't") for word in words):
        return None
    span = Span(inside[0].start, inside[-1].end)
    return Value(span, " ".join(sentence[span.start : span.end].split()), linked)


def _narrowed(inside: Sequence[Token], sought: Sought) -> Sequence[Token]:
    """Return the name that a run begins with where a place or person is sought: Tarn of "Tarn that winter"."""
    if sought.sort not in ("place", "person") or not inside[0].capital:
        return inside
    other = (n for n, word in enumerate(inside) if n and (not word.capital or word.before))
    end = next(other, len(inside))
    return inside[:end] if all(word.stop or not word.capital for word in inside[end:]) else inside


def _fits(inside: Sequence[Token], sought: Sought) -> bool:
    """Tell whether a run of words may be an answer of the sort that is sought."""
    kind = kind_of(inside)
    if sought.sort in ("number", "money"):
        return kind in _NUMBERS or any(word.digit for word in inside)
    if sought.sort in ("time", "year"):
        return kind in _NUMBERS or kind in _TIMES
    if sought.sort == "place":
        return kind not in _TIMES and kind not in _NUMBERS
    return sought.sort != "person" or kind not in _TIMES | _NUMBERS
