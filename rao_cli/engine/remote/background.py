"""An event loop on a thread of its own, so that one engine serves any number of callers' loops.

Connections belong to one event loop; callers come and go with theirs. Limits: a child made by fork has a copy of
the thread's state without the thread, and cannot use it.
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class Background:
    """Runs coroutines for other threads; ``close`` cancels those that have not ended."""

    def __init__(self, name: str) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._last: Callable[[], Awaitable[None]] | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name=name, daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._stop.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._last:
            await self._last()

    @property
    def alive(self) -> bool:
        """Tell whether coroutines can be started."""
        return self._thread.is_alive()

    def start(self, coroutine: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]":
        """Run a coroutine; cancelling the future cancels it. Raises RuntimeError when closed."""
        if self._loop is None or not self.alive:
            coroutine.close()
            raise RuntimeError("closed")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self, last: Callable[[], Awaitable[None]] | None = None) -> None:
        """Cancel what runs, do one last thing, and end the thread; safe to call twice."""
        if self._loop and self._stop and self.alive:
            self._last = last
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
