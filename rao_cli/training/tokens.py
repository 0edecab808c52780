"""Split what is trained on into tokens exactly as the engine splits what it computes.

    tokens = Tokens(path, fitted.chat)
    ids = tokens.prompt(messages) + tokens.text('{"action":"absent"}') + [tokens.end()]

The vocabulary is llama.cpp's own, read from the model file without its weights, and turns are written by the
engine's own code, so training sees the very tokens that the product will compute. Limits: GGUF files only; a base
model that is a Hugging Face folder needs its GGUF file beside it for this.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from rao_cli.engine.base import Message
from rao_cli.engine.native import Model
from rao_cli.engine.template import PLAIN, ChatFormat, known_format, render
from rao_cli.errors import ModelError
from rao_cli.text import one_line


class Tokens:
    """The vocabulary and chat format of one model file; ``close`` frees them.

    ``chat`` says how turns are written; None is what the file's template is recognised as, as in the engine.
    May be used from any thread. Raises ModelError when the file does not load.
    """

    def __init__(self, path: Path, chat: ChatFormat | None = None) -> None:
        self._name = one_line(path.name, 80)
        self._model = Model(path, vocab_only=True)
        self._chat = chat or known_format(self._model.chat_template) or PLAIN

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the texts of all tokens: the same for all quantizations of a model."""
        pieces = (self._model.piece(token) for token in range(self.size))
        return hashlib.sha256(b"\0".join(pieces)).hexdigest()

    @property
    def model(self) -> Model:
        """Return the vocabulary as llama.cpp has it, which grammars need; no weights are in it."""
        return self._model

    @property
    def size(self) -> int:
        """Return how many tokens the vocabulary has."""
        return self._model.vocab_size

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of a prompt that ends where the model's turn begins."""
        tokens = [] if self._model.bos is None else [self._model.bos]
        for text, special in render(messages, self._chat):
            tokens += self._model.tokenize(text, special=special)
        return tokens

    def text(self, text: str) -> list[int]:
        """Return the tokens of a text, in which no marker is a control token."""
        return self._model.tokenize(text)

    def end(self) -> int:
        """Return the token that ends the model's turn: what its format writes there, or else the vocabulary's.

        Raises ModelError when there is none.
        """
        after = self._model.tokenize(self._chat.assistant[1], special=self._chat.special)
        for token in (*after[:1], self._model.end_token()):
            if token >= 0 and self._model.ends(token):
                return token
        raise ModelError(f"the model {self._name} has no token that ends a turn", hint="train another base model")

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text that tokens stand for; control tokens stand for none."""
        return b"".join(self._model.piece(token) for token in tokens).decode("utf-8", "replace")

    def close(self) -> None:
        """Free the vocabulary; safe to call twice."""
        self._model.close()
