"""A conversation: what was asked of the same sources one after another, and what came of it."""

import re
from dataclasses import dataclass, field

from rao_cli.agent.cite import content_words
from rao_cli.agent.question.following import Turn, asks_place, following
from rao_cli.agent.records import Citation, RunResult, Usage
from rao_cli.cli.assemble import Given
from rao_cli.documents.model import Document
from rao_cli.text import one_line

_TURNS_TOLD = 4
"""Earlier answers that may be carried along; how many fit is for the run to say."""
_QUESTION, _ANSWER = 100, 90
"""Characters of a question and of its answer in a fact, which is told in 200."""
_LEANS = re.compile(r"\b(?:it|its|they|them|theirs?|he|him|his|she|hers?|this|that|else)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Exchange:
    """A question as it was typed and as it was understood, with what came of it."""

    typed: str
    question: str
    result: RunResult

    @property
    def fact(self) -> str:
        """Return what came of it, on one line."""
        return f"{one_line(self.question, _QUESTION)} {one_line(self.result.answer, _ANSWER)}"

    @property
    def words(self) -> set[str]:
        """Return the words that say what it was about."""
        return content_words(self.fact)


@dataclass
class Conversation:
    """The exchanges on some sources."""

    given: Given
    document: Document
    typed: bool
    """Whether a person types the questions."""
    trusted: bool = False
    """Whether the model decides for itself what to make of what it is told."""
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last(self) -> Exchange | None:
        """Return the newest exchange."""
        return self.exchanges[-1] if self.exchanges else None

    def understood(self, typed: str) -> str:
        """Return a question in words that stand alone, where that is sure."""
        last = self.last
        return following(typed, Turn(question=last.question, answer=last.result.answer) if last else None)

    def facts(self, typed: str, question: str) -> tuple[str, ...]:
        """Return what earlier answers said that a question has to do with, the oldest first: data on a line each.

        That is an answer which shares a word with it, and the last one where it still leans on something. A
        question that stands alone is told nothing, so that it is asked as ``rao ask`` asks it, and what was
        finished for it is used again; only a model that decides for itself may connect what it does not name.
        """
        leans = _LEANS.search(question) is not None
        if not (self.trusted or leans or question != typed):
            return ()
        asked = content_words(question)
        told = [one for one in self.exchanges if one.result.answer and asked & one.words]
        if leans and self.last and self.last.result.answer and self.last not in told:
            told.append(self.last)
        return tuple(one.fact for one in told[-_TURNS_TOLD:])

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
