"""What a sentence claims that can be checked by code: its numbers, names, paths and symbols.

A sentence may be told only where all of them occur in the text that it cites. Limits: names are told by capitals,
so those of scripts without capitals, and the first word of a sentence, are not checked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_PATH = re.compile(r"(?<![\w/.])(?:[\w.@~-]+/)+[\w.@~-]*\w|(?<![\w/.])/(?:[\w.@~-]+/)*[\w.@~-]*\w")
_CODED = re.compile(r"`([^`\n]{1,120})`")
_SYMBOL = re.compile(r"\b(?:\w+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|\w+(?:::\w+)+|[a-z_]\w+\.[a-z_]\w+)\b")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_SPACE = re.compile(r"\s+")
_OPENING = re.compile(r"(?:^|[.!?:;]|[.!?][\"'”’)\]]|\[\d+\]|^[\s]*[-*•])[\s\"'“‘(\[]*$")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a text says: ``kind`` is number, name, path or symbol."""

    kind: str
    text: str


def claims(text: str) -> list[Claim]:
    """Return what a text claims, each once; what is part of a path or symbol is not told again."""
    found: dict[Claim, None] = {}
    rest = text
    for kind, pattern in (("symbol", _CODED), ("path", _PATH), ("symbol", _SYMBOL), ("number", _NUMBER)):
        for match in pattern.finditer(rest):
            told = match[1] if pattern is _CODED else match.group()
            found.setdefault(Claim("path" if "/" in told and " " not in told else kind, told))
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)
    found.update((claim, None) for claim in _names(rest))
    return list(found)


def _names(text: str) -> Iterator[Claim]:
    for match in _WORD.finditer(text):
        if match.group()[0].isupper() and not _OPENING.search(text, max(0, match.start() - 12), match.start()):
            yield Claim("name", match.group())


def missing(text: str, shown: str) -> list[Claim]:
    """Return the claims of a text that do not occur in what is shown for it."""
    held = _folded(shown)
    return [claim for claim in claims(text) if not _occurs(claim, held)]


def _occurs(claim: Claim, held: str) -> bool:
    wanted = _folded(claim.text)
    if claim.kind == "number":
        return re.search(rf"(?<![\d]){re.escape(wanted)}(?!\d)", held) is not None
    return wanted in held or wanted.removesuffix("’s").removesuffix("'s") in held


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).casefold()
