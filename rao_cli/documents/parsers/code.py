"""Parse source files with tree-sitter: their sections, definitions, imports and the identifiers that they use.

One job may hold many files, laid end to end, since most source files are small. What a definition is in a
language is data (code_grammar.py). Limits: trees are syntax only, so what a macro or a program makes at run time
is not seen; sections nest to a depth of _DEEPEST; what lies deeper than _DEEPEST_NODE in a tree is not looked at.
The grammars are native code, which hostile input may make slow, or crash.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from rao_cli.documents.parsers.base import Content, Options
from rao_cli.documents.parsers.code_grammars import GRAMMARS

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query, QueryCursor

_DEEPEST = 8
# Looking further down takes time with the square of the depth; sources that people write have less than 200.
_DEEPEST_NODE = 1000
_LONGEST_NAME = 200
_LONGEST_TEXT = 1000
_LONGEST_SIGNATURE = 160
# A nested function is a part of its own only where the outer one is too long to be read as one.
_LONG_FUNCTION = 2000
_CALLABLE = frozenset({"function", "method", "constructor"})
_CLASS_LIKE = frozenset({"class", "struct", "interface", "trait", "enum", "impl"})
# A list of constants or fields is one passage; only a long one, such as a table, is a section.
_VALUES = frozenset({"constant", "field", "variable", "property"})
_LEAST_LINES = 2
_LEAST_VALUE_LINES = 10
_LEAST_BYTES = 500
_WORD = re.compile(rb"[\w\x80-\xff]")
_WORDS_ONLY = re.compile(rb"[\w \t()]*")
_BLANK = re.compile(rb"\s*")
_LINE_REST = re.compile(rb"[ \t;,)}\]]*(?:(?:#|//|--|/\*)[^\n]{0,200})?(?:\n|\Z)")
_IN_BRACKETS = re.compile(r"([(\[]) | ?,? ([)\]])")
_SPACE = re.compile(r"\s+")
_NOT_CONTAINERS = frozenset({"this", "module", "exports", "module.exports", "self", "window"})

Section = list[Any]
"""Kind, title, start, end, and the sections inside."""


def parse(data: bytes, options: Options) -> Content:
    """Return ``files``: what was found in each of the options' files (``language``, ``size``).

    That is ``sections``, ``symbols`` (name, kind, signature, start, end, container), ``imports`` and ``uses``; all
    places count characters.
    """
    found: list[Content] = []
    at = 0
    for file in options["files"]:
        size = int(file["size"])
        found.append(_File(data[at : at + size], _language(str(file["language"]))).content())
        at += size
    return {"files": found}


@dataclass(slots=True)
class _Definition:
    """A definition by its bytes; ``inside`` are those within it."""

    name: str
    kind: str
    signature: str
    start: int
    end: int
    container: str
    inside: "list[_Definition]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Language:
    """A language made ready: its parser and its queries."""

    parser: "Parser"
    patterns: "Query"
    """Of definitions and imports."""
    words: "Query"
    """Of identifiers, comments and leads."""
    scope: str
    macros: re.Pattern[bytes] | None


@cache
def _language(name: str) -> _Language:
    from tree_sitter import Language, Parser, Query

    grammar = GRAMMARS[name]
    language = Language(getattr(importlib.import_module(grammar.package), grammar.function)())
    words = [
        f"({kind}) @{group}" for group in ("identifiers", "comments", "leads") for kind in getattr(grammar, group)
    ]
    return _Language(
        Parser(language),
        Query(language, grammar.definitions + grammar.imports),
        Query(language, "\n".join(words)),
        grammar.scope,
        re.compile(grammar.macros.encode(), re.MULTILINE) if grammar.macros else None,
    )


def _cursor(query: "Query") -> "QueryCursor":
    from tree_sitter import QueryCursor

    cursor = QueryCursor(query)
    cursor.set_max_start_depth(_DEEPEST_NODE)
    return cursor


def _blanked(match: re.Match[bytes]) -> bytes:
    word = match[0]
    return word if b"#" in word else b" " * len(word)


class _File:
    """One parsed file."""

    def __init__(self, data: bytes, language: _Language) -> None:
        self._data = data
        self._scope = language.scope
        tree = language.parser.parse(language.macros.sub(_blanked, data) if language.macros else data)
        root = tree.root_node
        words = _cursor(language.words).captures(root)
        self._uses = Counter([data[node.start_byte : node.end_byte] for node in words.get("identifiers", ())])
        self._comments = dict(self._ends(words.get("comments", ())))
        self._leads = dict(self._ends(words.get("leads", ())))
        self._lead_ends = {start: end for end, start in self._leads.items()}
        matches = sorted(_cursor(language.patterns).matches(root), key=lambda match: match[0])
        self._imports = self._imported(captures for _, captures in matches if "import" in captures)
        found = self._found(captures for _, captures in matches if "name" in captures)
        self._definitions, self._top = _nested(found)

    def content(self) -> Content:
        """Return what was found, as JSON can carry it."""
        sections = self._sections(self._top, 0, len(self._data), 0)
        symbols = [
            [one.name, one.kind, one.signature, one.start, one.end, one.container]
            for one in self._definitions
            if one.kind != "impl"
        ]
        if not self._data.isascii():
            _to_characters(self._data, sections, symbols)
        return {"sections": sections, "symbols": symbols, "imports": self._imports, "uses": _counted(self._uses)}

    def _ends(self, nodes: "Iterable[Node]") -> Iterator[tuple[int, int]]:
        """Yield where each node that is not empty ends, without white space, and where it starts."""
        for node in nodes:
            length = len(self._data[node.start_byte : node.end_byte].rstrip())
            if length:
                yield node.start_byte + length, node.start_byte

    def _found(self, matches: "Iterable[dict[str, list[Node]]]") -> list[_Definition]:
        """Return the definitions in text order, one for each name."""
        found: dict[int, _Definition] = {}
        for captures in matches:
            names = captures.pop("name")
            containers = captures.pop("container", None)
            kind, nodes = next((kind, nodes) for kind, nodes in captures.items() if kind[0] != "_")
            node = nodes[0]
            scope, name = self._named(names[0], containers)
            if names[0].start_byte in found or not name.strip("_"):
                continue
            start = self._after_leads(node.start_byte)
            found[names[0].start_byte] = _Definition(
                name, kind, self._signature(node, start), start, node.end_byte, scope
            )
        return sorted(found.values(), key=lambda one: (one.start, -one.end))

    def _named(self, name: "Node", containers: "list[Node] | None") -> tuple[str, str]:
        """Return the dotted container and the name of a definition as they are written."""
        text = self._line(name).strip("\"'").removeprefix(":")
        scope = self._line(containers[0]).removesuffix(".prototype") if containers else ""
        separator = self._scope or "\n"  # which no name holds
        *outer, last = text.split(separator)
        parts = [part for part in (*scope.split(separator), *outer) if part and part not in _NOT_CONTAINERS]
        return ".".join(parts), last or text

    def _imported(self, matches: "Iterable[dict[str, list[Node]]]") -> list[str]:
        found: dict[str, None] = {}
        for captures in sorted(matches, key=lambda captures: captures["import"][0].start_byte):
            text = self._line(captures["import"][0]).strip("\"'<>`")
            for member in captures.get("member", ()):
                text = f"{text}{'' if text.endswith('.') else '.'}{self._line(member)}"
            if text:
                found.setdefault(text)
        return list(found)

    def _line(self, node: "Node") -> str:
        text = self._data[node.start_byte : min(node.end_byte, node.start_byte + _LONGEST_TEXT)]
        return _SPACE.sub(" ", text.decode("utf-8", "ignore")).strip()

    def _after_leads(self, at: int) -> int:
        """Return where a definition itself starts, after the annotations that some grammars count as its part."""
        while (end := self._lead_ends.get(at)) is not None:
            gap = self._data[end : end + _LONGEST_NAME]
            at = end + len(gap) - len(gap.lstrip())
        return at

    def _signature(self, node: "Node", start: int) -> str:
        """Return a definition up to its body, on one line."""
        holder = node.child_by_field_name("value") or node.child_by_field_name("right") or node
        body = holder.child_by_field_name("body")
        end = self._without_comments(start, body.start_byte if body else node.end_byte)
        text = self._data[start : min(end, start + 4 * _LONGEST_SIGNATURE)].decode("utf-8", "ignore")
        if not body:
            text = text.split("\n", 1)[0]
        line = _IN_BRACKETS.sub(r"\1\2", _SPACE.sub(" ", text)).strip().rstrip(" {:")
        return line if len(line) <= _LONGEST_SIGNATURE else line[: _LONGEST_SIGNATURE - 1] + "…"

    def _without_comments(self, start: int, end: int) -> int:
        """Return where what stands between two places ends when comments at its end are left out."""
        while True:
            end = start + len(self._data[start:end].rstrip())
            above = self._comments.get(end, start)
            if above <= start:
                return end
            end = above

    def _sections(self, definitions: Iterable[_Definition], low: int, high: int, depth: int) -> list[Section]:
        """Return the sections between two places; what lies between them belongs to nobody or to nothing."""
        bounds: list[tuple[_Definition, int, int]] = []
        at = low
        for one in self._worthy(definitions):
            start = min(high, max(at, self._lead_start(one.start)))
            end = min(high, self._line_end(one.end))
            if end <= start:
                continue
            start = self._joined(bounds, at, start)
            bounds.append((one, start, end))
            at = end
        if bounds:
            self._joined(bounds, at, high)
        return [
            [one.kind, one.signature, start, end, self._parts(one, start, end, depth + 1)]
            for one, start, end in bounds
        ]

    def _parts(self, one: _Definition, start: int, end: int, depth: int) -> list[Section]:
        if depth >= _DEEPEST or (one.kind in _CALLABLE and end - start < _LONG_FUNCTION):
            return []
        return self._sections(one.inside, start, end, depth)

    def _joined(self, bounds: list[tuple[_Definition, int, int]], at: int, start: int) -> int:
        """Give what holds no word between two sections to the first of them; return where the second starts."""
        if _WORD.search(self._data, at, start):
            return start
        if not bounds:
            return at
        one, first, _ = bounds[-1]
        bounds[-1] = (one, first, start)
        return start

    def _worthy(self, definitions: Iterable[_Definition]) -> Iterable[_Definition]:
        """Yield the definitions that are sections; of one that is not, those inside it."""
        waiting = list(definitions)[::-1]
        while waiting:
            one = waiting.pop()
            least = _LEAST_VALUE_LINES if one.kind in _VALUES else _LEAST_LINES
            if self._data.count(b"\n", one.start, one.end) + 1 >= least or one.end - one.start >= _LEAST_BYTES:
                yield one
            else:
                waiting.extend(reversed(one.inside))

    def _lead_start(self, at: int) -> int:
        """Return where the comments, decorators and words directly above or before a definition start."""
        start = self._line_start(at, _WORDS_ONLY)
        while True:
            before = self._data[max(0, start - _LONGEST_NAME) : start]
            gap = before[len(before.rstrip()) :]
            end = start - len(gap)
            above = self._comments.get(end, self._leads.get(end))
            if above is None or gap.count(b"\n") > 1:
                return start
            line = self._line_start(above, _BLANK if end in self._comments else _WORDS_ONLY)
            if line == above and self._data[line - 1 : line] not in (b"\n", b""):
                return start
            start = line

    def _line_start(self, at: int, allowed: re.Pattern[bytes]) -> int:
        """Return the start of a place's line, or the place itself where more than is allowed is before it."""
        near = max(0, at - _LONGEST_NAME)
        line = self._data.rfind(b"\n", near, at) + 1
        if line == 0 and near:
            return at
        return line if allowed.fullmatch(self._data, line, at) else at

    def _line_end(self, at: int) -> int:
        """Return the end of the line that a definition ends on, or its own end where something follows it."""
        rest = _LINE_REST.match(self._data, at)
        return rest.end() if rest and self._data[at - 1 : at] != b"\n" else at


def _nested(definitions: Iterable[_Definition]) -> tuple[list[_Definition], list[_Definition]]:
    """Put each definition into the one around it, with its container and kind; return all and the outermost."""
    kept: list[_Definition] = []
    top: list[_Definition] = []
    around: list[_Definition] = []
    for one in definitions:
        while around and not _holds(around[-1], one):
            around.pop()
        outer = around[-1] if around else None
        if outer and outer.kind in _CALLABLE and one.kind == "prototype":
            continue  # in C++ a variable with arguments looks the same
        _place(one, outer)
        (outer.inside if outer else top).append(one)
        kept.append(one)
        around.append(one)
    return kept, top


def _place(one: _Definition, outer: _Definition | None) -> None:
    """Complete a definition's container by what is around it, and tell a method from a function."""
    if one.kind == "function" and (one.container or (outer and outer.kind in _CLASS_LIKE)):
        one.kind = "method"
    around = (outer.container, outer.name) if outer else ()
    one.container = ".".join(part for part in (*around, one.container) if part)[-_LONGEST_NAME:]


def _holds(outer: _Definition, inner: _Definition) -> bool:
    """Tell whether a definition holds one that starts no earlier; it may also just name the same thing."""
    if outer.end < inner.end or (outer.kind == "type" and inner.kind in _CLASS_LIKE):
        return False
    return (outer.start, outer.end) != (inner.start, inner.end)


def _counted(uses: Counter[bytes]) -> str:
    words = (
        (word.decode("utf-8", "replace"), count) for word, count in uses.items() if len(word) <= _LONGEST_NAME
    )
    return " ".join(f"{word} {count}" for word, count in sorted(words) if word and not _SPACE.search(word))


def _to_characters(data: bytes, sections: list[Section], symbols: list[list[Any]]) -> None:
    """Turn all places from bytes into characters."""
    ends: list[tuple[int, list[Any], int]] = []
    waiting = list(sections)
    while waiting:
        section = waiting.pop()
        ends += [(section[2], section, 2), (section[3], section, 3)]
        waiting.extend(section[4])
    for symbol in symbols:
        ends += [(symbol[3], symbol, 3), (symbol[4], symbol, 4)]
    ends.sort(key=lambda end: end[0])
    at = characters = 0
    for byte, holder, index in ends:
        characters += len(data[at:byte].decode("utf-8"))
        at = byte
        holder[index] = characters
