"""Say which value source text gives to a name that no grammar lists: a key, a local variable, a build setting.

The name is one that the question writes, or the one identifier of the repository that it describes. Limits: the
line must give the name a literal after a colon or an equals sign; where lines differ nothing is said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants, asks_for_number, told
from rao_cli.agent.compute.code_literals import Value, evaluate
from rao_cli.agent.compute.code_phrases import Candidate, Phrase
from rao_cli.agent.compute.code_scan import pieces_of
from rao_cli.agent.compute.code_source import Repository, coded_names
from rao_cli.agent.compute.code_words import words_of

_ASKS = re.compile(r"\b(?:what|which|how (?:many|much|long))\b", re.IGNORECASE)
_NOT_VALUE = re.compile(
    r"\b(?:type|(?:which|what) env\w* var\w*|"
    r"which (?:functions?|methods?|class|file|module|line)|where|who|why|purpose|returns?|"
    r"returned|parameters|"
    r"arguments|raised|thrown|calls?|uses?\b.*\bfunction|how (?:does|do|is|are|can|to))\b",
    re.IGNORECASE,
)
_GIVEN = r"(?<![\w$]){name}[\"']?\]?\s*(?::=|=>|:(?![:=])|=(?![=>~])|[ \t](?=\d)|(?<=[\"'])[ \t]*,)[ \t]*(?=\S)"
_SYMBOL = r"{name}[ \t]*,[ \t]*(?=\S)"
_QUOTED = re.compile(r"(?<!\w)'([^'\n]{2,60})'(?!\w)|[\"“`]([^\"”`\n]{2,60})[\"”`]")
_LONGEST_LINE = 500
_MOST_HITS = 300
_DESCRIBED = 6
"""Identifiers whose lines are read, those that the question describes best."""
_LEAST = 0.62
_MARGIN = 0.08
_CODE = re.compile(r"[a-z0-9][A-Z]|\w_\w|^[A-Z][A-Z0-9]{2,}$")


@dataclass(frozen=True, slots=True)
class _Given:
    """A literal that a line gives to a name."""

    name: str
    answer: str
    at: int
    standing: int


def written_value(question: str, repository: Repository) -> Computed | None:
    """Answer the literal that source lines give to a name which the question writes or describes."""
    if not _ASKS.search(question) or _NOT_VALUE.search(question):
        return None
    named = coded_names(question)
    named = named or _quoted(question)
    if named:
        return _agreed(question, _given(question, named[0], repository), repository)
    return _described(question, repository)


def _quoted(question: str) -> list[str]:
    """Return what stands in quotation marks in a question."""
    return ["".join(groups) for groups in _QUOTED.findall(question)]


def _described(question: str, repository: Repository) -> Computed | None:
    words = words_of(question, repository.project)
    if len(words.needed) < 2:
        return None
    vocabulary = sorted(_vocabulary(repository))
    candidates = [Candidate(name, 0, number) for number, name in enumerate(vocabulary)]
    scored = Phrase(words, candidates).best(lambda _: "")[:_DESCRIBED]
    rows = [(one.score, _given(question, one.candidate.name, repository)) for one in scored if one.score >= _LEAST]
    rows = [row for row in rows if row[1]]
    if not rows or (len(rows) > 1 and rows[1][0] > rows[0][0] - _MARGIN):
        return None
    return _agreed(question, rows[0][1], repository)


def _vocabulary(repository: Repository) -> set[str]:
    """Return the identifiers of the project's own code."""
    return {
        name
        for number, file in enumerate(repository.files)
        if repository.standing(repository.path(number)) < 2
        for name in file.uses.split(" ")[::2]
        if _CODE.search(name)
    }


def _given(question: str, name: str, repository: Repository) -> list[_Given]:
    """Return the literals that lines of source files give to a name."""
    return list(_lines(question, name, repository))


def _lines(question: str, name: str, repository: Repository) -> Iterator[_Given]:
    pattern = re.compile(_GIVEN.format(name=re.escape(name)))
    symbol = re.compile(_SYMBOL.format(name=re.escape(name)))
    constants = Constants(repository)
    for hit in repository.reading.index.find(name, limit=_MOST_HITS, case=True, words=True).hits:
        path = repository.shown(hit.location.path)
        if not repository.is_code(path) and not path.lower().endswith(
            ("makefile", ".mk", ".cmake", ".txt", ".in")
        ):
            continue
        line = repository.line(hit.span.start)
        text = repository.document.text[hit.span.start : hit.span.start + 400] if len(line) < _LONGEST_LINE else ""
        is_symbol = repository.document.text[hit.span.start - 1 : hit.span.start] == ":"
        match = pattern.match(text) or (symbol.match(text) if is_symbol else None)
        if match and repository.is_python(path) and re.search(r"[^\"'\]]\s*:\s*$", match[0]):
            continue  # an annotation, or the start of a block
        value = _literal(text[match.end() :], repository.file_at(hit.span.start), constants) if match else None
        answer = told(value, name, question) if value else None
        if answer is not None:
            yield _Given(name, answer, hit.span.start, repository.standing(path))


def _literal(text: str, file: int, constants: Constants) -> Value | None:
    expression = pieces_of(text, ",;\n")[0].strip()
    return evaluate(expression, constants.resolver(file)) if file >= 0 else evaluate(expression, lambda _: None)


def _agreed(question: str, found: Sequence[_Given], repository: Repository) -> Computed | None:
    """Return the literal that all lines of the project's own code give, None where they differ."""
    nearest = min((one.standing for one in found), default=0)
    rows = [one for one in found if one.standing == nearest]
    if len({one.answer for one in rows}) != 1 or (asks_for_number(question) and not rows[0].answer):
        return None
    line = repository.line(rows[0].at)
    path = repository.shown(repository.document.locate(line).path)
    how = f"{rows[0].name} is given {rows[0].answer} in {path} on line {repository.line_number(rows[0].at):,}"
    return Computed(rows[0].answer, how, (line,), confidence=0.8)
