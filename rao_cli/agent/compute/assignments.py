"""Answer questions on variables that a text assigns: "VAR X = 5.", "let a := b", "NAME=value", "set x to y".

A variable has the value of its last assignment. One that copies another has the value which that had there, or, if
it is assigned further on only, its first one. Where the question shows assignments that begin with a word (VAR X =
5), only such ones count. Limits: an assignment holds one number, word or quoted text; nothing is computed from
expressions, and source code is left to others.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Document, Span

PIECE = 1 << 20
"""Characters read at a time."""
MOST_WORDS = 12
MOST = 100_000
"""Assignments that are followed; a text with more is no puzzle but data."""
_WINDOW = 100
"""Characters on each side of a sign in which its assignment stands."""

_NAME = r"[A-Za-z_$][\w$-]*"
_KEYWORD = r"[A-Za-z]{2,12}"
_HELD = r"[-−]?\d+(?:[.,:]\d+)*|\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|\$?\{?[A-Za-z_][\w-]*\}?"
_SIGN = re.compile(r"(?<![=!<>:+*/~-])(?::=|<-|←|=)(?!=)|\b(?:to|be)\b(?= )")
_LEFT = re.compile(rf"(?:(?<![\w$-])(?P<keyword>{_KEYWORD})[ \t]+)?(?<![\w$-])(?P<name>{_NAME})[ \t]*$")
_RIGHT = re.compile(rf"[ \t]*(?:(?P<keyword>{_KEYWORD})[ \t]+)?(?P<held>{_HELD})(?=[.;,)\]]?(?:\s|$))")
_SPELLED = frozenset({"let", "set", "assign"})
_VALUE = r"[\"'“]?(?P<value>[-−]?\d+(?:[.,:]\d+)*|\"[^\"]+\"|'[^']+'|[\w-]+)[\"'”]?"
_ABOUT = re.compile(r"\bvariables?\b|\bassign|\bVAR\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:variables?|names?)\b[^?.]*?\b(?:(?:are|is|were|was)(?= [-−]?\d)|equal|ha(?:ve|s|d|ving)|hold(?:s|ing)?|"
    rf"assigned|equals?|contain(?:s|ing)?|store(?:s|d)?|with|set to|resolve to|end up (?:as|with)|end with)\b"
    rf"(?: (?:to|with))?(?: the)?(?: final)?(?: values?)?(?: of)? {_VALUE}\s*(?:[?.]|\bin\b|$)",
    re.IGNORECASE,
)
_WHAT = re.compile(
    rf"\bvalues? (?:of|(?:is|was) assigned to|does|has|assigned to|held by|stored in)(?: the)?(?: variable| VAR)?"
    rf" [\"'“`]?(?P<name>{_NAME})[\"'”`]?(?! variables?\b)",
)
_COUNT = re.compile(r"\bhow many\b", re.IGNORECASE)
_EXAMPLE = re.compile(r"'([^'\n]{3,60})'|\"([^\"\n]{3,60})\"|“([^”\n]{3,60})”|`([^`\n]{3,60})`")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment: the variable, and the text that it holds, which may be another variable's name."""

    span: Span
    name: str
    held: str


def solve_assignments(asked: Asked, reading: Reading) -> Computed | None:
    """Answer which variables have a value, how many, or what the value of one is."""
    text = asked.text
    if not _ABOUT.search(text) or reading.document.code:
        return None
    which = _WHICH.search(_EXAMPLE.sub(_without_examples, text))
    what = _WHAT.search(text)
    if not which and not what:
        return None
    found = list(assignments(reading.document, _keywords(text)))
    if not found or len(found) > MOST:
        return None
    values = resolved(found)
    told = _variables(found, values, which["value"], text) if which else None
    if what and not which:
        told = _value(found, values, what["name"])
    return replace(told, examined=(Span(0, len(reading.document)),)) if told else None


def _without_examples(example: re.Match[str]) -> str:
    """Leave out a quotation that is an assignment; keep any other."""
    inside = next(filter(None, example.groups()), "")
    return "" if _SIGN.search(inside) else example.group()


def _keywords(question: str) -> frozenset[str]:
    """Return the words with which the question's examples of assignments begin."""
    examples = ("".join(filter(None, groups)) for groups in _EXAMPLE.findall(question))
    found = (one.keyword for example in examples for one in _in(example))
    return frozenset(keyword for keyword in found if keyword)


def assignments(document: Document, keywords: frozenset[str] = frozenset()) -> Iterator[Assignment]:
    """Yield the assignments of a text in their order; with ``keywords`` only those that begin with one of them."""
    done = -1
    for start in range(0, len(document), PIECE):
        first = max(0, start - _WINDOW)
        text = document.read(Span(first, start + PIECE + _WINDOW))
        for one in _in(text):
            at = first + one.start
            if at > done and (not keywords or one.keyword in keywords):
                done = at
                yield Assignment(Span(at, first + one.end), one.name, one.held)


@dataclass(frozen=True, slots=True)
class _Written:
    start: int
    end: int
    keyword: str
    name: str
    held: str


def _in(text: str) -> Iterator[_Written]:
    """Yield what a text assigns."""
    for sign in _SIGN.finditer(text):
        left = _LEFT.search(text[max(0, sign.start() - _WINDOW) : sign.start()])
        right = _RIGHT.match(text, sign.end(), sign.end() + _WINDOW)
        if not left or not right:
            continue
        keyword = left["keyword"] or ""
        spelled = sign.group() in ("to", "be")
        if spelled and keyword.lower() not in _SPELLED:
            continue
        start = max(0, sign.start() - _WINDOW) + left.start()
        yield _Written(start, right.end(), keyword, left["name"], _plain(right["held"]))


def _plain(held: str) -> str:
    return held.strip("\"'").lstrip("$").strip("{}")


def resolved(found: Iterable[Assignment]) -> dict[str, str]:
    """Return what each variable holds in the end; a copy of a name that is never assigned holds that name."""
    found = list(found)
    places: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        places.setdefault(one.name, []).append(number)
    values: dict[int, str] = {}
    for number in range(len(found)):
        _follow(number, found, places, values)
    return {name: values[numbers[-1]] for name, numbers in places.items()}


def _follow(number: int, found: list[Assignment], places: dict[str, list[int]], values: dict[int, str]) -> None:
    """Find the value of an assignment, and of all that it copies from."""
    path: dict[int, None] = {}
    at: int | None = number
    held = found[number].held
    while at is not None and at not in values and at not in path:
        path[at] = None
        held = found[at].held
        at = _source(at, found, places)
    if at in values:
        held = values[at]
    values.update(dict.fromkeys(path, held))


def _source(at: int, found: list[Assignment], places: dict[str, list[int]]) -> int | None:
    """Return the assignment whose value one copies: the last before it, else the first after it."""
    numbers = places.get(found[at].held, [])
    earlier = bisect_left(numbers, at)
    if earlier:
        return numbers[earlier - 1]
    later = bisect_right(numbers, at)
    return numbers[later] if later < len(numbers) else None


def _variables(found: list[Assignment], values: dict[str, str], value: str, question: str) -> Computed | None:
    """Tell which variables hold a value, in the order of their first assignments, or how many do."""
    wanted = _comparable(value)
    names = [name for name, held in values.items() if _comparable(held) == wanted]
    spans = [one.span for one in found if one.name in set(names)]
    if not names or len(names) > MOST_WORDS:
        return None
    answer = str(len(names)) if _COUNT.search(question) else ", ".join(names)
    how = f"{len(names)} of {len(values)} variables hold {value} in the end ({len(found)} assignments followed)"
    return Computed(answer, how, tuple(spans))


def _value(found: list[Assignment], values: dict[str, str], name: str) -> Computed | None:
    """Tell what a variable holds in the end."""
    if name not in values:
        return None
    spans = [one.span for one in found if one.name == name or one.held == values[name]]
    how = f"{name} holds it after {len(found)} assignments are followed"
    return Computed(values[name], how, tuple(spans[::-1]))


def _comparable(value: str) -> str:
    return _plain(value.replace("−", "-").replace(",", "")).lower()
