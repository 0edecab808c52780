"""Learning from a run of the embedded model: its first plan calls no model, and a shrunk one reads less."""

import asyncio

import pytest

from rao_cli.agent.preparing import Settings, prepare
from rao_cli.strategies.learn import learn
from rao_cli.strategies.replay import Memory, replay
from tests.agent.helpers import document
from tests.strategies.lessons import asking, first_of, lesson_of, manual

pytestmark = pytest.mark.model

SETTINGS = Settings(
    window=2048, view_tokens=128, delegation="rules", output_tokens=64, computes=False, answers="weighed"
)


@pytest.fixture(scope="module")
def lesson(smollm2):
    """Return the model's own run on a manual, with the true answer."""
    prepared = prepare(document(manual(at=3, parts=12, words=80)), smollm2, SETTINGS)
    return lesson_of(prepared, asking(), gold=("green",))


def test_the_first_plan_reproduces_the_models_answer_without_a_call(lesson):
    """The plan that mirrors a real run comes to its answer, tokens included, from the record alone."""
    first = first_of(lesson)
    (done,) = first.borne.replays
    assert (done.answer, done.missed, done.fell_back) == (lesson.result.answer, 0, "")
    assert done.tokens <= lesson.own_tokens


def test_the_run_itself_is_repeated_to_the_token(lesson):
    """Without a plan the record gives the same run again."""
    done = asyncio.run(replay(None, lesson))
    assert (done.answer, done.tokens, done.missed) == (lesson.result.answer, lesson.own_tokens, 0)


def test_what_is_learned_reads_less(lesson):
    """By code alone, without one more call, the question takes at most half of the run's tokens."""
    found = asyncio.run(learn([lesson]))
    memory = Memory()
    memory.learn(lesson)
    done = asyncio.run(replay(found.strategy, lesson, memory))
    assert lesson.keeps(done.answer)
    assert found.calls == memory.made == 0
    assert done.tokens <= 0.5 * lesson.own_tokens
    assert not found.active
