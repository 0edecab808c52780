"""A run without what anybody wrote."""

import pytest

from rao_cli.agent.events import TypedEvent
from rao_cli.agent.records import AgentSummary, Citation, Task
from rao_cli.runs.blanking import blanked, blanked_kept
from tests.runs.making import acted, called, closed, finished, hit, kept, opened, started

SECRET = "the secret"
CITATION = Citation(path=SECRET, start=3, end=9, quote=SECRET, verified=True, label=SECRET, heading=SECRET)
EVENTS = [
    started(question=SECRET, document=SECRET),
    opened("1.1", titles=(SECRET, SECRET), location=SECRET, spans=((3, 9),)),
    called("1.1", text=SECRET),
    acted("1.1", action={"action": "delegate", "to": [{"sections": [1], "goal": SECRET, "facts": [SECRET]}]}),
    acted("1.1", action={"action": "answer", "answer": SECRET, "cite": [1]}),
    hit("1.1").model_copy(update={"message": SECRET}),
    closed("1.1", answer=SECRET, reason=SECRET, how=SECRET, conflicts=(SECRET,), citations=(CITATION,)),
    finished(answer=SECRET, data={SECRET: [SECRET]}, citations=(CITATION,), warnings=(SECRET,), reason=SECRET),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_no_text_is_left(event):
    """Questions, titles, prompts, answers, quotes and paths are gone, and the event is still one."""
    told = blanked(event).model_dump_json(by_alias=True)
    assert SECRET not in told
    assert '"view"' not in told or event.type == "agent_opened"
    assert TypedEvent.validate_json(told)


def test_structure_is_kept():
    """Who, when, how many and where stay."""
    agent, end = blanked(EVENTS[1]), blanked(EVENTS[-1]).result
    assert (agent.agent, agent.parent, len(agent.titles), agent.spans) == ("1.1", "1", 2, ((3, 9),))
    assert (end.status, end.citations[0].start, end.usage.prompt_tokens) == ("found", 3, 10)


def test_titles_of_agents_are_not_kept():
    """The result lists no agents: they stand there by the titles of what they read."""
    end = finished(answer="x")
    agent = AgentSummary(
        id="1",
        parent="",
        depth=0,
        goal=SECRET,
        sections=(SECRET,),
        location=SECRET,
        view="text",
        status="found",
        answer=SECRET,
        tokens=1,
        seconds=0.0,
    )
    told = end.model_copy(update={"result": end.result.model_copy(update={"agents": (agent,)})})
    assert SECRET not in blanked(told).model_dump_json(by_alias=True)


def test_calls_keep_their_counts():
    """Tokens are counted with their likelihood, and not spelled."""
    done = blanked(called("1")).completion
    assert [token.text for token in done.tokens] == ["", ""]
    assert (done.tokens[0].logprob, done.prompt_tokens) == (-0.25, 10)


def test_what_was_asked_is_taken_out():
    """Question, sources, folder and options go; the kind of task stays."""
    task = Task(kind="summarize", question=SECRET, facts=(SECRET,), answer_schema=SECRET)
    record = kept().model_copy(
        update={"task": task, "sources": (SECRET,), "folder": SECRET, "options": {"x": SECRET}}
    )
    assert SECRET not in blanked_kept(record).model_dump_json()
    assert blanked_kept(record).task.kind == "summarize"
