"""Texts put together from pieces that remember where the values of facts stand in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rao_cli.documents.model import Span
from rao_cli.training.environments.facts import Fact, Template
from rao_cli.training.environments.invented import read_data

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
SMALL = re.compile(r"(The|A|An|In|On|At|For|With|By|To|Of|If|When|Since|From|As|Each|It) ")
"""First words of a sentence that are written small behind others."""


@dataclass(frozen=True)
class Piece:
    """Text with the places of values: (number of the fact, slot) to span."""

    text: str
    marks: Mapping[tuple[int, str], Span]


def plain(text: str) -> Piece:
    """Return text without facts."""
    return Piece(text, {})


def join(pieces: Iterable[Piece], between: str) -> Piece:
    """Return one piece of several; the first place of a value counts."""
    text, marks = "", dict[tuple[int, str], Span]()
    for number, piece in enumerate(pieces):
        text += between if number else ""
        for key, span in piece.marks.items():
            marks.setdefault(key, Span(span.start + len(text), span.end + len(text)))
        text += piece.text
    return Piece(text, marks)


def state(number: int, fact: Fact, template: Template) -> Piece:
    """Return the statement of a fact."""
    text, spans = template.fill(fact.values)
    return Piece(text, {(number, slot): span for slot, span in spans.items()})


def lead_in(piece: Piece, chance: Random) -> Piece:
    """Put words such as "According to the ledger," before a sentence."""
    lead = chance.choice(read_data("phrases.toml")["leads"])
    small = SMALL.match(piece.text)
    text = piece.text[0].lower() + piece.text[1:] if small else piece.text
    return join((plain(lead), Piece(text, piece.marks)), " ")


def inside(paragraph: str, pieces: Sequence[Piece], chance: Random) -> Piece:
    """Put sentences between the sentences of a paragraph."""
    sentences = [plain(sentence) for sentence in SENTENCE_END.split(paragraph) if sentence]
    for piece in pieces:
        sentences.insert(chance.randint(0, len(sentences)), piece)
    return join(sentences, " ")


def mixed(paragraphs: Sequence[str], sentences: Sequence[Piece], blocks: Sequence[Piece], chance: Random) -> Piece:
    """Return a text of paragraphs, with sentences in them or between them, and blocks between them."""
    guests: list[list[Piece]] = [[] for _ in paragraphs]
    alone = list(blocks)
    for sentence in sentences:
        (chance.choice(guests) if guests and chance.random() < 0.7 else alone).append(sentence)
    made = [inside(text, own, chance) for text, own in zip(paragraphs, guests, strict=True)]
    for block in alone:
        made.insert(chance.randint(0, len(made)), block)
    return join(made, "\n\n")
