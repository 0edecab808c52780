"""Turn a grammar whose strings are JSON objects into a JSON schema, for servers that take only those.

The grammar is read as the JSON that it spells: braces, keys and brackets are fixed, values are texts, numbers out
of a list, or more of the same. Limits: a schema says less than a grammar (patterns of texts and lengths of lists
are left out), so replies are checked against the grammar all the same; a grammar that spells something else has
none.
"""

import json
from typing import Any

from rao_cli.engine.remote.gbnf import Chars, Part, Rules, Sequence

Schema = dict[str, Any]
_DEEPEST = 24


class _Unreadable(ValueError):  # noqa: N818 - never leaves this module
    """A part of a grammar that is no JSON value."""


def schema_of(rules: Rules) -> Schema | None:
    """Return the schema of the objects that a grammar spells, None where it spells something else."""
    try:
        schema = _Reader(rules).rule("root", 0)
    except _Unreadable:
        return None
    options = schema.get("anyOf", [schema])
    return schema if all(option.get("type") == "object" for option in options) else None


class _Reader:
    """Reads JSON values out of sequences; each method returns a schema and where the value ends."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def rule(self, name: str, depth: int) -> Schema:
        """Return the schema of a rule whose every alternative is one value."""
        if depth > _DEEPEST:
            raise _Unreadable
        found = []
        for option in self._rules[name]:
            schema, end = self._value(option, 0, depth + 1)
            if end != len(option):
                raise _Unreadable
            found.append(schema)
        return _any_of(found)

    def _value(self, parts: Sequence, at: int, depth: int) -> tuple[Schema, int]:
        if at >= len(parts):
            raise _Unreadable
        part = parts[at]
        if isinstance(part, str):
            return self.rule(part, depth), at + 1
        if _letter(part) == "{":
            return self._object(parts, at + 1, depth)
        if _letter(part) == "[":
            return self._array(parts, at + 1, depth)
        return self._text(parts, at + 1) if _letter(part) == '"' else _constant(parts, at)

    def _object(self, parts: Sequence, at: int, depth: int) -> tuple[Schema, int]:
        properties: dict[str, Schema] = {}
        while True:
            key, at = self._text(parts, _expect(parts, at, '"'))
            properties[str(key.get("const"))], at = self._value(parts, _expect(parts, at, ":"), depth)
            if at >= len(parts) or _letter(parts[at]) != ",":
                break
            at += 1
        schema = {"type": "object", "properties": properties, "required": list(properties)}
        return {**schema, "additionalProperties": False}, _expect(parts, at, "}")

    def _array(self, parts: Sequence, at: int, depth: int) -> tuple[Schema, int]:
        items = self._first(parts[at] if at < len(parts) else "", depth)
        while at < len(parts) and _letter(parts[at]) != "]":
            at += 1
        return {"type": "array", "items": items}, _expect(parts, at, "]")

    def _first(self, part: Part, depth: int) -> Schema:
        """Return the schema of the first value of a list; the others are like it."""
        if not isinstance(part, str) or part not in self._rules or depth > _DEEPEST:
            raise _Unreadable
        try:
            return self.rule(part, depth)
        except _Unreadable:
            option = next((option for option in self._rules[part] if option), ("",))
            return self._first(option[0], depth + 1)

    def _text(self, parts: Sequence, at: int) -> tuple[Schema, int]:
        """Read what stands between quotes: fixed letters, one of several words, or any text."""
        end = at
        while end < len(parts) and _letter(parts[end]) != '"':
            end += 1
        inside, end = parts[at:end], _expect(parts, end, '"')
        letters = _word(inside)
        if letters is not None:
            return {"const": letters}, end
        if len(inside) == 1 and isinstance(inside[0], str):
            words = [_word(option) for option in self._rules[inside[0]]]
            if words and all(word is not None for word in words):
                return {"enum": words}, end
        return {"type": "string"}, end


def _letter(part: Part) -> str:
    """Return the one character that a part stands for, or nothing."""
    if (
        isinstance(part, Chars)
        and not part.negated
        and len(part.ranges) == 1
        and part.ranges[0][0] == part.ranges[0][1]
    ):
        return part.ranges[0][0]
    return ""


def _word(parts: Sequence) -> str | None:
    letters = [_letter(part) for part in parts]
    return "".join(letters) if all(letters) else None


def _expect(parts: Sequence, at: int, letter: str) -> int:
    if at >= len(parts) or _letter(parts[at]) != letter:
        raise _Unreadable
    return at + 1


def _constant(parts: Sequence, at: int) -> tuple[Schema, int]:
    """Read a number, true, false or null that is spelled out."""
    end = at
    while end < len(parts) and _letter(parts[end]) not in ("", ",", "]", "}"):
        end += 1
    try:
        return {"const": json.loads(_word(parts[at:end]) or "")}, end
    except ValueError as e:
        raise _Unreadable from e


def _any_of(found: list[Schema]) -> Schema:
    """Return one schema for several; numbers in a row become a range."""
    values = [schema["const"] for schema in found if "const" in schema]
    if len(values) < len(found) or not values:
        return found[0] if len(found) == 1 else {"anyOf": found}
    if all(isinstance(value, int) for value in values) and values == list(range(values[0], values[-1] + 1)):
        return {"type": "integer", "minimum": values[0], "maximum": values[-1]}
    return {"enum": values}
