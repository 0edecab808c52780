"""Turn what a server streams into a completion.

The server's numbers are bounded by what is possible. Log-probabilities are those of the chosen tokens; where the
server gives none, every token counts as ``UNKNOWN``, so confidence then only tells how well a text fits the
question and is never above one half. What a model thinks before its answer is left out.
"""

import codecs
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rao_cli.engine.base import Completion, Progress, Token
from rao_cli.engine.remote.events import Event, choices

EVERY_SECONDS = 0.05
"""Least time between two reports of one request: waking the caller for each of thousands of tokens a second costs
more than reading them."""
UNKNOWN = math.log(0.5)
"""The log-probability of a token that the server tells nothing about."""
_LEAST = -1000.0
# Some templates write the opening mark into the prompt, so only the closing one is in the reply.
_THOUGHT = re.compile(
    r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>\s*|\Z)|\A(?:(?!<think).)*?</think>\s*", re.DOTALL
)
_OPENING = "<thinking>"
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


@dataclass
class Reply:
    """A reply as far as it has come."""

    deltas: list[str] = field(default_factory=list)
    scored: list[tuple[bytes, float]] = field(default_factory=list)
    """The bytes and log-probability of each token, where the server tells them."""
    usage: Event = field(default_factory=dict)
    finish: str = ""
    thought: bool = False
    error: Any = None
    """What the server said when it failed in the middle."""

    def add(self, event: Event) -> bool:
        """Take an event; True when it brought text."""
        if event.get("error"):
            self.error = event["error"]
        if isinstance(event.get("usage"), dict):
            self.usage = event["usage"]
        before = len(self.deltas)
        for choice in choices(event)[:1]:
            self._choice(choice)
        return len(self.deltas) > before

    def _choice(self, choice: Event) -> None:
        delta = choice.get("delta")
        if isinstance(delta, dict):
            if isinstance(delta.get("content"), str) and delta["content"]:
                self.deltas.append(delta["content"])
            self.thought = self.thought or any(delta.get(name) for name in _THOUGHTS)
        logprobs = choice.get("logprobs")
        entries = logprobs.get("content") if isinstance(logprobs, dict) else None
        self.scored += (
            [_scored(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        )
        if isinstance(choice.get("finish_reason"), str):
            self.finish = choice["finish_reason"]

    @property
    def text(self) -> str:
        """Return the text without what the model thought before it."""
        return _THOUGHT.sub("", "".join(self.deltas), count=1) if self.deltas else ""

    @property
    def only_thought(self) -> bool:
        """Tell whether the reply ended at its limit before the model had thought enough to answer."""
        details = self.usage.get("completion_tokens_details")
        hidden = details.get("reasoning_tokens") if isinstance(details, dict) else None
        return self.finish == "length" and not self.text and bool(self.thought or self.deltas or hidden)

    @property
    def sure_text(self) -> str:
        """Return the text as far as it cannot turn out to be a thought."""
        text = self.text
        return "" if _OPENING.startswith(text.strip()[: len(_OPENING)]) else text


def _scored(entry: Event) -> tuple[bytes, float]:
    numbers, token = entry.get("bytes"), entry.get("token")
    if isinstance(numbers, list) and all(isinstance(n, int) and 0 <= n < 256 for n in numbers):
        data = bytes(numbers)
    else:
        data = token.encode("utf-8", "replace") if isinstance(token, str) else b""
    return data, _logprob(entry.get("logprob"))


def _logprob(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value):
        return max(_LEAST, min(0.0, float(value)))
    return UNKNOWN


def cut(text: str, stop: tuple[str, ...]) -> str:
    """Return text up to the first stop string."""
    places = [text.find(mark) for mark in stop if mark and mark in text]
    return text[: min(places)] if places else text


def complete(reply: Reply, text: str, *, limit: int, prompt: int, window: int) -> Completion:
    """Return the completion for the part of a reply that is kept.

    ``prompt`` is what its tokens were guessed to be, ``limit`` and ``window`` are the most that is possible.
    """
    tokens = _tokens(reply, text)
    over = len(tokens) > limit
    if over:  # a server that does not count, or counts otherwise
        tokens = tokens[:limit]
        text = "".join(token.text for token in tokens)
    told = _count(reply.usage.get("prompt_tokens"), window) or prompt
    details = reply.usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens"), told) if isinstance(details, dict) else 0
    return Completion(text, tokens, told, cached, "length" if over or reply.finish == "length" else "stop")


def _count(value: object, most: int) -> int:
    return min(value, most) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _tokens(reply: Reply, text: str) -> tuple[Token, ...]:
    """Return the tokens that make up the kept text; where they cannot be told apart, equal pieces of it."""
    if not text:
        return ()
    scores = [logprob for _, logprob in reply.scored]
    pieces = _decoded([data for data, _ in reply.scored]) if reply.scored else reply.deltas
    scores = scores or [UNKNOWN] * len(pieces)
    start = "".join(pieces).rfind(text)
    if start < 0:
        return _spread(text, len(pieces), sum(scores) / max(1, len(scores)))
    kept = _between(pieces, scores, start, start + len(text))
    written = _count(reply.usage.get("completion_tokens"), len(text))
    return kept if reply.scored or len(pieces) > 1 else _spread(text, max(written, len(kept)), UNKNOWN)


def _decoded(data: list[bytes]) -> list[str]:
    """Return the text of each token; a character of several tokens belongs to the last."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return [decoder.decode(piece) for piece in data]


def _between(pieces: list[str], scores: list[float], start: int, end: int) -> tuple[Token, ...]:
    tokens, at = [], 0
    for piece, score in zip(pieces, scores, strict=True):
        inside = piece[max(0, start - at) : max(0, end - at)]
        if inside or (start <= at < end and not piece):
            tokens.append(Token(inside, score))
        at += len(piece)
    return tuple(tokens)


def _spread(text: str, count: int, score: float) -> tuple[Token, ...]:
    """Cut a text into so many pieces, or as many as it has characters."""
    count = max(1, min(count, len(text)))
    return tuple(Token(text[len(text) * i // count : len(text) * (i + 1) // count], score) for i in range(count))


class Reporter:
    """Tells how far a request is, and never goes back, also when it is sent again."""

    def __init__(
        self,
        tell: Callable[[Progress], None],
        prompt: int,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._prompt = prompt
        self._limit = limit
        self._read = -1
        self._written = 0
        self._said = 0
        self._told = ""
        self._clock = clock
        self._next = 0.0

    def wait(self) -> None:
        """Say that the request waits for its turn."""
        self._tell(Progress("waiting", 0, self._prompt))

    def read(self, event: Event) -> None:
        """Say how much of the prompt was read, where an event tells."""
        progress = event.get("prompt_progress")
        if isinstance(progress, dict):
            total = _count(progress.get("total"), 1 << 31)
            if total:
                self._prompt = total if self._read < 0 else self._prompt
                self._reading(_count(progress.get("processed"), total))

    def start(self) -> None:
        """Say that the server has the request."""
        self._reading(0)

    def write(self, text: Callable[[], str]) -> None:
        """Count one more token, and say so now and then with the text so far, as much as is sure to stay."""
        self._reading(self._prompt)
        self._written += 1
        now = self._clock()
        if now >= self._next:
            self._next = now + EVERY_SECONDS
            self._writing(self._news(text()))

    def finish(self, text: str) -> None:
        """Tell what was not told yet."""
        news = self._news(text)
        if news or self._written > self._said:
            self._writing(news)

    def _writing(self, news: str) -> None:
        self._said = max(1, self._written)
        self._tell(Progress("writing", min(self._said, self._limit), self._limit, news))

    def _news(self, text: str) -> str:
        if not text.startswith(self._told):  # another text than before: the request was sent again
            return ""
        news, self._told = text[len(self._told) :], text
        return news

    def _reading(self, done: int) -> None:
        if done > self._read and not self._written:
            self._read = done
            self._tell(Progress("reading", min(done, self._prompt), self._prompt))
