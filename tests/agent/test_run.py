"""Whole runs: planned before, bounded, repeatable, and honest about what was read."""

import json
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from rao_cli.agent.planning import plan_task
from rao_cli.agent.preparing import SMALLEST_VIEW
from rao_cli.agent.records import Limits, RunResult, Task
from rao_cli.agent.run import new_run_id
from rao_cli.errors import UsageError
from tests.agent.helpers import (
    ABSENT,
    answer,
    check_events,
    document,
    everywhere,
    filler,
    find,
    handoff_of,
    made_ready,
    run,
    smallest_window,
    view_of,
)

NEEDLE = "the code is 7431"
CODE = "7431"
"""What is asked for of it."""
SLOW = examples(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def plan(prepared, kind="ask", question="Which line tells of matter 7?", **limits):
    """Plan a task."""
    return plan_task(Task(kind=kind, question=question), prepared, Limits(**limits))


def shape(ran):
    """Return a result without what may differ between two equal runs."""
    data = ran.result.model_dump(mode="json", exclude={"run"})
    data["usage"].pop("seconds")
    for agent in data["agents"]:
        agent.pop("seconds")
    return data


@SLOW
@given(
    st.integers(1, 400),
    st.integers(0, 900),
    st.sampled_from(["ask", "summarize"]),
    st.integers(40, 500),
    st.sampled_from([ABSENT, answer("Line 1 tells of matter", 1), answer("w " * 60), "garbage"]),
)
def test_a_plan_is_an_upper_bound(lines, extra, kind, view, output):
    """No run of the rules makes more calls, or takes more tokens, than its plan said."""
    window = smallest_window("rules") + extra
    prepared = made_ready(filler(lines), lambda _: output, window=window, view=view)
    question = "" if kind == "summarize" else "Which line tells of matter 7?"
    window_needed = made_ready("x", window=window + 200, view=view).budget(question)
    assert window_needed >= SMALLEST_VIEW
    try:
        planned = plan(prepared, kind, question)
    except UsageError:
        assert extra < 40
        return
    ran = run(question, prepared, kind=kind)
    assert len(ran.requests) <= planned.calls
    assert ran.result.usage.prompt_tokens <= planned.prompt_tokens
    assert ran.result.usage.output_tokens <= planned.output_tokens
    assert ran.result.usage.depth <= planned.depth + 1
    assert ran.result.coverage.sections_total == planned.sections
    check_events(ran.events)


def test_a_plan_knows_the_limits():
    """A plan under limits promises no more than they allow."""
    prepared = made_ready(filler(900))
    free, bound = plan(prepared, "summarize", ""), plan(prepared, "summarize", "", agents=3, tokens=5000)
    assert free.calls > 20
    assert bound.calls <= 3
    assert bound.prompt_tokens <= 5000


def test_planning_asks_the_model_nothing():
    """A plan is made without a single request."""
    prepared = made_ready(filler(900))
    plan(prepared)
    assert prepared.engine.requests == []


@pytest.mark.parametrize("delegation", ["rules", "model"])
def test_too_small_a_window_says_how_large(delegation):
    """A window without room for a view is refused with the one that has it; that one works, one less does not."""
    needed = smallest_window(delegation)
    assert made_ready(filler(90), window=needed, delegation=delegation).budget("") == SMALLEST_VIEW
    with pytest.raises(UsageError, match="too small"):
        made_ready(filler(90), window=needed - 1, delegation=delegation)


@pytest.mark.parametrize("delegation", ["rules", "model"])
@pytest.mark.parametrize("words", [400, 5000])
def test_too_long_a_question_says_what_would_do(delegation, words):
    """A question longer than a quarter of the window is refused with a window in which it can be asked."""
    question = "why " * words
    with pytest.raises(UsageError, match="the question has") as refused:
        run(question, made_ready(filler(90), window=1400, delegation=delegation))
    needed = int(re.search(r"--window (\d+)", refused.value.hint)[1])
    prepared = made_ready(filler(90), window=needed, delegation=delegation)
    assert run(question, prepared).result.status == "absent"
    with pytest.raises(UsageError):
        made_ready(filler(90), window=needed - 1, delegation=delegation).budget(question)


def test_the_engines_window_bounds_the_settings():
    """A window larger than the model's own is not used."""
    prepared = made_ready(filler(200), window=10**6, engine_window=1500)
    assert prepared.budget("") < 1500
    assert run("Line 7?", prepared).result.status == "absent"


@pytest.mark.parametrize("delegation", ["rules", "model"])
def test_text_that_fits_is_read_at_once(delegation):
    """A text that fits the window is shown as text to one agent at depth 0 and answered there."""
    prepared = made_ready(f"alpha\n{NEEDLE}\nomega\n", find(NEEDLE), delegation=delegation, window=1600)
    ran = run("What is the code?", prepared)
    assert (ran.result.usage.agents, ran.result.usage.depth, len(ran.requests)) == (1, 0, 1)
    assert (ran.result.answer, ran.result.verified) == (CODE, True)
    assert ran.result.agents[0].view == "text"
    assert ran.result.citations[0].label == "notes.txt:2"


def test_rules_find_a_needle():
    """The rules read what search ranks first, and the answer is cited where it stands."""
    text = filler(900) + NEEDLE + " today\n" + filler(900, 900)
    ran = run("What is the code?", made_ready(text, find(NEEDLE)))
    assert (ran.result.status, ran.result.answer, ran.result.verified) == ("found", CODE, True)
    assert ran.result.citations[0].first_line == text.splitlines().index(NEEDLE + " today") + 1
    check_events(ran.events)


def test_a_thorough_summary_reads_everything():
    """Every line of a source is shown to the model when it is summarised thoroughly."""
    prepared = made_ready(filler(300), lambda _: "It is about lines.", view=150)
    ran = run("", prepared, kind="summarize", thorough=True)
    shown = " ".join(view_of(request) for request in ran.requests)
    assert all(f"Line {n} " in shown for n in range(300))
    assert ran.result.status == "found"
    assert ran.result.coverage.tokens_read == ran.result.coverage.tokens_total
    check_events(ran.events)


def test_a_summary_reads_only_what_it_tells():
    """Where not everything is to be read, agents read the passages that code chose, and coverage says so."""
    ran = run("", made_ready(filler(900), lambda _: "", view=150), kind="summarize")
    assert ran.result.status == "found"
    assert 0 < ran.result.coverage.sections_read < ran.result.coverage.sections_total / 2
    assert ran.result.verified
    check_events(ran.events)


@pytest.mark.parametrize(("kind", "delegation"), [("ask", "rules"), ("ask", "model"), ("summarize", "rules")])
def test_equal_runs_have_equal_results(kind, delegation):
    """The same task twice gives the same requests, in the same order, and the same result but for id and time."""
    text = filler(200) + NEEDLE + "\n"
    prepared = made_ready(text, everywhere(find(NEEDLE)), delegation=delegation, window=1400)
    first, second = (run("What is the code?", prepared, kind=kind) for _ in range(2))
    assert first.requests == second.requests
    assert shape(first) == shape(second)
    assert first.result.run != second.result.run


def test_limits_do_not_reach_a_prompt():
    """What is left of a budget changes no prompt, so finished work can be used again."""
    text = filler(200) + NEEDLE + "\n"
    prepared = made_ready(text, everywhere(find(NEEDLE)), delegation="model", window=1400)
    free, bound = run("Code?", prepared), run("Code?", prepared, tokens=10**6, seconds=900, agents=500)
    assert free.requests == bound.requests


def test_prompts_hold_no_run_id():
    """No part of any prompt names the run."""
    ran = run("Line 7?", made_ready(filler(200)))
    parts = [part for request in ran.requests for message in request.messages for part in message.parts]
    assert not any(ran.result.run in part for part in parts)


def test_two_questions_share_their_views():
    """Two questions about the same section see exactly the same view; only the handoff differs."""
    prepared = made_ready(filler(300))
    views = []
    for question in ("What of matter 7 in line 12?", "Who tells of line 12 and matter 88 in plain words?"):
        ran = run(question, prepared)
        views.append({view_of(request): handoff_of(request) for request in ran.requests})
    common = set(views[0]) & set(views[1])
    assert common
    assert all(views[0][view] != views[1][view] for view in common)
    opening = {request.messages[:-1] for request in prepared.engine.requests}
    assert len(opening) == 1


def test_a_result_survives_json():
    """A result written as JSON reads back equal, and its schema's field is called schema."""
    result = run("Line 7?", made_ready(filler(200), find("Line 7"))).result
    data = json.loads(result.model_dump_json())
    assert data["schema"] == "rao.answer/1"
    assert "schema_" not in data
    assert RunResult.model_validate_json(result.model_dump_json()) == result


def test_events_survive_json():
    """Every event can be written as JSON and read back equal; the result inside it has the same field names."""
    from pydantic import TypeAdapter

    from rao_cli.agent.events import Event

    adapter = TypeAdapter(Event)
    for event in run("Line 7?", made_ready(filler(200), find("Line 7"))).events:
        text = event.model_dump_json()
        assert adapter.validate_json(text) == event
        assert "schema_" not in text


def test_an_unknown_field_of_a_result_is_refused():
    """A stored result with a field more than it has is not read."""
    result = run("Line 7?", made_ready("Line 7\n", find("Line 7"))).result
    data = {**json.loads(result.model_dump_json()), "command": "rm"}
    with pytest.raises(ValueError, match="command"):
        RunResult.model_validate(data)


def test_run_ids_do_not_repeat():
    """Ids made in the same second differ."""
    assert len({new_run_id() for _ in range(50)}) == 50


def test_depth_zero_is_no_absence():
    """Where the depth limit forbids reading anything, the result is partial and says so, not absent."""
    text = filler(300) + NEEDLE + "\n" + filler(300, 300)
    ran = run("What is the code?", made_ready(text, find(NEEDLE)), depth=0)
    assert ran.result.status == "partial"
    assert ran.result.limits_hit == ("depth",)
    assert "7431" in ran.result.answer
    assert not ran.result.verified
    assert ran.result.coverage.tokens_read == 0


def test_warnings_of_a_document_reach_the_result():
    """What was wrong with a source is told beside the answer, on one safe line each."""
    from dataclasses import replace

    source = replace(document("x\n"), warnings=("odd\x1b[2J\nbytes",))
    assert run("x?", made_ready(source)).result.warnings == ("odd[2J bytes",)


def test_a_delegating_model_only_reads_for_a_summary():
    """What is read for a summary is chosen by code, so that a model that delegates is asked for answers alone."""
    respond = everywhere(lambda _: answer("a part", 1), combine="list")
    ran = run("", made_ready(filler(300), respond, delegation="model", window=1400), kind="summarize")
    assert ran.requests
    assert all(request.grammar.startswith("root ::= answer\n") for request in ran.requests)
    assert ran.result.status == "found"


def test_the_window_is_one_that_the_engine_has():
    """Settings that ask for more than the engine holds are brought down to it, and the run says so."""
    prepared = made_ready(filler(60), window=4096, engine_window=1024)
    assert prepared.settings.window == 1024
    assert run("Line 7?", prepared).events[0].window == 1024


def test_a_thorough_summary_of_text_that_fits_leaves_no_part_out():
    """A text of many leaves that fits a large window is handed down part by part, every leaf read."""
    prepared = made_ready(filler(200), lambda _: "It is about lines.", window=12000, view=60)
    ran = run("", prepared, kind="summarize", thorough=True)
    leaves = len(prepared.reading.parts)
    assert ran.result.agents[0].view == "text"
    assert leaves > 64
    assert 1 < sum(agent.depth == 1 for agent in ran.result.agents) <= 32
    assert ran.result.coverage.sections_read == leaves
