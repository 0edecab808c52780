"""An engine on a tiny network, so that the product's own runner, views and actions run on a policy of our making.

Requests that wait at the same time are computed as one tree (together.py). Limits: no grammar is enforced (a
policy that was shown the form keeps to it); of the sampling settings temperature and seed count; no stop strings.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rao_cli.engine.base import Completion, Message, OnProgress, Request, Token
from rao_cli.engine.writing import Job
from rao_cli.training.growing import write
from rao_cli.training.tiny import TinyNetwork
from rao_cli.training.together import Together
from rao_cli.training.words import Words

if TYPE_CHECKING:
    import torch

TREE = 1024
"""Tokens of a tree from which on another is begun."""


class TinyEngine:
    """Weigh and write with a tiny network; training may change its weights between requests."""

    def __init__(self, network: TinyNetwork, words: Words, window: int = 2048) -> None:
        self._network = network
        self._words = words
        self._window = window
        self._together = Together(network, self._write, window=window, capacity=TREE, name="tiny network")

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
        prompt = self._words.prompt(request.messages)
        return await self._together.run(
            request, prompt, list(map(self._words.spelled, request.choices)), on_progress
        )

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text."""
        return len(self._words.text(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt, those between turns included."""
        return len(self._words.prompt(messages))

    def close(self) -> None:
        """Refuse further requests; what waits fails."""
        self._together.close()

    def _write(self, jobs: Sequence[Job]) -> list[Completion]:
        writers = [_Writer(job, self._words.end()) for job in jobs]
        write(self._network, writers)
        return [self._written(job, writer) for job, writer in zip(jobs, writers, strict=True)]

    def _written(self, job: Job, writer: "_Writer") -> Completion:
        told = self._words.told(writer.tokens)
        tokens = tuple(map(Token, told, writer.logprobs, writer.tokens))
        return Completion("".join(told), tokens, len(job.prompt), 0, "stop" if writer.ended else "length")


class _Writer:
    """What one request has written so far."""

    def __init__(self, job: Job, end: int) -> None:
        import torch

        self.prompt = job.prompt
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.ended = False
        self._end = end
        self._most = job.request.max_tokens
        self._temperature = job.request.sampling.temperature
        self._chance = torch.Generator().manual_seed(job.request.sampling.seed)

    def pending(self) -> list[int]:
        """Return the token taken last, while another is to come."""
        return [] if self.ended or len(self.tokens) == self._most else self.tokens[-1:]

    def take(self, logits: "torch.Tensor") -> None:
        """Take the next token; log-probabilities are those without temperature."""
        import torch

        for row in logits:  # one, or none where nothing was pending
            shares = torch.log_softmax(row, dim=-1)
            if self._temperature > 0:
                odds = torch.softmax(row / self._temperature, dim=-1)
                token = int(torch.multinomial(odds, 1, generator=self._chance))
            else:
                token = int(shares.argmax())
            self.ended = token == self._end
            self.tokens.append(token)
            self.logprobs.append(float(shares[token]))
