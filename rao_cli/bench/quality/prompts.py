"""What the simpler arms say to a model: as short and as fair as what rao says to it.

The chat template, the examples' text and the most that may be written are rao's own; the answer is plain text, cut
at its first line. Limits: English.
"""

from collections.abc import Sequence

from rao_cli.engine.base import Message

SYSTEM = (
    "You answer questions about a text in a few words, with the words of the text. "
    "If the text says nothing about the question, answer: absent"
)
_EXAMPLES = (
    (
        "The mill was built in 1846 by Jonas Weber, a brewer from Ulm.\n"
        "It burned down in 1901 and was never rebuilt.\n",
        "Who built the mill?",
        "Jonas Weber",
    ),
    (
        "The river Arno rises on Monte Falterona.\nIt is 241 kilometres long.\n",
        "How long is the river Arno?",
        "241 kilometres",
    ),
)
_JOINING = "These answers were found in parts of a long text:\n"


def question_on(text: str, question: str) -> tuple[Message, ...]:
    """Return the prompt that asks a question about a text."""
    messages = [Message("system", (SYSTEM,))]
    for shown, asked, answer in _EXAMPLES:
        messages += [Message("user", (shown, _asking(asked))), Message("assistant", (answer,))]
    return (*messages, Message("user", (text.rstrip("\n") + "\n", _asking(question))))


def question_on_answers(answers: Sequence[str], question: str) -> tuple[Message, ...]:
    """Return the prompt that makes one answer of those that were found in parts of a text."""
    return question_on(_JOINING + "".join(f"- {answer}\n" for answer in answers), question)


def _asking(question: str) -> str:
    return f"\nQuestion: {question}"
