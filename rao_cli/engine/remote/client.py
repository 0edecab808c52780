"""Ask one server for completions: in turn, again where that may help, and for a better one if out of form.

Everything here runs on the engine's own event loop.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from rao_cli.engine.base import Completion, Message, Progress, Request
from rao_cli.engine.remote.counting import Weights, guess_prompt
from rao_cli.engine.remote.failures import RefusedError, broken, explanation, too_long
from rao_cli.engine.remote.payload import Body, build, refused_field
from rao_cli.engine.remote.repair import CORRECTIONS, correction, repaired, rules_of
from rao_cli.engine.remote.reply import Reply, Reporter, complete, cut
from rao_cli.engine.remote.server import Server
from rao_cli.engine.remote.transport import Transport, retried
from rao_cli.errors import ModelError

_REPLY_BYTES = 1 << 20
_TOKEN_BYTES = 4096
"""Bytes that a streamed token with its log-probability may take."""
_MOST_FORMS = 16
"""Times a request is put another way: without a field, or with more room to think."""
_FIRST_THOUGHT = 2048
_LONGEST_THOUGHT = 8192
"""Tokens that a model which cannot help thinking gets for it, on top of those for its answer."""


class Client:
    """Runs requests on a server, ``parallel`` of them at a time; the others wait their turn."""

    def __init__(
        self,
        transport: Transport,
        server: Server,
        *,
        url: str,
        window: int,
        weights: Weights,
        parallel: int,
    ) -> None:
        self.dropped: frozenset[str] = frozenset()
        """Fields that the server has refused."""
        self.thought = 0
        """Tokens that the model gets for thinking; none before it was seen to think."""
        self._transport = transport
        self._server = server
        self._url = url
        self._window = window
        self._weights = weights
        self._places = asyncio.Semaphore(parallel)

    async def run(self, request: Request, tell: Callable[[Progress], None]) -> Completion:
        """Return the completion of a request; raises ModelError."""
        rules = rules_of(request.grammar)
        reporter = Reporter(tell, guess_prompt(request.messages, self._weights), request.max_tokens)
        reporter.wait()
        async with self._places:
            messages, done = request.messages, list[Completion]()
            while True:
                reply = await self._reply(request, messages, reporter)
                text = cut(reply.text, request.stop)
                kept = repaired(text, rules, was_cut=reply.finish == "length")
                done.append(self._completion(request, reply, text if kept is None else kept))
                messages = (*request.messages, *correction(text, rules)) if kept is None and rules else ()
                full = not messages or self._guess(messages) + request.max_tokens > self._window
                if full or len(done) > CORRECTIONS:
                    reporter.finish(done[-1].text)
                    return _sum(done)

    def _guess(self, messages: tuple[Message, ...]) -> int:
        return guess_prompt(messages, self._weights)

    def _completion(self, request: Request, reply: Reply, text: str) -> Completion:
        guess = min(self._guess(request.messages), self._window)
        return complete(reply, text, limit=request.max_tokens, prompt=guess, window=self._window)

    async def _reply(self, request: Request, messages: tuple[Message, ...], reporter: Reporter) -> Reply:
        """Send a request until it is answered, without the fields that the server does not know."""
        for _ in range(_MOST_FORMS):
            room = max(0, min(self.thought, self._window - self._guess(messages) - request.max_tokens))
            longer = replace(request, max_tokens=request.max_tokens + room)
            body = build(longer, messages, self._server, self.dropped)
            try:
                reply = await retried(partial(self._once, body, longer, reporter), pause=asyncio.sleep)
                if not reply.only_thought:
                    return reply
                self._allow_thought(room)
            except RefusedError as error:
                if error.too_long:
                    raise too_long(self._transport.host, error.said) from error
                field = refused_field(body, error.said) if error.status in (400, 422, 500) else None
                if field is None:
                    raise
                self.dropped |= {field}
        raise broken(self._transport.host, "refuses every form of request")

    def _allow_thought(self, room: int) -> None:
        """Give the model more room to think than what it has used up; raises ModelError when that is enough."""
        if room >= _LONGEST_THOUGHT or room < self.thought:
            raise ModelError(
                f"the model on {self._transport.host} spent its whole reply on thinking",
                hint="turn its thinking off on the server, use a larger --window, or another model",
            )
        self.thought = max(self.thought, 4 * room, _FIRST_THOUGHT)

    async def _once(self, body: Body, request: Request, reporter: Reporter) -> Reply:
        reply, host = Reply(), self._transport.host
        limit = _REPLY_BYTES + _TOKEN_BYTES * request.max_tokens
        # Text that may be put right or cut later is told at the end.
        told = str if request.grammar or request.stop else lambda: reply.sure_text
        async with aclosing(self._transport.reply(self._url, body, limit)) as events:
            reporter.start()
            async for event in events:
                reporter.read(event)
                if reply.add(event):
                    reporter.write(told)
        if reply.error:
            raise broken(host, "failed in the middle of a reply", explanation(json.dumps({"error": reply.error})))
        if not reply.finish:
            what = "broke off in the middle of a reply" if reply.deltas else "sent a reply without an answer"
            raise broken(host, what)
        return reply


def _sum(done: list[Completion]) -> Completion:
    """Return the last completion with what all of them cost."""
    last = done[-1]
    prompt = sum(completion.prompt_tokens for completion in done)
    cached = sum(completion.cached_tokens for completion in done)
    return Completion(last.text, last.tokens, prompt, cached, last.finish)
