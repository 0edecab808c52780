"""Find the parts of a JSON text without building its values: keys and items become sections with paths.

Only brackets, commas, colons and strings are looked at, in windows, so that neither size nor depth matters. Large
objects and arrays are divided, small neighbours share a section: "$.items[0:40]", "$.name … $.version". Limits:
only the outermost DEEPEST levels are divided; nothing but the brackets is checked.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rao_cli.documents.model import Section, Span, Text
from rao_cli.text import one_line

DEEPEST = 8
_PART_CHARACTERS = 4000
_MOST_PARTS = 20_000
_KEY_CHARACTERS = 60
_WINDOW = 1 << 22
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rf'({_STRING}|[{{}}\[\],:]|")', re.DOTALL)
# The next bracket, strings and all else skipped at once; or a quotation mark that has no other in this window.
_BRACKET = re.compile(rf'(?:[^"{{}}\[\]]++|{_STRING})*+([{{}}\[\]]|")', re.DOTALL)
_DEEPER = {"{": 1, "[": 1, "}": -1, "]": -1}
_REST = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")
_OPENS = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True)
class Item:
    """A member of an object or array, with its comma: its place, its number, its key if any, its value's place."""

    start: int
    end: int
    index: int
    key: str
    value: Span
    """Where its value stands if that is an object or array, else an empty span."""


@dataclass(slots=True)
class Survey:
    """What one pass over the brackets tells: how many there are of each, how deep, and whether they match."""

    objects: int = 0
    arrays: int = 0
    depth: int = 0
    sound: bool = True
    """Every bracket that closes fits the one that opened, and nothing stands outside the outermost."""
    unclosed: int = 0


OnItem = Callable[[str, Item, int], None]
"""Told the path of the array that a member belongs to (empty for an object), the member, and how deep it is."""


def tokens(
    text: Text, start: int, end: int, detail: int = 1, window: int = _WINDOW
) -> Iterator[tuple[str, int, int]]:
    """Yield brackets with their places, and down to a depth commas, colons and strings (as a quotation mark)."""
    string, skip, at, depth = -1, 0, start, 0
    while at < end:
        piece = text[at : min(end, at + window)]
        done = 0
        if string >= 0 and (rest := _REST.match(piece, skip)):
            if depth <= detail:
                yield '"', string, at + rest.end()
            string, done = -1, rest.end()
        while string < 0 and (match := (_TOKEN.search if depth <= detail else _BRACKET.match)(piece, done)):
            done = match.end()
            sign = piece[match.start(1)]
            if sign == '"' and done - match.start(1) == 1:
                string = at + match.start(1)
                break
            depth += _DEEPER.get(sign, 0)
            yield sign, at + match.start(1), at + done
        # A backslash at the end escapes what the next window starts with, unless it is escaped itself.
        escapes = len(piece) - len(piece.rstrip("\\"))
        skip = (escapes - skip * (escapes == len(piece))) % 2
        at += len(piece)


def survey(text: Text) -> Survey:
    """Return the counts of a whole text."""
    counts = Survey()
    stack: list[str] = []
    for sign, _, _ in tokens(text, 0, len(text), detail=-1):
        if sign in "{[":
            counts.sound = counts.sound and (bool(stack) or counts.objects + counts.arrays == 0)
            counts.objects += sign == "{"
            counts.arrays += sign == "["
            stack.append(sign)
            counts.depth = max(counts.depth, len(stack))
        elif sign in _OPENS:
            counts.sound = counts.sound and bool(stack) and stack.pop() == _OPENS[sign]
        if not counts.sound:
            break
    counts.unclosed = len(stack)
    return counts


def items(text: Text, span: Span) -> Iterator[Item]:
    """Yield the members of the object or array that a span holds; together they cover the span."""
    depth = index = 0
    start, opened, closed = span.start, 0, 0
    last, key = (0, 0), (0, 0)
    for sign, a, b in tokens(text, span.start, span.end):
        if sign in "{[":
            depth += 1
            opened = a if depth == 2 else opened
            continue
        if sign in "}]":
            depth -= 1
            closed = b if depth == 1 else closed
            if depth == 0:
                break
        elif depth == 1 and sign == '"':
            last = (a, b)
        elif depth == 1 and sign == ":":
            key = last
        elif depth == 1 and sign == ",":
            end = b + (text[b : b + 1] == "\n")
            yield Item(start, end, index, _key(text, key), Span(opened, max(opened, closed)))
            index, start, opened, closed, key = index + 1, end, 0, 0, (0, 0)
            continue
    if opened > closed:  # cut short
        closed = span.end
    yield Item(start, span.end, index, _key(text, key), Span(opened, closed))


def divide(
    text: Text, outer: Span, value: Span, path: str, on_item: OnItem, depth: int = 0
) -> tuple[Section, ...]:
    """Return the sections of an object or array: large members alone and divided in turn, small ones together.

    They cover ``outer``, which holds the value. ``on_item`` is told each member of the two outermost levels.
    """
    size = max(_PART_CHARACTERS, len(text) // _MOST_PARTS)
    found: list[Section] = []
    group: list[Item] = []
    array = text[value.start : value.start + 1] == "["

    def close() -> None:
        if group:
            title = _group_title(path, group[0], group[-1], array=array)
            found.append(Section("", title, "items", Span(group[0].start, group[-1].end)))
            group.clear()

    for item in _stretched(items(text, value), outer):
        if depth < 2:
            on_item(path if array else "", item, depth)
        if len(item.value) > size and depth < DEEPEST:
            close()
            whole = Span(item.start, item.end)
            inner = _member_path(path, item, array=array)
            parts = divide(text, whole, item.value, inner, on_item, depth + 1)
            found.append(Section("", one_line(inner), "chapter", whole, parts))
            continue
        # Only the group's ends are needed for its title and place.
        group[1:] = [item] if group else []
        group = group or [item]
        if item.end - group[0].start >= size:
            close()
    close()
    return tuple(found)


def _stretched(found: Iterator[Item], outer: Span) -> Iterator[Item]:
    """Yield the members with the first reaching back to the start of a span and the last to its end."""
    before: Item | None = None
    for item in found:
        if before:
            yield before
            before = item
        else:
            before = Item(outer.start, item.end, item.index, item.key, item.value)
    if before:
        yield Item(before.start, outer.end, before.index, before.key, before.value)


def _key(text: Text, place: tuple[int, int]) -> str:
    start, end = place
    if end - start > 1000:
        return text[start + 1 : start + 1000]
    try:
        return str(json.loads(text[start:end])) if end else ""
    except ValueError:
        return text[start + 1 : end - 1]


def _member_path(path: str, item: Item, *, array: bool) -> str:
    if array:
        return f"{path}[{item.index}]"
    key = one_line(item.key, _KEY_CHARACTERS)
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _group_title(path: str, first: Item, last: Item, *, array: bool) -> str:
    if first is last or first.index == last.index:
        return one_line(_member_path(path, first, array=array))
    if array:
        return one_line(f"{path}[{first.index}:{last.index + 1}]")
    return one_line(f"{_member_path(path, first, array=False)} … {_member_path(path, last, array=False)}")
