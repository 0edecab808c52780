"""The recursion: trees of agents really grow, rounds follow rounds, and the events tell all of it."""

import asyncio
import json

import pytest

from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened, RunFinished, RunStarted
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.errors import ModelError
from tests.agent.helpers import (
    ABSENT,
    answer,
    check_events,
    delegate,
    document,
    entries_of,
    everywhere,
    filler,
    find,
    from_reports,
    grouped,
    handoff_of,
    is_outline,
    made_ready,
    run,
    search,
    smallest_window,
    steps_of,
    view_of,
)

NEEDLE = "the code is 7431"
CODE = "7431"
"""What is asked for of it."""


def haystack(lines: int, at: int) -> str:
    """Return prose with the needle after line ``at``."""
    return filler(at) + f"{NEEDLE}\n" + filler(lines - at, at)


def deep(lines: int, at: int, **options):
    """Prepare a haystack for an engine that delegates until it sees text, in the smallest window."""
    return made_ready(
        haystack(lines, at),
        everywhere(find(NEEDLE)),
        delegation="model",
        window=smallest_window("model") + 40,
        **options,
    )


@pytest.mark.parametrize(("lines", "levels"), [(60, 3), (700, 4), (3000, 5)])
def test_trees_really_grow(lines, levels):
    """With a small window, larger inputs are read by deeper trees, and the answer comes up through all levels."""
    prepared = deep(lines, lines * 2 // 3)
    ran = run("What is the code?", prepared)
    assert ran.result.usage.depth + 1 >= levels
    assert max(agent.depth for agent in ran.result.agents) == ran.result.usage.depth
    assert ran.result.answer == CODE
    assert ran.result.verified
    assert ran.result.citations[0].first_line == haystack(lines, lines * 2 // 3).splitlines().index(NEEDLE) + 1
    check_events(ran.events)


def test_levels_grow_with_the_logarithm():
    """Fifty times the text adds few levels, not fifty times as many."""
    small, large = (run("code?", deep(lines, 5)).result.usage for lines in (60, 3000))
    assert small.depth < large.depth <= small.depth + 4
    assert large.agents > 15 * small.agents


def test_every_leaf_is_read_when_all_is_delegated():
    """Delegating every entry reads the whole input, and coverage says so."""
    ran = run("code?", deep(300, 7))
    coverage = ran.result.coverage
    assert coverage.sections_read == coverage.sections_total > 5
    assert coverage.tokens_read == coverage.tokens_total


def test_children_work_side_by_side():
    """All children of one delegation are open before the first of them is closed."""
    ran = run("code?", deep(60, 7))
    kinds = [(type(event), event.agent) for event in ran.events if isinstance(event, AgentOpened | AgentClosed)]
    children = [name for kind, name in kinds if kind is AgentOpened and name.count(".") == 1]
    first_closed = next(i for i, (kind, _) in enumerate(kinds) if kind is AgentClosed)
    assert len(children) > 1
    assert all(kinds.index((AgentOpened, name)) < first_closed for name in children)


def test_events_begin_and_end_the_run():
    """The first event says what is asked, the last one carries the result that the caller gets."""
    ran = run("What is the code?", deep(60, 7))
    first, last = ran.events[0], ran.events[-1]
    assert isinstance(first, RunStarted)
    assert (first.question, first.document) == ("What is the code?", "notes.txt")
    assert isinstance(last, RunFinished)
    assert last.result == ran.result
    assert len(ran.all(RunStarted)) == len(ran.all(RunFinished)) == 1


def test_the_result_lists_the_tree():
    """The result's agents are the opened ones, parents before children, numbered in order."""
    ran = run("code?", deep(200, 7))
    assert {agent.id for agent in ran.result.agents} == {event.agent for event in ran.all(AgentOpened)}
    keys = [tuple(map(int, agent.id.split("."))) for agent in ran.result.agents]
    assert keys == sorted(keys)
    assert len(keys) == ran.result.usage.agents


def test_usage_of_agents_adds_up():
    """Tokens of all agents together are the run's tokens, and what the engine was asked for."""
    ran = run("code?", deep(200, 7))
    assert sum(agent.tokens for agent in ran.result.agents) == ran.result.usage.tokens
    assert sum(event.usage.tokens for event in ran.all(AgentClosed)) == ran.result.usage.tokens


def test_rounds_carry_facts_along():
    """A second delegation, with a fact from the first one's report, answers a question in two steps."""
    text = (
        filler(40)
        + "the key hangs in the tower\n\n"
        + filler(60, 40)
        + "the tower was built by Ida\n\n"
        + filler(40, 100)
    )

    def respond(request):
        if not is_outline(request):
            needle = (
                "built by Ida" if "Known: the key hangs in the tower" in handoff_of(request) else "in the tower"
            )
            return find(needle)(request)
        if steps_of(request) < 2:
            report = from_reports(request) if steps_of(request) else ""
            facts = ["the key hangs in the tower"] if "in the tower" in report else []
            return delegate(*grouped(entries_of(request)), facts=facts)
        return from_reports(request)

    prepared = made_ready(text, respond, delegation="model", window=3600, view=800)
    ran = run("Who built the place where the key hangs?", prepared)
    rounds = [
        event for event in ran.all(ActionTaken) if event.agent == "1" and event.action["action"] == "delegate"
    ]
    assert len(rounds) == 2
    assert rounds[1].action["to"][0]["facts"] == ["the key hangs in the tower"]
    facts = [event.handoff.facts for event in ran.all(AgentOpened) if event.depth == 1]
    assert set(facts) == {(), ("the key hangs in the tower",)}
    check_events(ran.events)


def test_children_know_only_their_handoff():
    """A child sees its goal and its sections, not the user's question nor its siblings' text."""

    def respond(request):
        if is_outline(request):
            return ABSENT if steps_of(request) else delegate([1], goal="find the blue door")
        return ABSENT

    ran = run("A secret question?", made_ready(filler(200), respond, delegation="model", window=1400))
    child = ran.requests[1]
    assert "find the blue door" in handoff_of(child)
    assert not any("secret question" in part for message in child.messages for part in message.parts)
    assert "Line 199" not in view_of(child)


def test_a_block_of_text_can_be_delegated():
    """An agent that is shown text may hand one of its blocks to a child, which sees that block only."""

    def respond(request):
        if entries_of(request) == [1]:
            return answer(NEEDLE, 1) if NEEDLE in view_of(request) else ABSENT
        if steps_of(request):
            return from_reports(request)
        return delegate(*grouped(entries_of(request)))

    ran = run("code?", made_ready(haystack(12, 6), respond, delegation="model", window=1600))
    assert ran.result.usage.depth == 1
    assert ran.result.verified
    assert any("#" in event.handoff.sections[0] for event in ran.all(AgentOpened))
    check_events(ran.events)


def test_an_answer_from_an_outline_is_checked():
    """An answer given without reading is verified only where the named section's text says it."""
    prepared = made_ready(haystack(400, 3), lambda _: answer("7431", 1), delegation="model", window=1400)
    right, wrong = (
        run("code?", prepared),
        run("code?", made_ready(haystack(400, 3), lambda _: answer("9999", 1), delegation="model", window=1400)),
    )
    assert not wrong.result.verified
    assert right.result.answer == "7431"
    assert right.result.coverage.tokens_read == 0


def test_numbers_that_do_not_exist_are_refused():
    """A handoff to entries beyond the view opens no agent and is a failed report."""

    def respond(request):
        return ABSENT if steps_of(request) else delegate([4000], [5000])

    ran = run("code?", made_ready(filler(300), respond, delegation="model", window=1400))
    assert len(ran.all(AgentOpened)) == 1
    assert (ran.result.status, ran.result.answer) == ("failed", "")
    assert "no section" in ran.result.reason


def test_an_agent_stops_after_its_steps():
    """An agent that searches for ever is stopped, and gives what its children found."""

    def respond(request):
        if is_outline(request):
            return search("matter") if steps_of(request) else delegate(*grouped(entries_of(request)))
        return find(NEEDLE)(request)

    ran = run("code?", made_ready(haystack(90, 20), respond, delegation="model", window=2000, view=300))
    assert (ran.result.status, ran.result.answer) == ("partial", CODE)
    assert "no conclusion" in ran.result.reason


@pytest.mark.parametrize("output", ["", "garbage", "{}", '{"action":"answer"', "\x00\x1b[2J", "[" * 500])
@pytest.mark.parametrize("delegation", ["rules", "model"])
def test_garbage_is_a_failed_agent(output, delegation):
    """Output that is no action fails its agent with a reason; the run ends, nothing is called read or found."""
    ran = run("What of matter 5?", made_ready(filler(200), lambda _: output, delegation=delegation, window=1400))
    assert (ran.result.status, ran.result.answer) == ("failed", "")
    assert "not an action" in ran.result.reason
    assert ran.result.coverage.tokens_read == 0
    check_events(ran.events)


def test_one_bad_child_does_not_spoil_the_others():
    """A child that writes garbage is a failed report beside its siblings' good ones."""
    respond = everywhere(lambda request: find(NEEDLE)(request) if NEEDLE in view_of(request) else "garbage")
    ran = run("code?", made_ready(haystack(90, 20), respond, delegation="model", window=1400))
    assert ran.result.answer == CODE
    statuses = {agent.status for agent in ran.result.agents}
    assert statuses == {"found", "failed"}


def test_absence_needs_every_part_read():
    """An agent whose child failed may not say that nothing is there."""

    def respond(request):
        if is_outline(request):
            return ABSENT if steps_of(request) else delegate(*grouped(entries_of(request)))
        return "garbage" if "Line 3 " in view_of(request) else ABSENT

    ran = run("code?", made_ready(filler(90), respond, delegation="model", window=1400))
    assert ran.result.status == "failed"
    assert "not an action" in ran.result.reason


def test_the_model_failing_stops_the_run_as_itself():
    """A ModelError deep in the tree comes out as ModelError, and every agent that was open is closed."""
    events = []
    calls = []

    def respond(request):
        calls.append(request)
        if len(calls) == 12:
            raise ModelError("the model broke")
        return everywhere(find("nothing"))(request)

    prepared = made_ready(
        filler(700), respond, delegation="model", window=smallest_window("model") + 40, delay=0.002
    )

    async def go():
        with pytest.raises(ModelError, match="the model broke"):
            await run_task(Task(question="code?"), prepared, limits=Limits(), emit=events.append)
        return len(asyncio.all_tasks()), prepared.engine.active

    assert asyncio.run(go()) == (1, 0)
    check_events(events)
    assert not any(isinstance(event, RunFinished) for event in events)


@pytest.mark.parametrize("delegation", ["model", "rules"])
@pytest.mark.parametrize("kind", ["ask", "summarize"])
def test_a_failing_merge_or_reader_leaves_nothing_running(kind, delegation):
    """Wherever the model fails, the run ends with its error and no task goes on behind it."""
    for failing in range(1, 30, 6):
        calls = []

        def respond(request, calls=calls, failing=failing):
            calls.append(1)
            if len(calls) == failing:
                raise ModelError("the model broke")
            return everywhere(lambda _: answer("text", 1), combine="merge")(request)

        prepared = made_ready(filler(160), respond, delegation=delegation, view=60, window=1100, delay=0.001)

        async def go(prepared=prepared):
            try:
                await run_task(Task(kind=kind, question="Line?"), prepared, limits=Limits(), emit=lambda _: None)
            except ModelError:
                await asyncio.sleep(0)
            return len(asyncio.all_tasks()), prepared.engine.active

        assert asyncio.run(go()) == (1, 0)


@pytest.mark.parametrize("after", [0.0, 0.003, 0.01, 0.03, 0.06])
def test_cancelling_closes_every_agent(after):
    """Cancelling a run at any moment closes all agents in the events, ends all tasks and frees the engine."""
    events = []
    prepared = made_ready(
        filler(700), everywhere(find("x")), delegation="model", window=smallest_window("model") + 40, delay=0.004
    )

    async def go():
        running = asyncio.create_task(
            run_task(Task(question="code?"), prepared, limits=Limits(), emit=events.append)
        )
        await asyncio.sleep(after)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return len(asyncio.all_tasks()), prepared.engine.active

    assert asyncio.run(go()) == (1, 0)
    check_events(events)
    assert not any(isinstance(event, RunFinished) for event in events)


def test_actions_are_recorded_as_taken():
    """The event of an action holds the action as it was, the step's number and who chose it."""
    ran = run("code?", deep(60, 7))
    steps = [event for event in ran.all(ActionTaken) if event.agent == "1"]
    assert [event.step for event in steps] == list(range(1, len(steps) + 1))
    assert [event.action["action"] for event in steps] == ["delegate", "answer"]
    assert {event.by for event in steps} == {"model"}
    assert json.dumps(steps[0].action)


def test_titles_and_goals_in_events_are_one_line():
    """What events carry for display cannot break a line or move a cursor."""
    text = "# A\x1b[2J title\u202e\n\n" + filler(90) + "# Second\n\n" + filler(90)
    ran = run("code?", made_ready(document(text, "a.md"), everywhere(find("x")), delegation="model", window=1400))
    for event in ran.all(AgentOpened):
        for shown in (*event.titles, event.location):
            assert shown == " ".join(shown.split())
            assert shown.isprintable()


def test_a_handoff_too_long_for_the_window_is_refused():
    """A goal that would not leave room for the view opens no agent and is a failed report."""

    def respond(request):
        return ABSENT if steps_of(request) else delegate([1], goal="why " * 140)

    ran = run("code?", made_ready(filler(300), respond, delegation="model", window=1100))
    assert len(ran.all(AgentOpened)) == 1
    assert "too long" in ran.result.reason
