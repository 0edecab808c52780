"""An answer is put into a schema's form by code where it spells the value, else by the model."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.filling import by_code, fill
from rao_cli.agent.schema import fault, read_schema
from rao_cli.engine.scripted import ScriptedEngine
from tests.agent.helpers import cited, document, report

MODEL = {"type": "object", "properties": {"answer": {"type": "integer"}, "unit": {"type": "string"}}}


def filled(raw, answer, reply="{}"):
    """Fill a schema from an answer, the model replying with a text; return what came of it and what was asked."""
    source = document("The farm had 213 sheep.\n")
    engine = ScriptedEngine(lambda _: reply)
    made = report(answer, "found", 0.5, cited(source, "213 sheep"))
    found = asyncio.run(fill(read_schema(json.dumps(raw)), "How many sheep?", made, engine.generate))
    return found, engine.requests


@pytest.mark.parametrize(
    ("raw", "answer", "value"),
    [
        ({"type": "string"}, "Ada Krol", "Ada Krol"),
        ({"type": "integer"}, "213", 213),
        ({"type": "integer"}, "3.5 million people", 3_500_000),
        ({"type": "integer"}, "1,234", 1234),
        ({"type": "number"}, "-1.5", -1.5),
        ({"type": "boolean"}, "yes", True),
        ({"type": "boolean"}, "No, never.", False),
        ({"enum": ["red", "blue"]}, "It is blue.", "blue"),
        ({"enum": [1, 2]}, "2", 2),
        ({"type": "array"}, "Ada, Berta and Cleo", ["Ada", "Berta", "Cleo"]),
        ({"type": "array", "items": {"type": "integer"}}, "3; 4; 5", [3, 4, 5]),
        ({"type": "array"}, "Ada", ["Ada"]),
        ({"properties": {"born": {"type": "integer"}}}, "1901", {"born": 1901}),
        ({"type": ["integer", "string"]}, "many", "many"),
    ],
)
def test_what_an_answer_spells(raw, answer, value):
    """A value that the answer itself spells is taken by code; the model is not asked."""
    found, requests = filled(raw, answer)
    assert (found.value, found.reason, requests) == (value, "", [])


@pytest.mark.parametrize(
    ("raw", "answer", "words"),
    [
        ({"type": "integer"}, "many", "holds no number"),
        ({"type": "integer"}, "1.5", "no whole number"),
        ({"type": "integer"}, "/talks/logs-2013/", "holds no number"),
        ({"type": "integer"}, "release v2", "holds no number"),
        ({"type": "integer", "maximum": 100}, "213", "not between"),
        ({"type": "boolean"}, "perhaps", "neither yes nor no"),
        ({"enum": ["red", "blue"]}, "red or blue", "none of the choices"),
        ({"type": "string", "maxLength": 3}, "Ada Krol", "too long"),
        ({"type": "array", "items": {"type": "integer"}}, "3; x", "holds no number"),
        ({"type": "null"}, "Ada", "null"),
        ({"type": "string"}, "", "no answer"),
    ],
)
def test_what_an_answer_does_not_spell(raw, answer, words):
    """Where the answer does not fit, the reason says so; nothing is guessed."""
    found, requests = filled(raw, answer)
    assert found.value is None
    assert words in found.reason
    assert requests == []


def test_the_model_writes_the_other_fields():
    """Fields beside the answer are written by the model from the cited passages; the answer's own is code's."""
    found, (request,) = filled(MODEL, "213", '{"unit":"sheep"}')
    assert found.value == {"answer": 213, "unit": "sheep"}
    assert "213 sheep" in "".join(request.messages[-1].parts)
    assert "answer" not in request.grammar


NULLABLE = {"properties": {"answer": {"type": "integer"}, "year": {"type": ["integer", "null"]}}}
BOUND = {"properties": {"answer": {"type": "integer"}, "year": {"type": "integer"}, "good": {"type": "boolean"}}}


def test_what_the_passages_do_not_hold_is_null():
    """A number that the model made up becomes null where the schema allows it."""
    assert filled(NULLABLE, "213", '{"year":2018}')[0].value == {"answer": 213, "year": None}
    assert filled(NULLABLE, "213", '{"year":213}')[0].value == {"answer": 213, "year": 213}


def test_what_the_passages_do_not_hold_is_named():
    """Where null is not allowed, the field is named; a judgement needs no words of the text."""
    found, _ = filled(BOUND, "213", '{"year":2018,"good":true}')
    assert found.value == {"answer": 213, "year": 2018, "good": True}
    assert found.unbacked == ("year",)


@pytest.mark.parametrize("reply", ['{"unit":', "[]", '{"unit":3}', '{"other":"x"}', "{}", "[" * 4_000])
def test_a_model_that_writes_something_else(reply):
    """Whatever the model writes, a value keeps the schema or there is none."""
    found, _ = filled(MODEL, "213", reply)
    assert found.value is None
    assert "does not fit the schema" in found.reason


@given(st.text(max_size=60), st.sampled_from(["string", "integer", "number", "boolean", "array", "null"]))
def test_any_answer_fits_or_has_a_reason(answer, kind):
    """A value taken by code is of its type, whatever the answer says."""
    schema = read_schema(json.dumps({"type": kind}))
    found = by_code(schema, answer)
    assert found.reason or fault(schema, found.value) == ""
