"""An engine without a model: a plain function answers every request.

Tests and demonstrations use it wherever the real engine would go. Tokens, progress, cancellation, limits and
errors behave as the contract says; text is cut into tokens by a fixed rule, so counts never change. Limits: the
grammar is not enforced, so a function may return what a real model could not.
"""

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise

from rao_cli.engine.base import (
    Completion,
    Message,
    OnProgress,
    Progress,
    Request,
    Token,
    check_window,
    ignore_progress,
)
from rao_cli.engine.weighing import weigh
from rao_cli.errors import ModelError

_PIECE = re.compile(r"\w{1,8}|\s+|[^\w\s]")
_TURN_TOKENS = 4  # what a chat template adds around each message

Respond = Callable[[Request], str | tuple[str, float]]


class ScriptedEngine:
    """Answer requests with a function; ``requests`` records them in the order in which they came.

    ``respond`` returns the text, or the text and the log-probability that every token of it gets. ``delay`` is
    the seconds that reading a prompt takes; writing takes as long again, spread over the tokens.
    """

    def __init__(
        self, respond: Respond, *, window: int = 2048, identity: str = "scripted", delay: float = 0.0
    ) -> None:
        self.requests: list[Request] = []
        self.active = 0
        self._respond = respond
        self._window = window
        self._identity = identity
        self._delay = delay
        self._closed = False

    @property
    def identity(self) -> str:
        """Return the name given at construction."""
        return self._identity

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        return self._window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Answer with what the function returns, cut after ``max_tokens``.

        It is asked for each choice by itself, in the grammar of the request, and tells how probable it is.
        Raises ModelError when the engine is closed or the request does not fit the window.
        """
        if request.choices:
            return await weigh(self._write, request, on_progress)
        return await self._write(request, on_progress)

    async def _write(self, request: Request, on_progress: OnProgress | None) -> Completion:
        if self._closed:
            raise ModelError("the model is closed", hint="open a new engine")
        prompt = self.count_prompt(request.messages)
        check_window(prompt, request.max_tokens, self._window)
        self.requests.append(request)
        report = on_progress or ignore_progress
        self.active += 1
        try:
            return await self._answer(request, prompt, report)
        finally:
            self.active -= 1

    async def _answer(self, request: Request, prompt: int, report: OnProgress) -> Completion:
        report(Progress("reading", 0, prompt))
        await asyncio.sleep(self._delay)
        report(Progress("reading", prompt, prompt))
        text, logprob = _with_logprob(self._respond(request))
        kept, finish = _limit(_cut(text, request.stop), request.max_tokens)
        for done, piece in enumerate(kept, start=1):
            report(Progress("writing", done, request.max_tokens, piece))
            if self._delay:
                await asyncio.sleep(self._delay / len(kept))
        tokens = tuple(Token(piece, logprob) for piece in kept)
        return Completion("".join(kept), tokens, prompt, 0, "stop" if finish else "length")

    def count_tokens(self, text: str) -> int:
        """Count words cut every eight characters, punctuation marks and runs of space."""
        return sum(1 for _ in _PIECE.finditer(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of all parts and four for each message."""
        return sum(_TURN_TOKENS + sum(self.count_tokens(part) for part in m.parts) for m in messages)

    def close(self) -> None:
        """Refuse further requests."""
        self._closed = True


def _with_logprob(answer: str | tuple[str, float]) -> tuple[str, float]:
    return (answer, -0.1) if isinstance(answer, str) else answer


def _cut(text: str, stop: tuple[str, ...]) -> str:
    places = [text.find(mark) for mark in stop if mark in text]
    return text[: min(places)] if places else text


def _limit(text: str, max_tokens: int) -> tuple[list[str], bool]:
    """Return at most ``max_tokens`` pieces and whether that was all of the text."""
    starts = [match.start() for match in _PIECE.finditer(text)]
    pieces = [text[a:b] for a, b in pairwise([*starts, len(text)])]
    return pieces[:max_tokens], len(pieces) <= max_tokens
