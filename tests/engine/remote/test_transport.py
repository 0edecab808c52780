"""Waiting between attempts, reading events, and the thread on which all of it happens."""

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.base import Message, Request
from rao_cli.engine.remote.background import Background
from rao_cli.engine.remote.engine import RemoteEngine
from rao_cli.engine.remote.events import read_events
from rao_cli.engine.remote.failures import RefusedError, explanation, refused
from rao_cli.engine.remote.transport import retried
from rao_cli.engine.remote.waiting import ATTEMPTS, LONGEST, LONGEST_ASKED, delay, read_retry_after
from rao_cli.text import clean
from tests.engine.remote.scripted import Call, delta, hello, serving


@given(st.integers(0, 1000), st.floats(0, 1e300), st.floats(0, 1))
def test_waits_are_bounded(attempt: int, after: float, chance: float) -> None:
    """No wait is nothing, and none is longer than a server may ask for."""
    assert 0.2 < delay(attempt, after, chance) <= max(LONGEST, LONGEST_ASKED)


def test_waits_grow() -> None:
    """Each wait may be twice as long as the one before."""
    assert [delay(n, 0, 1.0) for n in range(4)] == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("3", 3),
        ("1.5", 1.5),
        ("-4", 0),
        ("nan", 0),
        ("inf", 0),
        ("999999", 999999),
        ("soon", 0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90),
        ("Thu, 01 Jan 99999 00:00:00 GMT", 0),
        ("9" * 5000, 0),
    ],
)
def test_retry_after_is_read(header: str | None, seconds: float) -> None:
    """Seconds and dates are understood, anything else asks for nothing."""
    assert read_retry_after(header, now=10.0) == seconds


def test_retry_after_cannot_hold_a_run() -> None:
    """A server that asks for eleven days is waited for a minute."""
    assert delay(0, read_retry_after("999999"), 0.5) == LONGEST_ASKED


def test_attempts_are_bounded() -> None:
    """A server that always fails is asked a fixed number of times, with waits in between."""
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    async def send() -> None:
        raise refused("host", 503, "busy", after=7.0)

    with pytest.raises(RefusedError, match="busy"):
        asyncio.run(retried(send, pause=pause))
    assert waits == [7.0] * 3 + waits[3:]
    assert len(waits) == ATTEMPTS - 1


@given(st.text(), st.sampled_from(["{}", '{{"error":{{"message":"{}"}}}}', "<html>{}</html>"]))
def test_explanations_are_clean(text: str, page: str) -> None:
    """Whatever a server says is one short clean line."""
    said = explanation(page.format(text))
    assert clean(said) == said
    assert "\n" not in said
    assert len(said) <= 240


def events(*chunks: bytes, limit: int = 10_000) -> list[dict]:
    """Return the events of a stream that comes in these chunks."""

    async def feed() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def read() -> list[dict]:
        return [event async for event in read_events(feed(), limit, "host")]

    return asyncio.run(read())


STREAM = (
    b': hi\r\n\r\ndata: {"a":1}\r\n\r\nevent: x\nid: 3\ndata:{"b":\ndata: "\xc3\xa9"}\n\n\n\n'
    b"data: [DONE]\n\ndata: no\n\n"
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_streams_may_be_cut_anywhere(places: list[int]) -> None:
    """However the bytes are cut into chunks, the events are the same."""
    cuts = [0, *sorted(places), len(STREAM)]
    assert events(*(STREAM[a:b] for a, b in pairwise(cuts))) == [{"a": 1}, {"b": "é"}]


def test_a_stream_may_end_without_its_mark() -> None:
    """The last event counts also where no empty line follows it."""
    assert events(b'data: {"a":1}') == [{"a": 1}]
    assert events(b"data: [DONE]") == []


@pytest.mark.parametrize(
    "data", [b"data: {\n\n", b"data: 3\n\n", b"data: NaN\n\n", b'data: {"a":' * 500 + b"\n\n"]
)
def test_damaged_streams_are_refused(data: bytes) -> None:
    """An event that is no JSON object is an error that may pass."""
    with pytest.raises(RefusedError) as caught:
        events(data)
    assert caught.value.passing


def test_long_streams_are_refused() -> None:
    """Nothing is read past the limit, whether it holds lines or not."""
    for chunk in (b"x" * 100, b":\n" * 50):
        with pytest.raises(RefusedError, match="more than 1,000 bytes"):
            events(*[chunk] * 100, limit=1000)


def test_no_more_than_parallel_run_at_a_time() -> None:
    """Of twenty requests the server never has more than three at once, and answers all."""
    lock, running, most = threading.Lock(), 0, 0

    def chat(call: Call) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        hello(call)

    async def run(engine: RemoteEngine) -> list[str]:
        request = Request((Message("user", ("Hi.",)),), 8)
        return [done.text for done in await asyncio.gather(*(engine.generate(request) for _ in range(20)))]

    with serving(chat) as server:
        engine = RemoteEngine(server.url, parallel=3)
        assert asyncio.run(run(engine)) == ["Hello there!"] * 20
        engine.close()
    assert most == 3


def test_many_run_at_a_time() -> None:
    """One hundred and twenty-eight requests are with the server together when that many are allowed."""
    barrier = threading.Barrier(128, timeout=20)

    def chat(call: Call) -> None:
        barrier.wait()
        hello(call)

    async def run(engine: RemoteEngine) -> int:
        request = Request((Message("user", ("Hi.",)),), 8)
        return len(await asyncio.gather(*(engine.generate(request) for _ in range(128))))

    with serving(chat) as server:
        engine = RemoteEngine(server.url, parallel=256)
        assert asyncio.run(run(engine)) == 128
        engine.close()


def test_no_place_is_lost() -> None:
    """After hundreds of requests that fail, break off or are cancelled, as many as before run at a time."""
    chance = random.Random(5)
    barrier: list[threading.Barrier] = []

    def chat(call: Call) -> None:
        if barrier:
            barrier[0].wait()
        elif chance.random() < 0.1:
            call.send(503, {}, Retry_After="0")
        elif chance.random() < 0.1:
            call.start()
            call.event(delta("x", -1.0))
            return
        hello(call)

    async def ask(engine: RemoteEngine) -> str:
        return (await engine.generate(Request((Message("user", ("Hi.",)),), 8))).text

    async def run(engine: RemoteEngine) -> list[str]:
        tasks = [asyncio.create_task(ask(engine)) for _ in range(200)]
        for task in tasks[::3]:
            await asyncio.sleep(chance.random() * 0.005)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(task.cancelled() or task.result() == "Hello there!" for task in tasks)
        barrier.append(threading.Barrier(16, timeout=20))
        return await asyncio.gather(*(ask(engine) for _ in range(16)))

    with serving(chat) as server:
        engine = RemoteEngine(server.url, parallel=16)
        assert asyncio.run(run(engine)) == ["Hello there!"] * 16
        engine.close()


def test_background_runs_and_ends() -> None:
    """Coroutines of other threads run; closing cancels what is left and ends the thread."""
    background = Background("test")

    async def two() -> int:
        return 2

    waiting = background.start(asyncio.sleep(60))
    assert background.start(two()).result(5) == 2
    background.close()
    background.close()
    assert waiting.cancelled()
    assert not background.alive
    with pytest.raises(RuntimeError, match="closed"):
        background.start(two())
