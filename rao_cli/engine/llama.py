"""The local engine: one GGUF model through llama.cpp, many requests computed together.

A thread of its own runs the scheduler; ``generate`` hands it a job and waits. Nothing blocks the caller's event
loop except splitting the prompt into tokens. Limits: one process (a child made by fork is refused), one model;
logits depend a little on what else is computed at the same time (docs/performance.md).
"""

import asyncio
import atexit
import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import Any

from rao_cli.engine.adapters import Adapter, LoadedAdapters, adapter_identity
from rao_cli.engine.base import Completion, Message, OnProgress, Request, check_window, ignore_progress
from rao_cli.engine.context import Context
from rao_cli.engine.fit import Fit, default_fit
from rao_cli.engine.native import Model, closed
from rao_cli.engine.reuse import Files
from rao_cli.engine.scheduler import Scheduler
from rao_cli.engine.template import PLAIN, ChatFormat, Piece, known_format, render
from rao_cli.engine.weighing import weigh
from rao_cli.engine.writing import Job
from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.text import one_line

ENGINE_VERSION = 2
"""Raised whenever the same request may give another completion than before."""

_MAX_PARALLEL = 256
_MAX_KV_BYTES = 2 << 30
_WINDOW_SHARE = 4
"""Agents fill a quarter of their windows at most times; who finds no cells waits, or is set aside."""
_SAVED_BYTES = 512 << 20
_SAMPLES, _SAMPLE = 256, 16 << 10


class LlamaEngine:
    """Run requests on one model file; ``close`` frees it and fails what is still waiting.

    ``window`` bounds one request, ``fit`` says how it is computed, ``chat`` how turns are written; None is what
    the file's template is recognised as. ``adapters`` are applied to all that is computed. ``states`` makes what
    keeps computed prompts for the next run, given what they depend on; it is closed with the engine.
    ``deterministic`` computes one request at a time and reuses nothing, so that a completion depends on its
    request alone, to the last bit. Raises ModelError when the file does not load, and UsageError when the window
    or the number of parallel requests is impossible.
    """

    def __init__(
        self,
        path: Path,
        *,
        window: int,
        fit: Fit | None = None,
        chat: ChatFormat | None = None,
        adapters: tuple[Adapter, ...] = (),
        states: Callable[[str], Files] | None = None,
        deterministic: bool = False,
    ) -> None:
        fit = fit or default_fit()
        if deterministic:
            fit = replace(fit, parallel=1)
        if window < 1 or not 1 <= fit.parallel <= _MAX_PARALLEL:
            raise UsageError(
                f"window {window} with {fit.parallel} parallel requests is not possible",
                hint=f"use a --window above 0 and --parallel from 1 to {_MAX_PARALLEL}",
            )
        self._model = Model(path, fit.gpu_layers)
        self._window = window
        try:
            self._chat = chat or known_format(self._model.chat_template) or PLAIN
            self._identity = _identify(path, fit, self._chat, adapters) + (":fixed" if deterministic else "")
            cells = _cells(self._model, window, fit.parallel)
            loaded = LoadedAdapters(self._model, adapters)
            self._context = Context(self._model, fit, cells=cells, sequences=fit.parallel + 1, adapters=loaded)
        except RaoError:
            self._model.close()
            raise
        self._states = states(states_identity(path, fit, adapters)) if states and not deterministic else None
        scheduler = Scheduler(
            self._model,
            self._context,
            cells=cells,
            parallel=fit.parallel,
            saved_bytes=_SAVED_BYTES,
            files=self._states,
            share=not deterministic,
            apart=fit.gpu_layers == 0,
        )
        self._worker = _Worker(scheduler, self._context)
        self._closing = threading.Lock()
        self._process = os.getpid()
        atexit.register(self.close)

    @property
    def identity(self) -> str:
        """Name the file by name, size and samples of its content, its adapters, the engine and the chat format."""
        return self._identity

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        return self._window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Run one request among others; cancelling frees its place, also while its prompt is being read.

        Raises ModelError when the request does not fit the window, its grammar is invalid, llama.cpp fails, or
        the engine is closed.
        """
        if request.choices:
            return await weigh(self._write, request, on_progress)
        return await self._write(request, on_progress)

    async def _write(self, request: Request, on_progress: OnProgress | None) -> Completion:
        prompt, boundary = self._prompt(request.messages)
        check_window(len(prompt), request.max_tokens, self._window)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Completion] = loop.create_future()
        job = Job(
            request,
            prompt,
            on_progress=partial(_call, loop, on_progress) if on_progress else ignore_progress,
            finish=partial(_call, loop, partial(_settle, answer)),
            fail=partial(_call, loop, partial(_reject, answer)),
            boundary=boundary,
        )
        self._worker.submit(job)
        try:
            return await answer
        finally:
            if not answer.done() or answer.cancelled():
                self._worker.cancel(job)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text as the model's tokenizer splits it, special tokens not parsed."""
        return len(self._model.tokenize(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt, the chat template's own included."""
        return len(self._prompt(messages)[0])

    def _prompt(self, messages: tuple[Message, ...]) -> tuple[list[int], int]:
        """Return the tokens of a prompt, and how many stand before the last part of its last message."""
        tokens = [] if self._model.bos is None else [self._model.bos]
        pieces = render(messages, self._chat)
        last = _last_part(messages, pieces, self._chat)
        boundary = 0
        for index, (text, special) in enumerate(pieces):
            boundary = len(tokens) if index == last else boundary
            tokens += self._model.tokenize(text, special=special)
        return tokens, boundary

    def close(self) -> None:
        """Stop computing, fail what waits, free the model; safe to call twice, and from any thread."""
        if os.getpid() != self._process:  # a forked child has a copy without the thread, maybe with held locks
            return
        with self._closing:
            self._worker.close()
            if self._states:
                self._states.close()
            self._context.close()
            self._model.close()
        atexit.unregister(self.close)


class _Worker:
    """The thread that owns the context; jobs reach it through an inbox."""

    def __init__(self, scheduler: Scheduler, context: Context) -> None:
        self._scheduler = scheduler
        self._context = context
        self._inbox: deque[Job] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._error = closed()
        self._thread = threading.Thread(target=self._run, name="rao-engine", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        if not self._thread.is_alive():  # asked without the lock, which a fork may have copied while held
            raise self._error
        with self._wake:
            if self._closing:
                raise self._error
            self._inbox.append(job)
            self._wake.notify()

    def cancel(self, job: Job) -> None:
        """Mark a job cancelled, and stop the computation when it is the one being read."""
        with self._wake:
            job.cancelled = True
            if self._scheduler.reading is job:
                self._context.abort(on=True)
            self._wake.notify()

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._context.abort(on=True)
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while self._take():
                self._scheduler.step()
        except Exception as e:  # noqa: BLE001 - whatever ends this thread, no request may wait for it forever
            self._error = ModelError(f"the engine stopped: {one_line(repr(e), 200)}", hint="open a new engine")
            self._error.__cause__ = e
        with self._wake:
            self._closing = True
        self._take()
        self._scheduler.fail_all(self._error)

    def _take(self) -> bool:
        """Move jobs from the inbox to the scheduler, waiting while there are none; False when closing."""
        with self._wake:
            while not self._inbox and self._scheduler.idle and not self._closing:
                self._wake.wait()
            if not self._closing:
                self._context.abort(on=False)
            while self._inbox:
                self._scheduler.submit(self._inbox.popleft())
            return not self._closing


def _last_part(messages: tuple[Message, ...], pieces: list[Piece], chat: ChatFormat) -> int:
    """Return the index of the piece that the last part of the last message is; 0 when it has no other part.

    Everything before it comes again with another question about the same text.
    """
    if not messages or len(messages[-1].parts) < 2:
        return 0
    alone = render([Message(messages[-1].role, messages[-1].parts[-1:])], chat)
    pairs = zip(reversed(alone), reversed(pieces), strict=False)
    return len(pieces) - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cells(model: Model, window: int, parallel: int) -> int:
    """Return how many tokens the KV cache holds: what parallel requests use of their windows, and one window."""
    if model.trained_context and window > model.trained_context:
        raise UsageError(
            f"a window of {window:,} tokens is more than the {model.trained_context:,} the model was trained for",
            hint=f"use a --window of at most {model.trained_context}",
        )
    affordable = _MAX_KV_BYTES // max(1, model.cell_bytes)
    return max(window, min(window * parallel // _WINDOW_SHARE, affordable))


def states_identity(path: Path, fit: Fit, adapters: tuple[Adapter, ...] = ()) -> str:
    """Name what a computed prompt depends on, by the file's name, size and samples of all its parts.

    These tell weights apart in milliseconds, where reading all of a large file takes seconds. Raises ModelError
    when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest = hashlib.sha256()
            for number in range(_SAMPLES + 1):
                file.seek(max(0, size - _SAMPLE) * number // _SAMPLES)
                digest.update(file.read(_SAMPLE))
    except OSError as e:
        raise ModelError(f"cannot read the model {one_line(str(path), 200)}: {e.strerror or e}") from e
    library = version("llama_cpp_python")
    added = "".join(f":lora{adapter_identity(adapter)}" for adapter in adapters)
    layout = f"{fit.kv_type}{'f' if fit.flash_attention else ''}"
    return f"{path.name}:{size}:{digest.hexdigest()}:llama{library}:{layout}{added}"


def _identify(path: Path, fit: Fit, chat: ChatFormat, adapters: tuple[Adapter, ...]) -> str:
    chat_digest = hashlib.sha256(repr(chat).encode()).hexdigest()[:16]
    return f"{states_identity(path, fit, adapters)}:rao{ENGINE_VERSION}:{chat_digest}"


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[Any], None], value: Any) -> None:
    """Run a function on the caller's event loop; a loop that is gone has nobody left to tell."""
    if not loop.is_closed():
        try:
            loop.call_soon_threadsafe(function, value)
        except RuntimeError:
            return


def _settle(answer: "asyncio.Future[Completion]", completion: Completion) -> None:
    if not answer.done():
        answer.set_result(completion)


def _reject(answer: "asyncio.Future[Completion]", error: ModelError) -> None:
    if not answer.done():
        answer.set_exception(error)
