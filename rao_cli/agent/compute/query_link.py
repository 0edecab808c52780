"""Link the words of a question to what they stand for: operations, columns, rows, values that occur, texts.

Everything must be linked, or be known to change nothing: one word that is not leaves the question alone. Limits:
values are looked for in the first ROWS rows, and phrases in the first CHARACTERS characters.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rao_cli.agent.compute.query import Field, Filter
from rao_cli.agent.compute.query_family import Family, Item
from rao_cli.agent.compute.query_words import (
    LONGEST,
    OPERATOR_PHRASES,
    Token,
    is_filler,
    joined,
    keys,
    looks_like_value,
    singular,
    words,
)
from rao_cli.documents.data.columns import number
from rao_cli.documents.data.times import moment

CHARACTERS = 64 << 20
_LONGEST = max(6, LONGEST)
_LONGEST_VALUE = 6
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT"})
_CLEARLY = 20
"""How many times as many rows a column must have a value in than any other, to be the one that is meant."""

_CONTAINING = words("contain containing mention mentioning include including")

Phrases = Mapping[tuple[str, ...], Item]


def tag(tokens: Sequence[Token], phrases: Phrases) -> list[Item]:
    """Return what each piece of a question stands for, the longest known pieces first; fillers are left out."""
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        item = _longest(tokens, at, phrases) or _single(tokens[at], at)
        at = item.end if item else at + 1
        if item:
            items.append(item)
    return items


def _longest(tokens: Sequence[Token], at: int, phrases: Phrases) -> Item | None:
    for end in range(min(len(tokens), at + _LONGEST), at, -1):
        if any(token.kind in ("quoted", "date") for token in tokens[at:end]):
            continue
        key = tuple(token.key for token in tokens[at:end])
        if found := phrases.get(key):
            return replace(
                found, at=at, end=end, text=joined(tokens[at:end]) if found.kind != "op" else found.text
            )
        if operation := OPERATOR_PHRASES.get(key):
            return Item("op", operation, at, end)
    return None


def _single(token: Token, at: int) -> Item | None:
    if token.kind in ("quoted", "number", "date"):
        return Item(token.kind, token.text, at, at + 1)
    if token.kind == "mark" and token.text in (",", ":"):
        return Item("op", token.text, at, at + 1)
    return None if is_filler(token) else Item("unknown", token.text, at, at + 1)


def resolve(items: Sequence[Item], tokens: Sequence[Token], family: Family) -> list[Item] | None:
    """Return the items with unknown words linked to texts that occur, or None where one stays unknown."""
    found = [item for item in items if item.kind != "unknown"]
    for run in _runs(items):
        linked = _after_field(run, items, family) or _phrase(run, tokens, items, family)
        if not linked:
            return None
        covered = {at for item in linked for at in range(item.at, item.end)}
        found = [item for item in found if not covered & set(range(item.at, item.end))] + linked
    return sorted(found, key=lambda item: item.at)


def _runs(items: Sequence[Item]) -> list[list[Item]]:
    """Return the unknown words, those that stand side by side together."""
    runs: list[list[Item]] = []
    for item in items:
        if item.kind == "unknown":
            if runs and runs[-1][-1].end == item.at:
                runs[-1].append(item)
            else:
                runs.append([item])
    return runs


def _after_field(run: Sequence[Item], items: Sequence[Item], family: Family) -> list[Item]:
    """Link what looks like a value right after the name of a column: client 10.0.0.1, user root."""
    last = next((item for item in reversed(items) if item.end <= run[0].at), None)
    if last is None or last.kind != "field" or last.field is None or run[0].at - last.end > 1:
        return []
    text = " ".join(item.text for item in run)
    kind = family.kind(last.field)
    fits = moment(text) is not None if kind == "time" else number(text) is not None if kind == "number" else True
    value_like = fits and len(run) == 1 and looks_like_value(Token("word", text))
    if not value_like and last.field.column not in family.values.get(text.lower(), ()):
        return []
    return [Item("filter", text, last.at, run[-1].end, filter=Filter(field=last.field, values=(text,)))]


def _phrase(run: Sequence[Item], tokens: Sequence[Token], items: Sequence[Item], family: Family) -> list[Item]:
    """Link the longest piece of the question around unknown words that stands in the records as it is."""
    for a, b in _pieces(run, tokens, items):
        piece = tokens[a:b]
        if not _edges_tell(piece) or (b - a == 1 and not _tells_alone(tokens, a, items, family)):
            continue
        last = Token("word", singular(piece[-1].text))
        for text in dict.fromkeys((joined(piece), joined((*piece[:-1], last)))):
            if occurs(text, family):
                return [Item("filter", text, a, b, filter=Filter(test="mentions", values=(text,)))]
    return []


def _pieces(run: Sequence[Item], tokens: Sequence[Token], items: Sequence[Item]) -> list[tuple[int, int]]:
    """Return the stretches of a question around unknown words without an operation or mark, the longest first."""
    first, last = run[0].at, run[-1].end
    ends = {at for item in items if item.kind == "op" for at in range(item.at, item.end)}
    ends |= {at for at, token in enumerate(tokens) if token.kind == "mark"}
    low = max((at + 1 for at in ends if at < first), default=0)
    high = min((at for at in ends if at >= last), default=len(tokens))
    pieces = [(a, b) for a in range(low, first + 1) for b in range(last, high + 1)]
    return sorted(pieces, key=lambda piece: piece[0] - piece[1])


def _edges_tell(piece: Sequence[Token]) -> bool:
    return not is_filler(piece[0]) and not is_filler(piece[-1])


def _tells_alone(tokens: Sequence[Token], at: int, items: Sequence[Item], family: Family) -> bool:
    """Tell whether one word may be looked for as text: a code, what lines contain, the longest of a log."""
    token = tokens[at]
    before = next((each.key for each in reversed(tokens[:at]) if each.key not in ("the", "a", "an")), "")
    after = tokens[at + 1].key if at + 1 < len(tokens) else ""
    if token.kind != "word" or token.text in _METHODS:
        return False
    if after == "line" or before in _CONTAINING or (at and token.text[0].isupper()):
        return True
    extreme = any(item.end == at and item.text.split()[0] in ("max", "min") for item in items if item.kind == "op")
    return (extreme and family.of_log) or (looks_like_value(token) and not token.text.isalpha())


def value_phrases(tokens: Sequence[Token], phrases: Phrases, family: Family) -> dict[tuple[str, ...], Item]:
    """Return the pieces of a question that are values of a column, by their keys: second witch, POST, North.

    One word that has a meaning of its own is a value only where it is written in capitals and the value is, too.
    """
    found: dict[tuple[str, ...], Item] = {}
    for at in range(len(tokens)):
        for end in range(at + 1, min(len(tokens), at + _LONGEST_VALUE) + 1):
            piece = tokens[at:end]
            if any(token.kind not in ("word", "mark") for token in piece):
                break
            key = tuple(token.key for token in piece)
            if not _may_be_value(piece, at, phrases):
                continue
            named = key in phrases and not _is_loose(phrases[key], family)
            if (named or (len(piece) == 1 and _is_known(piece[0]))) and piece[0].text not in family.written:
                continue
            if item := _method(piece, family) or _hundreds(piece, family) or _value(joined(piece), family):
                found[key] = item
    return found


def _method(piece: Sequence[Token], family: Family) -> Item | None:
    """Return the filter for a method of HTTP, which need not occur."""
    method = family.called("method") if joined(piece) in _METHODS else None
    return Item("filter", joined(piece), filter=Filter(field=method, values=(joined(piece),))) if method else None


def _hundreds(piece: Sequence[Token], family: Family) -> Item | None:
    """Return the filter that "4xx" stands for: a status that starts with 4."""
    text = piece[0].text.lower()
    status = family.called("status") if len(piece) == 1 and text[1:] == "xx" and text[0].isdigit() else None
    return Item("filter", text, filter=Filter(field=status, test="starts", values=(text[0],))) if status else None


def pieces(tokens: Sequence[Token]) -> frozenset[str]:
    """Return all that may be a value in a question: in lower case, as it is written and in the singular."""
    found = {
        joined(tokens[at:end])
        for at in range(len(tokens))
        for end in range(at + 1, min(len(tokens), at + _LONGEST_VALUE) + 1)
    }
    return frozenset(each.lower() for text in found for each in (text, singular(text)))


def _is_loose(item: Item, family: Family) -> bool:
    """Tell whether a word only is a further name of a column of text: "error" for a log's message."""
    column = item.field.column if item.kind == "field" and item.field else ""
    return bool(column) and family.columns[column].kind == "text" and keys(column) != keys(item.text)


def _may_be_value(piece: Sequence[Token], at: int, phrases: Phrases) -> bool:
    """Tell whether a piece of a question has a word without a meaning of its own, or one written in capitals."""
    telling = any(
        not _is_known(token) and ((token.key,) not in phrases or _may_be_loose(phrases[token.key,]))
        for token in piece
    )
    named = [token for number, token in enumerate(piece, at) if number and token.text[:1].isupper()]
    capitals = len(piece) > 1 or piece[0].text.isupper()
    edges = (piece[0], piece[-1])
    return (telling and not any(is_filler(token) and token.text.islower() for token in edges)) or bool(
        named and capitals
    )


def _may_be_loose(item: Item) -> bool:
    return item.kind == "field" and item.field is not None and keys(item.field.column) != keys(item.text)


def _is_known(token: Token) -> bool:
    return is_filler(token) or (token.key,) in OPERATOR_PHRASES


def _value(text: str, family: Family) -> Item | None:
    """Return the filter for a value that one column clearly has, as it is written or in the singular."""
    for each in dict.fromkeys((text, singular(text))):
        if column := clear_column(family.values.get(each.lower(), Counter())):
            return Item("filter", text, filter=Filter(field=Field(column=column), values=(each,)))
    return None


def clear_column(counts: Counter[str]) -> str:
    """Return the column that a value is clearly of, or an empty string."""
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] < _CLEARLY * ranked[1][1]):
        return ""
    return ranked[0][0]


def occurs(text: str, family: Family, *, exactly: bool = False) -> bool:
    """Tell whether a text stands somewhere in the records, upper and lower case being the same unless exactly."""
    wanted = text if exactly else text.lower()
    for records in family.records:
        span = records.span
        searched = family.document.text[span.start : min(span.end, span.start + CHARACTERS)]
        if wanted in (searched if exactly else searched.lower()):
            return True
    return False
