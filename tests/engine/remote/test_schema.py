"""Schemas made from grammars: they allow what the grammar spells, and more of nothing important."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.grammar import PROSE, action_grammar
from rao_cli.engine.remote.gbnf import read_grammar
from rao_cli.engine.remote.schema import schema_of
from tests.agent.gbnf import strings_of

ACTIONS = ("answer", "absent", "delegate", "search")
TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int}


def allows(schema: dict[str, Any], value: Any) -> bool:
    """Tell whether a value follows a schema; knows the words that ours are made of."""
    if "anyOf" in schema:
        return any(allows(option, value) for option in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    if not isinstance(value, TYPES[schema["type"]]):
        return False
    if schema["type"] == "object":
        same = set(schema["required"]) == set(value)
        return same and all(allows(schema["properties"][name], item) for name, item in value.items())
    if schema["type"] == "array":
        return all(allows(schema["items"], item) for item in value)
    return schema["type"] != "integer" or schema["minimum"] <= value <= schema["maximum"]


@pytest.mark.parametrize("returns", ["text", "number"])
@settings(max_examples=25)
@given(st.data())
def test_a_schema_allows_all_that_the_grammar_does(returns: str, data: st.DataObject) -> None:
    """Whatever string the grammar spells, its JSON follows the schema."""
    grammar = action_grammar(ACTIONS, 12, returns)  # type: ignore[arg-type]
    schema = schema_of(read_grammar(grammar))
    assert schema is not None
    assert allows(schema, json.loads(data.draw(strings_of(grammar))))


@pytest.mark.parametrize(
    "reply",
    [
        {"action": "answer", "answer": "x", "cite": [13]},
        {"action": "answer", "answer": "x", "cite": "1"},
        {"action": "answer", "answer": "x"},
        {"action": "absent", "why": "x"},
        {"action": "other"},
        {"action": "delegate", "to": [], "returns": "poem", "combine": "best"},
    ],
)
def test_a_schema_refuses_what_is_no_action(reply: dict[str, Any]) -> None:
    """Numbers that the view lacks, other fields and other words are not allowed."""
    schema = schema_of(read_grammar(action_grammar(ACTIONS, 12)))
    assert schema is not None
    assert not allows(schema, reply)


@pytest.mark.parametrize(
    "grammar",
    [
        PROSE,
        'root ::= "[1]"',
        'root ::= "\\"x\\""',
        'root ::= "{\\"a\\":" root "}"',
        'root ::= "{\\"a\\":[" root "]}"',
        'root ::= "{\\"a\\"" ":" [0-9]+ "}"',
        'root ::= "{" "\\"a"',
        'root ::= ""',
    ],
)
def test_what_spells_no_object_has_no_schema(grammar: str) -> None:
    """Prose, lists, endless objects and halves of JSON have none, and do no harm."""
    assert schema_of(read_grammar(grammar)) is None


def test_constants_keep_their_types() -> None:
    """Numbers, true and null that are spelled out stay what they are."""
    schema = schema_of(
        read_grammar(r'root ::= "{\"a\":1,\"b\":true,\"c\":null,\"d\":[" n "]}"' + '\nn ::= "1" | "3"')
    )
    assert schema is not None
    assert allows(schema, {"a": 1, "b": True, "c": None, "d": [3, 1]})
    assert not allows(schema, {"a": 1, "b": True, "c": None, "d": [2]})
