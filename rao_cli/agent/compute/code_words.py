"""Compare the words of a question with the names in source code: "maximum buffer time" is MAX_BUFFER_TIME.

A word and a part of a name are the same when they have one stem, when they are listed as alike, or when one is the
other's beginning (config, configuration); a part may also be two words written as one (tablefmt, filename).
Limits: stems, stop words and the list of what is alike are English.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rao_cli.documents.search.terms import parts

_ALIKE = (
    "minimum min least smallest lowest fewest",
    "maximum max most largest biggest highest limit cap upper longest",
    "column col",
    "directory dir folder",
    "millisecond ms millis msec",
    "microsecond us micros usec",
    "nanosecond ns nanos nsec",
    "second sec secs",
    "minute mins",
    "hour hr hrs",
    "format fmt",
    "configuration config cfg conf",
    "environment env",
    "temporary temp tmp",
    "command cmd",
    "message msg",
    "error err failure fail",
    "number num count nr amount",
    "length len size",
    "size capacity",
    "argument arg argv",
    "parameter param",
    "character char chr",
    "string str",
    "integer int",
    "pattern regex regexp",
    "database db",
    "password passwd pwd",
    "request req",
    "response resp",
    "function func fn",
    "previous prev",
    "source src",
    "destination dst dest target",
    "separator sep delimiter delim",
    "attempt retry retries try tries",
    "age old",
    "period interval",
    "library lib",
    "version ver",
    "extension ext suffix",
    "identifier id ident",
    "address addr",
    "buffer buf",
    "average avg mean",
    "threshold limit",
    "initial init initialize start",
    "package pkg",
    "index idx",
    "position pos",
    "attribute attr",
    "property prop",
    "application app",
    "color colour",
    "license licence",
    "executable exe bin binary",
    "documentation doc",
    "display show",
    "delete remove rm del",
    "subdirectory subdir",
    "hidden hide",
    "ignore skip exclude",
    "wait delay sleep",
    "depth deep level nesting recursion",
    "width wide",
    "height tall",
    "missing null none absent empty",
    "interrupt sigint",
    "disable no without off",
)
_SUFFIXES = ("ations", "ation", "ings", "ing", "ions", "ion", "ies", "ed", "es", "ly", "s", "e", "y")
_LEAST_STEM = 3
_SHORTEST_BEGINNING = 3
_LEAST_SHARED = 6
_STOP = frozenset(
    """a about according after all also am an and any are as at be been being both but by can could did do does
    doing done each for from further get gets give given gives had has have having he her here him his how i if in
    into is it its itself just may me might my no nor not of off on one only or other our out over own per same
    shall she should so some such tell than that the their them then there these they this those through to too
    under unless until upon very via was we were what when where which while who whom whose why will with within
    would you your does use used uses using need needs needed please exactly made many much often long far hold
    holds held contain contains has set sets project repository repo codebase written writes write come back
    called named defined define defines declared equal equals stand stands assigned stored kept allow allows
    allowed happen happens before automatically itself""".split()  # noqa: SIM905
)
_LIGHT = frozenset(
    """value constant variable setting name word text string number file literal function method class module code
    program source field parameter argument option flag key default's go python rust javascript java ruby
    """.split()  # noqa: SIM905
)
_PHRASES = (
    (re.compile(r"\bat least\b", re.IGNORECASE), " minimum "),
    (re.compile(r"\b(?:at most|no more than|up to)\b", re.IGNORECASE), " maximum "),
    (re.compile(r"\btoo old\b", re.IGNORECASE), " maximum age "),
    (re.compile(r"\bhow (?:old|deep|wide|large|big)\b", re.IGNORECASE), lambda match: f" {match[0][4:]} "),
    (re.compile(r"\bvirtual environments?\b", re.IGNORECASE), " venv "),
    (re.compile(r"\bregular expressions?\b", re.IGNORECASE), " regex "),
    (re.compile(r"'s\b"), " "),
)
_ACRONYMS = re.compile(r"[A-Z]{2,}s")
_UNIT = re.compile(
    r"\bhow many ((?:nano|micro|milli)?seconds?|minutes?|hours?|days?|weeks?|bytes?)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:_+[^\W_]+)*")


@dataclass(frozen=True)
class Words:
    """The words of a question: those that a name should hold, and those that it may hold."""

    needed: tuple[str, ...]
    light: tuple[str, ...]


def words_of(question: str, project: Iterable[str] = ()) -> Words:
    """Return the words of a question; those that name the project or say what sort of thing is asked are light."""
    for pattern, plain in _PHRASES:
        question = pattern.sub(plain, question)
    found: dict[str, None] = {}
    for word in _WORD.findall(question):
        for part in [word] if _ACRONYMS.fullmatch(word) else parts(word):
            if part.lower() not in _STOP:
                found.setdefault(part.lower())
    less = _LIGHT.union([word.lower() for word in (*project, *_UNIT.findall(question))])
    light = tuple(word for word in found if word in less or stem(word) in less)
    return Words(tuple(word for word in found if word not in light), light)


def name_parts(name: str) -> list[str]:
    """Return the lower-case words in an identifier."""
    return [part.lower() for part in parts(name)]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return a word without its English ending."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LEAST_STEM:
            return word.removesuffix(suffix)
    return word


def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_ALIKE):
        for word in line.split():
            for form in (word, stem(word)):
                found[form] = found.get(form, frozenset()) | {number}
    return found


_GROUPS = _groups()


@lru_cache(maxsize=1 << 16)
def likeness(word: str, part: str) -> float:
    """Return from 0 to 1 how sure it is that a word of a question and a part of a name mean the same."""
    a, b = stem(word), stem(part)
    if word == part or a == b:
        return 1.0
    if word.isdigit() or part.isdigit():
        return 0.0
    if (_GROUPS.get(word) or _GROUPS.get(a, frozenset())) & (_GROUPS.get(part) or _GROUPS.get(b, frozenset())):
        return 0.95
    short, long = sorted((a, b), key=len)
    shortest = _SHORTEST_BEGINNING if short == b else _SHORTEST_BEGINNING + 1
    if len(short) >= shortest and long.startswith(short):
        return 0.8
    return 0.8 if _beginning(a, b) >= max(_LEAST_SHARED, 0.8 * len(long)) else 0.0


def _beginning(a: str, b: str) -> int:
    """Return how many characters two words have in common at their start."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(a), len(b)))


def forms(words: Iterable[str]) -> dict[str, str]:
    """Return the ways in which words are written inside of a name that joins them, with the word of each."""
    found: dict[str, str] = {}
    for word in words:
        alike = [other for group in _GROUPS.get(word, ()) for other in _ALIKE[group].split()]
        for form in (word, stem(word), *alike):
            found.setdefault(form, word)
    return found


def joined(part: str, known: dict[str, str]) -> tuple[str, str] | None:
    """Return the two words that a part of a name writes as one, if it does."""
    for at in range(2, len(part) - 1):
        first, last = known.get(part[:at]), known.get(part[at:])
        if first and last and first != last:
            return first, last
    return None
