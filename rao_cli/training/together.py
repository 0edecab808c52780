"""Requests to a network in torch: those that wait at the same time are computed together, as one tree.

An engine says how its requests are split into tokens and how it writes; waiting, gathering, weighing and telling
what came of it are here. It computes in the event loop, when nobody else has anything to do, so the same seeds
give the same run; a request can be cancelled while it waits, not while its tree is computed. Limits: nothing that
was computed is kept for the next tree.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rao_cli.engine.base import (
    Completion,
    OnProgress,
    Progress,
    Request,
    Token,
    check_window,
    ignore_progress,
)
from rao_cli.engine.native import closed
from rao_cli.engine.writing import Job
from rao_cli.errors import ModelError
from rao_cli.text import one_line
from rao_cli.training.network import Network
from rao_cli.training.packing import Scored, TokenTree, logprobs

Spelled = list[tuple[int, str]]
"""The tokens of a text, with the characters that each adds."""
Write = Callable[[Sequence[Job]], Sequence[Completion | ModelError]]
"""Writes what jobs ask for, and returns what came of each."""

_PATIENCE = 8
"""Turns of the event loop without a new request after which what waits is computed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    job: Job
    answer: "asyncio.Future[Completion]"
    choices: list[Spelled]

    @property
    def most(self) -> int:
        """Return how many tokens it takes at most, besides its prompt."""
        return sum(map(len, self.choices)) if self.choices else self.job.request.max_tokens


class Together:
    """The requests of one engine; ``name`` is what messages call its network.

    A tree has about ``capacity`` tokens at most, since attention costs their square; one request may have more.
    """

    def __init__(
        self, network: Network, write: Write, *, window: int, capacity: int, name: str, hint: str = ""
    ) -> None:
        """``hint`` is what to do when the network fails."""
        self._network, self._write, self._name, self._hint = network, write, name, hint
        self._window, self._capacity = window, capacity
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def run(
        self, request: Request, prompt: list[int], choices: list[Spelled], on_progress: OnProgress | None
    ) -> Completion:
        """Run a request, already split into tokens, with those that wait at the same time.

        Raises ModelError when the engine is closed, the request does not fit the window, or it cannot be computed.
        """
        if self._closed:
            raise closed()
        cut = [choice[: request.max_tokens] for choice in choices]
        check_window(len(prompt), max(map(len, cut), default=request.max_tokens), self._window)
        answer: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        told = on_progress or ignore_progress
        job = Job(request, prompt, told, finish=answer.set_result, fail=answer.set_exception)
        self._waiting.append(_Waiting(job, answer, cut))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        done = await answer
        told(Progress("writing", len(done.tokens), max(1, len(done.tokens)), done.text))
        return done

    def close(self) -> None:
        """Refuse further requests; what waits fails."""
        self._closed = True
        for one in self._waiting:
            _settle(one, closed())
        self._waiting.clear()

    async def _work(self) -> None:
        while self._waiting:
            await self._nobody_else()
            waiting = [one for one in self._waiting if not one.answer.done()]
            self._waiting.clear()
            for batch in _batches(waiting, self._capacity):
                self._compute([one for one in batch if not one.answer.done()])
                await asyncio.sleep(0)  # whoever cancels is heard between two trees

    async def _nobody_else(self) -> None:
        """Wait until no request has come for a while."""
        quiet, count = 0, len(self._waiting)
        while quiet < _PATIENCE:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == count else 0
            count = len(self._waiting)

    def _compute(self, batch: Sequence[_Waiting]) -> None:
        """Compute requests of one sort, and tell what came of them."""
        import torch

        if not batch:
            return
        found: Sequence[Completion | ModelError]
        try:
            with torch.no_grad():
                found = self._weigh(batch) if batch[0].choices else self._write([one.job for one in batch])
        except (RuntimeError, IndexError) as error:  # as torch has it
            found = [self._failed(error) for _ in batch]
        for one, outcome in zip(batch, found, strict=True):
            _settle(one, outcome)

    def _failed(self, error: Exception) -> ModelError:
        failed = ModelError(f"the {self._name} failed: {one_line(str(error), 200)}", hint=self._hint)
        failed.__cause__ = error
        return failed

    def _weigh(self, batch: Sequence[_Waiting]) -> list[Completion]:
        tree = TokenTree()
        scored = [
            Scored(tree.add([*one.job.prompt, *(token for token, _ in choice)]), len(one.job.prompt))
            for one in batch
            for choice in one.choices
        ]
        found = iter(each.tolist() for each in logprobs(self._network, tree, scored))
        return [_weighed(one, [next(found) for _ in one.choices]) for one in batch]


def _batches(waiting: Sequence[_Waiting], capacity: int) -> Iterator[list[_Waiting]]:
    """Yield requests of one sort whose tree has about ``capacity`` tokens; those that begin alike go together."""
    for weighing in (True, False):
        batch: list[_Waiting] = []
        tree, after = TokenTree(), 0
        for one in sorted(
            (one for one in waiting if bool(one.choices) is weighing), key=lambda one: one.job.prompt
        ):
            if batch and len(tree) + tree.missing(one.job.prompt) + after + one.most > capacity:
                yield batch
                batch, tree, after = [], TokenTree(), 0
            tree.add(one.job.prompt)
            batch.append(one)
            after += one.most
        if batch:
            yield batch


def _weighed(one: _Waiting, found: Sequence[Sequence[float]]) -> Completion:
    choices = tuple(
        tuple(Token(text, logprob, token) for (token, text), logprob in zip(choice, told, strict=True))
        for choice, told in zip(one.choices, found, strict=True)
    )
    every = tuple(token for choice in choices for token in choice)
    return Completion("", every, len(one.job.prompt), 0, "stop", choices)


def _settle(one: _Waiting, outcome: Completion | ModelError) -> None:
    """Tell whoever still waits what came of a request."""
    if one.answer.done():
        return
    if isinstance(outcome, ModelError):
        one.job.fail(outcome)
    else:
        one.job.finish(outcome)
