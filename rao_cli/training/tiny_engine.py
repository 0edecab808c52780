"""An engine on a tiny network, so that the product's own runner, views and actions run on a policy of our making.

Requests that wait at the same time are computed as one tree. It computes in the event loop, when nobody else has
anything to do, so the same seeds give the same run. Limits: no grammar is enforced (a policy that was shown the
form keeps to it); of the sampling settings temperature and seed count; no stop strings.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rao_cli.engine.base import (
    Completion,
    Message,
    OnProgress,
    Progress,
    Request,
    Sampling,
    Token,
    check_window,
    ignore_progress,
)
from rao_cli.errors import ModelError
from rao_cli.text import one_line
from rao_cli.training.packing import Scored, TokenTree, logprobs
from rao_cli.training.tiny import Kept, TinyNetwork
from rao_cli.training.words import Words

if TYPE_CHECKING:
    import torch

TREE = 1024
"""Tokens of a tree from which on another is begun: attention costs their square."""
_PATIENCE = 8
"""Turns of the event loop without a new request after which what waits is computed."""


@dataclass
class _Job:
    request: Request
    prompt: list[int]
    answer: "asyncio.Future[Completion]"
    choices: list[list[tuple[int, str]]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many tokens it takes at most."""
        return len(self.prompt) + sum(len(choice) for choice in self.choices)


class TinyEngine:
    """Weigh and write with a tiny network; training may change its weights between requests."""

    def __init__(self, network: TinyNetwork, words: Words, window: int = 2048) -> None:
        self._network = network
        self._words = words
        self._window = window
        self._waiting: list[_Job] = []
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def identity(self) -> str:
        """Name the shape and a digest of the weights as they are now."""
        digest = hashlib.sha256()
        for weight in self._network.trained():
            digest.update(weight.detach().numpy().tobytes())
        return f"tiny:{self._network.shape.width}x{self._network.shape.layers}:{digest.hexdigest()[:16]}"

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        return self._window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Run a request together with those that wait at the same time.

        Raises ModelError when the engine is closed or the request does not fit the window.
        """
        if self._closed:
            raise ModelError("the model is closed", hint="open a new engine")
        job = _Job(
            request,
            self._words.prompt(request.messages),
            asyncio.get_running_loop().create_future(),
            [self._words.spelled(choice) for choice in request.choices],
        )
        longest = max((len(choice) for choice in job.choices), default=request.max_tokens)
        check_window(len(job.prompt), min(longest, request.max_tokens), self._window)
        self._waiting.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        done = await job.answer
        (on_progress or ignore_progress)(
            Progress("writing", len(done.tokens), max(1, len(done.tokens)), done.text)
        )
        return done

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text."""
        return len(self._words.text(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt, those between turns included."""
        return len(self._words.prompt(messages))

    def close(self) -> None:
        """Refuse further requests; what waits fails."""
        self._closed = True
        for job in self._waiting:
            if not job.answer.done():
                job.answer.set_exception(ModelError("the model is closed", hint="open a new engine"))
        self._waiting.clear()

    async def _work(self) -> None:
        while self._waiting:
            await self._nobody_else()
            jobs = [job for job in self._waiting if not job.answer.done()]
            self._waiting.clear()
            for batch in _batches(jobs):
                self._settle(batch)

    async def _nobody_else(self) -> None:
        """Wait until no request has come for a while."""
        quiet, count = 0, len(self._waiting)
        while quiet < _PATIENCE:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == count else 0
            count = len(self._waiting)

    def _settle(self, jobs: Sequence[_Job]) -> None:
        """Compute jobs that fit one tree, all of one sort, and tell what came of them."""
        import torch

        try:
            with torch.no_grad():
                completions = self._weigh(jobs) if jobs[0].choices else self._write(jobs)
        except (RuntimeError, IndexError) as error:  # as torch has it
            for job in jobs:
                failed = ModelError(f"the tiny network failed: {one_line(str(error), 200)}")
                failed.__cause__ = error
                job.answer.set_exception(failed)
        else:
            for job, completion in zip(jobs, completions, strict=True):
                job.answer.set_result(completion)

    def _weigh(self, jobs: Sequence[_Job]) -> list[Completion]:
        tree = TokenTree()
        scored = [
            Scored(tree.add([*job.prompt, *(token for token, _ in choice)]), len(job.prompt))
            for job in jobs
            for choice in job.choices
        ]
        found = iter(each.tolist() for each in logprobs(self._network, tree, scored))
        return [_weighed(job, [next(found) for _ in job.choices]) for job in jobs]

    def _write(self, jobs: Sequence[_Job]) -> list[Completion]:
        writers = [_Writer(job.request.sampling, job.request.max_tokens) for job in jobs]
        tree = _Growing(self._network, [job.prompt for job in jobs])
        end = self._words.end()
        while True:
            for writer, logits in zip(writers, tree.logits, strict=True):
                writer.write(logits, end)
            if not any(writer.writing for writer in writers):
                return [self._written(job, writer) for job, writer in zip(jobs, writers, strict=True)]
            tree.grow([writer.tokens[-1] for writer in writers])

    def _written(self, job: _Job, writer: "_Writer") -> Completion:
        told = self._words.told(writer.tokens)
        tokens = tuple(map(Token, told, writer.logprobs, writer.tokens))
        return Completion("".join(told), tokens, len(job.prompt), 0, "stop" if writer.ended else "length")


def _batches(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Yield jobs of one sort that together take about ``TREE`` tokens, in the order in which they came."""
    for sort in (True, False):
        batch: list[_Job] = []
        size = 0
        for job in jobs:
            if bool(job.choices) is sort:
                if batch and size + job.size > TREE:
                    yield batch
                    batch, size = [], 0
                batch.append(job)
                size += job.size
        if batch:
            yield batch


def _weighed(job: _Job, found: Sequence[Sequence[float]]) -> Completion:
    choices = tuple(
        tuple(Token(text, logprob, token) for (token, text), logprob in zip(choice, told, strict=True))
        for choice, told in zip(job.choices, found, strict=True)
    )
    every = tuple(token for choice in choices for token in choice)
    return Completion("", every, len(job.prompt), 0, "stop", choices)


class _Writer:
    """What one request has written so far."""

    def __init__(self, sampling: Sampling, most: int) -> None:
        import torch

        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.ended = False
        self._most = most
        self._temperature = sampling.temperature
        self._chance = torch.Generator().manual_seed(sampling.seed)

    @property
    def writing(self) -> bool:
        """Tell whether another token is to come."""
        return not self.ended and len(self.tokens) < self._most

    def write(self, logits: "torch.Tensor", end: int) -> None:
        """Take the next token; log-probabilities are those without temperature."""
        import torch

        if not self.writing:
            return
        shares = torch.log_softmax(logits, dim=-1)
        if self._temperature > 0:
            odds = torch.softmax(logits / self._temperature, dim=-1)
            token = int(torch.multinomial(odds, 1, generator=self._chance))
        else:
            token = int(shares.argmax())
        self.ended = token == end
        self.tokens.append(token)
        self.logprobs.append(float(shares[token]))


class _Growing:
    """A tree of prompts that grows by a token for each at a time; nothing is computed twice."""

    def __init__(self, network: TinyNetwork, prompts: Sequence[Sequence[int]]) -> None:
        import torch

        tree = TokenTree()
        ends = [tree.add(prompt)[-1] for prompt in prompts]
        self._network, self._kept = network, Kept()
        mask = tree.seen(len(tree))
        self._seen = mask[ends]
        self._positions = torch.tensor([tree.positions[end] for end in ends])
        states = network.read(torch.tensor(tree.tokens), torch.tensor(tree.positions), mask, self._kept)
        self.logits = network.logits(states[ends])

    def grow(self, tokens: Sequence[int]) -> None:
        """Add a token after each prompt and what was added to it before; ``logits`` are then what follows it."""
        import torch

        self._seen = torch.cat([self._seen, torch.eye(len(tokens), dtype=torch.bool)], dim=1)
        self._positions = self._positions + 1
        states = self._network.read(torch.tensor(tokens), self._positions, self._seen, self._kept)
        self.logits = self._network.logits(states)
