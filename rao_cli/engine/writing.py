"""One request on its way, and what it has written so far.

A ``Run`` survives when its request is set aside for want of room: its text, grammar and random numbers stay as
they are, and only its cells have to be filled again. Limits: one thread; nothing here computes.
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace

from rao_cli.engine.base import Completion, Progress, Request, Token
from rao_cli.engine.native import Model
from rao_cli.engine.sampling import Sampler
from rao_cli.errors import ModelError


@dataclass(eq=False, slots=True)
class Job:
    """One request on its way; ``finish`` and ``fail`` are called once, on the scheduler's thread."""

    request: Request
    prompt: list[int]
    on_progress: Callable[[Progress], None]
    finish: Callable[[Completion], None]
    fail: Callable[[ModelError], None]
    boundary: int = 0
    """Leading tokens of the prompt that are likely to come again with another end; 0 when none are."""
    cancelled: bool = False
    order: int = 0
    """When it came, as the scheduler counts."""
    run: "Run | None" = None
    """What it has written, once it has started."""


class Run:
    """The writing of one job; it closes the sampler."""

    def __init__(self, model: Model, job: Job, sampler: Sampler) -> None:
        self.sampler = sampler
        self.goal = list(job.prompt)
        """The prompt, all that is written and what must follow it by the grammar."""
        self.shared: int | None = None
        """Tokens of the prompt that needed no computation, once that is known."""
        self.written = 0
        """Tokens written."""
        self.finish = ""
        self._model = model
        self._prompt = len(job.prompt)
        self._stop = tuple(mark for mark in job.request.stop if mark)
        self._max = job.request.max_tokens
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tokens: list[Token] = []
        self._text = ""
        self._told = 0
        self._last = False
        forced, last = self.sampler.begin()
        self._force(forced, last=last and bool(forced))

    @property
    def known(self) -> int:
        """Return how many tokens of the goal are written or of the prompt; the rest is forced."""
        return self._prompt + self.written

    @property
    def target(self) -> int:
        """Return how many tokens of the goal have to be computed; what follows the last one is never asked."""
        return len(self.goal) - (self._last or len(self.goal) - self._prompt >= self._max)

    def _force(self, tokens: list[int], *, last: bool) -> None:
        room = self._max - self.written
        self.goal += tokens[:room]
        self._last = last and len(tokens) <= room

    def add(self, token: int, logprob: float) -> bool:
        """Take a chosen token; True when it was the last."""
        if self._model.ends(token):
            self.finish = "stop"
            return True
        self.goal.append(token)
        forced, last = self.sampler.accept(token)
        self._write(token, logprob, last=last and not forced)
        self._force(forced, last=last)
        return bool(self.finish)

    def confirm(self, logprob: float) -> bool:
        """Take the next forced token, now that its log-probability is known; True when it was the last."""
        token = self.goal[self.known]
        self._write(token, logprob, last=self._last and self.known + 1 == len(self.goal))
        return bool(self.finish)

    def _write(self, token: int, logprob: float, *, last: bool) -> None:
        self.written += 1
        text = self._decoder.decode(self._model.piece(token))
        self._tokens.append(Token(text, logprob, token))
        self._text += text
        if self._cut(len(text)) or last:
            self.finish = "stop"
        elif self.written >= self._max:
            self.finish = "length"

    def _cut(self, new: int) -> bool:
        """Cut the text before the first stop string; True when there is one."""
        if not self._stop:
            return False
        start = max(0, len(self._text) - new - max(map(len, self._stop)))
        places = [place for mark in self._stop if (place := self._text.find(mark, start)) >= 0]
        if not places:
            return False
        self._text = self._text[: min(places)]
        self._tokens = _first_characters(self._tokens, min(places))
        return True

    def news(self) -> str:
        """Return the text written since the last call, but what may be the beginning of a stop string."""
        held = 0 if self.finish else max(map(len, self._stop), default=1) - 1
        end = max(self._told, len(self._text) - held)
        text, self._told = self._text[self._told : end], end
        return text

    def completion(self) -> Completion:
        """Return what was written; a character cut by the limit shows as a replacement mark."""
        rest = self._decoder.decode(b"", final=True)
        if rest and self._tokens and self.finish == "length":
            last = self._tokens[-1]
            self._tokens[-1] = replace(last, text=last.text + rest)
        text = "".join(token.text for token in self._tokens)
        return Completion(
            text,
            tuple(self._tokens),
            self._prompt,
            self.shared or 0,
            "length" if self.finish == "length" else "stop",
        )

    def close(self) -> None:
        """Free the grammar; safe to call twice."""
        self.sampler.close()


@dataclass(eq=False, slots=True)
class Sequence:
    """A running job: of its run's goal so many tokens are in the cache, under one sequence number."""

    number: int
    job: Job
    run: Run
    done: int = 0
    started: int = 0
    """Tokens that were there when it started."""
    seconds: float = 0.0
    """Time spent reading its prompt."""
    from_disk: bool = False
    """Whether a file had what it started with."""

    @property
    def reading(self) -> bool:
        """Tell whether some of the prompt is still to be computed."""
        return self.done < len(self.job.prompt)

    @property
    def pending(self) -> int:
        """Return how many tokens have to be computed before the next can be chosen."""
        return self.run.target - self.done

    @property
    def tokens(self) -> list[int]:
        """Return the tokens that are in the cache."""
        return self.run.goal[: self.done]


def _first_characters(tokens: list[Token], count: int) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if count <= 0:
            break
        kept.append(replace(token, text=token.text[:count]))
        count -= len(token.text)
    return kept
