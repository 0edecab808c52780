"""Ctrl-C and SIGTERM: the first stops the run cleanly, the second quits at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import FrameType, TracebackType
from typing import Any, TextIO, TypeVar

from rao_cli.cli.terminal import is_terminal
from rao_cli.errors import RaoError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"
T = TypeVar("T")


class Interrupted(RaoError):  # noqa: N818  being stopped is no error
    """The user stopped the command; ``exit_code`` is 128 and the signal's number."""

    def __init__(self, number: int, hint: str) -> None:
        super().__init__("interrupted" if number == signal.SIGINT else "terminated", hint=hint)
        self.exit_code = 128 + number


class Interrupts:
    """Watch for signals while a command works; a context manager.

    Work done through ``wait`` and ``run`` can be stopped; leaving the context then raises Interrupted with
    ``hint``, which may be changed on the way. ``goes_on`` says that the process has more to do after that;
    ``quitting`` is called before it is ended at once.
    """

    def __init__(
        self,
        stderr: TextIO,
        *,
        hint: str = "",
        goes_on: bool = False,
        quitting: Callable[[], object] = lambda: None,
    ) -> None:
        self._stderr = stderr
        self.hint = hint
        self._goes_on = goes_on
        self._quitting = quitting
        self._number = 0
        self._stop: Callable[[], object] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupts":
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an interruption a second signal must still quit at once, so our handler stays.
        if not self._number or self._goes_on:
            for number, handler in self._before.items():
                signal.signal(number, handler)
        if self._number and isinstance(error, KeyboardInterrupt):
            raise Interrupted(self._number, self.hint) from None

    @property
    def stopping(self) -> bool:
        """Tell whether a signal has come."""
        return bool(self._number)

    def wait(self, work: Callable[[], T]) -> T:
        """Do blocking work in a thread, so that a signal is heard even inside a C library."""
        self._check()
        pool = ThreadPoolExecutor(max_workers=1)
        try:
            return pool.submit(work).result()
        finally:
            pool.shutdown(wait=False)

    def let_end(self, work: Callable[[], T]) -> T:
        """Do work that looks at ``stopping`` and comes to an end by itself; a signal is told of after it."""
        self._stop = bool
        try:
            result = work()
        finally:
            self._stop = None
        self._check()
        return result

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, or cancel it at a signal."""
        if self._number:
            main.close()
        self._check()
        try:
            result = asyncio.run(self._guarded(main))
        except asyncio.CancelledError:
            if not self._number:
                raise
            raise Interrupted(self._number, self.hint) from None
        self._check()
        return result

    def _check(self) -> None:
        """Raise Interrupted where a signal has come: Python that C code calls loses what a handler raises."""
        if self._number:
            raise Interrupted(self._number, self.hint)

    async def _guarded(self, main: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(main)
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            return await task
        finally:
            self._stop = None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._number:
            self._quit(number)
        self._number = number
        if self._stop is None:
            # Unlike an Exception, this passes every handler of the code it lands in.
            raise KeyboardInterrupt
        self._stop()

    def _quit(self, number: int) -> None:
        """End the process without waiting for anything; a terminal gets its cursor back."""
        self._quitting()
        if is_terminal(self._stderr):
            os.write(self._stderr.fileno(), (_SHOW_CURSOR + "\r\n").encode())
        os._exit(128 + number)
