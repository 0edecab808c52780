"""What calls cost: tokens, pairs and operations, whatever was computed before."""

import asyncio

import pytest

from rao_cli.engine.base import Completion, Message, Request, Token
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.strategies.costs import NOTHING, CountingEngine, Size, Spent, cost_of


def completion(prompt: int, output: int, cached: int = 0) -> Completion:
    """Return a completion of so many tokens."""
    return Completion("x", (Token("x", -0.1),) * output, prompt, cached, "stop")


def test_each_token_attends_to_those_before_and_itself():
    """A call of four tokens has ten pairs."""
    assert cost_of(completion(3, 1)) == Spent(prompt_tokens=3, output_tokens=1, pairs=10)


def test_what_was_cached_costs_the_same():
    """A cost does not depend on who asked first."""
    assert cost_of(completion(30, 2, cached=30)) == cost_of(completion(30, 2))


def test_two_short_calls_cost_less_attention_than_a_long_one():
    """Tokens add up, pairs grow with the square."""
    both, long = cost_of(completion(10, 0)) + cost_of(completion(10, 0)), cost_of(completion(20, 0))
    assert both.tokens == long.tokens == 20
    assert both.pairs < long.pairs
    assert NOTHING + long == long


def test_operations_are_those_of_weights_and_attention():
    """Two for each parameter and token, four for each layer, unit of width and pair."""
    size = Size(parameters=1000, layers=2, width=16)
    assert size.operations(Spent(prompt_tokens=3, output_tokens=1, pairs=10)) == pytest.approx(8000 + 1280)


def test_an_engine_that_counts_answers_as_its_own():
    """It passes requests on, and adds up what they cost."""
    engine = CountingEngine(ScriptedEngine(lambda _: "yes"))
    request = Request((Message("user", ("well?",)),), 8)
    first = asyncio.run(engine.generate(request))
    asyncio.run(engine.generate(request))
    assert first.text == "yes"
    assert engine.spent.tokens == 2 * cost_of(first).tokens
    assert CountingEngine(ScriptedEngine(lambda _: "")).spent == NOTHING
