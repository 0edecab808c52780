"""The part of JSON Schema in which an answer may be asked for: read, checked, and as a grammar.

Known are ``type`` (or a list of types), ``enum``, ``const``, ``properties``, ``required``, ``items``,
``minItems``, ``maxItems``, ``minLength``, ``maxLength``, ``minimum``, ``maximum`` and ``additionalProperties:
false``; words that only explain (``title``, ``description``, ``default``, ``$schema``, ...) are passed over.
Anything else is refused, because an answer could not be promised to keep it. Reference: JSON Schema 2020-12,
https://json-schema.org/draft/2020-12.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from rao_cli.agent.grammar import literal
from rao_cli.errors import UsageError
from rao_cli.text import one_line

Kind = Literal["object", "array", "string", "number", "integer", "boolean", "null"]

LARGEST = 64_000
"""Characters of a schema."""
DEEPEST = 6
MOST_FIELDS = 40
MOST_ITEMS = 40
"""Items that an array is written with at most, and the most that a schema may ask for at least."""
LONGEST_TEXT = 400
"""Characters that a text is written with at most, and the most that a schema may ask for at least."""

LARGEST_NUMBER = 10**15
"""Numbers beyond are not exact everywhere that JSON is read."""

_EXPLAINS = frozenset({"title", "description", "examples", "default", "$schema", "$id", "$comment"})
_KNOWN = frozenset(
    {"type", "enum", "const", "properties", "required", "items", "minItems", "maxItems", "additionalProperties"}
    | {"minLength", "maxLength", "minimum", "maximum"}
)
_HINT = "known are type, enum, const, properties, required, items and least and most values"


@dataclass(frozen=True)
class Schema:
    """What a JSON value must be: one of ``choices`` where there are any, else of one of ``kinds``."""

    kinds: tuple[Kind, ...]
    choices: tuple[Any, ...] = ()
    fields: Mapping[str, "Schema"] = field(default_factory=dict)
    """Of an object, in the order in which they are written; all of them are."""
    items: "Schema | None" = None
    description: str = ""
    least: int = 0
    """Items of an array, or characters of a text, at least."""
    most: int = LARGEST_NUMBER
    minimum: float = -math.inf
    maximum: float = math.inf


def read_schema(text: str) -> Schema:
    """Return the schema that a text spells. Raises UsageError for what is none, or promises more than is known."""
    if len(text) > LARGEST:
        raise UsageError(f"the schema is longer than {LARGEST:,} characters", hint="ask for less")
    try:
        raw = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the schema is not JSON: {one_line(str(error), 120)}",
            hint="check it with python -m json.tool FILE",
        ) from error
    return _read(raw, "the schema", 1)


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _read(raw: object, where: str, depth: int) -> Schema:
    """Return one schema; ``where`` names it in a message."""
    if not isinstance(raw, dict):
        raise UsageError(f"{where} is no JSON object", hint='a schema looks like {"type": "string"}')
    if depth > DEEPEST:
        raise UsageError(f"{where} lies more than {DEEPEST} levels deep", hint="ask for less")
    unknown = sorted(set(raw) - _KNOWN - _EXPLAINS)
    if unknown:
        raise UsageError(f"{where} says {unknown[0]!r}, which cannot be promised", hint=_HINT)
    if raw.get("additionalProperties", False) is not False:
        raise UsageError(f"{where} asks for properties that it does not name", hint="name them in properties")
    kinds = _kinds(raw, where)
    fields = _fields(raw, where, depth) if "object" in kinds else {}
    items = _read(raw.get("items", {}), f"an item of {where}", depth + 1) if "array" in kinds else None
    length = ("minItems", "maxItems", MOST_ITEMS) if "array" in kinds else ("minLength", "maxLength", LONGEST_TEXT)
    return Schema(
        kinds=kinds,
        choices=_choices(raw, where),
        fields=fields,
        items=items,
        description=str(raw.get("description", ""))[:200],
        least=int(_limit(raw, where, length[0], 0, most=length[2])),
        most=int(_limit(raw, where, length[1], LARGEST_NUMBER, least=raw.get(length[0], 0))),
        minimum=_limit(raw, where, "minimum", -math.inf, least=-LARGEST_NUMBER),
        maximum=_limit(raw, where, "maximum", math.inf),
    )


def _kinds(raw: Mapping[str, Any], where: str) -> tuple[Kind, ...]:
    """Return the types that a schema allows; without any it is told from what else it says."""
    if "type" not in raw:
        if "enum" in raw or "const" in raw:
            return ()
        return ("object",) if "properties" in raw else ("array",) if "items" in raw else ("string",)
    given = raw["type"] if isinstance(raw["type"], list) else [raw["type"]]
    unknown = [kind for kind in given if kind not in get_args(Kind)]
    if unknown or not given:
        raise UsageError(
            f"{where} has the type {unknown[0] if unknown else None!r}, which is none of JSON", hint=_HINT
        )
    return tuple(given)


def _choices(raw: Mapping[str, Any], where: str) -> tuple[Any, ...]:
    """Return the values that a schema lists."""
    listed = [raw["const"]] if "const" in raw else raw.get("enum", [])
    if not isinstance(listed, list) or ("enum" in raw and not listed):
        raise UsageError(f"the enum of {where} is no list of values", hint='such as {"enum": ["yes", "no"]}')
    if any(isinstance(value, (list, dict)) for value in listed):
        raise UsageError(
            f"the enum of {where} holds more than plain values", hint='such as {"enum": ["yes", "no"]}'
        )
    return tuple(listed)


def _fields(raw: Mapping[str, Any], where: str, depth: int) -> dict[str, Schema]:
    """Return the properties of an object; every required one must be among them."""
    given, required = raw.get("properties", {}), raw.get("required", [])
    if not isinstance(given, dict) or not given or len(given) > MOST_FIELDS:
        raise UsageError(
            f"{where} names no properties, or more than {MOST_FIELDS}", hint="name them in properties"
        )
    missing = [name for name in required if name not in given] if isinstance(required, list) else [required]
    if missing:
        raise UsageError(f"{where} requires {missing[0]!r} but does not name it", hint="name it in properties")
    return {str(name): _read(inner, f"{name!r}", depth + 1) for name, inner in given.items()}


def _limit(
    raw: Mapping[str, Any],
    where: str,
    name: str,
    otherwise: float,
    *,
    least: float = 0,
    most: float = LARGEST_NUMBER,
) -> float:
    """Return a limit that a schema sets, or ``otherwise``."""
    value: float = raw.get(name, otherwise)
    if name in raw and (
        isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most
    ):
        raise UsageError(
            f"{name} of {where} is no number of {least:,} to {most:,}", hint=f'such as {{"{name}": 3}}'
        )
    return value


# ---------------------------------------------------------------------- values


def fault(schema: Schema, value: Any, where: str = "the answer") -> str:
    """Return what is wrong with a value in one line, or an empty string."""
    if schema.choices:
        return "" if any(_same(value, choice) for choice in schema.choices) else f"{where} is none of the choices"
    kind = next((kind for kind in schema.kinds if _IS[kind](value)), None)
    if kind is None:
        return f"{where} is no {' or '.join(schema.kinds)}"
    if kind == "object":
        return _object_fault(schema, value, where)
    if kind == "array" and schema.items is not None:
        faults = (fault(schema.items, item, f"item {n} of {where}") for n, item in enumerate(value, 1))
        return _length_fault(schema, value, where) or next((one for one in faults if one), "")
    if kind == "string":
        return _length_fault(schema, value, where)
    outside = kind in ("number", "integer") and not schema.minimum <= value <= schema.maximum
    return f"{where} is not between {schema.minimum:g} and {schema.maximum:g}" if outside else ""


def _object_fault(schema: Schema, value: Mapping[str, Any], where: str) -> str:
    if set(value) != set(schema.fields):
        return f"{where} has other fields than the schema"
    faults = (fault(inner, value[name], f"{name!r}") for name, inner in schema.fields.items())
    return next((one for one in faults if one), "")


def _length_fault(schema: Schema, value: Any, where: str) -> str:
    fits = schema.least <= len(value) <= schema.most
    return "" if fits else f"{where} has a length of {len(value)}, not of {schema.least} to {schema.most}"


def _same(value: Any, choice: Any) -> bool:
    """Tell whether two plain values are the same in JSON, where true is not 1."""
    return bool(value == choice) and isinstance(value, bool) == isinstance(choice, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


_IS: dict[Kind, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and float(value).is_integer(),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}

# ---------------------------------------------------------------------- grammar

_TERMINALS = r"""
char ::= [^"\\\x00-\x1f\x7f] | "\\" ["\\/nt]
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
number ::= integer ("." [0-9]{1,12})?
boolean ::= "true" | "false"
null ::= "null"
"""


def schema_grammar(schema: Schema) -> str:
    """Return the GBNF of the values that a schema allows, without white space; all fields in their order.

    Limits: least and most values of numbers are not part of it; ``fault`` checks them.
    """
    rules: dict[str, str] = {}
    _rule(schema, "root", rules)
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + _TERMINALS


def _rule(schema: Schema, name: str, rules: dict[str, str]) -> str:
    """Add the rule of a schema, and those that it needs; return its name."""
    rules[name] = ""
    values = [literal(json.dumps(choice, ensure_ascii=False)) for choice in schema.choices]
    rules[name] = " | ".join(values or [_body(schema, kind, rules) for kind in schema.kinds])
    return name


def _body(schema: Schema, kind: Kind, rules: dict[str, str]) -> str:
    if kind == "object":
        parts = [
            f"{literal(json.dumps(key, ensure_ascii=False) + ':')} {_rule(inner, _new(rules), rules)}"
            for key, inner in schema.fields.items()
        ]
        return '"{" ' + ' "," '.join(parts) + ' "}"'
    if kind == "array" and schema.items is not None:
        return _repeated(_rule(schema.items, _new(rules), rules), schema.least, min(schema.most, MOST_ITEMS))
    if kind == "string":
        return rf'"\"" char{{{schema.least},{min(schema.most, LONGEST_TEXT)}}} "\""'
    return kind


def _new(rules: Mapping[str, str]) -> str:
    """Return a name that no rule has yet, of letters alone."""
    return "value" + "".join(chr(ord("a") + int(digit)) for digit in str(len(rules)))


def _repeated(item: str, least: int, most: int) -> str:
    if most < 1:
        return '"[]"'
    more = f'"[" {item} ("," {item}){{{max(0, least - 1)},{most - 1}}} "]"'
    return more if least else f'"[]" | {more}'
