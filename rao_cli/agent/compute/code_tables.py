"""Say what a table of constants holds under the key that a question describes: DEFAULTS = {"size_limit": 10}.

Limits: only tables that are written as one literal, their first level, and at most _MOST_KEYS keys are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants, told
from rao_cli.agent.compute.code_literals import evaluate
from rao_cli.agent.compute.code_phrases import Candidate, Phrase
from rao_cli.agent.compute.code_scan import pieces_of
from rao_cli.agent.compute.code_source import Found, Repository, coded_names
from rao_cli.agent.compute.code_words import words_of

_MOST_KEYS = 5_000
_ASKS = re.compile(r"\b(?:what|which|how (?:many|much|long|large|big))\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:type|where|who|why|"
    r"(?:which|what) (?:functions?|methods?|class|file|module|line|env\w*)|returns?|raised)\b",
    re.IGNORECASE,
)
_KEY = re.compile(r"""^\s*["']?([A-Za-z_][\w-]*)["']?\s*(?::(?!:)|=>)\s*(?=\S)""")
_LEAST = 0.6
_LEAST_WORDS = 2
_MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class _Row:
    """A key of a table and what is written under it."""

    table: Found
    key: str
    expression: str


def table_value(question: str, repository: Repository) -> Computed | None:
    """Answer what stands under the one key of a table that the question describes."""
    words = words_of(question, repository.project)
    if not _ASKS.search(question) or _NOT.search(question) or len(words.needed) < _LEAST_WORDS:
        return None
    constants = Constants(repository)
    rows = [row for row, _ in zip(_rows(repository, constants), range(_MOST_KEYS), strict=False)]
    if not rows or coded_names(question):
        return None
    named = [Candidate(f"{row.table.symbol.name}_{row.key}", 0, number) for number, row in enumerate(rows)]
    scored = Phrase(words, named).best(lambda _: "")
    if not scored or scored[0].score < _LEAST:
        return None
    best = rows[scored[0].candidate.key]
    if any(
        one.score > scored[0].score - _MARGIN and rows[one.candidate.key].expression != best.expression
        for one in scored[1:]
    ):
        return None
    return _told(question, best, constants, repository)


def _rows(repository: Repository, constants: Constants) -> Iterator[_Row]:
    for found in repository.symbols("constant", "variable", "field"):
        # Looking for the bracket first is ten times as fast as reading every definition.
        if "{" not in constants.definition(found) or repository.standing(repository.path(found.file)) >= 2:
            continue
        expression = constants.expression(found) or ""
        if expression.startswith("{"):
            for piece in pieces_of(expression[1:], ",\n"):
                if match := _KEY.match(piece):
                    yield _Row(found, match[1], piece[match.end() :].strip())


def _told(question: str, row: _Row, constants: Constants, repository: Repository) -> Computed | None:
    value = evaluate(row.expression, constants.resolver(row.table.file))
    answer = told(value, row.key, question) if value else None
    if answer is None:
        return None
    span = row.table.symbol.span
    text = repository.document.read(span)
    match = re.search(rf"(?<![\w-]){re.escape(row.key)}(?![\w-])[\"']?\s*(?::|=>)", text)
    at = span.start + (match.start() if match else 0)
    where = f"{repository.path(row.table.file)} on line {repository.line_number(at):,}"
    return Computed(
        answer, f"{row.key} of {row.table.symbol.name} in {where}", (repository.line(at),), confidence=0.8
    )
