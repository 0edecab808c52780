"""Servers that fail, lie or attack: a clear error or a slower way, and nothing of theirs reaches the terminal."""

import asyncio
import time
from collections.abc import Callable

import pytest

from rao_cli.engine.base import Completion, Message, Progress, Request
from rao_cli.engine.remote.engine import RemoteEngine
from rao_cli.errors import ModelError
from rao_cli.text import clean
from tests.engine.remote.scripted import Call, Server, delta, hello, serving, stream

ASK = Request((Message("user", ("Say hello.",)),), 8)


def ask(chat: Callable[[Call], None], request: Request = ASK, **options: object) -> tuple[Completion, Server]:
    """Return what an engine makes of a server's answer."""
    with serving(chat) as server:
        engine = RemoteEngine(server.url, **options)  # type: ignore[arg-type]
        try:
            return asyncio.run(engine.generate(request)), server
        finally:
            engine.close()


def failure(chat: Callable[[Call], None], request: Request = ASK, **options: object) -> ModelError:
    """Return the error that a server's answer becomes; it is one clean line with a hint."""
    with pytest.raises(ModelError) as caught:
        ask(chat, request, **options)
    error = caught.value
    assert clean(error.message) == error.message
    assert "\n" not in error.message
    assert len(error.message) < 500
    assert error.hint
    return error


@pytest.mark.parametrize(
    ("status", "word"), [(401, "key"), (403, "key"), (404, "model"), (400, "refuses"), (302, "redirects")]
)
def test_refusals_say_what_they_mean(status: int, word: str) -> None:
    """Each status that no repetition mends is raised at once, with its meaning."""
    with serving(lambda call: call.send(status, {"error": {"message": "because"}})) as server:
        engine = RemoteEngine(server.url)
        with pytest.raises(ModelError, match=f"{word}.*because"):
            asyncio.run(engine.generate(ASK))
        engine.close()
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_passing_failures_are_tried_again(status: int) -> None:
    """A server that fails once and then answers is asked twice."""
    done, server = ask(lambda call: hello(call) if call.number else call.send(status, b"later", "text/plain"))
    assert (done.text, len(server.calls)) == ("Hello there!", 2)


def test_a_cut_stream_is_tried_again() -> None:
    """A reply that breaks off in the middle is not taken for a whole one."""

    def chat(call: Call) -> None:
        if call.number:
            hello(call)
        else:
            call.start()
            call.event(delta("Hel", -1.0))

    done, server = ask(chat)
    assert (done.text, len(server.calls)) == ("Hello there!", 2)


def test_retry_after_is_obeyed() -> None:
    """The server's wish to wait a second is granted."""
    start = time.monotonic()
    ask(lambda call: hello(call) if call.number else call.send(429, {}, Retry_After="1"))
    assert 1.0 <= time.monotonic() - start < 5


def test_escapes_in_errors_are_cleaned() -> None:
    """An error page of HTML with terminal escapes is one harmless line."""
    page = (
        b"<html><script>x</script><h1>\x1b]52;c;ZXZpbA==\x07\x1b[2JBad\r\nGateway\xff\x9b31m</h1>" + b"a" * 100_000
    )
    error = failure(lambda call: call.send(418, page, "text/html"))
    assert "Bad Gateway" in error.message
    assert "<" not in error.message


def test_the_key_is_never_shown() -> None:
    """A server that repeats the key in its complaint does not get it into the message."""
    error = failure(
        lambda call: call.send(401, {"error": f"bad header {call.headers['Authorization']}"}), key="sk-secret"
    )
    assert "sk-secret" not in error.message + error.hint
    assert "[key]" in error.message


def test_redirects_are_not_followed() -> None:
    """The key and the text go to the named address only."""
    with serving() as other:
        failure(lambda call: call.send(307, b"", Location=f"{other.url}/chat/completions"), key="k")
    assert other.calls == []


def test_an_endless_reply_ends() -> None:
    """A stream without end is cut at a limit, and not asked for again."""

    def chat(call: Call) -> None:
        call.start()
        while True:
            call.write(b": " + b"x" * 65536)

    assert "more than" in failure(chat).message


def test_endless_tokens_end() -> None:
    """Tokens without end are cut as well."""

    def chat(call: Call) -> None:
        call.start()
        while True:
            call.event(delta("la " * 1000, -0.1))

    assert "more than" in failure(chat).message


def test_a_slow_reply_ends() -> None:
    """A server that sends a byte now and then is left when the time is over."""

    def chat(call: Call) -> None:
        call.start()
        while True:
            call.write(b":\n")
            time.sleep(0.05)

    with serving(chat) as server:
        engine = RemoteEngine(server.url, seconds=0.3)
        task = engine.generate(ASK)
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(asyncio.wait_for(task, 1.0))
        engine.close()
        assert 1 < len(server.calls) < 5
    assert server.broken.is_set()


def test_compressed_replies_are_refused() -> None:
    """A reply that could be a bomb is not unpacked."""
    assert "compressed" in failure(lambda call: call.send(200, b"\x1f\x8b", Content_Encoding="gzip")).message


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b'{"choices":[]}', b'{"choices":7}', b'{"choices":[{"delta":3}]}', b"[" * 200_000],
)
def test_nonsense_is_an_error(body: bytes) -> None:
    """What is no reply is tried again and then reported."""
    with serving(lambda call: call.send(200, body)) as server:
        engine = RemoteEngine(server.url)
        task = asyncio.wait_for(engine.generate(ASK), 0.6)
        with pytest.raises((ModelError, asyncio.TimeoutError)):
            asyncio.run(task)
        engine.close()
    assert server.calls


def test_bytes_that_are_not_utf8_are_marked() -> None:
    """A damaged character shows as a replacement mark."""

    def chat(call: Call) -> None:
        call.start()
        call.event(b'{"choices":[{"delta":{"content":"caf\xe9"},"finish_reason":"stop"}]}')
        call.event(b"[DONE]")

    assert ask(chat)[0].text == "caf\ufffd"


@pytest.mark.parametrize("lie", [-5, 10**30, "many", True, None, 1.5])
def test_usage_lies_are_bounded(lie: object) -> None:
    """Whatever is said of tokens, the numbers are possible ones."""
    usage = {"prompt_tokens": lie, "completion_tokens": lie, "prompt_tokens_details": {"cached_tokens": lie}}
    done, _ = ask(lambda call: stream(call, "Hello", " there", "!", usage=usage))
    assert 0 <= done.cached_tokens <= done.prompt_tokens <= 4096
    assert len(done.tokens) == 3


@pytest.mark.parametrize("lie", [5.0, float("nan"), float("-inf"), 1e308])
def test_log_probabilities_are_bounded(lie: float) -> None:
    """No log-probability is above zero or endless."""
    done, _ = ask(lambda call: stream(call, "a", "b", logprob=lie))
    assert all(-1000 <= token.logprob <= 0 for token in done.tokens)


def test_a_failure_in_the_middle_is_explained() -> None:
    """An error inside a stream that began well is read, and the request repeated."""

    def chat(call: Call) -> None:
        call.start()
        call.event(delta("He", -1.0))
        call.event({"error": {"message": "exceeds the context length of 10"}})

    assert "exceeds the context length" in failure(chat).message


def test_an_overflow_is_explained() -> None:
    """A prompt that the server refuses as too long leads to --window."""
    error = failure(lambda call: call.send(400, {"error": {"message": "maximum context length is 9 tokens"}}))
    assert "does not fit" in error.message
    assert "--window" in error.hint


def test_unknown_fields_are_left_out() -> None:
    """A field that the server complains of is not sent again, for this request or the next."""

    def chat(call: Call) -> None:
        if "logprobs" in call.body:
            call.send(400, {"error": {"message": "Unsupported parameter: 'logprobs'"}})
        elif "max_tokens" in call.body:
            call.send(400, {"error": {"message": "use 'max_completion_tokens' instead of 'max_tokens'"}})
        else:
            hello(call)

    with serving(chat) as server:
        engine = RemoteEngine(server.url)
        asyncio.run(engine.generate(ASK))
        before = len(server.calls)
        asyncio.run(engine.generate(ASK))
        engine.close()
    assert len(server.calls) == before + 1
    assert server.calls[-1].body["max_completion_tokens"] == 8


def thinking(call: Call, needs: int) -> None:
    """Answer as a model does that thinks first, however it is asked not to."""
    call.start()
    if call.body["max_tokens"] < needs:
        call.event(delta("", reasoning_content="hm", finish="length"))
    else:
        call.event(delta("<think>hm</think>Yes", finish="stop"))
    call.event(b"[DONE]")


def test_a_thinking_model_gets_room() -> None:
    """A model that thinks through its whole reply is given more tokens, from then on at once."""
    with serving(lambda call: thinking(call, 5000)) as server:
        engine = RemoteEngine(server.url, window=20_000)
        texts = [asyncio.run(engine.generate(ASK)).text for _ in range(2)]
        engine.close()
    assert texts == ["Yes", "Yes"]
    assert [call.body["max_tokens"] for call in server.calls] == [8, 2056, 8200, 8200]


@pytest.mark.parametrize("window", [20_000, 2500])
def test_endless_thinking_is_explained(window: int) -> None:
    """A model that only thinks is reported when it has had its room, or all that the window has."""
    error = failure(lambda call: thinking(call, 10**9), window=window)
    assert "thinking" in error.message


def test_cancelling_closes_the_connection() -> None:
    """The server is told at once that nobody waits for its tokens."""

    def chat(call: Call) -> None:
        call.start()
        for _ in range(2000):
            call.event(delta("la ", -0.1))
            time.sleep(0.005)

    async def run(engine: RemoteEngine) -> None:
        seen = asyncio.Event()
        report = lambda p: seen.set() if p.phase == "writing" else None  # noqa: E731
        task = asyncio.create_task(engine.generate(ASK, report))
        await seen.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with serving(chat) as server:
        engine = RemoteEngine(server.url)
        asyncio.run(run(engine))
        assert server.broken.wait(2)
        engine.close()


def test_closing_fails_what_waits() -> None:
    """A request that runs while the engine is closed raises ModelError, as do later ones."""

    async def run(engine: RemoteEngine) -> None:
        task = asyncio.create_task(engine.generate(ASK))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(engine.close)
        for request in (task, engine.generate(ASK)):
            with pytest.raises(ModelError, match="closed"):
                await request

    with serving(lambda call: time.sleep(1)) as server:
        engine = RemoteEngine(server.url)
        asyncio.run(run(engine))


def test_progress_never_goes_back() -> None:
    """A request that is sent again does not start reading a second time."""
    seen: list[Progress] = []

    def chat(call: Call) -> None:
        if call.number:
            hello(call)
        else:
            call.start()
            call.event(delta("Hel", -1.0))

    with serving(chat) as server:
        engine = RemoteEngine(server.url)
        asyncio.run(engine.generate(ASK, seen.append))
        engine.close()
    order = {"waiting": 0, "reading": 1, "writing": 2}
    assert [order[p.phase] for p in seen] == sorted(order[p.phase] for p in seen)


def test_a_server_that_is_gone_is_named() -> None:
    """Nothing listening is a clear error, when an engine is made and later."""
    with serving() as server:
        engine = RemoteEngine(server.url)
    task = asyncio.wait_for(engine.generate(ASK), 0.5)
    with pytest.raises((ModelError, asyncio.TimeoutError)):
        asyncio.run(task)
    engine.close()
    with pytest.raises(ModelError, match=r"cannot reach the server 127\.0\.0\.1"):
        RemoteEngine(server.url)
