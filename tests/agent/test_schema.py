"""A schema is read whole or refused, and its grammar spells only values that keep it."""

import asyncio
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.agent.schema import DEEPEST, LARGEST, LONGEST_TEXT, fault, read_schema, schema_grammar
from rao_cli.engine.base import Message, Request
from rao_cli.engine.grammar import Grammar
from rao_cli.errors import UsageError
from tests.agent.gbnf import strings_of

PERSON = {
    "type": "object",
    "title": "A person",
    "properties": {
        "name": {"type": "string", "description": "as it is written", "maxLength": 20},
        "born": {"type": ["integer", "null"], "minimum": 1000, "maximum": 2100},
        "role": {"enum": ["mayor", "miller", 'the "other"', None, 3]},
        "alive": {"type": "boolean"},
        "places": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": 3},
    },
    "required": ["name"],
    "additionalProperties": False,
}
GOOD = {"name": "Ada", "born": 1901, "role": "mayor", "alive": False, "places": ["Ulm"]}


def schema(raw):
    """Read a schema that is given as data."""
    return read_schema(json.dumps(raw))


def test_a_value_that_keeps_its_schema():
    """A value of the right types, lengths and choices has no fault."""
    assert fault(schema(PERSON), GOOD) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": 3}, "'name' is no string"),
        ({"name": "A" * 21}, "'name' has a length of 21"),
        ({"born": 99}, "'born' is not between 1000 and 2100"),
        ({"born": 1901.5}, "'born' is no integer or null"),
        ({"born": True}, "'born' is no integer"),
        ({"role": "king"}, "'role' is none of the choices"),
        ({"alive": "yes"}, "'alive' is no boolean"),
        ({"places": []}, "'places' has a length of 0"),
        ({"places": ["Ulm", ""]}, "item 2 of 'places'"),
        ({"more": 1}, "other fields"),
    ],
)
def test_a_value_that_breaks_its_schema(change, words):
    """Each broken promise is named with the field that breaks it."""
    assert words in fault(schema(PERSON), {**GOOD, **change})


def test_true_is_not_one():
    """True is no number among choices, as in JSON."""
    assert fault(schema({"enum": [1, "a"]}), True)
    assert not fault(schema({"const": True}), True)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"type": "text"}, "'text', which is none of JSON"),
        ({"type": []}, "none of JSON"),
        ({"$ref": "#/x"}, "'$ref', which cannot be promised"),
        ({"type": "string", "pattern": "a+"}, "'pattern', which cannot be promised"),
        ({"type": "object"}, "names no properties"),
        ({"type": "object", "properties": {"a": 3}}, "'a' is no JSON object"),
        ({"type": "object", "properties": {"a": {}}, "required": ["b"]}, "requires 'b'"),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": True}, "does not name"),
        ({"enum": []}, "no list of values"),
        ({"enum": [[1]]}, "more than plain values"),
        ({"type": "array", "minItems": 1e9}, "minItems"),
        ({"type": "array", "minItems": 3, "maxItems": 2}, "maxItems"),
        ({"type": "string", "maxLength": "9"}, "maxLength"),
        ({"type": "integer", "minimum": True}, "minimum"),
        ("string", "no JSON object"),
    ],
)
def test_a_schema_that_cannot_be_kept_is_refused(raw, words):
    """What is not known is refused in one line with a hint, and never passed over."""
    with pytest.raises(UsageError, match=r"^[^\n]*$") as refused:
        schema(raw)
    assert words in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", '{"type": NaN}', "[" * 5_000, '{"a":' * 2_000, "x" * (LARGEST + 1)]
)
def test_what_is_no_json(text):
    """What is not JSON, or too long, is refused."""
    with pytest.raises(UsageError):
        read_schema(text)


def test_a_schema_may_not_be_deep():
    """Nesting ends somewhere."""
    raw = {"type": "string"}
    for _ in range(DEEPEST):
        raw = {"type": "array", "items": raw}
    with pytest.raises(UsageError, match="levels deep"):
        schema(raw)


SCHEMAS = [
    PERSON,
    {"type": "integer"},
    {"type": "array", "items": {"enum": ["a", "b\\c", "d\ne"]}},
    {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "maxItems": 2}, "minItems": 2},
    {"properties": {'ke"y': {"type": "string"}, "other": {"properties": {"in": {"type": "null"}}}}},
    {"type": "array", "maxItems": 0},
]


@pytest.mark.parametrize("raw", SCHEMAS)
@given(data=st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_grammar_spells_what_its_schema_allows(raw, data):
    """Every text that the grammar allows is JSON that keeps the schema, but for least and most numbers."""
    known = schema(raw)
    value = json.loads(data.draw(strings_of(schema_grammar(known))))
    assert "between" in fault(known, value) or fault(known, value) == ""


def test_a_text_without_a_limit_ends():
    """The grammar bounds a text whose schema does not."""
    assert f"{{0,{LONGEST_TEXT}}}" in schema_grammar(schema({"type": "string", "maxLength": 10**15}))


def test_a_large_schema_is_read_at_once():
    """A schema of the largest size is read and spelled within a second."""
    start = time.perf_counter()
    schema_grammar(schema({"enum": ["x" * 50 for _ in range(1_000)]}))
    assert time.perf_counter() - start < 1.0


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "enum", "properties", "items", "minItems", "maxLength", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(raw):
    """Whatever a file holds, a schema comes of it or a refusal."""
    try:
        known = read_schema(json.dumps(raw))
    except UsageError:
        return
    assert schema_grammar(known)


@pytest.mark.model
@pytest.mark.parametrize("raw", [*SCHEMAS, {"type": "array", "items": {"type": "string", "minLength": 400}}])
def test_llama_cpp_accepts_the_grammar(smollm2, raw):
    """The grammar parser of llama.cpp takes the grammar of every schema."""
    Grammar(smollm2._model, schema_grammar(schema(raw))).close()


@pytest.mark.model
def test_a_real_model_keeps_the_schema(smollm2):
    """What the model writes under the grammar is a value of the schema."""
    raw = {"properties": {"name": {"type": "string", "maxLength": 20}, "alive": {"type": "boolean"}}}
    request = Request(
        (Message("user", ("Ada Krol was mayor of Ulm.\n", "Fields: name, alive")),),
        max_tokens=100,
        grammar=schema_grammar(schema(raw)),
    )
    assert fault(schema(raw), json.loads(asyncio.run(smollm2.generate(request)).text)) == ""
