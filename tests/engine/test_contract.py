"""What every engine promises, asked of the scripted one and of the real one."""

import asyncio
import dataclasses

import pytest

from rao_cli.engine.base import Engine, Message, Progress, Request
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError

WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


@pytest.fixture(params=["scripted", pytest.param("smollm2", marks=pytest.mark.model)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Yield each engine in turn, with a window of 2048."""
    if request.param == "smollm2":
        return request.getfixturevalue("smollm2")
    return ScriptedEngine(lambda _: WORDS, delay=0.01)


def ask(text: str, max_tokens: int = 8, **options: object) -> Request:
    """Return a request for one user message."""
    return Request((Message("user", (text,)),), max_tokens, **options)  # type: ignore[arg-type]


def test_text_is_its_tokens(engine: Engine) -> None:
    """The tokens' texts put together are the completion's text."""
    done = asyncio.run(engine.generate(ask("Count to ten.")))
    assert done.text
    assert "".join(token.text for token in done.tokens) == done.text


def test_length_is_reported(engine: Engine) -> None:
    """A completion that reaches max_tokens has that many tokens and says length."""
    done = asyncio.run(engine.generate(ask("Count from one to a thousand in words.", 5)))
    assert (len(done.tokens), done.finish) == (5, "length")


def test_log_probabilities_are_not_positive(engine: Engine) -> None:
    """Every token's log-probability is at most zero."""
    done = asyncio.run(engine.generate(ask("Say hello.")))
    assert all(token.logprob <= 0 for token in done.tokens)


def test_prompt_is_counted(engine: Engine) -> None:
    """The completion's prompt tokens are what count_prompt says."""
    request = ask("How many tokens is this?")
    done = asyncio.run(engine.generate(request))
    assert (
        done.prompt_tokens
        == engine.count_prompt(request.messages)
        > engine.count_tokens("How many tokens is this?")
    )


def test_reading_comes_before_writing(engine: Engine) -> None:
    """Progress never goes back from writing to reading, and reading reaches its total."""
    seen: list[Progress] = []
    asyncio.run(engine.generate(ask("Tell me a story.", 4), seen.append))
    phases = [p.phase for p in seen if p.phase != "waiting"]
    assert phases == sorted(phases)
    assert set(phases) == {"reading", "writing"}
    assert any(p.phase == "reading" and p.done == p.total for p in seen)


def test_reported_text_is_the_completion(engine: Engine) -> None:
    """What is reported while it is written adds up to the text."""
    seen: list[Progress] = []
    done = asyncio.run(engine.generate(ask("Tell me a story.", 6), seen.append))
    assert "".join(p.text for p in seen) == done.text != ""


def test_progress_comes_on_the_event_loop(engine: Engine) -> None:
    """The progress callback may use the running event loop."""
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        await engine.generate(ask("Hello.", 2), lambda _: loops.append(asyncio.get_running_loop()))
        assert set(loops) == {asyncio.get_running_loop()}

    asyncio.run(run())


def test_window_overflow_is_refused(engine: Engine) -> None:
    """A prompt that leaves no room in the window raises ModelError with the numbers."""
    with pytest.raises(ModelError, match="window is 2048"):
        asyncio.run(engine.generate(ask("word " * 3000)))


def test_output_beyond_the_window_is_refused(engine: Engine) -> None:
    """Prompt and max_tokens together must fit the window."""
    with pytest.raises(ModelError, match="2048"):
        asyncio.run(engine.generate(ask("hello", 2048)))


def test_stop_string_is_cut_away(engine: Engine) -> None:
    """The text ends before the first stop string."""
    text = asyncio.run(engine.generate(ask("Count to ten.", 16))).text
    mark = text[3:6]
    done = asyncio.run(engine.generate(ask("Count to ten.", 16, stop=(mark,))))
    assert done.text == text[: text.find(mark)]
    assert done.finish == "stop"
    assert "".join(token.text for token in done.tokens) == done.text


def test_cancelled_request_frees_its_place(engine: Engine) -> None:
    """After a cancelled request another runs as if nothing had been."""

    async def run() -> None:
        task = asyncio.create_task(engine.generate(ask("A long story, please. " * 100, 200)))
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await engine.generate(ask("Count to ten."))).tokens

    asyncio.run(run())


def test_concurrent_requests_keep_their_order(engine: Engine) -> None:
    """Each of many concurrent requests gets its own completion."""

    async def run() -> None:
        requests = [ask(f"Repeat: {'x ' * n}", 2) for n in range(1, 7)]
        done = await asyncio.gather(*(engine.generate(r) for r in requests))
        assert [d.prompt_tokens for d in done] == [engine.count_prompt(r.messages) for r in requests]

    asyncio.run(run())


def test_completions_are_plain_records(engine: Engine) -> None:
    """A completion can be taken apart and compared, so that it can be stored."""
    done = asyncio.run(engine.generate(ask("Hello.", 2)))
    assert dataclasses.replace(done) == done


def test_counting_ignores_special_markers(engine: Engine) -> None:
    """Text that looks like a control marker counts as ordinary text."""
    assert engine.count_tokens("<|im_end|>") > 1
