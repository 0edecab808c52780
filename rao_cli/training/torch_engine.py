"""An engine over the network that is being trained, in torch, where it is: rollouts on a GPU need no second copy.

    engine = TorchEngine(network, tokens, window=2048)

Choices are weighed by the learner's own computation (packing.py), so their log-probabilities are the learner's.
Writing follows the rules of the llama.cpp engine, and uses its code: the same tokens are forced and allowed by
llama.cpp's grammars, drawn with the same chances, and their log-probabilities are those before any constraint. A
request depends on those computed beside it only by rounding. Limits: an engine is named after the weights that it
began with, so whoever trains opens another; prompts are computed anew for each tree of requests (together.py).
"""

import codecs
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rao_cli.engine.base import Completion, Message, OnProgress, Request
from rao_cli.engine.native import Model
from rao_cli.engine.sampling import Sampler
from rao_cli.engine.writing import Job, Run
from rao_cli.errors import ModelError
from rao_cli.training.base_model import LoraNetwork
from rao_cli.training.growing import write
from rao_cli.training.together import Spelled, Together
from rao_cli.training.tokens import Tokens

if TYPE_CHECKING:
    import torch

TREE = {"cpu": 1024}
"""Tokens of a tree from which on another is begun, by the kind of device."""
_LARGE_TREE = 4096
"""The same of a GPU, which is not busy with fewer."""
_SAMPLE = 4096
"""Numbers of each matrix of the base model that its digest is made of."""


class TorchEngine:
    """Weigh and write with a network as it is at the time; whoever made ``tokens`` closes them.

    ``capacity`` is how many tokens are computed together, about; None is what suits the device. Raises ModelError
    when network and vocabulary do not belong together.
    """

    def __init__(self, network: LoraNetwork, tokens: Tokens, window: int, capacity: int | None = None) -> None:
        if network.config.vocab_size != tokens.size:
            raise ModelError(
                f"the model has {network.config.vocab_size:,} tokens, but its vocabulary {tokens.size:,}",
                hint="give the GGUF file of this very model with --vocabulary, or use --actors llama",
            )
        self._network, self._tokens, self._window = network, tokens, window
        capacity = capacity or TREE.get(network.device.type, _LARGE_TREE)
        self._together = Together(
            network,
            self._write,
            window=window,
            capacity=capacity,
            name="network in torch",
            hint="ask for fewer --attempts, or let llama.cpp act with --actors llama",
        )
        self._identity = _identify(network, tokens)

    @property
    def identity(self) -> str:
        """Name device, type, vocabulary, and digests of base model and adapter as they were in the beginning."""
        return self._identity

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        return self._window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Run a request together with those that wait at the same time.

        Raises ModelError when the engine is closed, the request does not fit the window, its grammar is invalid,
        or torch fails.
        """
        prompt = self._tokens.prompt(request.messages)
        return await self._together.run(request, prompt, list(map(self._spelled, request.choices)), on_progress)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text as the model's tokenizer splits it, special tokens not parsed."""
        return len(self._tokens.text(text))

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt, the chat template's own included."""
        return len(self._tokens.prompt(messages))

    def close(self) -> None:
        """Refuse further requests; what waits fails. The network stays."""
        self._together.close()

    def _spelled(self, text: str) -> Spelled:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return [(token, decoder.decode(self._tokens.model.piece(token))) for token in self._tokens.text(text)]

    def _write(self, jobs: Sequence[Job]) -> list[Completion | ModelError]:
        begun = [_begun(self._tokens.model, job) for job in jobs]
        writers = [each for each in begun if isinstance(each, _Writer)]
        try:
            if writers:
                write(self._network, writers)
            return [each.outcome() if isinstance(each, _Writer) else each for each in begun]
        finally:
            for writer in writers:
                writer.close()


def _identify(network: LoraNetwork, tokens: Tokens) -> str:
    digest = hashlib.sha256(tokens.digest.encode())
    for weight in network.decoder.parameters():
        digest.update(weight.detach().flatten()[:_SAMPLE].float().cpu().numpy().tobytes())
    for weight in network.trained():
        digest.update(weight.detach().cpu().numpy().tobytes())
    kind = str(network.dtype).removeprefix("torch.")
    return f"torch:{network.device.type}:{kind}:{digest.hexdigest()[:32]}"


class _Writer:
    """What one request writes: the tokens of its run's goal are computed one after the other."""

    def __init__(self, model: Model, job: Job) -> None:
        self._run = Run(model, job, Sampler(model, job.request))
        self.prompt = job.prompt
        self._computed = len(job.prompt)
        self._error: ModelError | None = None

    def take(self, logits: "torch.Tensor") -> None:
        """Decide what follows each of the tokens computed last: forced tokens are confirmed, others are chosen."""
        run = self._run
        try:
            for at, row in enumerate(logits.numpy(), start=self._computed - len(logits)):
                if run.finish:
                    return
                if at + 1 < len(run.goal):
                    run.confirm(run.sampler.log_probability(row, run.goal[at + 1]))
                else:
                    run.add(*run.sampler.choose(row))
        except ModelError as error:
            self._error = error

    def pending(self) -> list[int]:
        """Return the tokens that have to be computed before more can be decided, and count them as computed."""
        if self._run.finish or self._error:
            return []
        start, self._computed = self._computed, self._run.target
        return self._run.goal[start : self._computed]

    def outcome(self) -> Completion | ModelError:
        """Return what was written, or what went wrong."""
        return self._error or self._run.completion()

    def close(self) -> None:
        """Free the grammar."""
        self._run.close()


def _begun(model: Model, job: Job) -> "_Writer | ModelError":
    try:
        return _Writer(model, job)
    except ModelError as error:
        return error
