"""Render messages into pieces for the tokenizer, in the chat format that a model was trained on.

A model file's own template is a program from a stranger: it is never run here, only recognised by its markers and
rendered by the code below. One of no known family is turned into a ``ChatFormat`` elsewhere, in a process of its
own (rao_cli/models/probe.py), or rendered as plain labelled text. Markers are special pieces; the parts of
messages are not, so no text from a document can open or close a turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rao_cli.engine.base import Message

Piece = tuple[str, bool]
"""Text, and whether it may hold special tokens."""
Turn = tuple[str, str]
"""What stands before and after what one role says."""


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """What goes around a turn of each role, and what asks the model for its own."""

    name: str
    """The family, or ``template`` when it was made from a model's own."""
    user: Turn
    assistant: Turn
    ask: str
    system: Turn | None = None
    """None where there is no system role: what it says is put at the head of the next user turn."""
    special: bool = True
    """Whether the texts around turns hold control tokens."""


PLAIN = ChatFormat(
    "plain", ("User:\n", "\n\n"), ("Assistant:\n", "\n\n"), "Assistant:\n", system=("", "\n\n"), special=False
)
"""For models without a chat template."""


def _same(name: str, start: str, end: str, ask: str) -> ChatFormat:
    """Return a format whose turns differ in the role's name only."""
    user, assistant, system = ((start.replace("ROLE", role), end) for role in ("user", "assistant", "system"))
    return ChatFormat(name, user, assistant, ask, system)


_KNOWN: tuple[tuple[str, ChatFormat], ...] = (
    ("<|im_sep|>", _same("phi4", "<|im_start|>ROLE<|im_sep|>", "<|im_end|>", "<|im_start|>assistant<|im_sep|>")),
    ("<|im_start|>", _same("chatml", "<|im_start|>ROLE\n", "<|im_end|>\n", "<|im_start|>assistant\n")),
    (
        "<|start_header_id|>",
        _same(
            "llama3",
            "<|start_header_id|>ROLE<|end_header_id|>\n\n",
            "<|eot_id|>",
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
    ),
    (
        "<start_of_turn>",
        ChatFormat(
            "gemma",
            ("<start_of_turn>user\n", "<end_of_turn>\n"),
            ("<start_of_turn>model\n", "<end_of_turn>\n"),
            "<start_of_turn>model\n",
        ),
    ),
    ("[INST]", ChatFormat("mistral", ("[INST] ", " [/INST]"), ("", "</s>"), "")),
    ("<|end|>", _same("phi3", "<|ROLE|>\n", "<|end|>\n", "<|assistant|>\n")),
    ("<|user|>", _same("zephyr", "<|ROLE|>\n", "</s>\n", "<|assistant|>\n")),
)
"""Formats by a marker that only their templates hold; the first that fits counts."""


def known_format(chat_template: str) -> ChatFormat | None:
    """Recognise a model file's chat template by the markers in its text; None when it is of no known family."""
    return next((chat for marker, chat in _KNOWN if marker in chat_template), None)


def render(messages: Iterable[Message], chat: ChatFormat) -> list[Piece]:
    """Return the pieces of a prompt that ends where the model's turn begins."""
    pieces: list[Piece] = []
    for message in messages if chat.system else _fold_system(messages):
        start, end = _turn(message, chat)
        pieces.append((start, chat.special))
        pieces.extend((part, False) for part in message.parts)
        pieces.append((end, chat.special))
    pieces.append((chat.ask, chat.special))
    return [piece for piece in pieces if piece[0]]


def _turn(message: Message, chat: ChatFormat) -> Turn:
    if message.role == "system":
        return chat.system or chat.user
    return chat.user if message.role == "user" else chat.assistant


def _fold_system(messages: Iterable[Message]) -> list[Message]:
    """Put system messages at the head of the user turn that follows them."""
    folded: list[Message] = []
    waiting: tuple[str, ...] = ()
    for message in messages:
        if message.role == "system":
            waiting += (*message.parts, "\n\n")
        elif message.role == "user" and waiting:
            folded.append(Message("user", (*waiting, *message.parts)))
            waiting = ()
        else:
            folded.append(message)
    if waiting:
        folded.append(Message("user", waiting[:-1]))
    return folded
