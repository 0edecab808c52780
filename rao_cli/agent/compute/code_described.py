"""Name the function, class or file that a question describes in words, if one stands out.

Limits: what a function does is told by its name, the comment above it and its first lines, not by its code.
"""

import re

from rao_cli.agent.compute.base import Computed
from rao_cli.agent.compute.code_constants import Constants
from rao_cli.agent.compute.code_phrases import Candidate, Phrase, Scored, comment_above
from rao_cli.agent.compute.code_source import Found, Repository, coded_names
from rao_cli.agent.compute.code_words import words_of

_ASKS_NAME = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,1}?(function|method|class|struct|exception|trait|interface|enum|macro|"
    r"type)(?:es|s)?\b|"
    r"\bname of the (?:\w+ ){0,1}?(function|method|class|struct|exception|trait|interface|enum|macro|type)\b",
    re.IGNORECASE,
)
_ASKS_FILE = re.compile(r"\b(?:which|what) (?:\w+ ){0,1}?(?:file|module)\b|\bwhere\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:calls?|called by|uses?|imports?|imported|extends?|inherits?|returns?|return type|tests?|registers?)\b",
    re.IGNORECASE,
)
_KINDS = {
    "function": ("function", "method", "macro"),
    "method": ("method", "function"),
    "class": ("class", "struct"),
    "exception": ("class",),
    "struct": ("struct", "class", "type"),
    "type": ("type", "struct", "class", "enum", "interface"),
    "trait": ("trait",),
    "interface": ("interface", "trait"),
    "enum": ("enum", "class"),
    "macro": ("macro", "constant"),
}
_EVERY = ("function", "method", "class", "struct", "trait", "interface", "enum", "type", "macro")
_DOC = 300
_LEAST = 0.62
_LEAST_WORDS = 2
_MARGIN = 0.1


def described(question: str, repository: Repository) -> Computed | None:
    """Answer the name, or the file, of the function or class that the question describes."""
    asks_name = _ASKS_NAME.search(question)
    if _NOT.search(question) or not (asks_name or _ASKS_FILE.search(question)):
        return None
    words = words_of(question, repository.project)
    if len(words.needed) < _LEAST_WORDS or coded_names(question):
        return None
    kinds = _KINDS[(asks_name[1] or asks_name[2]).lower()] if asks_name else _EVERY
    symbols = [one for one in repository.symbols(*kinds) if repository.standing(repository.path(one.file)) < 2]
    candidates = [Candidate(one.symbol.name, one.symbol.span.start, number) for number, one in enumerate(symbols)]
    scored = Phrase(words, candidates).best(lambda one: _around(symbols[one.key], repository))
    return _told(scored, symbols, repository, by_name=bool(asks_name))


def _around(found: Found, repository: Repository) -> str:
    at = repository.line(found.symbol.span.start).start
    before = comment_above(repository.document.text[max(0, at - 600) : at])
    head = Constants(repository).definition(found)[:_DOC]
    return "\n".join((before, head, found.symbol.container, repository.path(found.file)))


def _told(scored: list[Scored], symbols: list[Found], repository: Repository, *, by_name: bool) -> Computed | None:
    def answer(one: Scored) -> str:
        found = symbols[one.candidate.key]
        return found.symbol.name if by_name else repository.path(found.file)

    if not scored or scored[0].score < _LEAST:
        return None
    best = scored[0]
    rival = next((one for one in scored if answer(one) != answer(best)), None)
    if rival and rival.score > best.score - _MARGIN:
        return None
    line = repository.line(best.candidate.at)
    how = f"{best.candidate.name} fits the description best"
    return Computed(answer(best), how, (line,), confidence=0.7)
