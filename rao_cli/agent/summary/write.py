"""Write what was chosen as paragraphs, a list or an outline, each line with the numbers of its citations."""

import re
from collections.abc import Callable, Sequence

from rao_cli.agent.records import Citation, Style
from rao_cli.agent.summary.choose import tells_heading
from rao_cli.agent.summary.model import Choice, Statement, Told
from rao_cli.documents.model import Span
from rao_cli.text import one_line

ONE_PARAGRAPH = 5
"""Statements above which a brief summary has two paragraphs."""
CITATIONS_A_STATEMENT = 4

_MARK = re.compile(r" ?\[\d{1,4}(?:[,–-] ?\d{1,4})*\]")
"""A number in brackets that the text itself writes would be taken for one of ours."""

Cite = Callable[[Span, Statement], Citation]
"""Makes the citation of a place for what is told of it."""


class _Numbered:
    """The citations of a summary, numbered as they come."""

    def __init__(self, cite: Cite) -> None:
        self._cite = cite
        self._numbers: dict[Span, int] = {}
        self.citations: list[Citation] = []

    def marks(self, statements: Sequence[Statement]) -> str:
        """Return the numbers of what shows some statements: [1][2]."""
        found = [self._number(span, one) for one in statements for span in one.spans[:CITATIONS_A_STATEMENT]]
        return "".join(f"[{number}]" for number in dict.fromkeys(found))

    def _number(self, span: Span, statement: Statement) -> int:
        if span not in self._numbers:
            self.citations.append(self._cite(span, statement))
            self._numbers[span] = len(self.citations)
        return self._numbers[span]


def write(choice: Choice, style: Style, cite: Cite) -> tuple[str, tuple[Citation, ...]]:
    """Return a summary's text and its citations in the order of their numbers."""
    numbered = _Numbered(cite)
    if style == "brief":
        blocks = [_paragraph(part, numbered) for part in _paragraphs(choice.told)]
        text = "\n\n".join([*blocks, *_left_out(choice, "")])
    else:
        lines = [_line(told, numbered) for told in choice.told]
        text = "\n".join([*lines, *_left_out(choice, "- ")])
    return text, tuple(numbered.citations)


def _paragraphs(told: Sequence[Told]) -> list[Sequence[Told]]:
    """Put what is told into one paragraph or, if it is much, into two of about the same length."""
    if sum(len(one.statements) for one in told) <= ONE_PARAGRAPH or len(told) == 1:
        return [told] if told else []
    sizes = [sum(statement.words for statement in one.statements) for one in told]
    half, at = sum(sizes) / 2, 1
    while at < len(told) - 1 and sum(sizes[: at + 1]) <= half:
        at += 1
    return [told[:at], told[at:]]


def _paragraph(told: Sequence[Told], numbered: _Numbered) -> str:
    statements = [statement for one in told for statement in one.statements]
    return f"{' '.join(_run_in(one) for one in told)} {numbered.marks(statements)}".rstrip()


def _run_in(told: Told) -> str:
    text = _joined(told.statements)
    return f"{one_line(told.topic.heading)}: {text}" if tells_heading(told.topic, told.statements[0]) else text


def _line(told: Told, numbered: _Numbered) -> str:
    indent = "  " * told.level
    heading = f"{one_line(told.topic.heading)}: " if told.topic.titled else ""
    return f"{indent}- {heading}{_joined(told.statements)} {numbered.marks(told.statements)}".rstrip()


def _joined(statements: Sequence[Statement]) -> str:
    return " ".join(_ended(_MARK.sub("", one_line(statement.text))) for statement in statements)


def _ended(text: str) -> str:
    return text if text.rstrip("\"”’')]").endswith((".", "!", "?", "…", "。", "！", "？")) else f"{text}."


def _left_out(choice: Choice, mark: str) -> list[str]:
    names = "; ".join(one_line(name) for name in choice.left_out)
    return [f"{mark}Left out: {names}."] if names else []
