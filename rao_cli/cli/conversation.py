"""A conversation: what was asked of the same sources one after another, and what came of it."""

from dataclasses import dataclass, field

from rao_cli.agent.question.following import Turn, asks_place, following
from rao_cli.agent.records import Citation, RunResult, Usage
from rao_cli.cli.assemble import Given
from rao_cli.documents.model import Document
from rao_cli.text import one_line

_TURNS_TOLD = 4
"""Earlier answers that may be carried along; how many fit is for the run to say."""
_QUESTION, _ANSWER = 100, 90
"""Characters of a question and of its answer in a fact, which is told in 200."""


@dataclass(frozen=True)
class Exchange:
    """A question as it was typed and as it was understood, with what came of it."""

    typed: str
    question: str
    result: RunResult


@dataclass
class Conversation:
    """The exchanges on some sources; ``typed`` tells whether a person types them."""

    given: Given
    document: Document
    typed: bool
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange | None:
        """Return the newest exchange."""
        return self.exchanges[-1] if self.exchanges else None

    def understood(self, typed: str) -> str:
        """Return a question in words that stand alone, where that is sure."""
        last = self.last
        return following(typed, Turn(question=last.question, answer=last.result.answer) if last else None)

    def facts(self) -> tuple[str, ...]:
        """Return what the newest answers said, the oldest first: data on one line each."""
        told = [one for one in self.exchanges if one.result.answer][-_TURNS_TOLD:]
        return tuple(f"{one_line(one.question, _QUESTION)} {one_line(one.result.answer, _ANSWER)}" for one in told)

    def place(self, typed: str) -> RunResult | None:
        """Return where the last answer stands, if that is what a question asks: its citations say it."""
        kind, last = asks_place(typed), self.last
        if kind is None or last is None or not last.result.citations:
            return None
        places = dict.fromkeys(place_of(citation, kind) for citation in last.result.citations)
        return last.result.model_copy(
            update={
                "question": typed,
                "answer": "; ".join(places),
                "how": "where the last answer is cited from",
                "conflicts": (),
                "confidence": 1.0,
                "usage": Usage(),
                "agents": (),
                "data": None,
            }
        )


def place_of(citation: Citation, kind: str) -> str:
    """Return the page, line, section or file of a citation; its whole place where it has none of that kind."""
    page = citation.page_label or str(citation.first_page)
    known = {
        "page": f"page {page}" if citation.first_page and citation.unit == "page" else "",
        "line": f"line {citation.first_line}" if citation.first_line else "",
        "section": citation.heading,
        "chapter": citation.heading,
        **dict.fromkeys(("file", "document", "source"), citation.path),
    }
    return one_line(known.get(kind) or citation.label or citation.path)
