"""Answer with which exit code a program ends, from exit calls, match arms and constants that give codes.

Where several codes are given the one is answered near which the question's words stand. Limits: a code is read
where it is a number, or a constant that the repository defines; what main returns is not looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import VALUED, Constants
from rao_cli.agent.compute.code_literals import evaluate
from rao_cli.agent.compute.code_source import Repository, names_in
from rao_cli.agent.compute.code_words import likeness, name_parts, words_of

_ASKS = re.compile(r"\b(?:exit|return|status)(?:s|ed)?[ -](?:code|status)\b|\bexits? with\b", re.IGNORECASE)
_CALL = re.compile(
    r"\b(?:sys\.exit|os\._exit|os\.Exit|process\.exit|process::exit|System\.exit|SystemExit|ExitCode::from|"
    r"(?<![.\w])_?[eE]xit|\._exit|typer\.Exit|ctx\.exit|parser\.exit|Exit)\s*\(\s*(?:code\s*=\s*)?([\w.:]+|"
    r"-\d+)\s*[,)]|"
    r"^\s*exit[ \t]+(\d+)\b|process\.exitCode\s*=\s*(\d+)",
    re.MULTILINE,
)
_ARM = re.compile(r"\b(\w+(?:(?:::|\.)\w+)*)\s*(?:\([^()]*\)\s*)?(?:=>|:)\s*(-?\d+)\b")
_ABOVE = 5
_NEAR = 3
_LEAST = 0.45
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class _Exit:
    """A code, where it is given, and the text around that by how near it stands."""

    code: str
    at: int
    near: str
    around: str


def exits(question: str, repository: Repository) -> Computed | None:
    """Answer with which exit code a program ends in the case that the question tells."""
    if not _ASKS.search(question):
        return None
    found = list(_found(repository))
    for name in names_in(question):
        arms = [one for one in found if one.near == name.last] if name.sure else []
        if len({one.code for one in arms}) == 1:
            return _told(arms[0], repository)
    words = [
        word for word in words_of(question, repository.project).needed if word not in ("exit", "status", "end")
    ]
    return _nearest(words, found, repository)


def _found(repository: Repository) -> Iterator[_Exit]:
    for number, file in enumerate(repository.files):
        uses = f" {file.uses.lower()} "
        if (
            "exit" in uses
            and repository.standing(repository.path(number)) < 3
            and repository.is_code(repository.path(number))
        ):
            text = repository.text(file.origin)
            start = repository.document.origins[file.origin].span.start
            yield from _arms(text, start)
            yield from _calls(text, start, number, repository)
    yield from _constants(repository)


def _arms(text: str, start: int) -> Iterator[_Exit]:
    for match in _ARM.finditer(text):
        name = re.split(r"::|\.", match[1])
        if "exit" in match[1].lower() or "exit" in text[max(0, match.start() - 400) : match.start()].lower():
            yield _Exit(match[2], start + match.start(), name[-1], "")


def _calls(text: str, start: int, file: int, repository: Repository) -> Iterator[_Exit]:
    resolve = Constants(repository).resolver(file)
    for match in _CALL.finditer(text):
        value = evaluate(match[1] or match[2] or match[3], resolve)
        if value is not None and value.number is not None:
            lines = text[max(0, match.start() - 800) : match.start()].split("\n")
            rest = text[match.start() : match.end() + 200].split("\n", maxsplit=1)[0]
            near = "\n".join((*lines[-_NEAR:], rest))
            yield _Exit(value.text, start + match.start(), near, "\n".join(lines[-_ABOVE - 1 :]))


def _constants(repository: Repository) -> Iterator[_Exit]:
    constants = Constants(repository)
    for found in repository.symbols(*VALUED):
        said = f"{found.symbol.container}.{found.symbol.name}".lower()
        if "exit" in said or "status" in said:
            value = constants.value(found)
            if value and value.number is not None:
                name = found.symbol.name
                yield _Exit(value.text, found.symbol.span.start, name, constants.definition(found)[:200])


def _nearest(words: Sequence[str], found: Sequence[_Exit], repository: Repository) -> Computed | None:
    """Return the code near which most of the words stand, if no other code has nearly as many."""
    if not words or not found:
        return None
    scored = sorted(
        ((_fit(words, one), number) for number, one in enumerate(found)), key=lambda row: (-row[0], row[1])
    )
    best = found[scored[0][1]]
    rival = next((score for score, number in scored if found[number].code != best.code), 0.0)
    if scored[0][0] < _LEAST or rival > scored[0][0] - _MARGIN:
        return None
    return _told(best, repository)


def _fit(words: Sequence[str], one: _Exit) -> float:
    near, around = set(name_parts(one.near)), set(name_parts(one.around))
    total = 0.0
    for word in words:
        beside = max((likeness(word, part) for part in near), default=0.0)
        total += max(beside, 0.5 * max((likeness(word, part) for part in around), default=0.0))
    return total / len(words)


def _told(one: _Exit, repository: Repository) -> Computed:
    path = repository.shown(repository.document.locate(repository.line(one.at)).path)
    how = f"exit code {one.code} is given in {path} on line {repository.line_number(one.at):,}"
    return Computed(one.code, how, (repository.line(one.at),))
