"""Find the part that a question is about: "in the auth.log part", "over all the GC logs", "in this text".

Limits: English prepositions, and words for texts (file, log, table, ...). A part that no name of records tells is
left in the question, which is then not understood.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rao_cli.agent.compute.query import Part
from rao_cli.agent.compute.query_words import Token, keys, singular, words
from rao_cli.documents.data.model import Records

_PREPOSITIONS = words("in over across within of from throughout inside for among on through to")
_OPENERS = words(
    "all both whole entire full the this that these those our my complete above given provided following"
)
_THIS = words("this that these our my given above provided")
_HEADS = words(
    "text file document log table data dataset csv list part section source transcript dump output spreadsheet"
    " sheet extract excerpt archive collection input logfile"
)
_FILES = words("text file document log logfile table dataset csv transcript spreadsheet play book story chat")
_LONGEST = 8


@dataclass(frozen=True)
class Scope:
    """The part that a question names, and its other tokens."""

    part: Part
    rest: tuple[Token, ...]


def find_scope(tokens: Sequence[Token], records: Sequence[Records]) -> Scope:
    """Return the part that is named and the tokens without the words for it."""
    named: tuple[str, ...] = ()
    rest: list[Token] = []
    at = 0
    while at < len(tokens):
        length, inner = _phrase(tokens[at : at + _LONGEST], records)
        if length and not (named and inner):
            named = named or inner
            at += length
        else:
            rest.append(tokens[at])
            at += 1
    return Scope(Part(words=named), tuple(rest))


def _phrase(tokens: Sequence[Token], records: Sequence[Records]) -> tuple[int, tuple[str, ...]]:
    """Return how many of the first tokens name a part, and the words of its name: none for the whole."""
    first = tokens[0].text.lower() if tokens else ""
    if first in ("this", "these", "the"):
        return _alone(tokens), ()
    if first not in _PREPOSITIONS:
        return 0, ()
    at = 1
    while at < len(tokens) and tokens[at].text.lower() in _OPENERS:
        at += 1
    openers = {token.text.lower() for token in tokens[1:at]}
    for end in range(len(tokens), at, -1):
        inner = tokens[at:end]
        closed = first == "in" and (end == len(tokens) or tokens[end].kind == "mark")
        if all(token.kind in ("word", "quoted") for token in inner) and (
            named := _named(inner, openers, records, closed=closed)
        ):
            return end, () if named == ("",) else named
    return 0, ()


def _alone(tokens: Sequence[Token]) -> int:
    """Return how many of the first tokens are the whole text: "this file", "the whole log", not "the log of"."""
    at = 2 if len(tokens) > 2 and tokens[1].text.lower() in _OPENERS else 1
    if len(tokens) <= at or tokens[at].kind != "word" or singular(tokens[at].text.lower()) not in _FILES:
        return 0
    return 0 if len(tokens) > at + 1 and tokens[at + 1].text.lower() == "of" else at + 1


def _named(
    inner: Sequence[Token], openers: set[str], records: Sequence[Records], *, closed: bool
) -> tuple[str, ...]:
    """Return the words of a part's name; one empty word for the whole; nothing where it is no part.

    ``closed`` says that a mark follows, so that words in capitals may be a title: "in Julius Caesar, who ...".
    """
    last = inner[-1]
    head = last.kind == "word" and not _HEADS.isdisjoint(keys(last.text)[-1:])
    named = _name_words(inner)
    if head and set(named) <= _HEADS:
        return ("",)
    named_so = _is_file(last) or (closed and _is_title(inner))
    chosen = {each.span for each in parts_called(named, records)} if head or named_so else set()
    if chosen:
        return named if len(chosen) < len({each.span for each in records}) else ("",)
    return ("",) if head and openers & _THIS else ()


def _name_words(inner: Sequence[Token]) -> tuple[str, ...]:
    return tuple(key for token in inner for key in keys(token.text) if key not in ("part", "section"))


def _is_file(token: Token) -> bool:
    return token.kind == "quoted" or not set(token.text).isdisjoint("./")


def _is_title(inner: Sequence[Token]) -> bool:
    return all(token.text[0].isupper() or token.text in ("of", "and", "the") for token in inner)


def parts_called(named: Iterable[str], records: Iterable[Records]) -> list[Records]:
    """Return the records in parts with a name that has all the words."""
    wanted = set(named)
    return [each for each in records if any(wanted <= set(keys(name)) for name in (*each.names, each.path))]
