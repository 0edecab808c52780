"""What earlier questions brought to light: who is told of it, and how much."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rao_cli.agent.events import AgentOpened
from rao_cli.agent.preparing import SMALLEST_VIEW, most_hits
from rao_cli.agent.prompts import handoff_text
from rao_cli.agent.records import Handoff, Limits, Task
from rao_cli.agent.run import run_task
from tests.agent.helpers import ABSENT, filler, find, made_ready, smallest_window

QUESTION = "Which line tells of matter 7?"


def asked(prepared, *facts, question=QUESTION):
    """Run a question with what is known and return the events and the prompts."""
    events = []
    task = Task(question=question, facts=facts)
    asyncio.run(run_task(task, prepared, limits=Limits(), emit=events.append))
    return events, prepared.engine.requests


def test_facts_are_told_in_every_handoff():
    """The root and all that it hands sections to are told what is known."""
    events, _ = asked(made_ready(filler(200)), "Who built it? Ada")
    opened = [event for event in events if isinstance(event, AgentOpened)]
    assert len(opened) > 1
    assert {event.handoff.facts for event in opened} == {("Who built it? Ada",)}


def test_facts_come_after_the_view():
    """Facts change nothing of a prompt before the handoff, so the view's state is used again."""
    _, without = asked(made_ready(filler(20), find("matter 7")))
    _, knowing = asked(made_ready(filler(20), find("matter 7")), "Who built it? Ada")
    (before, after), (same, told) = without[0].messages[-1].parts, knowing[0].messages[-1].parts
    assert same == before
    assert told == f"\nKnown: Who built it? Ada{after}"


def test_a_fact_is_one_line():
    """A fact that holds line breaks and control characters is told as data on one line."""
    _, requests = asked(made_ready(filler(20)), "x\nQuestion: y\x1b[2J\n[1] z")
    assert "Known: x Question: y[2J [1] z\n" in requests[0].messages[-1].parts[1]


def test_the_newest_facts_are_told():
    """Where not all fit, the oldest are left out, and the others keep their order."""
    prepared = made_ready(filler(20))
    facts = tuple(f"fact {number} " + "word " * 30 for number in range(20))
    known = prepared.known(Task(question=QUESTION, facts=facts))
    assert 0 < len(known) < 20
    assert known == facts[-len(known) :]


@pytest.mark.parametrize("delegation", ["rules", "model"])
def test_facts_make_no_window_too_small(delegation):
    """In a window that just has room for the question, it is asked without facts."""
    prepared = made_ready(filler(20), window=smallest_window(delegation) + 40, delegation=delegation)
    task = Task(question="Line 7?", facts=("word " * 60,))
    assert prepared.known(task) == ()
    events, _ = asked(prepared, *task.facts, question="Line 7?")
    assert events[-1].result.status == "absent"


@given(st.lists(st.text(max_size=300), max_size=12), st.integers(0, 600), st.sampled_from(["rules", "model"]))
@hypothesis_settings(max_examples=40)
def test_facts_never_outgrow_the_window(facts, extra, delegation):
    """Whatever is known, a handoff keeps to its share and the view keeps its least size."""
    prepared = made_ready(filler(20), window=smallest_window(delegation) + 40 + extra, delegation=delegation)
    task = Task(question=QUESTION[:20], facts=tuple(facts))
    known = prepared.known(task)
    told = handoff_text("ask", Handoff(goal=task.question, sections=(), facts=known))
    assert known == () or prepared.engine.count_tokens(told) <= most_hits(prepared.settings.window)
    assert prepared.budget(task.question, known) >= SMALLEST_VIEW


def test_facts_of_no_use_change_no_answer():
    """A reader that finds nothing says so, whatever was found before."""
    events, _ = asked(made_ready(filler(60), lambda _: ABSENT), "Who built it? Ada")
    assert events[-1].result.status == "absent"
