"""Answer the default of a parameter, a field, an option or a key that a question names, from source text.

The question names the function or class, and the parameter by its name or its words. Limits: of options only those
that a call declares with their name in quotation marks, or an attribute above a field.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants, shown, told
from rao_cli.agent.compute.code_literals import evaluate
from rao_cli.agent.compute.code_options import declarations, default_of, option_named
from rao_cli.agent.compute.code_scan import pieces_of
from rao_cli.agent.compute.code_signatures import signature
from rao_cli.agent.compute.code_source import Found, Name, Repository, names_in, spoken_of
from rao_cli.agent.compute.code_words import Words, forms, joined, likeness, name_parts, words_of

_DEFAULT = re.compile(
    r"\b(?:defaults?|by default|initial(?:ly| value)?|unless (?:given|specified|set)|if omitted)\b", re.IGNORECASE
)
_CALLABLE = frozenset(
    {"function", "method", "constructor", "macro", "class", "struct", "type", "interface", "prototype"}
)
_MADE_BY = re.compile(r"^(?:__init__|__new__|constructor|initialize|new|New\w*|default|with_defaults)$")
_KEYED = re.compile(
    r"(?<![\w.\"'$])[\"']?(?:this\.|self\.|\w+\.)?([A-Za-z_$][\w$-]*)[\"']?\s*(?::=|:(?!:)|=(?![=>]))\s*"
)
_AFTER_DEFAULT = re.compile(r"\bdefault (?:value )?(?:of |for )?(?:the )?([\w-]+)", re.IGNORECASE)
_DECLARED = re.compile(
    r"\bdefault(?:_value|_missing_value|_value_t|Value)?\s*(?:=|:|\()\s*(?=\S)|\.default\(\s*|"
    r"\bdefault_factory\s*=\s*"
)
_MOST = 400
_LEAST_SHARE = 0.8
_NO_ANSWER = frozenset({"", '""', "''", "``"})
_NOTHING = frozenset({"None", "null", "undefined", "nil"})


@dataclass(frozen=True, slots=True)
class _Default:
    """A name with a default: as it is written, where, in which file."""

    name: str
    expression: str
    at: int
    file: int


def default(question: str, repository: Repository) -> Computed | None:
    """Answer the default of what the question names in a function or class that it names, or of an option."""
    if not _DEFAULT.search(question):
        return None
    names = names_in(question)
    option = option_named(question)
    if option and (declared := _of_option(option, repository)):
        return _told(question, declared, repository)
    targets = [(name, _targets(name, repository)) for name in names]
    for name, found in sorted(targets, key=lambda one: not one[0].sure):
        if found and (name.sure or spoken_of(question, name)):
            rows = [row for target in found for row in _defaults_in(target, repository)]
            best = _fitting(question, name, names, rows, repository)
            if best:
                return _told(question, best, repository)
    return _of_named_parameter(question, names, repository)


def _targets(name: Name, repository: Repository) -> list[Found]:
    found = repository.named(name.text)
    exact = [one for one in found if one.symbol.name == name.last and one.symbol.kind in _CALLABLE]
    return exact[:5]


def _defaults_in(found: Found, repository: Repository) -> Iterator[_Default]:
    """Yield the parameters with defaults of a function, or the fields with values of a class, then inner keys."""
    symbol, file = found.symbol, found.file
    language = repository.files[file].language
    text = Constants(repository).definition(found)
    start = repository.line(symbol.span.start).start
    if symbol.kind in ("function", "method", "constructor", "prototype"):
        yield from _parameters(found, text, start, language)
    else:
        inside = f"{symbol.container}.{symbol.name}".lstrip(".")
        yield from _members(inside, file, repository)
    yield from _keys(text, start, file, repository)


def _parameters(found: Found, text: str, start: int, language: str) -> Iterator[_Default]:
    read = signature(text, found.symbol.name, language)
    for one in read.parameters if read else ():
        if one.default:
            place = re.search(rf"(?<![\w$]){re.escape(one.name)}(?![\w$])[^,]{{0,200}}?=", text)
            yield _Default(one.name, one.default, start + (place.start() if place else 0), found.file)


def _members(inside: str, file: int, repository: Repository) -> Iterator[_Default]:
    constants = Constants(repository)
    for number, one in enumerate(repository.files[file].symbols):
        if one.container != inside:
            continue
        found = Found(file, repository.files[file].symbols[number])
        if one.kind in ("field", "property", "constant", "variable"):
            expression = constants.expression(found)
            if expression:
                yield _Default(one.name, _field_default(expression), one.span.start, file)
        elif _MADE_BY.match(one.name):
            start = repository.line(one.span.start).start
            text = constants.definition(found)
            yield from _parameters(found, text, start, repository.files[file].language)
            yield from _keys(text, start, file, repository)


def _field_default(expression: str) -> str:
    """Return the default inside of field(default=...), or the expression."""
    match = _DECLARED.search(expression) if re.match(r"\w*\.?\w*\(", expression) else None
    return pieces_of(expression[match.end() :], ",")[0].strip() if match else expression


def _keys(text: str, start: int, file: int, repository: Repository) -> Iterator[_Default]:
    """Yield the keys and the assignments in the text of a body that are given a value."""
    resolve = Constants(repository).resolver(file)
    for match in list(_KEYED.finditer(text))[:_MOST]:
        expression = pieces_of(text[match.end() : match.end() + 300], ",;\n")[0].strip()
        if expression not in _NO_ANSWER and evaluate(expression, resolve):
            yield _Default(match[1], expression, start + match.start(1), file)


def _fitting(
    question: str, target: Name, names: Sequence[Name], rows: Sequence[_Default], repository: Repository
) -> _Default | None:
    """Return the default whose name the question says: verbatim, else by all of its words."""
    said = {name.last for name in names if name is not target and name.sure}
    exact = [row for row in rows if row.name in said]
    if exact:
        return exact[0]
    rest = question[: target.start] + " " + question[target.end :]
    words = words_of(rest, (*repository.project, *name_parts(target.last)))
    written = set(re.findall(r"[\w-]+", rest))
    first = _AFTER_DEFAULT.search(rest)

    def fit(row: _Default) -> float:
        stands = 0.1 * (row.name in written) + 0.05 * bool(first and first[1] == row.name)
        return _share(words, row.name, written) + stands

    scored = sorted(((fit(row), -number, row) for number, row in enumerate(rows)), key=lambda row: row[:2])
    if not scored or scored[-1][0] < _LEAST_SHARE:
        return None
    best = scored[-1]
    if best[2].expression in _NOTHING:
        return None
    rival = next((row for row in scored[-2::-1] if row[2].name != best[2].name), None)
    return best[2] if rival is None or rival[0] < best[0] else None


def _share(words: Words, name: str, written: Set[str]) -> float:
    """Return which part of a name the words say, less where they say more than the name does."""
    parts = [part for part in name_parts(name) if part != "default"]
    every = (*words.needed, *words.light)
    known = forms(every)
    held = [
        part in written or any(likeness(word, part) >= 0.8 for word in every) or bool(joined(part, known))
        for part in parts
    ]
    needed = [word for word in words.needed if word != "default"]
    told = [any(likeness(word, part) >= 0.8 or word in part for part in parts) for word in needed]
    if not parts or not needed:
        return 0.0
    return 0.6 * sum(held) / len(parts) + 0.4 * sum(told) / len(needed)


def _of_named_parameter(question: str, names: Sequence[Name], repository: Repository) -> Computed | None:
    """Answer the default of a parameter whose function the question leaves out, where all have the same one."""
    if not re.search(r"\b(?:parameter|argument|keyword|param|kwarg)\b", question, re.IGNORECASE):
        return None
    for name in names:
        if not name.sure:
            continue
        rows = [
            row
            for found in repository.symbols("function", "method", "constructor")
            if repository.standing(repository.path(found.file)) < 3
            and f" {name.last} " in f" {repository.files[found.file].uses} "
            for row in _defaults_in_parameters(found, name.last, repository)
        ]
        if rows and len({row.expression for row in rows}) == 1:
            return _told(question, rows[0], repository)
    return None


def _defaults_in_parameters(found: Found, name: str, repository: Repository) -> Iterator[_Default]:
    text = Constants(repository).definition(found)
    if name in text:
        start = repository.line(found.symbol.span.start).start
        for row in _parameters(found, text, start, repository.files[found.file].language):
            if row.name == name:
                yield row


def _of_option(option: str, repository: Repository) -> _Default | None:
    """Return the default with which a command line option is declared."""
    rows = ((declared, default_of(declared)) for declared in declarations(option, repository))
    return next((_Default(option, written, one.at, one.file) for one, written in rows if written), None)


def _told(question: str, found: _Default, repository: Repository) -> Computed | None:
    value = evaluate(found.expression, Constants(repository).resolver(found.file))
    answer = told(value, found.name, question) if value else shown(found.expression)
    if not answer:
        return None
    path = repository.path(found.file)
    how = f"{found.name} is given {shown(found.expression) or 'its default'} in {path}"
    line = repository.line(found.at)
    return Computed(answer, f"{how} on line {repository.line_number(found.at):,}", (line,))
