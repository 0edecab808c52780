"""Work in a way: what each way shows the model, what it costs, and what counts as right."""

import asyncio

import pytest

from rao_cli.agent.records import Coverage, RunResult, Usage
from rao_cli.bench.transfer.ledger import Ledger
from rao_cli.bench.transfer.space import stage, strategy_of
from rao_cli.bench.transfer.working import (
    DEFAULT,
    DIRECT,
    KEPT,
    Tally,
    ToldEngine,
    by_plan,
    by_words,
    is_right,
    judged,
    source_of,
)
from rao_cli.engine.base import Message, Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.training.episodes import Episode
from tests.agent.helpers import ABSENT, answer
from tests.bench.transfer.making import episode, reads_wrong, worker

PLAN = strategy_of(stage(1, 0.2), "fact")


def listed(*answers):
    """Return a question that wants all of its answers."""
    return Episode("l", "manuals", "text", "Which?", answers, (), every=True)


def test_the_default_answers():
    """Rao's own way is right and cites, for some tokens of some agents."""
    told = worker().outcome(episode(3), DEFAULT)
    assert told.right
    assert told.cited
    assert told.verified
    assert told.answer == "scarlet"
    assert told.agents > 1
    assert told.spent.tokens > 0
    assert not told.fell_back


def test_a_plan_reads_less():
    """By a plan that reads one section a question costs fewer tokens, for the same answer."""
    default, planned = worker().outcome(episode(3), DEFAULT), worker().outcome(episode(3), by_plan(PLAN))
    assert planned.right
    assert planned.spent.tokens < default.spent.tokens
    assert planned.key.way == f"plan:{PLAN.id}"


def test_a_plan_that_finds_nothing_falls_back():
    """Who reads wrong is told so, and why the plan was left."""
    told = worker(lambda _: ABSENT).outcome(episode(3), by_plan(PLAN))
    assert not told.right
    assert told.fell_back == "its checks did not hold"


def test_saying_absent_is_right_where_there_is_no_answer():
    """A question without an answer is right when absent is said, and not when something is."""
    asked = episode(3, answered=False)
    assert worker().outcome(asked, DEFAULT).right
    assert not worker(reads_wrong).outcome(asked, DEFAULT).right
    assert worker().outcome(asked, DEFAULT).absent


def test_a_way_is_taken_once():
    """The same way on the same question with the same model is not run again; another model's is."""
    ledger = Ledger(None)
    first = worker(ledger=ledger)
    first.outcome(episode(3), DEFAULT)
    assert ledger.fresh == 1
    worker(lambda _: ABSENT, ledger).outcome(episode(3), DEFAULT)
    assert ledger.fresh == 1
    worker(lambda _: ABSENT, ledger, identity="other").outcome(episode(3), DEFAULT)
    assert ledger.fresh == 2


def test_direct_asks_once():
    """The direct way is one prompt with the beginning of the text, and plain words."""
    said = worker(lambda _: "scarlet").outcome(episode(3), DIRECT)
    assert said.right
    assert said.agents == 1
    assert not worker(lambda _: "absent").outcome(episode(3), DIRECT).right
    assert worker(lambda _: "absent").outcome(episode(3, answered=False), DIRECT).right


def test_direct_understands_a_model_that_writes_actions():
    """An answer inside an action counts as the answer, and the action absent as absent."""
    assert worker(lambda _: answer("scarlet", 1)).outcome(episode(3), DIRECT).right
    assert worker(lambda _: ABSENT).outcome(episode(3, answered=False), DIRECT).right


def test_words_are_told_before_everything():
    """A text stands in the first message of every prompt, and its tokens are paid for."""
    working = worker()
    plain, told = working.outcome(episode(3), DEFAULT), working.outcome(episode(3), by_words("Look twice.\n" * 9))
    asked = working.engine.requests[-1]
    assert "Look twice." in asked.messages[0].parts[-1]
    assert told.right
    assert told.spent.prompt_tokens > plain.spent.prompt_tokens
    assert told.key.way != plain.key.way


def test_words_that_leave_no_room_are_a_failure_of_their_own():
    """A text as long as the window makes the question fail, and says why."""
    told = worker().outcome(episode(3), by_words("word " * 2000))
    assert not told.right
    assert "too small" in told.failed


def test_told_engines_count_what_they_tell():
    """The room of views is what the text leaves, and what is told decides the identity."""
    inner = ScriptedEngine(lambda _: ABSENT)
    told = ToldEngine(inner, "Look twice.")
    message = (Message("user", ("hello",)),)
    assert told.count_prompt(message) > inner.count_prompt(message)
    assert told.identity != inner.identity
    asyncio.run(told.generate(Request(message, 8)))
    assert inner.requests[0].messages[0] == Message("system", ("Look twice.",))


def test_texts_are_divided_once():
    """A text that is asked about again is not divided again, and only the last ones are kept."""
    working = worker()
    first = working.prepared(episode(0))
    assert working.prepared(episode(0)) is first
    for n in range(KEPT):
        working.prepared(episode(1, at=n % 10, parts=10 + n // 10))
    assert working.prepared(episode(0)) is not first


def test_sources_are_told_apart():
    """Two questions on one text have one source."""
    assert source_of(episode(1)) == source_of(episode(1))
    assert source_of(episode(1)) != source_of(episode(2))


def test_costs_are_those_of_all_calls():
    """Tokens add up over calls; pairs grow with the square of a call's length."""
    tally, working = Tally(), worker()
    result = asyncio.run(working.work(episode(3), DEFAULT, tally))
    assert tally.spent.prompt_tokens == result.usage.prompt_tokens
    assert tally.spent.output_tokens == result.usage.output_tokens
    assert tally.spent.pairs > tally.spent.tokens


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("amber; green", True),
        ("green, amber", True),
        ("green and amber", True),
        ("green", False),
        ("green, amber, ivory", True),
        ("green, amber, ivory, ochre", False),
        ("", False),
    ],
)
def test_lists_are_right_as_a_whole(said, right):
    """All answers are wanted, in any order, with at most one too many."""
    assert is_right(said, listed("green", "amber")) is right


def test_long_answers_are_wrong():
    """An answer of more than twelve words is wrong, whatever it holds."""
    assert is_right("scarlet", episode(3))
    assert not is_right("scarlet " * 13, episode(3))


def test_computed_answers_are_told():
    """What code found is marked, and a partial result is no answer."""
    result = RunResult(
        **{"run": "r", "task": "ask", "question": "q", "status": "partial", "answer": "scarlet", "how": "2 lines"},
        **{"citations": (), "verified": False, "confidence": 0.5, "limits_hit": (), "agents": (), "model": "m"},
        coverage=Coverage(sections_read=0, sections_total=1, tokens_read=0, tokens_total=1),
        usage=Usage(),
        reason="a limit",
    )
    told = judged(result, episode(3), is_right)
    assert told["computed"]
    assert not told["right"]
    assert told["failed"] == "a limit"
