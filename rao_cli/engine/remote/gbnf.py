"""Read GBNF grammars and tell whether a text follows one.

Servers that cannot be given a grammar, or ignore it, are checked with this. The matcher follows all ways through a
grammar at once, one character at a time, so no text makes it go back and no grammar makes it loop; a grammar that
would need more than ``MOST_PATHS`` ways at a time is refused. Format: llama.cpp, grammars/README.md. Limits:
comments are not read, and a rule stands on one line.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

MOST_PATHS = 20_000
MOST_PARTS = 200_000
_UNLIMITED = -1
_END = 0
_TOKEN = re.compile(
    r"""\s*(?:"(?P<literal>(?:\\.|[^"\\])*)"|\[(?P<chars>(?:\\.|[^\]\\])*)\]|(?P<name>[A-Za-z][\w-]*)"""
    r"""|\{(?P<least>\d{1,5})(?P<comma>,?)(?P<most>\d{0,5})\}|(?P<mark>[*+?()|.]))"""
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_UNIT = re.compile(f"{_ESCAPE.pattern}|.", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r"}
_REPEATS = {"*": (0, _UNLIMITED), "+": (1, _UNLIMITED), "?": (0, 1)}

Verdict = Literal["whole", "beginning", "no"]


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of ranges, or one out of none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def accepts(self, character: str) -> bool:
        """Tell whether the character may stand here."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


Part = Chars | str
"""A character, or the name of a rule."""
Sequence = tuple[Part, ...]
Rules = dict[str, tuple[Sequence, ...]]
"""The alternatives of each rule."""


@lru_cache(maxsize=256)
def read_grammar(grammar: str) -> Rules:
    """Return the rules of a grammar; raises ValueError when it is none or has no rule named root."""
    rules: Rules = {}
    for line in filter(str.strip, grammar.splitlines()):
        name, arrow, body = line.partition("::=")
        if not arrow:
            raise ValueError("a line of the grammar has no ::=")
        reader = _Reader(name.strip(), body, rules)
        rules[name.strip()] = reader.alternatives()
        if reader.rest():
            raise ValueError("a rule of the grammar does not end where it should")
    unknown = {p for options in rules.values() for option in options for p in option if isinstance(p, str)}
    if missing := (unknown | {"root"}) - set(rules):
        raise ValueError(f"the grammar has no rule named {min(missing)}")
    return rules


def match(rules: Rules, text: str) -> Verdict:
    """Tell whether a text is all, or the beginning, of what a grammar allows.

    Raises ValueError when the grammar is too ambiguous to follow.
    """
    paths = _Paths(rules)
    here = paths.expand({paths.number(("root",), 0, _END)})
    for character in text:
        moved = {paths.after(path) for path in here if path != _END and paths.accepts(path, character)}
        if not moved:
            return "no"
        here = paths.expand(moved)
    return "whole" if _END in here else "beginning"


class _Paths:
    """Ways through a grammar, each a number: a place in a sequence, and the path that goes on after it.

    Equal paths have one number, so comparing them costs the same however deep they are.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._places: list[tuple[Sequence, int, int]] = [((), 0, _END)]

    def number(self, sequence: Sequence, at: int, rest: int) -> int:
        key = (id(sequence), at, rest)  # sequences live as long as the rules do
        if key not in self._numbers:
            self._numbers[key] = len(self._places)
            self._places.append((sequence, at, rest))
        return self._numbers[key]

    def accepts(self, path: int, character: str) -> bool:
        sequence, at, _ = self._places[path]
        part = sequence[at]
        return isinstance(part, Chars) and part.accepts(character)

    def after(self, path: int) -> int:
        """Return where a path goes on; a finished sequence is left, so repetitions cost no depth."""
        sequence, at, rest = self._places[path]
        return self.number(sequence, at + 1, rest) if at + 1 < len(sequence) else rest

    def expand(self, paths: set[int]) -> set[int]:
        """Follow paths into rules until each stands before a character, or at the end."""
        waiting, seen, ready = list(paths), set(paths), set[int]()
        while waiting:
            path = waiting.pop()
            sequence, at, _ = self._places[path]
            part = sequence[at] if path != _END else None
            if not isinstance(part, str):
                ready.add(path)
                continue
            rest = self.after(path)
            entered = {self.number(option, 0, rest) if option else rest for option in self._rules[part]}
            waiting += entered - seen
            seen |= entered
            if len(seen) > MOST_PATHS:
                raise ValueError("the grammar is too ambiguous to be checked")
        return ready


@dataclass
class _Reader:
    """Reads the body of one rule; groups and repetitions become rules of their own."""

    name: str
    body: str
    rules: Rules
    at: int = 0
    made: int = field(default=0)

    def rest(self) -> str:
        return self.body[self.at :].strip()

    def alternatives(self) -> tuple[Sequence, ...]:
        """Read up to the end or a closing bracket."""
        options: list[list[Part]] = [[]]
        last = 0  # where in the sequence the part begins that a repetition is about
        while (found := _TOKEN.match(self.body, self.at)) and found["mark"] != ")":
            self.at = found.end()
            if found["mark"] == "|":
                options.append([])
            elif found["mark"] in _REPEATS or found["least"] is not None:
                self._repeat(options[-1], last, found)
            else:
                last = len(options[-1])
                options[-1] += self._parts(found)
        return tuple(tuple(option) for option in options)

    def _parts(self, found: re.Match[str]) -> Sequence:
        if found["literal"] is not None:
            return tuple(Chars(((c, c),)) for c in _ESCAPE.sub(_unescape, found["literal"]))
        if found["chars"] is not None:
            return (_characters(found["chars"]),)
        if found["name"]:
            return (found["name"],)
        return (Chars((), negated=True),) if found["mark"] == "." else (self._group(),)

    def _group(self) -> str:
        name = self._rule(())
        self.rules[name] = self.alternatives()
        found = _TOKEN.match(self.body, self.at)
        if not found or found["mark"] != ")":
            raise ValueError("a bracket of the grammar is not closed")
        self.at = found.end()
        return name

    def _repeat(self, option: list[Part], last: int, found: re.Match[str]) -> None:
        """Replace the last part by its repetition."""
        least, most = _REPEATS.get(found["mark"] or "", (0, 0))
        if not found["mark"]:
            least = int(found["least"])
            most = int(found["most"]) if found["most"] else _UNLIMITED if found["comma"] else least
        if last >= len(option) or 0 <= most < least:
            raise ValueError("a repetition of the grammar repeats nothing")
        part = self._rule((tuple(option[last:]),))
        option[last:] = [part] * least
        if most == _UNLIMITED:
            loop = self._rule(())
            self.rules[loop] = ((part, loop), ())
            option.append(loop)
        else:
            self._optional(option, part, most - least)

    def _optional(self, option: list[Part], part: str, count: int) -> None:
        """Let a part follow up to ``count`` times; each time is inside the one before, so no count is kept."""
        inner: Sequence = ()
        for _ in range(count):
            inner = (self._rule(((part, *inner), ())),)
        option += inner

    def _rule(self, options: tuple[Sequence, ...]) -> str:
        self.made += 1
        if len(self.rules) > MOST_PARTS:
            raise ValueError("the grammar is too large")
        name = f"{self.name} {self.made}"  # no name that a grammar can spell
        self.rules[name] = options
        return name


def _unescape(found: re.Match[str]) -> str:
    body = found[1]
    if len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _NAMED.get(body, body)


def _characters(text: str) -> Chars:
    """Read the inside of square brackets."""
    negated = text.startswith("^")
    units = [_ESCAPE.sub(_unescape, found[0]) for found in _UNIT.finditer(text[negated:])]
    return Chars(tuple(_ranges(units)), negated)


def _ranges(units: list[str]) -> list[tuple[str, str]]:
    ranges = []
    while units:
        low = units.pop(0)
        high = low
        if len(units) >= 2 and units[0] == "-":
            high = units[1]
            del units[:2]
        ranges.append((low, high))
    return ranges
