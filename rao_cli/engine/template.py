"""Render messages into pieces for the tokenizer, in the chat format that a model was trained on.

A model file's own template is a program from a stranger: it is never run, only recognised by its markers and
rendered by the code below. Markers are special pieces; the parts of messages are not, so no text from a document
can open or close a turn. Limits: a template of no known family is rendered as plain labelled text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rao_cli.engine.base import Message, Role

Family = Literal["chatml", "llama3", "gemma", "mistral", "phi3", "zephyr", "plain"]
Piece = tuple[str, bool]
"""Text, and whether it may hold special tokens."""


@dataclass(frozen=True, slots=True)
class _Format:
    """What goes around a turn of each role, and what asks the model for its own."""

    turns: dict[Role, tuple[str, str]]
    ask: str
    special: bool = True


def _same(start: str, end: str, **names: str) -> dict[Role, tuple[str, str]]:
    roles: tuple[Role, ...] = ("system", "user", "assistant")
    return {role: (start.replace("ROLE", names.get(role, role)), end) for role in roles}


_FORMATS: dict[Family, _Format] = {
    "chatml": _Format(_same("<|im_start|>ROLE\n", "<|im_end|>\n"), "<|im_start|>assistant\n"),
    "llama3": _Format(
        _same("<|start_header_id|>ROLE<|end_header_id|>\n\n", "<|eot_id|>"),
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "gemma": _Format(
        _same("<start_of_turn>ROLE\n", "<end_of_turn>\n", assistant="model"), "<start_of_turn>model\n"
    ),
    "mistral": _Format({"user": ("[INST] ", " [/INST]"), "assistant": ("", "</s>")}, ""),
    "phi3": _Format(_same("<|ROLE|>\n", "<|end|>\n"), "<|assistant|>\n"),
    "zephyr": _Format(_same("<|ROLE|>\n", "</s>\n"), "<|assistant|>\n"),
    "plain": _Format(
        {"system": ("", "\n\n"), "user": ("User:\n", "\n\n"), "assistant": ("Assistant:\n", "\n\n")},
        "Assistant:\n",
        special=False,
    ),
}
_WITHOUT_SYSTEM: frozenset[Family] = frozenset({"gemma", "mistral"})
_MARKERS: tuple[tuple[str, Family], ...] = (
    ("<|im_start|>", "chatml"),
    ("<|start_header_id|>", "llama3"),
    ("<start_of_turn>", "gemma"),
    ("[INST]", "mistral"),
    ("<|end|>", "phi3"),
    ("<|user|>", "zephyr"),
)


def family_of(chat_template: str) -> Family:
    """Recognise the family of a model file's chat template by the markers in its text."""
    for marker, family in _MARKERS:
        if marker in chat_template:
            return family
    return "plain"


def render(messages: Iterable[Message], family: Family) -> list[Piece]:
    """Return the pieces of a prompt that ends where the model's turn begins."""
    layout = _FORMATS[family]
    pieces: list[Piece] = []
    for message in _fold_system(messages) if family in _WITHOUT_SYSTEM else messages:
        start, end = layout.turns[message.role]
        pieces.append((start, layout.special))
        pieces.extend((part, False) for part in message.parts)
        pieces.append((end, layout.special))
    pieces.append((layout.ask, layout.special))
    return [piece for piece in pieces if piece[0]]


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
