"""A tokenizer of whole words, for policies that are trained from scratch: a token is a word, a mark or a byte.

Known pieces of text are one token each; any other piece is spelled in the bytes of its characters, so every text
comes back as it was. A mark takes the space after it along, and a single space between two known words is not
written at all: "The teacher of Bako is Temi. " has seven tokens. Turns are set off by tokens that no text holds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from rao_cli.agent import prompts
from rao_cli.agent.actions import Absent, Answer, Delegate, Target
from rao_cli.agent.records import Handoff
from rao_cli.agent.trained import written
from rao_cli.engine.base import Message

_PIECE = re.compile(r"[^\W_]+|(?:[^\w\s]|_)+ ?|\s+")
_BYTES = 256
_END = _BYTES
_ROLES = {"system": _BYTES + 1, "user": _BYTES + 2, "assistant": _BYTES + 3}
_FIRST = _BYTES + 4
"""The token of the first known piece."""
_NUMBERS = 100
"""Numbers from 0 on that are known as such."""
_ACTIONS = (
    Answer(answer="text", cite=(1,)),
    Absent(),
    Delegate(to=(Target(sections=(1, 2)), Target(sections=(3,)))),
)
"""One of each that a policy may take, for the marks that they are written with."""


def vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the pieces of some texts, the most frequent first."""
    counts = Counter(piece for text in texts for piece in _PIECE.findall(text))
    return tuple(sorted(counts, key=lambda piece: (-counts[piece], piece)))


def policy_words(texts: Iterable[str]) -> "Words":
    """Return the tokenizer of some texts and of all that the product says to a policy, or a policy to it."""
    said = [part for messages in _openings() for message in messages for part in message.parts]
    actions = [written(action) for action in _ACTIONS]
    return Words(vocabulary((*said, *actions, " ".join(map(str, range(_NUMBERS))), *texts)))


def _openings() -> list[tuple[Message, ...]]:
    """Return the prompts that the room for a view is measured by, and the one that is used."""
    handoff = Handoff(goal="Who?", sections=(), facts=("Who? Nobody",))
    openings = [prompts.opening("ask", delegates=delegates) for delegates in (True, False)]
    return [*openings, prompts.trained("# text (text.txt:1-2)\n[1] Text: text. Text.\n", handoff)]


@dataclass(frozen=True)
class Words:
    """Turn text and prompts into tokens; ``pieces`` are the words and marks that have one of their own."""

    pieces: tuple[str, ...]

    @cached_property
    def _tokens(self) -> dict[str, int]:
        return {piece: token for token, piece in enumerate(self.pieces, start=_FIRST)}

    @property
    def size(self) -> int:
        """Return how many tokens there are."""
        return _FIRST + len(self.pieces)

    def end(self) -> int:
        """Return the token that ends a turn."""
        return _END

    def text(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        return [token for token, _ in self.spelled(text)]

    def prompt(self, messages: Iterable[Message]) -> list[int]:
        """Return the tokens of a prompt that ends where the model's turn begins."""
        tokens: list[int] = []
        for message in messages:
            tokens.append(_ROLES[message.role])
            for part in message.parts:
                tokens += self.text(part)
            tokens.append(_END)
        return [*tokens, _ROLES["assistant"]]

    def spelled(self, text: str) -> list[tuple[int, str]]:
        """Return tokens with the characters that each stands for; of a character's bytes the first has it."""
        found: list[tuple[int, str]] = []
        pieces = _PIECE.findall(text)
        space = ""
        for place, piece in enumerate(pieces):
            if piece == " " and 0 < place < len(pieces) - 1 and self._joins(pieces[place - 1], pieces[place + 1]):
                space = " "
                continue
            found += self._spelled(piece, space)
            space = ""
        return found

    def _spelled(self, piece: str, space: str) -> list[tuple[int, str]]:
        """Return the tokens of one piece; ``space`` goes before a word that has one which is not written."""
        token = self._tokens.get(piece)
        if token is not None:
            return [(token, space + piece)]
        if len(piece) > 1 and not piece[0].isalnum():  # a mark with its space, or a run of white space
            return [pair for character in piece for pair in self._spelled(character, "")]
        return [
            (byte, character if first else "")
            for character in piece
            for first, byte in zip((True, *[False] * 3), character.encode("utf-8", "surrogatepass"), strict=False)
        ]

    def _joins(self, before: str, after: str) -> bool:
        """Tell whether the space between two pieces need not be written: both are known words."""
        return all(piece in self._tokens and piece[0].isalnum() for piece in (before, after))

    def decoded(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        return "".join(self.told(tokens))

    def told(self, tokens: Sequence[int]) -> list[str]:
        """Return the text that each token adds; the first of a run of bytes has that of all of them.

        Those that set off turns have none, and broken characters become marks.
        """
        told: list[str] = []
        word = False
        for is_byte, run in groupby(tokens, key=lambda token: token < _BYTES):
            if is_byte:
                spelled = bytes(run)
                told += [_text(spelled), *[""] * (len(spelled) - 1)]
                word = False
                continue
            for token in run:
                piece = self.pieces[token - _FIRST] if token >= _FIRST else ""
                told.append(" " + piece if word and piece[:1].isalnum() else piece)
                word = piece[:1].isalnum()
        return told


def _text(written: bytes) -> str:
    try:
        return written.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return written.decode("utf-8", "replace")
