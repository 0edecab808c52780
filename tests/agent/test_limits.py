"""Limits: whatever the model writes, no limit is exceeded, every run ends, and what was found is not lost."""

import asyncio
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from rao_cli.agent.events import ActionTaken, AgentOpened, BudgetHit
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from tests.agent.helpers import (
    ABSENT,
    answer,
    check_events,
    delegate,
    entries_of,
    everywhere,
    filler,
    find,
    grouped,
    made_ready,
    run,
    search,
    view_of,
)

NEEDLE = "the code is 7431"
TEXT = filler(150) + NEEDLE + "\n" + filler(150, 150)
HARD = examples(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.lists(st.integers(1, 90), min_size=1, max_size=30)
targets = st.lists(numbers, min_size=1, max_size=12)
facts = st.lists(st.text(max_size=200), max_size=8)
CUT = '{"action":"delegate","to":[{"sections":[1'
outputs = st.one_of(
    st.builds(lambda to: delegate(*to), targets),
    st.builds(lambda to, goal: delegate(*to[:3], goal=goal), targets, st.text(max_size=400)),
    st.builds(lambda to, facts: delegate(*to[:3], facts=facts), targets, facts),
    st.builds(search, st.text(min_size=1, max_size=20), st.integers(1, 90)),
    st.builds(answer, st.text(max_size=60), st.integers(1, 90)),
    st.sampled_from([ABSENT, "", "garbage", answer("x" * 3000), answer(""), CUT]),
)


def cycling(texts):
    """Answer request after request with texts, again and again."""
    count = 0

    def respond(_):
        nonlocal count
        count += 1
        return texts[count % len(texts)]

    return respond


def check_limits(ran, tokens=None, agents=None, depth=12):
    """Assert that a run stayed within its limits and tells a whole story."""
    usage = ran.result.usage
    assert tokens is None or usage.tokens <= tokens
    assert agents is None or usage.agents <= agents
    assert usage.depth <= depth
    assert usage.agents == len(ran.all(AgentOpened)) == len(ran.result.agents)
    assert {hit.limit for hit in ran.all(BudgetHit)} == set(ran.result.limits_hit)
    assert ran.result.coverage.tokens_read <= ran.result.coverage.tokens_total
    assert ran.result.status in ("found", "absent", "partial", "failed")
    for citation in ran.result.citations:
        assert 0 <= citation.start <= citation.end <= len(TEXT)
    check_events(ran.events)


@HARD
@given(
    st.lists(outputs, min_size=1, max_size=6),
    st.sampled_from(["model", "rules"]),
    st.sampled_from(["ask", "summarize"]),
    st.integers(1, 40_000),
    st.integers(1, 40),
    st.integers(0, 6),
    st.integers(1100, 2500),
)
def test_no_output_exceeds_a_limit(texts, delegation, kind, tokens, agents, depth, window):
    """Whatever is written, a run ends within its tokens, agents and depth, and tells which limit it hit."""
    prepared = made_ready(TEXT, cycling(texts), delegation=delegation, window=window, view=120)
    ran = run("What is the code?", prepared, kind=kind, tokens=tokens, agents=agents, depth=depth)
    check_limits(ran, tokens, agents, depth)
    assert prepared.engine.active == 0


@examples(HARD, max_examples=10)
@given(st.lists(outputs, min_size=1, max_size=4), st.sampled_from(["ask", "summarize"]))
def test_every_run_ends_without_limits(texts, kind):
    """Without any limit given, the size of the input bounds the run."""
    prepared = made_ready(filler(30), cycling(texts), delegation="model", window=1300, view=60)
    ran = run("Which line?", prepared, kind=kind)
    assert ran.result.usage.agents <= 64 + 4 * (3 + 2 * ran.result.coverage.sections_total)


def delegating_for_ever(request):
    """Hand every entry down again and again."""
    return delegate(*grouped(entries_of(request)) or [[1]])


@pytest.mark.parametrize(
    ("limits", "hit"),
    [({"tokens": 30_000}, "tokens"), ({"agents": 20}, "agents"), ({"depth": 3}, "depth"), ({}, "agents")],
)
def test_delegating_for_ever_ends(limits, hit):
    """A model that only ever delegates is stopped by each of the limits, and by default as well."""
    text = filler(60)
    ran = run("Line 7?", made_ready(text, delegating_for_ever, delegation="model", window=1400, view=60), **limits)
    assert hit in ran.result.limits_hit
    assert ran.result.usage.tokens <= limits.get("tokens", 10**9)
    assert ran.result.usage.agents <= limits.get("agents", 10**4)
    check_events(ran.events)


def test_searching_for_ever_ends():
    """A model that only ever searches takes a few steps and fails with a reason."""
    ran = run("code?", made_ready(TEXT, lambda _: search("matter"), delegation="model", window=1600))
    assert ran.result.status == "failed"
    assert len(ran.all(ActionTaken)) == len(ran.requests) < 10
    assert "no conclusion" in ran.result.reason


@pytest.mark.parametrize("delegation", ["rules", "model"])
@pytest.mark.parametrize("limits", [{"tokens": 2000}, {"agents": 3}, {"agents": 1}, {"tokens": 1}, {"depth": 0}])
def test_a_limit_gives_a_partial_answer(delegation, limits):
    """Each limit ends a run with the best there is: a report, or the best search hit, marked as partial."""
    leaf = find(NEEDLE) if delegation == "model" else find("nothing")
    prepared = made_ready(TEXT, everywhere(leaf), delegation=delegation, window=1400, view=120)
    ran = run("Which line tells of the code?", prepared, **limits)
    check_limits(ran, **limits)
    assert ran.result.status == "partial"
    assert ran.result.limits_hit
    assert ran.result.answer
    assert ran.result.reason


def test_a_search_hit_is_not_called_read():
    """Where nothing was read, the passage that search ranks first is shown, unverified, with nothing covered."""
    ran = run("What is the code?", made_ready(TEXT, find(NEEDLE), view=120), tokens=50)
    assert NEEDLE in ran.result.answer
    assert not ran.result.verified
    assert (ran.result.coverage.tokens_read, ran.result.coverage.sections_read) == (0, 0)
    assert ran.result.usage.tokens == 0
    assert "search hit" in ran.result.reason
    assert "7431" in ran.result.citations[0].quote


def test_a_report_beats_a_search_hit():
    """What an agent found before a limit stopped the others is the answer, with its citation."""
    calls = []

    def leaf(request):
        calls.append(1)
        return find("Line 3 tells")(request) if "Line 3 " in view_of(request) else ABSENT

    prepared = made_ready(TEXT, everywhere(leaf), delegation="model", window=1400, view=120)
    ran = run("What of line 3?", prepared, agents=6)
    assert (ran.result.status, ran.result.answer, ran.result.verified) == ("partial", "Line 3 tells", True)
    assert ran.result.limits_hit == ("agents",)


def test_a_summary_cut_by_a_limit_is_told_by_code():
    """A summary that ran out of tokens is whole but for what agents would have said, and is called partial."""
    prepared = made_ready(TEXT, lambda _: "", view=120)
    ran = run("", prepared, kind="summarize", thorough=True, tokens=6000)
    assert ran.result.status == "partial"
    assert "tokens" in ran.result.limits_hit
    assert ran.result.answer == run("", prepared, kind="summarize").result.answer
    assert 0 < ran.result.coverage.tokens_read < ran.result.coverage.tokens_total


@pytest.mark.parametrize("kind", ["ask", "summarize"])
@pytest.mark.parametrize("delegation", ["rules", "model"])
def test_time_stops_a_slow_engine(kind, delegation):
    """A run on a slow engine ends within its seconds and little more, with nothing left running."""
    prepared = made_ready(TEXT, everywhere(find("Line")), delegation=delegation, window=1400, view=120, delay=0.15)
    events = []

    async def go():
        result = await run_task(
            Task(kind=kind, question="What is the code?"), prepared, limits=Limits(seconds=0.5), emit=events.append
        )
        return result, len(asyncio.all_tasks()), prepared.engine.active

    started = time.monotonic()
    result, tasks, active = asyncio.run(go())
    took = time.monotonic() - started
    if result.limits_hit:
        assert result.limits_hit == ("seconds",)
        assert result.status == "partial"
    assert took < 1.5
    assert result.answer
    assert (tasks, active) == (1, 0)
    check_events(events)


def test_time_that_is_over_at_once_still_answers():
    """Even when the first agent gets no time to finish, there is a partial answer."""
    ran = run("What is the code?", made_ready(TEXT, find(NEEDLE), view=120, delay=5.0), seconds=0.2)
    assert ran.result.limits_hit == ("seconds",)
    assert (ran.result.status, ran.result.verified) == ("partial", False)
    assert NEEDLE in ran.result.answer
    assert ran.result.coverage.tokens_read == 0


def test_what_an_agent_did_not_use_goes_to_others():
    """Reservations are given back: a budget of little more than what is used up is enough."""
    prepared = made_ready(TEXT, find(NEEDLE), view=120)
    free = run("What is the code?", prepared)
    most = max(prepared.engine.count_prompt(request.messages) + request.max_tokens for request in free.requests)
    bound = run("What is the code?", prepared, tokens=free.result.usage.tokens + most * len(free.requests))
    assert bound.result.limits_hit == ()
    assert bound.result.answer == free.result.answer


def test_a_refused_child_is_told_to_its_parent():
    """A child that a limit refused is a failed report with the reason, and the others go on."""
    prepared = made_ready(TEXT, everywhere(find(NEEDLE)), delegation="model", window=1400, view=120)
    ran = run("What is the code?", prepared, agents=4)
    seen = "".join(part for request in ran.requests for part in request.messages[-1].parts)
    assert "failed: --max-agents 4 leaves no agent" in seen
    assert ran.result.usage.agents == 4


def test_every_limit_that_was_hit_is_an_event():
    """The events name each limit that refused something, with the option to raise."""
    ran = run("Line 7?", made_ready(TEXT, delegating_for_ever, delegation="model", window=1400), agents=5, depth=2)
    assert {event.limit for event in ran.all(BudgetHit)} == set(ran.result.limits_hit)
    assert set(ran.result.limits_hit) == {"agents", "depth"}
    assert all("--max-" in event.message for event in ran.all(BudgetHit))


def test_the_last_agents_read_instead_of_delegating():
    """With means for three agents, one of them reads: none is spent on an outline that nobody can read for."""
    prepared = made_ready(TEXT, find(NEEDLE), delegation="rules", view=40)
    ran = run("What is the code?", prepared, agents=3)
    assert ran.result.coverage.sections_read >= 1
    assert ran.result.usage.agents <= 3


@pytest.mark.parametrize("kind", ["ask", "summarize"])
@pytest.mark.parametrize("action", [delegate([1], combine="list"), delegate([99_999], [1]), search("Line")])
def test_a_reader_may_not_do_what_it_was_not_offered(kind, action):
    """Where an engine does not enforce the grammar, a reader that delegates or searches only fails."""
    prepared = made_ready(filler(300), lambda _: action)
    engine = prepared.engine
    ran = run("Line 7?", prepared, kind=kind)
    read = [agent for agent in ran.result.agents if agent.view == "text"]
    if kind == "ask":
        assert ran.result.status == "failed"
        assert {agent.status for agent in read} == {"failed"}
    assert all(step.by == "rules" for step in ran.all(ActionTaken) if step.action["action"] == "delegate")
    assert engine.active == 0


def test_combining_survives_numbers_of_no_section():
    """A model may hand down numbers that its view lacks; that child has failed and the run goes on."""
    text = filler(300)
    respond = everywhere(lambda _: answer("a part", 1))
    first = []

    def odd(request):
        if not first:
            first.append(delegate([99_999], [1], combine="list"))
            return first[0]
        return respond(request)

    ran = run("Line 7?", made_ready(text, odd, delegation="model", window=1400))
    assert ran.result.status in ("found", "partial")
    assert "no section" in ran.requests[-1].messages[-1].parts[0]
