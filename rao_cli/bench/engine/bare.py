"""The least that anyone needs to run a model: llama_decode in a loop, argmax, nothing else.

What a program loses that knows its prompts beforehand and wants no streaming, grammar, cancellation or fairness is
what rao's engine is measured by. The loop computes a shared prefix once and lets the others start with it
(seq_cp); prompts are packed into full batches, then all sequences of a wave write together to the end. Limits: end
tokens are ignored, all prompts have equal right to their sequence until the wave is over.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rao_cli.engine.base import Message
from rao_cli.engine.fit import KV_TYPES, Fit
from rao_cli.engine.native import Model
from rao_cli.engine.template import PLAIN, ChatFormat, known_format, render
from rao_cli.errors import ModelError


@dataclass(frozen=True, slots=True)
class _Token:
    """A token of a batch."""

    number: int
    position: int
    sequence: int
    wanted: bool


class BareLoop:
    """A context for so many sequences beside the one that holds the shared prefix; ``close`` frees it.

    Raises ModelError when the model or the context cannot be made.
    """

    def __init__(
        self, path: Path, fit: Fit, *, sequences: int, cells: int, chat: ChatFormat | None = None
    ) -> None:
        self._model = Model(path, fit.gpu_layers)
        self._lib = self._model.lib
        self._chat = chat
        self._sequences = sequences
        self._size = fit.batch
        self._context = self._lib.llama_init_from_model(self._model.handle, self._params(fit, cells))
        if self._context is None:
            self._model.close()
            raise ModelError(f"llama.cpp could not set up a context of {cells} tokens")
        self._memory = self._lib.llama_get_memory(self._context)
        self._batch = self._lib.llama_batch_init(fit.batch, 0, 1)

    def _params(self, fit: Fit, cells: int) -> Any:
        params = self._lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = cells, fit.batch, min(fit.micro_batch, fit.batch)
        params.n_seq_max = self._sequences + 1
        params.n_threads = params.n_threads_batch = fit.threads
        params.type_k = params.type_v = KV_TYPES[fit.kv_type]
        params.flash_attn_type = int(fit.flash_attention)
        params.kv_unified, params.swa_full, params.no_perf = True, True, True
        return params

    def tokens(self, messages: tuple[Message, ...]) -> list[int]:
        """Return a prompt as the engine's tokenizer splits it."""
        return prompt_tokens(self._model, self._chat, messages)

    def answer_all(self, prompts: Sequence[list[int]], count: int) -> float:
        """Return the seconds until each prompt has so many tokens written, in waves of all sequences."""
        started = time.perf_counter()
        self._clear()
        shared = self._read_shared(prompts)
        for at in range(0, len(prompts), self._sequences):
            wave = prompts[at : at + self._sequences]
            latest = self._read(wave, shared)
            self._write(latest, [len(prompt) for prompt in wave], count - 1)
            for sequence in range(len(wave)):
                self._lib.llama_memory_seq_rm(self._memory, sequence, 0, -1)
        return time.perf_counter() - started

    def seconds_a_token(self, prompts: Sequence[list[int]], count: int) -> float:
        """Return the seconds for one token while all prompts, one a sequence, write; reading does not count."""
        self._clear()
        latest = self._read(prompts, self._read_shared(prompts))
        started = time.perf_counter()
        self._write(latest, [len(prompt) for prompt in prompts], count)
        return (time.perf_counter() - started) / (count * len(prompts))

    def _clear(self) -> None:
        self._lib.llama_memory_clear(self._memory, True)

    def _read_shared(self, prompts: Sequence[list[int]]) -> int:
        """Compute the tokens that all prompts begin with, once; return how many there are."""
        length = shared_length(prompts)
        tokens = enumerate(prompts[0][:length])
        self._compute([_Token(token, at, self._sequences, wanted=False) for at, token in tokens])
        return length

    def _read(self, prompts: Sequence[list[int]], shared: int) -> list[int]:
        """Compute what is left of the prompts in full batches; return each one's first token."""
        for sequence in range(len(prompts)):
            self._lib.llama_memory_seq_cp(self._memory, self._sequences, sequence, 0, shared)
        return self._compute(
            [
                _Token(prompt[at], at, sequence, wanted=at == len(prompt) - 1)
                for sequence, prompt in enumerate(prompts)
                for at in range(shared, len(prompt))
            ]
        )

    def _write(self, latest: list[int], lengths: Sequence[int], steps: int) -> None:
        for step in range(steps):
            latest = self._compute(
                [
                    _Token(token, length + step, sequence, wanted=True)
                    for sequence, (token, length) in enumerate(zip(latest, lengths, strict=True))
                ]
            )

    def _compute(self, tokens: Sequence[_Token]) -> list[int]:
        """Run batches of tokens; return the most probable next token of each that wants one."""
        chosen: list[int] = []
        for start in range(0, len(tokens), self._size):
            chunk = tokens[start : start + self._size]
            status = self._lib.llama_decode(self._context, self._fill(chunk))
            if status:
                raise ModelError(f"llama.cpp could not compute a batch (status {status})")
            chosen += [self._best(index) for index, token in enumerate(chunk) if token.wanted]
        return chosen

    def _fill(self, tokens: Sequence[_Token]) -> Any:
        batch = self._batch
        for index, token in enumerate(tokens):
            batch.token[index], batch.pos[index] = token.number, token.position
            batch.n_seq_id[index], batch.seq_id[index][0] = 1, token.sequence
            batch.logits[index] = int(token.wanted)
        batch.n_tokens = len(tokens)
        return batch

    def _best(self, index: int) -> int:
        import numpy as np

        pointer = self._lib.llama_get_logits_ith(self._context, index)
        return int(np.ctypeslib.as_array(pointer, shape=(self._model.vocab_size,)).argmax())

    def close(self) -> None:
        """Free the context and the model; safe to call twice."""
        if self._context is not None:
            self._lib.llama_batch_free(self._batch)
            self._lib.llama_free(self._context)
            self._context = None
        self._model.close()


def prompt_tokens(model: Model, chat: ChatFormat | None, messages: tuple[Message, ...]) -> list[int]:
    """Return a prompt's tokens, split as the engine does; ``chat`` None is what the file's template is."""
    tokens = [] if model.bos is None else [model.bos]
    for text, special in render(messages, chat or known_format(model.chat_template) or PLAIN):
        tokens += model.tokenize(text, special=special)
    return tokens


def shared_length(prompts: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all prompts begin with, at least one of each left over."""
    most = min(len(prompt) for prompt in prompts) - 1
    first = prompts[0]
    return next((at for at in range(most) if any(p[at] != first[at] for p in prompts)), most)


def weights_of(path: Path) -> tuple[int, int]:
    """Return the bytes of a model's weights and how many there are. Raises ModelError."""
    model = Model(path)
    size, count = model.lib.llama_model_size(model.handle), model.lib.llama_model_n_params(model.handle)
    model.close()
    return int(size), int(count)
