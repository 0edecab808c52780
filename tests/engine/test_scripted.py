"""The scripted engine beyond the common contract."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message, Progress, Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError


def ask(text: str, max_tokens: int = 50, stop: tuple[str, ...] = ()) -> Request:
    """Return a request for one user message."""
    return Request((Message("user", (text,)),), max_tokens, stop=stop)


def test_function_sees_the_request() -> None:
    """The function gets the request and its answer comes back."""
    engine = ScriptedEngine(lambda r: r.messages[0].parts[0].upper())
    assert asyncio.run(engine.generate(ask("abc"))).text == "ABC"


def test_log_probability_is_chosen_by_the_function() -> None:
    """A pair of text and number sets every token's log-probability."""
    engine = ScriptedEngine(lambda _: ("a b", -2.5))
    assert {t.logprob for t in asyncio.run(engine.generate(ask("x"))).tokens} == {-2.5}


def test_requests_are_recorded() -> None:
    """All requests are kept in order."""
    engine = ScriptedEngine(lambda _: "ok")
    for text in ("a", "b"):
        asyncio.run(engine.generate(ask(text)))
    assert [r.messages[0].parts[0] for r in engine.requests] == ["a", "b"]


def test_refused_request_is_not_recorded() -> None:
    """A request that does not fit the window never reaches the function."""
    engine = ScriptedEngine(lambda _: "ok", window=20)
    with pytest.raises(ModelError):
        asyncio.run(engine.generate(ask("x", 20)))
    assert engine.requests == []


def test_closed_engine_refuses() -> None:
    """After close a request raises ModelError."""
    engine = ScriptedEngine(lambda _: "ok")
    engine.close()
    with pytest.raises(ModelError, match="closed"):
        asyncio.run(engine.generate(ask("x")))


def test_error_of_the_function_passes_through() -> None:
    """A function may raise ModelError to play a failing model."""

    def fail(_: Request) -> str:
        raise ModelError("out of memory")

    with pytest.raises(ModelError, match="out of memory"):
        asyncio.run(ScriptedEngine(fail).generate(ask("x")))


def test_cancelling_ends_the_activity() -> None:
    """The count of active requests returns to zero after a cancellation."""

    async def run() -> int:
        engine = ScriptedEngine(lambda _: "ok", delay=10)
        task = asyncio.create_task(engine.generate(ask("x")))
        await asyncio.sleep(0)
        assert engine.active == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return engine.active

    assert asyncio.run(run()) == 0


def test_identity_and_window_are_given() -> None:
    """Identity and window are those of the constructor."""
    engine = ScriptedEngine(lambda _: "", window=77, identity="mine")
    assert (engine.identity, engine.window) == ("mine", 77)


def test_empty_answer_is_a_completion() -> None:
    """An empty text gives no tokens and finishes."""
    done = asyncio.run(ScriptedEngine(lambda _: "").generate(ask("x")))
    assert (done.text, done.tokens, done.finish) == ("", (), "stop")


def test_every_token_is_reported() -> None:
    """Writing progress counts up one by one."""
    seen: list[Progress] = []
    asyncio.run(ScriptedEngine(lambda _: "a b c").generate(ask("x"), seen.append))
    assert [p.done for p in seen if p.phase == "writing"] == [1, 2, 3, 4, 5]


@given(st.text(max_size=200), st.integers(1, 30))
def test_text_is_cut_only_by_the_limit(text: str, limit: int) -> None:
    """The completion is the whole text, or its first max_tokens tokens."""
    engine = ScriptedEngine(lambda _: text)
    done = asyncio.run(engine.generate(ask("x", limit)))
    assert text.startswith(done.text)
    assert (done.finish == "stop") == (done.text == text)
    assert len(done.tokens) == min(limit, engine.count_tokens(text))


@given(st.text(max_size=200))
def test_counting_is_additive_over_lines(text: str) -> None:
    """A token never spans a punctuation mark, so counts add up around one."""
    engine = ScriptedEngine(lambda _: "")
    assert engine.count_tokens(text + "." + text) == 2 * engine.count_tokens(text) + 1
