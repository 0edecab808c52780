"""Equal requests at the same time: computed once, by whoever is still there to do it."""

import asyncio
import dataclasses
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from rao_cli.engine.base import Completion, Message, Progress, Request, Sampling
from rao_cli.engine.cache import CachedEngine
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import ModelError

BASE = Request((Message("user", ("a",)),), 8)


def slow() -> ScriptedEngine:
    """Return an engine that needs a moment for each request and numbers its answers."""
    engine = ScriptedEngine(lambda _: f"answer {len(engine.requests)}", delay=0.05)
    return engine


def together(engine: CachedEngine, count: int) -> list[Completion]:
    """Run equal requests at the same time."""

    async def all_of_them() -> list[Completion]:
        return await asyncio.gather(*(engine.generate(BASE) for _ in range(count)))

    return asyncio.run(all_of_them())


def test_equal_requests_are_computed_once(tmp_path: Path) -> None:
    """Of many equal requests at once one is computed; the others get its answer, with the prompt cached."""
    inner = slow()
    engine = CachedEngine(inner, tmp_path)
    first, *others = together(engine, 20)
    assert (len(inner.requests), engine.hits) == (1, 19)
    assert set(others) == {dataclasses.replace(first, cached_tokens=first.prompt_tokens)}


def test_different_requests_do_not_wait(tmp_path: Path) -> None:
    """Requests that differ in their seed alone are computed side by side."""
    inner = slow()
    engine = CachedEngine(inner, tmp_path)

    async def both() -> int:
        tasks = [asyncio.create_task(engine.generate(with_seed(seed))) for seed in (1, 2)]
        most = 0
        while not all(task.done() for task in tasks):
            most = max(most, inner.active)
            await asyncio.sleep(0.001)
        return most

    assert asyncio.run(both()) == 2


def with_seed(seed: int) -> Request:
    """Return a request that no other seed has."""
    return dataclasses.replace(BASE, sampling=Sampling(seed=seed))


def test_equal_requests_share_without_a_store(tmp_path: Path) -> None:
    """Where nothing can be stored, equal requests at once are still computed only once."""
    (tmp_path / "file").write_text("")
    inner = slow()
    together(CachedEngine(inner, tmp_path / "file" / "cache"), 5)
    assert len(inner.requests) == 1


def test_one_that_waits_takes_over_when_the_first_is_cancelled(tmp_path: Path) -> None:
    """When the first is cancelled, exactly one of those that waited computes, and all of them get its answer."""
    inner = slow()
    engine = CachedEngine(inner, tmp_path)

    async def cancel_first() -> list[Completion]:
        first, *others = await start(engine, 5)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await asyncio.gather(*others)

    texts = {completion.text for completion in asyncio.run(cancel_first())}
    assert (texts, len(inner.requests), inner.active) == ({"answer 2"}, 2, 0)


async def start(engine: CachedEngine, count: int) -> list[asyncio.Task[Completion]]:
    """Start equal requests and wait until the first is being computed."""
    started = asyncio.Event()
    tasks = [asyncio.create_task(engine.generate(BASE, lambda _: started.set())) for _ in range(count)]
    await started.wait()
    return tasks


def test_cancelling_one_that_waits_disturbs_nobody(tmp_path: Path) -> None:
    """One that waits can be cancelled at once; the first and the others get their answer."""
    inner = slow()
    engine = CachedEngine(inner, tmp_path)

    async def cancel_second() -> list[Completion]:
        first, second, third = await start(engine, 3)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not first.done()
        return await asyncio.gather(first, third)

    assert [completion.text for completion in asyncio.run(cancel_second())] == ["answer 1", "answer 1"]
    assert len(inner.requests) == 1


def test_cancelling_all_leaves_nothing_behind(tmp_path: Path) -> None:
    """After all are cancelled nothing runs, and the next request is computed."""
    inner = slow()
    engine = CachedEngine(inner, tmp_path)

    async def cancel_all() -> Completion:
        tasks = await start(engine, 4)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(e, asyncio.CancelledError) for e in ended)
        assert inner.active == 0
        return await engine.generate(BASE)

    assert asyncio.run(cancel_all()).text == "answer 2"


def test_an_error_is_not_shared(tmp_path: Path) -> None:
    """When the first fails, those that waited try for themselves."""

    def fail_once(_: Request) -> str:
        if len(inner.requests) == 1:
            raise ModelError("out of memory")
        return "fine"

    inner = ScriptedEngine(fail_once, delay=0.01)
    engine = CachedEngine(inner, tmp_path)

    async def both() -> list[Completion | BaseException]:
        return await asyncio.gather(engine.generate(BASE), engine.generate(BASE), return_exceptions=True)

    error, completion = asyncio.run(both())
    assert isinstance(error, ModelError)
    assert isinstance(completion, Completion)
    assert completion.text == "fine"


def test_a_waiting_request_reports_the_prompt_as_read(tmp_path: Path) -> None:
    """One that waited reports reading as complete when the answer comes."""
    engine = CachedEngine(slow(), tmp_path)
    seen: list[Progress] = []

    async def both() -> list[Completion]:
        return await asyncio.gather(engine.generate(BASE), engine.generate(BASE, seen.append))

    prompt = asyncio.run(both())[0].prompt_tokens
    assert seen == [Progress("reading", prompt, prompt)]


def test_event_loops_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Equal requests from two threads, each with a loop of its own, both get an answer."""
    engine = CachedEngine(slow(), tmp_path)

    async def in_threads() -> list[Completion]:
        def run(work: Coroutine[Any, Any, Completion]) -> Completion:
            return asyncio.run(work)

        return await asyncio.gather(*(asyncio.to_thread(run, engine.generate(BASE)) for _ in range(2)))

    assert len(asyncio.run(in_threads())) == 2
