"""Texts put together from pieces that remember where the values of facts stand in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rao_cli.documents.model import Span
from rao_cli.training.environments.asked import Asked, Asking
from rao_cli.training.environments.facts import Fact, Template
from rao_cli.training.environments.invented import read_data

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


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
    named = any(span.start == 0 for span in piece.marks.values())
    text = piece.text if named else piece.text[0].lower() + piece.text[1:]
    return join((plain(lead), Piece(text, piece.marks)), " ")


def inside(paragraph: str, pieces: Sequence[Piece], chance: Random) -> Piece:
    """Put sentences between the sentences of a paragraph."""
    sentences = [plain(sentence) for sentence in SENTENCE_END.split(paragraph) if sentence]
    for piece in pieces:
        sentences.insert(chance.randint(0, len(sentences)), piece)
    return join(sentences, " ")


def page(facts: Sequence[Fact], asked: Sequence[Asked], chance: Random) -> tuple[list[Piece], list[Piece]]:
    """Return the facts that a text is to hold, as sentences, and as blocks of several below one another."""
    needs = {asking.number: asking for one in asked for asking in one.askings}
    omitted = frozenset[int]().union(*(one.omitted for one in asked))
    blocks = [rows for rows in _grouped(facts, omitted, chance) if _sayings(facts, rows, needs)]
    listed = omitted.union(*blocks)
    alone = [number for number in range(len(facts)) if number not in listed]
    return [_sentence(number, facts, needs, chance) for number in alone], [
        _block(rows, facts, needs, chance) for rows in blocks
    ]


def _grouped(facts: Sequence[Fact], omitted: frozenset[int], chance: Random) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for number, fact in enumerate(facts):
        if fact.kind.listed and number not in omitted:
            groups.setdefault(fact.kind.name, []).append(number)
    return [rows for rows in groups.values() if len(rows) > 1 and chance.random() < 0.75]


def _block(rows: Sequence[int], facts: Sequence[Fact], needs: Mapping[int, Asking], chance: Random) -> Piece:
    template = chance.choice(_sayings(facts, rows, needs))
    lines = [state(number, facts[number], template) for number in chance.sample(rows, len(rows))]
    heading = plain(chance.choice(read_data("phrases.toml")["headings"]))
    return join(([heading] if chance.random() < 0.6 else []) + lines, "\n")


def _sentence(number: int, facts: Sequence[Fact], needs: Mapping[int, Asking], chance: Random) -> Piece:
    piece = state(number, facts[number], chance.choice(_sayings(facts, [number], needs)))
    return lead_in(piece, chance) if chance.random() < 0.2 and piece.text.endswith(".") else piece


def _sayings(facts: Sequence[Fact], rows: Sequence[int], needs: Mapping[int, Asking]) -> list[Template]:
    """Return the statements that tell all that is asked of some facts of one kind."""
    kind = facts[rows[0]].kind
    wanted = [kind.saying(needs[number].slot, needs[number].template) for number in rows if number in needs]
    return [said for said in kind.says if all(said in able for able in wanted)]


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
