"""What a summary is made of: topics of the source, each with statements that code found and can show."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rao_cli.agent.summary.sentences import count_words
from rao_cli.documents.model import Span


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that can be told, and the places that show it.

    ``computed`` says that code counted or found it, so that it need not stand word for word in the text.
    """

    text: str
    spans: tuple[Span, ...]
    computed: bool = False
    phrased: bool = False
    """A model wrote it; all others are sentences of the text, or code's own."""

    @property
    def words(self) -> int:
        """Return how long the sentence is."""
        return count_words(self.text)


@dataclass(frozen=True)
class Topic:
    """A main part of the source, or one side of it: what can be told of it, the most telling first.

    ``topics`` are the parts of a part, for an outline. A topic without statements can only be named.
    """

    heading: str
    span: Span
    statements: tuple[Statement, ...] = ()
    weight: float = 1.0
    """How much a reader gains from it, compared with others."""
    topics: tuple["Topic", ...] = ()
    named: bool = True
    """It is a part of the source, and so is named where nothing of it is told."""
    titled: bool = True
    """Its heading stands in the text; else it only says where the part is."""
    lead: bool = False
    """It says what the whole is, and so is told first."""
    score: Callable[[str], float] | None = None
    """Rates how much of the topic a sentence would say, on the scale by which the statements are ordered."""


@dataclass(frozen=True)
class Told:
    """A topic with the statements that were chosen, in the order of telling; ``level`` is its depth."""

    topic: Topic
    statements: tuple[Statement, ...] = ()
    level: int = 0


@dataclass(frozen=True)
class Choice:
    """What a summary tells, in order, and the headings of the parts that it leaves out."""

    told: tuple[Told, ...]
    left_out: tuple[str, ...] = field(default=())
