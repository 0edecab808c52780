"""Split a question on records into what it asks, what it says about words, and how the answer shall be given.

"The kind of a line is its status code", "A failed login is a line that contains 'Failed password'": such
sentences define words of the question. Limits: English; a sentence that leaves rows out ("ignore ...") is not
understood, and then nothing is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.sentences import masked, quoted
from rao_cli.agent.question.wanted import split_form

_ASKS = re.compile(
    r"\?\W*$|^(?:please )?(?:count|give|name|find|tell|state|report|determine|identify|compute|calculate|list)\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\bthe (?:kind|type|class|category|sort) of (?:an?|each|every|the|one) [\w ]{1,30}? is "
    r"(?:its |the |given by (?:its |the ))?(?P<column>[^.;:?!]{1,80})",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"^(?:an?|each|every|one) (?P<name>[\w -]{1,40}?) (?:is|means) (?:an?|any|one|each|every) "
    r"[\w -]{1,40}? (?:that|which|with|where|whose|containing)\b(?P<test>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LEAVES_OUT = re.compile(
    r"\b(?:ignor\w*|exclud\w*|except|only|skip\w*|without|unless|do not|don't|not count\w*)\b", re.IGNORECASE
)
_BRACKETS = re.compile(r"\s*\((?:the|i\.e\.|that is|as|e\.g\.|in|a|an)\b[^()]{0,200}\)", re.IGNORECASE)
_CLAUSE = re.compile(r";\s+")


@dataclass(frozen=True)
class Posed:
    """A question's parts: the sentence that asks, what a row's kind is, names for rows with a text in them."""

    main: str
    kind: str = ""
    names: tuple[tuple[str, str], ...] = ()
    context: str = ""
    """The sentences beside the one that asks."""
    brackets: str = ""
    """What the sentence that asks explains in brackets."""


def posed(asked: Asked) -> Posed | None:
    """Return the parts of a question, or None where not one sentence asks, or another leaves rows out."""
    parts, _ = split_form(asked.text)
    clauses = [clause for part in parts for clause in _clauses(part)]
    asking = [clause for clause in clauses if _ASKS.search(clause)] or clauses[-1:]
    others = [clause for clause in clauses if clause not in asking]
    if len(asking) != 1 or any(_LEAVES_OUT.search(masked(other)) and not _says_written(other) for other in others):
        return None
    kind = next((match["column"] for other in others if (match := _KIND.search(other))), "")
    main, brackets = _plain(asking[0])
    return Posed(main, kind, tuple(_names(others)), " ".join(others), brackets)


def _says_written(sentence: str) -> bool:
    """Tell whether a sentence only says that something is not written in the records."""
    return re.search(r"\bnot (?:written|given|stated|shown|included|part of|recorded)\b", sentence) is not None


def _clauses(sentence: str) -> list[str]:
    """Return a sentence cut at semicolons outside quotations."""
    cuts = [match.span() for match in _CLAUSE.finditer(masked(sentence))]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(sentence)]
    return [sentence[start:end] for start, end in zip(starts, ends, strict=True)]


def _plain(sentence: str) -> tuple[str, str]:
    """Return a sentence without what it explains in brackets, and that."""
    found = list(_BRACKETS.finditer(masked(sentence)))
    brackets = " ".join(sentence[match.start() : match.end()].strip() for match in found)
    for match in reversed(found):
        sentence = sentence[: match.start()] + sentence[match.end() :]
    return sentence, brackets


def _names(sentences: Sequence[str]) -> list[tuple[str, str]]:
    """Return what rows with a text in them are called."""
    found = ((_DEFINED.match(sentence.strip()), sentence) for sentence in sentences)
    return [
        (match["name"], texts[0])
        for match, sentence in found
        if match and len(texts := quoted(match["test"])) == 1
    ]
