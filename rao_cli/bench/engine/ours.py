"""Run requests on an engine through its public interface, and time them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from rao_cli.engine.base import Completion, Engine, Progress, Request
from rao_cli.errors import RaoError


def answer_all(engine: Engine, requests: Sequence[Request]) -> float:
    """Return the seconds until the last of some requests is answered, all of them asked at once.

    Raises RaoError when an answer is shorter than it had to be: then the work was not the same for all.
    """
    seconds, completions = asyncio.run(_timed(engine, requests))
    for request, completion in zip(requests, completions, strict=True):
        if len(completion.tokens) < request.max_tokens:
            raise RaoError(f"an answer has {len(completion.tokens)} of {request.max_tokens} tokens")
    return seconds


async def _timed(engine: Engine, requests: Sequence[Request]) -> tuple[float, list[Completion]]:
    started = time.perf_counter()
    completions = await asyncio.gather(*(engine.generate(request) for request in requests))
    return time.perf_counter() - started, completions


def seconds_a_token(engine: Engine, requests: Sequence[Request]) -> float:
    """Return the seconds for one token while all requests write: from the last to begin to the first to end.

    Raises RaoError when they never write all at once.
    """
    stamps: list[list[float]] = [[] for _ in requests]
    asyncio.run(_watched(engine, requests, stamps))
    return rate_while_all_write(stamps)


async def _watched(engine: Engine, requests: Sequence[Request], stamps: list[list[float]]) -> None:
    await asyncio.gather(
        *(engine.generate(request, _stamp(times)) for request, times in zip(requests, stamps, strict=True))
    )


def _stamp(times: list[float]) -> Callable[[Progress], None]:
    return partial(_note, times)


def _note(times: list[float], progress: Progress) -> None:
    if progress.phase == "writing":
        times.append(time.perf_counter())


def rate_while_all_write(stamps: Sequence[Sequence[float]]) -> float:
    """Return seconds a token from the times of each request's tokens; raises RaoError when they do not overlap."""
    begin = max((times[0] for times in stamps if times), default=0.0)
    end = min((times[-1] for times in stamps if times), default=0.0)
    written = sum(1 for times in stamps for at in times if begin < at <= end)
    if end <= begin or not all(stamps) or not written:
        raise RaoError("the requests did not all write at the same time")
    return (end - begin) / written
