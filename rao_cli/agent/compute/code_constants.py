"""Read what constants, variables and fields of a repository stand for, and say it in the asked unit.

Limits: a name that several places define stands for the one that a person would mean first, tests last; a variable
that is set anew elsewhere is told by its first definition.
"""

import re

from rao_cli.agent.compute.code_literals import UNITS, Value, assigned, evaluate, unit_of
from rao_cli.agent.compute.code_source import Found, Repository
from rao_cli.documents.model import Span

VALUED = frozenset({"constant", "variable", "field", "property"})
_LONGEST = 20_000
_MOST_WORDS = 12
_ASKED_UNIT = re.compile(
    r"\b(?:how (?:many|much)|in|number of) (nanosecond|microsecond|millisecond|second|minute|hour|day|week)s?\b|"
    r"\b(nanosecond|microsecond|millisecond|second|minute|hour|day|week)s\b",
    re.IGNORECASE,
)
_ASKED_NUMBER = re.compile(
    r"\bhow (?:many|much|long|large|big|deep|old|wide|often|far|high)\b|\b(?:what|which|the) (?:number|"
    r"amount|count)\b|"
    r"\b(?:what|which) (?:\w+ )?(?:integer|port)\b",
    re.IGNORECASE,
)


class Constants:
    """The values that a repository's definitions give."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def definition(self, found: Found) -> str:
        """Return the text of a definition."""
        span = found.symbol.span
        start = self._repository.line(span.start).start
        return self._repository.document.text[start : min(span.end, span.start + _LONGEST)]

    def expression(self, found: Found) -> str | None:
        """Return the expression that a definition gives to its name, or None."""
        language = self._repository.files[found.file].language
        return assigned(self._text(found), found.symbol.name, language)

    def value(self, found: Found) -> Value | None:
        """Return the literal value of a definition, or None where it has none."""
        expression = self.expression(found)
        return evaluate(expression, self.resolver(found.file)) if expression else None

    def resolver(self, file: int) -> "Resolver":
        """Return what finds the constants that a file's expressions name."""
        return Resolver(self._repository, self, file)

    def _text(self, found: Found) -> str:
        span = found.symbol.span
        return self._repository.document.read(Span(span.start, min(span.end, span.start + _LONGEST)))


class Resolver:
    """Finds the expression of a constant by its name, first in the file that names it."""

    def __init__(self, repository: Repository, constants: Constants, file: int) -> None:
        self._repository, self._constants, self._file = repository, constants, file

    def __call__(self, name: str) -> str | None:
        """Return the expression of a constant, or None where none or several are meant."""
        last = re.split(r"::|->|\.", name)[-1]
        found = [
            one
            for one in self._repository.named(name)
            if one.symbol.kind in VALUED and one.symbol.name == last and self._near(one)
        ]
        return self._constants.expression(found[0]) if found else None

    def _near(self, found: Found) -> bool:
        files = self._repository.files
        return found.file == self._file or files[found.file].language == files[self._file].language


def asks_for_number(question: str) -> bool:
    """Tell whether the answer must be a number."""
    return _ASKED_NUMBER.search(question) is not None


def told(value: Value, name: str, question: str) -> str | None:
    """Return a value as the question wants it, or None for what is no fitting answer."""
    asked = _ASKED_UNIT.search(question)
    if asked and value.number is not None:
        own, wanted = value.seconds or unit_of(name), UNITS[(asked[1] or asked[2]).lower()]
        if own and own != wanted:
            return f"{round(value.number * own / wanted, 9):g}" if value.number < 1e12 else None
        return value.text
    if asks_for_number(question):
        return value.text if value.number is not None else None
    if value.number is not None and value.seconds:
        unit = next(unit for unit, seconds in UNITS.items() if seconds == value.seconds)
        return f"{value.text} {unit}{'' if value.number == 1 else 's'}"
    return shown(value.text) if value.text.strip() else None


def shown(text: str) -> str | None:
    """Return a text on one line if it is short enough for an answer, else None."""
    line = " ".join(text.split())
    return line if line and len(line.split()) <= _MOST_WORDS and len(line) <= 200 else None
