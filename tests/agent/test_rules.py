"""The rules: what they choose to have read, and in how many parts."""

import pytest

from rao_cli.agent.planning import plan_task
from rao_cli.agent.records import Limits, Task
from rao_cli.engine.base import Request
from tests.agent.helpers import ABSENT, answer, filler, find, made_ready, run, view_of

NEEDLE = "the code is 7431"
CODE = "7431"
"""What is asked for of it."""
QUESTION = "What is the code? Which line tells of a matter in plain words?"


def test_a_question_that_search_cannot_place_reads_the_beginning():
    """Where no word of the question occurs, the first sections are read instead of nothing."""
    ran = run("Qwzx?", made_ready("The title is Rivers.\n" + filler(400), lambda _: ABSENT, view=100))
    assert ran.result.coverage.sections_read > 0
    assert "The title is Rivers." in view_of(ran.requests[0])


@pytest.mark.parametrize(("lines", "depth"), [(4, 0), (60, 1)])
def test_text_that_fits_is_read_at_once_only_while_it_is_short(lines, depth):
    """By rule, a short text is read by the root; a longer one that also fits the window is read in parts."""
    text = filler(lines) + f"{NEEDLE}\n"
    ran = run("What is the code?", made_ready(text, find(NEEDLE), window=4000, view=120))
    assert ran.result.agents[0].view == "text"
    assert ran.result.usage.depth == depth
    assert ran.result.status == "found"


@pytest.mark.parametrize("lines", [4, 20, 60])
def test_a_plan_knows_that_text_which_fits_is_read_in_parts(lines):
    """No more is asked than the plan says, also where the window would hold the whole text."""
    prepared = made_ready(filler(lines), lambda _: ABSENT, window=4000, view=120)
    planned = plan_task(Task(question=QUESTION), prepared, Limits())
    ran = run(QUESTION, prepared)
    assert len(ran.requests) <= planned.calls
    assert ran.result.usage.prompt_tokens <= planned.prompt_tokens
    assert ran.result.usage.depth <= planned.depth


@pytest.mark.parametrize("limits", [{"agents": 1}, {"depth": 0}])
def test_text_that_fits_is_read_at_once_where_nobody_may_be_opened(limits):
    """A limit that allows the root alone loses nothing of a text that fits its window, and is not reached."""
    text = filler(60) + f"{NEEDLE}\n"
    ran = run(QUESTION, made_ready(text, find(NEEDLE), window=4000, view=120), **limits)
    assert (ran.result.status, ran.result.answer, ran.result.limits_hit) == ("found", CODE, ())
    assert ran.result.coverage.sections_read == ran.result.coverage.sections_total


@pytest.mark.parametrize("delegation", ["rules", "model"])
@pytest.mark.parametrize(("lines", "window"), [(40, 4000), (900, 1400)])
def test_thorough_reads_everything(lines, window, delegation):
    """Asked to be thorough, every section is read whoever delegates, and what search cannot find is found."""
    text = filler(lines) + f"{NEEDLE}\n" + filler(lines)
    prepared = made_ready(text, find(NEEDLE), window=window, view=120, delegation=delegation)
    ran = run("Qwzx?", prepared, thorough=True)
    assert ran.result.coverage.sections_read == ran.result.coverage.sections_total > 2
    assert ran.result.answer == NEEDLE


@pytest.mark.parametrize("lines", [4, 60, 900])
def test_a_plan_knows_what_being_thorough_costs(lines):
    """No more is asked than the plan of a thorough task says."""
    prepared = made_ready(filler(lines), lambda _: ABSENT, window=1400, view=120)
    planned = plan_task(Task(question=QUESTION, thorough=True), prepared, Limits())
    ran = run(QUESTION, prepared, thorough=True)
    assert len(ran.requests) <= planned.calls
    assert ran.result.usage.prompt_tokens <= planned.prompt_tokens


def test_only_reports_of_the_same_answer_are_cited() -> None:
    """An answer that is a part of another's word lends it no citation."""
    text = "The isle of Alabar is far.\n" + filler(60) + "Its lord is Al of the hill.\n" + filler(60, start=60)

    def leaf(request: Request) -> str:
        view = view_of(request)
        return answer("Alabar", 1) if "Alabar" in view else answer("Al", 1) if "Al of" in view else ABSENT

    ran = run("Which isle is far and who is lord?", made_ready(text, leaf, view=100))
    assert {one.quote for one in ran.result.citations if not one.verified} == set()
