"""What a finished run looks like to people and to programs."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.records import Plan
from rao_cli.cli import output
from rao_cli.errors import InputError
from tests.cli.stream import FORBIDDEN, a_run, citation, closed, nasty, opened, result

PLAN = Plan(
    sections=3, tokens=1200, calls=4, prompt_tokens=2000, output_tokens=90, depth=1, window=2048, view_tokens=512
)


def test_answer_then_citations():
    """The answer comes first, a blank line, then each citation with its number, place and quote."""
    assert output.answer_text(result()) == 'Press it.\n\n[1] manual.pdf p. 12: "Press the button."\n'


def test_an_answer_without_a_checked_citation_says_so():
    """An unverified answer cannot be mistaken for a verified one, nor can its citation."""
    text = output.answer_text(result(verified=False, citations=(citation(verified=False),)))
    assert text.startswith("unverified: Press it.\n")
    assert text.endswith('"Press the button." (unverified)\n')


@pytest.mark.parametrize("forged", ['Press it.\n\n[1] real.pdf p. 9: "not there"', "a\n  [2] b", "[3] c"])
def test_an_answer_cannot_forge_a_citation(forged):
    """Only places that code checked stand as citations, whatever lines an answer has."""
    lines = output.answer_text(result(answer=forged)).splitlines()
    assert [line for line in lines if line.lstrip().startswith("[")] == [
        '[1] manual.pdf p. 12: "Press the button."'
    ]
    assert "> " in output.answer_text(result(answer=forged))


def test_an_answer_without_citations_stands_alone():
    """Without citations there is no empty list."""
    assert output.answer_text(result(citations=())) == "Press it.\n"


@pytest.mark.parametrize(
    "changes",
    [{"status": "failed"}, {"status": "absent", "task": "summarize"}, {"status": "partial", "task": "summarize"}],
)
def test_a_limit_before_any_answer_is_said(changes):
    """When a limit left nothing to print, that is what is printed, and not that something was not found."""
    empty = result(answer="", citations=(), limits_hit=("seconds",), **changes)
    assert output.answer_text(empty) == "No answer: a limit was reached first.\n"


@pytest.mark.parametrize(
    ("limits", "text"), [((), "Not found in the sources.\n"), (("tokens",), "Not found in what was read.\n")]
)
def test_absent_is_said_only_of_what_was_read(limits, text):
    """Not found is claimed of the sources only when no limit cut the run short."""
    assert output.answer_text(result(status="absent", answer="", citations=(), limits_hit=limits)) == text


def test_a_failed_run_has_no_answer():
    """Nothing is printed where nothing was found out."""
    assert output.answer_text(result(status="failed", answer="", citations=())) == ""


@pytest.mark.parametrize(
    ("changes", "flag", "code"),
    [
        ({}, False, 0),
        ({}, True, 0),
        ({"status": "absent"}, False, 0),
        ({"status": "absent"}, True, 6),
        ({"status": "failed"}, False, 1),
        ({"status": "partial"}, True, 5),
        ({"status": "found", "limits_hit": ("tokens",)}, False, 5),
        ({"status": "absent", "limits_hit": ("seconds",)}, True, 5),
        ({"status": "failed", "limits_hit": ("agents",)}, False, 5),
    ],
)
def test_exit_codes(changes, flag, code):
    """A limit weighs more than what was found; absence is a failure only on request."""
    assert output.exit_code(result(**changes), fail_not_found=flag) == code


def test_the_summary_line_says_what_was_read_and_spent():
    """Coverage, agents, depth, tokens, seconds and the model's name are one line."""
    line = output.summary_line(result())
    assert line == "read 3 of 9 sections, 5 agents, depth 2, 1,234 tokens, 12.3 s, tiny"


def test_the_summary_line_leaves_out_the_key_of_converted_weights():
    """Weights that were converted are called by the model's name and their format."""
    line = output.summary_line(result(model="Tiny.Q4_1-bf16-0015627178574b81.gguf:271:abc"))
    assert line.endswith(", Tiny.Q4_1-bf16.gguf")


@pytest.mark.parametrize(("number", "text"), [(0, "0 agents"), (1, "1 agent"), (2000, "2,000 agents")])
def test_one_is_singular(number, text):
    """Counts agree with their nouns."""
    assert output.counted(number, "agent") == text


def test_the_cost_line_says_where_tokens_went():
    """Prompt, cached and written tokens are told apart."""
    assert output.cost_line(result()).startswith("1,200 prompt tokens (0 cached), 34 written, confidence 0.90")


def test_a_plan_is_a_small_table():
    """Each number of a plan has a line of its own."""
    lines = output.plan_text(PLAN).splitlines()
    assert len(lines) == 8
    assert lines[1].split() == ["tokens", "1,200"]


def test_a_plan_is_a_line_too():
    """--verbose shows the plan in one line."""
    assert output.plan_line(PLAN) == (
        "plan: 3 sections, at most 4 calls and 2,000 prompt tokens, depth 1, window 2,048"
    )


def test_a_plan_names_its_schema():
    """A program can tell a plan from an answer."""
    plan = json.loads(output.plan_json(PLAN))
    assert (plan["schema"], plan["calls"]) == ("rao.plan/1", 4)


def test_json_has_the_schema_under_its_own_name():
    """The result is one line of JSON with the documented field names."""
    text = output.to_json(result())
    assert "\n" not in text
    assert json.loads(text)["schema"] == "rao.answer/1"
    assert "schema_" not in text


def test_events_become_json_that_reads_back():
    """Every event of a run is one line that names its type."""
    types = [json.loads(output.to_json(event))["type"] for event in a_run(5)]
    assert (types[0], types[-1]) == ("run_started", "run_finished")


def test_an_error_is_json_too():
    """Message, hint and exit code are fields."""
    body = json.loads(output.error_json(InputError("no such file", hint="look")))
    assert body == {
        "schema": "rao.error/1",
        "error": {"message": "no such file", "hint": "look", "exit_code": 3},
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_has_no_nan(value):
    """Numbers that JSON cannot hold become null."""
    assert json.loads(output.to_json(result(confidence=value)))["confidence"] is None


@given(nasty, nasty, nasty)
def test_no_control_character_in_the_answer(answer, quote, label):
    """Hostile answers, quotes and labels print nothing that a terminal would act on."""
    one = result(answer=answer, citations=(citation(quote=quote, label=label, path=quote),), model=label)
    text = output.answer_text(one) + output.summary_line(one) + output.cost_line(one)
    assert FORBIDDEN & set(text) == set()


@given(nasty, nasty)
def test_json_keeps_text_and_carries_no_control_character(answer, quote):
    """JSON escapes what a terminal would act on, and gives the text back; half characters are replaced."""
    text = output.to_json(result(answer=answer, citations=(citation(quote=quote),)))
    assert FORBIDDEN & set(text) == set()
    text.encode("utf-8")
    assert json.loads(text)["answer"] == answer.replace("\ud800", "?")


@given(st.text(max_size=50))
def test_json_gives_any_text_back(answer):
    """Characters outside the basic plane survive as well."""
    assert json.loads(output.to_json(result(answer=answer)))["answer"] == answer


@given(nasty)
def test_events_carry_no_control_character(text):
    """Goals, titles and reports of an event are escaped as well."""
    for event in (opened("1", goal=text, titles=(text,)), closed("1", answer=text)):
        assert FORBIDDEN & set(output.to_json(event)) == set()


@given(nasty, nasty)
def test_errors_carry_no_control_character(message, hint):
    """An error that quotes a file name is safe."""
    assert FORBIDDEN & set(output.error_json(InputError(message, hint=hint))) == set()
