"""The remote engine: any server that speaks OpenAI's chat completions, many requests at a time.

The server is asked once what it is (rao_cli/engine/remote/server.py); nothing is contacted before an engine is
made for an address that the user named. Every reply is checked against its grammar here, whatever the server
promised.

**Window.** What the server says it holds, else 4,096 tokens; ``window`` overrides it. A sixteenth of what the
server says is kept free, because prompts are counted by guess (rao_cli/engine/remote/counting.py): asking the
server each time would cost a round trip for each of thousands of counts. A request that overflows all the same
is refused by the server and raised as ModelError; nothing is ever cut.

**Limits.** Servers read whole prompts for control tokens, so those in documents are broken by a space. What the
server computes with - weights, precision, batches - is its own; the identity holds what it tells about them.
"""

import asyncio
import atexit
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from rao_cli.engine.base import Completion, Message, OnProgress, Progress, Request, check_window, ignore_progress
from rao_cli.engine.remote.address import check_key, read_address
from rao_cli.engine.remote.background import Background
from rao_cli.engine.remote.client import Client
from rao_cli.engine.remote.counting import SAMPLES, Weights, calibrate, guess, guess_prompt
from rao_cli.engine.remote.failures import RefusedError
from rao_cli.engine.remote.server import DEFAULT_WINDOW, Server, find_server
from rao_cli.engine.remote.transport import Transport, load_library, retried
from rao_cli.errors import ModelError, UsageError

REMOTE_VERSION = 1
"""Raised whenever the same request may give another completion than before."""
MOST_PARALLEL = 256
SECONDS = 600.0
_FIRST_ATTEMPTS = 2
_SPARE = 16


class RemoteEngine:
    """Run requests on a server; ``close`` ends its connections and fails what is still waiting.

    ``model`` may be empty where the server has one only. ``key`` is sent to that server and nowhere else;
    ``insecure_key`` allows sending it unencrypted to another machine. ``seconds`` bounds one attempt at one
    request. Raises UsageError for what cannot be asked, ModelError when the server cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        model: str = "",
        *,
        key: str | None = None,
        window: int | None = None,
        parallel: int = 16,
        seconds: float = SECONDS,
        insecure_key: bool = False,
    ) -> None:
        if not 1 <= parallel <= MOST_PARALLEL or (window is not None and window < 1):
            raise UsageError(
                f"window {window} with {parallel} parallel requests is not possible",
                hint=f"use a --window above 0 and --parallel from 1 to {MOST_PARALLEL}",
            )
        self._address = read_address(base_url)
        check_key(self._address, key, insecure=insecure_key)
        load_library()
        self._closed = False
        self._transport: Transport | None = None
        self._process = os.getpid()
        self._background = Background("rao-remote")
        atexit.register(self.close)
        with ExitStack() as undo:
            undo.callback(self.close)
            self._background.start(self._open(key, model, window, parallel, seconds)).result()
            undo.pop_all()

    async def _open(self, key: str | None, model: str, window: int | None, parallel: int, seconds: float) -> None:
        address = self._address
        transport = self._transport = Transport(address, key, connections=parallel + 2, seconds=seconds)
        self._server = await retried(
            lambda: find_server(transport, address, model), attempts=_FIRST_ATTEMPTS, pause=asyncio.sleep
        )
        told = self._server.window
        self._window = window or (told - told // _SPARE if told else DEFAULT_WINDOW)
        self._weights = await _calibrated(transport, self._server, f"{address.root}/tokenize")
        self._client = Client(
            transport,
            self._server,
            url=f"{address.base}/chat/completions",
            window=self._window,
            weights=self._weights,
            parallel=parallel,
        )

    @property
    def server(self) -> Server:
        """Return what was found out about the server."""
        return self._server

    @property
    def identity(self) -> str:
        """Name the model, the address, and a digest of what the server tells about both; never the key."""
        server, base = self._server, self._address.base
        name = server.model.rpartition("/")[2].replace(":", "-") or server.kind
        return f"{name}:remote{REMOTE_VERSION}:{base}:{server.model}:{server.kind}:{server.facts}"

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        return self._window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Run one request among others; cancelling closes its connection, which tells the server to stop.

        A reply that does not follow the grammar is put right or asked for again; one that still does not is
        returned as it is, for the agent to refuse, so that one bad reply does not end a run. Raises ModelError
        when the request does not fit the window, its grammar is invalid, the server fails, choices are to be
        weighed, or the engine is closed.
        """
        check_window(self.count_prompt(request.messages), request.max_tokens, self._window)
        if self._closed:
            raise _closed()
        if request.choices:
            raise ModelError("a server does not tell how probable given texts are", hint="ask it to write instead")
        loop = asyncio.get_running_loop()
        tell = partial(_call, loop, on_progress or ignore_progress)
        try:
            running = self._background.start(self._run(request, tell))
        except RuntimeError as e:
            raise _closed() from e
        return await asyncio.wrap_future(running)

    async def _run(self, request: Request, tell: Callable[[Progress], None]) -> Completion:
        try:
            return await self._client.run(request, tell)
        except asyncio.CancelledError:
            if self._closed:
                raise _closed() from None
            raise

    def count_tokens(self, text: str) -> int:
        """Guess the tokens of text, seldom too few."""
        return guess(text, self._weights)

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Guess the tokens of a whole prompt with what the server adds, seldom too few."""
        return guess_prompt(messages, self._weights)

    def close(self) -> None:
        """End all connections and fail what waits; safe to call twice, and from any thread."""
        if os.getpid() != self._process or self._closed:
            return
        self._closed = True
        self._background.close(self._transport.close if self._transport else None)
        atexit.unregister(self.close)


async def _calibrated(transport: Transport, server: Server, url: str) -> Weights:
    """Return the weights of the model's tokenizer, the usual ones where the server does not count."""
    counts: dict[str, int | None] = {}
    for sample in SAMPLES.values() if server.counts else ():
        body = {"content": sample, "prompt": sample, "model": server.model, "add_special_tokens": False}
        try:
            tokens = (await transport.page(url, body)).get("tokens")
        except RefusedError:
            break
        counts[sample] = len(tokens) if isinstance(tokens, list) else None
    return calibrate(counts.get)


def _closed() -> ModelError:
    return ModelError("the model is closed", hint="open a new engine")


def _call(loop: asyncio.AbstractEventLoop, function: OnProgress, progress: Progress) -> None:
    """Run a function on the caller's event loop; a loop that is gone has nobody left to tell."""
    if not loop.is_closed():
        try:
            loop.call_soon_threadsafe(function, progress)
        except RuntimeError:
            return
