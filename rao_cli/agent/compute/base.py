"""What a solver of computed answers is given and gives back.

A solver answers what it surely understands and leaves the rest to the readers: it returns None for a question that
is not of its sort, and where two understandings are as likely. It knows no model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.documents.model import Span


@dataclass(frozen=True)
class Computed:
    """An answer in the asked form, how it was found in one line for a person, and the places that show it.

    An empty answer says that what is asked for does not occur. ``examined`` is all text that code went through.
    """

    answer: str
    how: str
    evidence: tuple[Span, ...] = ()
    examined: tuple[Span, ...] = ()
    confidence: float = 1.0
    verified: bool = True
    """The places say it themselves; an answer that is only likely is not verified."""


@dataclass(frozen=True)
class Labelling:
    """Records that only their meaning tells apart: a model labels each, then ``conclude`` computes the answer.

    ``records`` are the spans to judge, in text order; ``conclude`` takes the index of each one's label, -1 where
    none is known: such a record counts for nothing.
    ``instruction`` says what the labels mean, in the source's own words where it has any.
    """

    records: tuple[Span, ...]
    labels: tuple[str, ...]
    instruction: str
    conclude: Callable[[Sequence[int]], Computed] = field(repr=False)


class Solver(Protocol):
    """Answer a question from a document by code, or return None."""

    def __call__(self, asked: Asked, reading: Reading) -> Computed | Labelling | None:
        """Return the answer, what must be labelled first, or None where this is nothing for code."""
        ...
