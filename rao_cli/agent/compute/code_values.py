"""Say which value a repository gives to what a question names, or describes so that one name stands out.

Limits: a described name is answered only where it stands out by its words (code_phrases.py); of a value that is
made of several, only the part that the question names is told.
"""

import re
from collections.abc import Sequence

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import VALUED, Constants, asks_for_number, shown, told
from rao_cli.agent.compute.code_literals import Value, evaluate
from rao_cli.agent.compute.code_phrases import Candidate, Phrase, Scored, comment_above
from rao_cli.agent.compute.code_scan import pieces_of
from rao_cli.agent.compute.code_source import Found, Name, Repository, coded_names, names_in
from rao_cli.agent.compute.code_words import Words, likeness, name_parts, words_of

_NOT_VALUE = re.compile(
    r"\b(?:(?:which|what) env\w* var\w*|type of|of (?:which|what) type|what type|"
    r"which (?:function|method|class|file|module|line)s?|"
    r"where|who|why|"
    r"purpose|return(?:s|ed)?|parameters|arguments|how (?:does|do|is|are|can|to))\b",
    re.IGNORECASE,
)
_ASKS_VALUE = re.compile(r"\b(?:what|which|how|after|under|with|to|at|in|from|name|give|tell)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]{2,6}")
_SAID = re.compile(
    r"(?:\b(?:constant|variable|field|macro|attribute|property|setting|member|"
    r"value of|does|called|named) |[`'\"“‘])$",
    re.IGNORECASE,
)
_MOST_BESIDE = 6
"""Needed words, beside a name, with which a question may still be about the name's value alone."""
_LEAST_SCORE = 0.52
_LEAST_FILE_SCORE = 0.45
_LEAST_PLAIN_SCORE = 0.75
_MARGIN = 0.08
_SEVERAL = 3
_LOOKED_AT = 40
_FILE_ASKED = re.compile(r"\b(?:file ?name|name of the (?:\w+ ){0,3}file|which (?:\w+ )?file)\b", re.IGNORECASE)
_LOOKS_FILE = re.compile(r"^[\w./-]*[\w-]\.[A-Za-z]\w{0,9}$|^\.\w[\w.-]*$")
_KEY = re.compile(r"""^\s*["']?([A-Za-z_][\w-]*)["']?\s*(?::|=>|=)\s*(?=\S)""")


def named_value(question: str, repository: Repository) -> Computed | None:
    """Answer the value of a constant, variable or field that the question names."""
    if _NOT_VALUE.search(question) or not _ASKS_VALUE.search(question):
        return None
    constants = Constants(repository)
    for name in names_in(question):
        found = [one for one in repository.named(name.text) if _is_meant(one, name, question)]
        if found and len(_beside(question, name, repository)) <= _MOST_BESIDE:
            return _value(question, name.text, found, constants, repository)
    return None


def _is_meant(found: Found, name: Name, question: str) -> bool:
    """Tell whether a question names a definition; a plain word or an acronym only where it is said to be one."""
    symbol = found.symbol
    if symbol.kind not in VALUED or symbol.name != name.last or not name.sure:
        return False
    return not _PLAIN.fullmatch(name.text) or _SAID.search(question[: name.start]) is not None


def _beside(question: str, name: Name, repository: Repository) -> Sequence[str]:
    rest = question[: name.start] + question[name.end :]
    return words_of(rest, repository.project).needed


def _value(
    question: str, name: str, found: list[Found], constants: Constants, repository: Repository
) -> Computed | None:
    """Return the value that the first definitions of a name give it; several if they differ."""
    answers: dict[str, Found] = {}
    for one in found:
        value = constants.value(one) or _written(constants.expression(one), question)
        answer = told(value, one.symbol.name, question) if value else None
        if answer is not None:
            answers.setdefault(answer, one)
    if not answers or len(answers) > _SEVERAL:
        return None
    first = next(iter(answers.values()))
    own = repository.standing(repository.path(first.file))
    kept = {
        answer: one for answer, one in answers.items() if repository.standing(repository.path(one.file)) <= own
    }
    places = tuple(repository.line(one.symbol.span.start) for one in kept.values())
    line = repository.line_number(first.symbol.span.start)
    how = f"{name} is set in {repository.path(first.file)} on line {line:,}"
    return Computed(", ".join(kept), how, places, confidence=1.0 if len(kept) == 1 else 0.6)


def _written(expression: str | None, question: str) -> Value | None:
    """Return an expression that is no literal as it is written, if it is short and no number is asked for."""
    text = shown(expression) if expression and not asks_for_number(question) else None
    return Value(text) if text else None


def described_value(question: str, repository: Repository) -> Computed | None:
    """Answer the value of the one constant, variable or field that the question describes."""
    if _NOT_VALUE.search(question) or not _ASKS_VALUE.search(question):
        return None
    words = words_of(question, repository.project)
    if not words.needed:
        return None
    symbols = [one for one in repository.symbols(*VALUED) if repository.standing(repository.path(one.file)) < 3]
    candidates = [Candidate(one.symbol.name, one.symbol.span.start, number) for number, one in enumerate(symbols)]
    constants = Constants(repository)
    scored = Phrase(words, candidates).best(lambda one: _around(symbols[one.key], repository, constants))
    return _clear(question, words, scored, symbols, constants, repository)


def _around(found: Found, repository: Repository, constants: Constants) -> str:
    """Return what is written next to a definition: comments, its own line, what it is in, its path."""
    at = repository.line(found.symbol.span.start).start
    before = comment_above(repository.document.text[max(0, at - 600) : at])
    container = found.symbol.container.rpartition(".")[2]
    path = repository.path(found.file).rpartition(".")[0]
    return "\n".join((before, constants.definition(found)[:500], container, path))


def _clear(
    question: str,
    words: Words,
    scored: Sequence[Scored],
    symbols: Sequence[Found],
    constants: Constants,
    repository: Repository,
) -> Computed | None:
    """Return the value of the candidate that stands out, None where none does."""
    rows = [
        (one.score, _answer(question, words, symbols[one.candidate.key], constants), symbols[one.candidate.key])
        for one in scored[:_LOOKED_AT]
        if _is_possible(question, symbols[one.candidate.key], constants, repository)
    ]
    if _FILE_ASKED.search(question):
        rows = [row for row in rows if row[1] and _LOOKS_FILE.match(row[1])]
    best = next((row for row in rows if row[1] is not None), None)
    if best is None or best[0] < _least(question, best[2]):
        return None
    score, answer, found = best
    rivals = [row[0] for row in rows if row[1] != answer and (row[1] or row[0] > score)]
    if answer is None or max(rivals, default=0.0) > score - _MARGIN:
        return None
    at = found.symbol.span.start
    how = f"{found.symbol.name} in {repository.path(found.file)} on line {repository.line_number(at):,}"
    return Computed(answer, how, (repository.line(at),), confidence=min(1.0, score))


def _least(question: str, found: Found) -> float:
    """Return the score that a name must have: more where it is a plain word."""
    if len(name_parts(found.symbol.name)) < 2:
        return _LEAST_PLAIN_SCORE
    return _LEAST_FILE_SCORE if _FILE_ASKED.search(question) else _LEAST_SCORE


def _is_possible(question: str, found: Found, constants: Constants, repository: Repository) -> bool:
    """Tell whether a definition gives a value, and stands near the identifiers that the question names."""
    if constants.expression(found) is None:
        return False
    named = coded_names(question)
    around = _around(found, repository, constants) if named else ""
    return all(name in around for name in named)


def _answer(question: str, words: Words, found: Found, constants: Constants) -> str | None:
    """Return the value of a definition, or of that part of it which the question names, as an answer."""
    value = constants.value(found)
    if value is None:
        expression = constants.expression(found)
        value = _part(expression, words, found, constants) if expression else None
    return told(value, found.symbol.name, question) if value else None


def _part(expression: str, words: Words, found: Found, constants: Constants) -> Value | None:
    """Return the value under that key of a composite literal which is a word of the question."""
    opening = expression.find("{") if "{" in expression else expression.find("(")
    if opening < 0:
        return None
    own = name_parts(found.symbol.name)
    for piece in pieces_of(expression[opening + 1 :], ",\n"):
        key = _KEY.match(piece)
        if key and _is_asked(name_parts(key[1]), own, (*words.light, *words.needed)):
            value = evaluate(piece[key.end() :], constants.resolver(found.file))
            if value and value.text.strip() and value.text.lower() not in ("true", "false"):
                return value
    return None


def _is_asked(key: Sequence[str], own: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words say a key, and not the name that it belongs to."""
    if any(likeness(part, one) == 1 for part in key for one in own):
        return False
    return all(any(likeness(word, part) == 1 for word in words) for part in key)
