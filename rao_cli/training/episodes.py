"""An episode: one text with a question whose answer, and where it stands, a program knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from rao_cli.documents.model import Span


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of a chain: what is asked for it, its answer, and where that stands."""

    question: str
    answer: str
    evidence: Span


@dataclass(frozen=True, slots=True)
class Episode:
    """A question on a text.

    ``evidence`` are the places that answer it, in characters of ``text``; none where the text does not answer it,
    and then there are no ``answers`` either. A question of several steps has them in ``steps``, in order.
    """

    name: str
    family: str
    text: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[Span, ...]
    steps: tuple[Step, ...] = ()
    every: bool = False
    """All of the answers are wanted, not one of them."""
    suffix: str = ".txt"
    """What a file of such a text is called by."""

    @property
    def absent(self) -> bool:
        """Tell whether the text does not answer the question."""
        return not self.answers


class Environment(Protocol):
    """Makes episodes without end; the same seed makes the same ones."""

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes."""
        ...
