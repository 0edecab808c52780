"""Calls of an earlier attempt that are not asked again: the same to the bit, and nothing else."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.events import ModelCalled
from rao_cli.engine.base import Message, Request, Sampling
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError
from rao_cli.runs.recorded import RecordedEngine, recorded_calls
from rao_cli.runs.store import RunFile
from tests.agent.helpers import everywhere, filler, find, made_ready, run
from tests.runs.making import acted, opened, started
from tests.runs.tracing import ran

ASKED = Request((Message("system", ("rules",)), Message("user", ("view", "question"))), 20, stop=("stop",))


def told(engine, request):
    """Ask an engine; return its completion and the progress that it reported."""
    progress = []
    completion = asyncio.run(engine.generate(request, progress.append))
    return completion, progress


def noted(*requests, respond=lambda request: "an answer", identity="tiny"):
    """Return what is recorded of some requests to a scripted engine."""
    engine = ScriptedEngine(respond, identity=identity)
    events = [
        ModelCalled(at=0.5, agent="1", request=request, completion=told(engine, request)[0])
        for request in requests
    ]
    return recorded_calls(identity, [started(), opened("1"), *events, acted("1")])


def refusing(identity="tiny", window=2048):
    """Return an engine that must not be asked."""

    def respond(request):
        raise ModelError("this was asked before")

    return ScriptedEngine(respond, identity=identity, window=window)


def test_what_was_asked_before_is_not_asked_again():
    """The completion of the record comes back, as one whose prompt needed no computation."""
    engine = RecordedEngine(refusing(), noted(ASKED))
    completion, progress = told(engine, ASKED)
    assert completion.text == "an answer"
    assert completion.cached_tokens == completion.prompt_tokens > 0
    assert engine.hits == 1
    assert [(one.phase, one.done, one.total) for one in progress] == [
        ("reading", completion.prompt_tokens, completion.prompt_tokens)
    ]


def test_it_comes_back_every_time():
    """A request that several agents make is answered for each of them."""
    engine = RecordedEngine(refusing(), noted(ASKED))
    assert told(engine, ASKED) == told(engine, ASKED)
    assert engine.hits == 2


def test_progress_need_not_be_heard():
    """Without anybody to tell progress to the record answers as well."""
    engine = RecordedEngine(refusing(), noted(ASKED))
    assert asyncio.run(engine.generate(ASKED)).text == "an answer"


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message("system", ("rules",)), Message("user", ("view", "question?")))},
        {"messages": (Message("system", ("rules",)), Message("user", ("viewquestion",)))},
        {"messages": (Message("user", ("rules",)), Message("user", ("view", "question")))},
        {"max_tokens": 21},
        {"grammar": 'root ::= "a"'},
        {"stop": ()},
        {"sampling": Sampling(seed=1)},
        {"sampling": Sampling(temperature=0.1)},
        {"choices": ("a", "b")},
    ],
)
def test_another_request_is_computed(change):
    """Whatever differs in a request, even how its prompt is cut into parts, it is another one."""
    engine = RecordedEngine(ScriptedEngine(lambda request: "new", identity="tiny"), noted(ASKED))
    completion, progress = told(engine, replace(ASKED, **change))
    assert completion.text != "an answer"
    assert engine.hits == 0
    assert len(progress) >= 1


def test_another_model_is_asked_itself():
    """The calls of one model answer nothing for another."""
    engine = RecordedEngine(ScriptedEngine(lambda request: "new", identity="other"), noted(ASKED))
    assert told(engine, ASKED)[0].text == "new"


def test_what_the_engine_raises_is_raised():
    """A request that is not on record fails as it would without one."""
    with pytest.raises(ModelError, match="asked before"):
        told(RecordedEngine(refusing(), {}), ASKED)


def test_the_rest_is_the_engines():
    """Identity, window and counts are those of the engine, and closing closes it."""
    inner = ScriptedEngine(lambda request: "new", identity="tiny", window=99)
    engine = RecordedEngine(inner, {})
    assert (engine.identity, engine.window) == ("tiny", 99)
    assert engine.count_tokens("a b") == inner.count_tokens("a b")
    assert engine.count_prompt(ASKED.messages) == inner.count_prompt(ASKED.messages)
    engine.close()
    with pytest.raises(ModelError, match="closed"):
        told(inner, ASKED)


def test_other_events_record_nothing():
    """Only calls of the model are taken over."""
    assert recorded_calls("tiny", [started(), opened("1"), acted("1")]) == {}


def test_of_two_answers_to_one_request_the_later_counts():
    """Where two attempts asked the same and the model answered otherwise, the last answer is kept."""
    first, second = noted(ASKED), noted(ASKED, respond=lambda request: "another")
    assert first.keys() == second.keys()
    both = {**first, **second}
    assert told(RecordedEngine(refusing(), both), ASKED)[0].text == "another"


@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=4), st.lists(st.text(max_size=5), min_size=1, max_size=4)
)
def test_no_two_prompts_are_taken_for_one(first, second):
    """Prompts of other parts never answer each other."""
    one, other = (Request((Message("user", tuple(parts)),), 5) for parts in (first, second))
    assert (noted(one).keys() == noted(other).keys()) == (first == second)


def test_a_recorded_run_gives_the_same_answer(tmp_path):
    """A whole run from its stored calls asks the model nothing and ends with the result that it had."""
    before = ran("found")
    path = tmp_path / "run.sqlite3"
    with RunFile(path) as file:
        file.add(1, before.events)
    with RunFile(path) as file:
        events = [stored.event for stored in file.contents(types=("model_called",)).events]
    room = {"window": 3000, "view": 200, "delegation": "model"}
    prepared = made_ready(filler(120), everywhere(find("Line 77")), **room)
    recorded = recorded_calls(prepared.engine.identity, events)
    silent = RecordedEngine(refusing(prepared.engine.identity, prepared.engine.window), recorded)
    silent.requests = []  # where the tests' helper notes what was asked
    after = run("Which line tells of 77?", replace(prepared, engine=silent))
    assert silent.hits == len(events)
    keep = {"run", "usage", "agents"}
    assert after.result.model_dump(exclude=keep) == before.result.model_dump(exclude=keep)
