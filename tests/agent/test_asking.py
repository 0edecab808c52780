"""The model is asked within the budget; what it costs is counted for the agent and the run."""

import asyncio

import pytest

from rao_cli.agent.asking import PROGRESS_SECONDS, Asker
from rao_cli.agent.budget import Budget
from rao_cli.agent.events import AgentProgress, ModelCalled
from rao_cli.agent.node import Node
from rao_cli.agent.records import Handoff, Limits
from rao_cli.agent.view import View
from rao_cli.engine.base import Message, Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import BudgetError, ModelError

REQUEST = Request((Message("user", ("one two three",)),), max_tokens=10)
READ, MOST = 9, 19
"""Tokens of the request's prompt as the scripted engine counts them, and with all that it may write."""


def asker(tokens=None, delay=0.0):
    """Return what asks a scripted model that always writes two words, and its events."""
    events = []
    engine = ScriptedEngine(lambda _: "four five", delay=delay)
    return Asker(engine, Budget(Limits(tokens=tokens)), events.append), events


def node():
    """Return an agent that has done nothing yet."""
    return Node("1", "", 0, Handoff(goal="x", sections=()), View("text", (), (), ""), (), opened_at=0.0)


def test_a_request_is_counted_once_for_the_run():
    """Asking for the run as a whole counts its tokens."""
    asks, events = asker()
    completion = asyncio.run(asks.write(REQUEST))
    assert completion.text == "four five"
    assert (asks.usage.prompt_tokens, asks.usage.output_tokens) == (READ, len(completion.tokens))
    assert [(type(event), event.agent) for event in events] == [(ModelCalled, "")]


def test_an_agent_pays_for_what_it_asks():
    """What an agent asks counts for it and for the run, and is shown."""
    asks, events = asker()
    agent = node()
    asyncio.run(asks.ask(agent, REQUEST))
    assert agent.usage.tokens == asks.usage.tokens > READ
    assert {event.agent for event in events if isinstance(event, AgentProgress)} == {"1"}


def test_what_may_be_written_is_set_aside_first():
    """A request that could exceed the budget is not made, even if it would have been short."""
    asks, _ = asker(tokens=MOST - 1)
    with pytest.raises(BudgetError):
        asyncio.run(asks.write(REQUEST))
    assert asks.usage.tokens == 0
    assert asks.engine.requests == []


def test_what_was_not_used_is_given_back():
    """Tokens set aside and not written are there for the next request."""
    asks, _ = asker(tokens=MOST + MOST - 5)
    asyncio.run(asks.write(REQUEST))
    asyncio.run(asks.write(REQUEST))
    assert asks.usage.prompt_tokens == 2 * READ


def test_means_set_aside_for_an_agent_are_used_first():
    """An agent's first request is paid from what was set aside when it was opened."""
    asks, _ = asker(tokens=MOST)
    agent = node()
    agent.prepaid = asks.budget.reserve(MOST)
    asyncio.run(asks.ask(agent, REQUEST))
    assert agent.usage.tokens > 0


def test_a_request_that_fails_costs_what_was_set_aside():
    """Nobody knows how much of a failed request was computed, so all that it could cost is spent."""
    asks, _ = asker(tokens=MOST)
    asks.engine.close()
    with pytest.raises(ModelError):
        asyncio.run(asks.write(REQUEST))
    assert asks.budget.tokens_left == 0


def test_progress_does_not_crowd():
    """Of a model that writes fast an event comes for each phase, and then only now and then."""
    asks, events = asker(delay=PROGRESS_SECONDS / 10)
    asyncio.run(asks.ask(node(), REQUEST))
    told = [event for event in events if isinstance(event, AgentProgress)]
    assert [event.phase for event in told] == ["reading", "writing"]


def test_a_call_is_told_whole():
    """What was asked for an agent, and what came back, are an event of their own."""
    asks, events = asker()
    completion = asyncio.run(asks.ask(node(), REQUEST))
    (call,) = [event for event in events if isinstance(event, ModelCalled)]
    assert (call.agent, call.request, call.completion) == ("1", REQUEST, completion)
