"""Replays of stored runs: what they come to without a model, and what they say where one is missing."""

import asyncio
import math

import pytest

from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError
from rao_cli.strategies.plan import Ask, Plan, Select, Stop
from rao_cli.strategies.replay import Memory, replay, strategy_of
from tests.strategies.lessons import asking, lesson_of, prepared_manual, reading
from tests.strategies.making import stage, strategy

EIGHT = Plan(operators=stage(8))


@pytest.fixture(scope="module")
def lesson():
    """Return a run that read eight sections and found a colour in one of them."""
    return lesson_of(prepared_manual(), asking())


def done(plan, lesson, memory=None):
    """Replay a lesson."""
    return asyncio.run(replay(plan, lesson, memory))


def test_the_run_itself_is_replayed_without_a_model(lesson):
    """Without a plan a replay comes to what the run came to, for as many tokens and agents."""
    again = done(None, lesson)
    own = lesson.result
    assert (again.answer, again.status, again.tokens, again.agents, again.missed) == (
        own.answer,
        own.status,
        own.usage.tokens,
        own.usage.agents,
        0,
    )


def test_a_plan_is_replayed_without_a_model(lesson):
    """A plan that reads what the run has read, or less, needs no call that was not recorded."""
    eight, one = done(EIGHT, lesson), done(Plan(operators=stage(1)), lesson)
    assert eight.answer == one.answer == "green"
    assert eight.missed == one.missed == 0
    assert one.tokens < eight.tokens / 4


def test_the_engine_of_the_source_is_never_asked(lesson):
    """A replay without an engine leaves the one that the source was prepared with alone."""
    before = len(lesson.prepared.engine.requests)
    done(Plan(operators=stage(12)), lesson)
    assert len(lesson.prepared.engine.requests) == before


def test_what_was_not_recorded_is_missed(lesson):
    """A plan that reads more than the run stops where a call is missing, and says that it did."""
    more = done(Plan(operators=stage(12)), lesson)
    assert not more.whole
    assert more.missed >= 1
    assert (more.answer, more.status, more.tokens) == ("", "failed", 0)


def test_an_engine_is_asked_what_was_not_recorded(lesson):
    """With an engine only the missing calls are made, and the next replay has them."""
    engine = ScriptedEngine(reading(), window=1024)
    memory = Memory(engine)
    memory.learn(lesson)
    first, second = (done(Plan(operators=stage(12)), lesson, memory) for _ in range(2))
    assert (first.answer, first.whole, second.answer) == ("green", True, "green")
    assert first.missed == memory.made == len(engine.requests) > 0
    assert second.missed == 0
    assert len(engine.requests) == memory.made


def test_no_more_is_asked_than_allowed(lesson):
    """An engine that was asked as often as it may be is not asked again."""
    engine = ScriptedEngine(reading(), window=1024)
    memory = Memory(engine, most=1)
    memory.learn(lesson)
    assert not done(Plan(operators=stage(12)), lesson, memory).whole
    assert len(engine.requests) == memory.made == 1


def test_an_engine_is_left_alone_while_it_is_not_to_be_asked(lesson):
    """Asking can be put off."""
    engine = ScriptedEngine(reading(), window=1024)
    memory = Memory(engine)
    memory.learn(lesson)
    memory.asks = False
    assert not done(Plan(operators=stage(12)), lesson, memory).whole
    assert engine.requests == []


def test_what_an_engine_raises_is_raised(lesson):
    """A model that fails is not taken for a record that is missing."""
    engine = ScriptedEngine(reading(), window=1024)
    engine.close()
    memory = Memory(engine)
    memory.learn(lesson)
    with pytest.raises(ModelError, match="closed"):
        done(Plan(operators=stage(12)), lesson, memory)


def test_a_fallback_is_told(lesson):
    """A plan whose check does not hold is left, with the reason; the work without it needs other calls."""
    memory = Memory(ScriptedEngine(reading(), window=1024))
    memory.learn(lesson)
    left = done(Plan(operators=stage(1, least=1.0)), lesson, memory)
    assert left.fell_back == "its checks did not hold"
    assert left.answer == "green"


def test_replays_are_not_audited(lesson):
    """An imported strategy, which is audited each time it is used, reads nothing more when it is replayed."""
    imported = strategy(*stage(1, least=0.0), trust="imported")
    assert done(imported, lesson).agents == 2


def test_a_replay_is_the_same_each_time(lesson):
    """Two replays of one plan come to the same in every number."""
    assert done(EIGHT, lesson) == done(EIGHT, lesson)


def test_a_plan_alone_gets_the_slots_it_names():
    """Slots of a bare plan are called like their types, and its class is that of the question."""
    bare = strategy_of(Plan(operators=(Select(), Ask(goal="inner"), Stop())), "How many gates are there?")
    assert [(slot.name, slot.type) for slot in bare.slots] == [("inner", "inner")]
    assert bare.applies.classes == ("count",)


def test_tokens_are_those_that_work_would_take(lesson):
    """Tokens that came from the record count as if they had been read."""
    assert math.isclose(done(EIGHT, lesson).tokens, lesson.own_tokens)
