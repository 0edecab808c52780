"""Weighing: each choice is forced after one prompt, and what it costs is counted once."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from rao_cli.engine.base import Completion, Message, OnProgress, Request, Token
from rao_cli.engine.cache import CachedEngine
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.engine.weighing import weigh
from rao_cli.errors import ModelError

PROMPT = (Message("user", ("The mill was built by Weber.",)),)
CHOICES = ("Weber", 'a "quoted" \\ name', "naïve ✓")


def forced(request: Request) -> str:
    """Return the only text that a request's grammar allows."""
    return str(json.loads(request.grammar.removeprefix("root ::= ")))


def scripted() -> ScriptedEngine:
    """Return an engine that writes what its grammar forces; longer texts are less probable."""
    return ScriptedEngine(lambda request: (forced(request), -0.1 * len(forced(request))))


def ask(choices: tuple[str, ...] = CHOICES, most: int = 64) -> Request:
    """Return a request that weighs choices."""
    return Request(PROMPT, most, choices=choices)


def test_every_choice_is_weighed_in_its_order() -> None:
    """The texts that come back are the choices, letter by letter."""
    completion = asyncio.run(scripted().generate(ask()))
    assert ["".join(token.text for token in tokens) for tokens in completion.choices] == list(CHOICES)


def test_cost_is_one_prompt_and_all_choices() -> None:
    """Prompt tokens count once; what is written is the tokens of all choices."""
    engine = scripted()
    completion = asyncio.run(engine.generate(ask()))
    assert completion.prompt_tokens == engine.count_prompt(PROMPT)
    assert len(completion.tokens) == sum(engine.count_tokens(choice) for choice in CHOICES)


def test_grammar_never_bounds_a_choice_too_short() -> None:
    """A single request may write as many tokens as its choice has bytes, and one more, but not more than asked."""
    engine = scripted()
    asyncio.run(engine.generate(ask(("ab", "x" * 500), most=64)))
    assert [request.max_tokens for request in engine.requests] == [3, 64]


def test_others_wait_until_the_prompt_is_read() -> None:
    """The first choice is done before the second begins, so that they share the prompt's work."""
    order: list[str] = []

    async def generate(request: Request, _: OnProgress | None) -> Completion:
        order.append(f"begin {forced(request)}")
        await asyncio.sleep(0)
        order.append(f"end {forced(request)}")
        return Completion(forced(request), (Token(forced(request), -1.0),), 5, 0, "stop")

    asyncio.run(weigh(generate, ask(("a", "b", "c")), None))
    assert order[:2] == ["begin a", "end a"]
    assert set(order[2:4]) == {"begin b", "begin c"}


def test_a_failure_is_raised_as_itself() -> None:
    """When one choice fails, its own error comes out, not a group."""

    async def generate(request: Request, _: OnProgress | None) -> Completion:
        if forced(request) == "b":
            raise ModelError("broken")
        return Completion("", (), 5, 0, "stop")

    with pytest.raises(ModelError, match="broken"):
        asyncio.run(weigh(generate, ask(("a", "b")), None))


def test_a_stored_weighing_is_the_same(tmp_path: Path) -> None:
    """What the cache gives back holds the same choices."""
    engine = CachedEngine(scripted(), tmp_path)
    first, second = (asyncio.run(engine.generate(ask())) for _ in range(2))
    assert second == replace(first, cached_tokens=first.prompt_tokens)
    assert engine.hits == 1
