"""Write a run's events down as they happen, and tell of them once they are safe.

A thread of its own writes whatever waits, so a slow disk makes batches larger and never holds up a model. An event
is told, on a screen or in a stream, after it is on the disk: nobody has seen an agent finish whose work could be
lost in a crash. When the disk refuses, the run goes on and is told of without being kept.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence

from rao_cli.agent.events import Event
from rao_cli.errors import RaoError
from rao_cli.runs.store import RunFile

Tell = Callable[[Event], None]
MOST = 2_000
"""Events of a batch."""


class Journal:
    """Take the events of one attempt; ``close`` when there are no more.

    Made, used and closed on one event loop, on which ``tell`` is called for every event in order. ``failed`` is
    called once, on that loop too, with the reason why the rest is not kept.
    """

    def __init__(self, file: RunFile, tell: Tell, failed: Callable[[RaoError], None]) -> None:
        self._file, self._tell, self._failed = file, tell, failed
        self._attempt = file.attempts() + 1
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._refused = False
        self._thread = threading.Thread(target=self._work, name="rao-journal", daemon=True)
        self._thread.start()

    def emit(self, event: Event) -> None:
        """Take an event; it returns at once."""
        self._waiting.put(event)

    async def close(self) -> None:
        """Wait until everything that was taken is written and told."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.sleep(0)  # what the thread asked the loop for comes before

    def _work(self) -> None:
        going = True
        while going:
            batch, going = self._batch()
            self._write(batch)
            self._loop.call_soon_threadsafe(self._tell_all, batch)

    def _batch(self) -> tuple[list[Event], bool]:
        """Return what waits, after waiting for something; False when nothing comes after it."""
        batch: list[Event] = []
        event = self._waiting.get()
        while event is not None:
            batch.append(event)
            if len(batch) == MOST or self._waiting.empty():
                return batch, True
            event = self._waiting.get()
        return batch, False

    def _write(self, batch: Sequence[Event]) -> None:
        if self._refused or not batch:
            return
        try:
            self._file.add(self._attempt, batch)
        except (RaoError, MemoryError, ValueError) as error:
            self._refused = True
            self._loop.call_soon_threadsafe(self._failed, _explained(error))

    def _tell_all(self, batch: Sequence[Event]) -> None:
        for event in batch:
            self._tell(event)


def _explained(error: RaoError | MemoryError | ValueError) -> RaoError:
    if isinstance(error, RaoError):
        return error
    memory = isinstance(error, MemoryError)
    return RaoError("there is not enough memory to keep it" if memory else "an event cannot be written as JSON")
