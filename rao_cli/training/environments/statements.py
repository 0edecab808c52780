"""Reading: invented facts in natural text, and questions on them, one-hop, chained, and without an answer.

Around the facts stand paragraphs that the caller passes in. For each question the text also holds facts of the
same kind on other things, and other facts on the same thing; no two facts contradict. A question without an answer
is one whose fact is left out. Texts are measured by four characters a token.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import exp, log
from random import Random

from rao_cli.training.environments.facts import Book, Fact, Kind, Template, chains, fact_kinds
from rao_cli.training.environments.invented import chance_of, read_data
from rao_cli.training.environments.pages import Piece, join, lead_in, mixed, plain, state
from rao_cli.training.episodes import Episode, Step

CHARACTERS = 4
"""Of a token, about."""
TRIES = 40
"""Drafts of one episode: one is dropped where the paragraphs happen to hold what must not be in them."""


@dataclass(frozen=True)
class Asking:
    """One fact that a question needs: the fact's number in the book, the slot asked for, and the words of it."""

    number: int
    slot: str
    template: Template


@dataclass(frozen=True)
class Draft:
    """An episode, the facts that it was made from, and what is asked; if absent, the text lacks an asked fact."""

    episode: Episode
    facts: tuple[Fact, ...]
    askings: tuple[Asking, ...]


@dataclass(frozen=True)
class Statements:
    """Episodes of invented facts among ``paragraphs``, of ``smallest`` to ``largest`` tokens.

    ``absent`` is the share without an answer, ``chained`` the share of questions over two to four facts.
    """

    paragraphs: Sequence[str]
    smallest: int = 300
    largest: int = 16_000
    absent: float = 0.25
    chained: float = 0.15

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        return (draft.episode for draft in self.drafts(seed))

    def drafts(self, seed: int) -> Iterator[Draft]:
        """Yield episodes with the facts that they were made from."""
        for number in count():
            chance = chance_of("statements", seed, number)
            length = chance.randint(2, 4) if chance.random() < self.chained else 1
            missing = chance.randrange(length) if chance.random() < self.absent else None
            for _ in range(TRIES):
                draft = self._draft(f"statements-{seed}-{number}", length, missing, chance)
                if draft and _sound(draft):
                    yield draft
                    break

    def _draft(self, name: str, length: int, missing: int | None, chance: Random) -> Draft | None:
        size = int(exp(chance.uniform(log(self.smallest), log(self.largest))))
        book = Book(chance)
        askings = _chain(book, length) if length > 1 else _single(book)
        if not askings:
            return None
        _distract(book, size, askings, missing)
        facts = tuple(book.facts)
        omitted = set() if missing is None else {askings[missing].number}
        piece = self._page(facts, askings, omitted, size, chance)
        return Draft(_episode(name, piece, facts, askings, omitted, chance), facts, tuple(askings))

    def _page(
        self, facts: Sequence[Fact], askings: Sequence[Asking], omitted: set[int], size: int, chance: Random
    ) -> Piece:
        needs = {asking.number: asking for asking in askings}
        shown = [number for number in range(len(facts)) if number not in omitted]
        blocks, left = _blocks(facts, shown, needs, chance)
        sentences = [_sentence(number, facts[number], needs.get(number), chance) for number in left]
        taken = sum(len(piece.text) for piece in (*blocks, *sentences))
        return mixed(self._around(size * CHARACTERS - taken, chance), sentences, blocks, chance)

    def _around(self, length: int, chance: Random) -> list[str]:
        """Choose paragraphs of a length in all, none twice."""
        chosen = list[str]()
        for place in chance.sample(range(len(self.paragraphs)), min(len(self.paragraphs), 1 + length // 150)):
            if length <= 0:
                break
            if len(self.paragraphs[place]) < 2 * length:
                chosen.append(self.paragraphs[place].strip())
                length -= len(chosen[-1])
        return chosen


def _sound(draft: Draft) -> bool:
    """Tell whether a text that must not answer its question does not hold the answer by accident."""
    fact, slot = draft.facts[draft.askings[-1].number], draft.askings[-1].slot
    held = re.search(rf"(?<!\w){re.escape(fact.values[slot].text)}(?!\w)", draft.episode.text, re.IGNORECASE)
    return not (draft.episode.absent and held)


def _single(book: Book) -> list[Asking]:
    """Make one fact and a question on it."""
    kind = book.chance.choice(fact_kinds())
    slot = book.chance.choice(tuple(kind.asks))
    question = book.chance.choice(kind.asks[slot])
    return [Asking(0, slot, question)] if book.add(kind) else []


def _chain(book: Book, length: int) -> list[Asking]:
    """Make facts each of which is about the answer of the one before."""
    askings = list[Asking]()
    for kind, slot in next(chains(book.chance, length)):
        before = askings[-1] if askings else None
        fixed = {kind.subject: book.facts[before.number].values[before.slot]} if before else {}
        if book.add(kind, fixed) is None:
            return []
        askings.append(Asking(len(book.facts) - 1, slot, book.chance.choice(kind.simple(slot))))
    return askings


def _distract(book: Book, size: int, askings: Sequence[Asking], missing: int | None) -> None:
    """Add facts that could be taken for the asked ones, other facts on the same things, and any others."""
    chance, room = book.chance, max(1, min(8, size // 120 // len(askings)))
    for place, fact in enumerate(book.facts[: len(askings)]):
        for _ in range(chance.randint(0 if place != missing else 1, room)):
            book.add(fact.kind, like=fact)
        beside = [kind for kind in fact_kinds() if _about(kind) == _about(fact.kind) and kind is not fact.kind]
        for kind in chance.sample(beside, min(len(beside), chance.randint(0, min(2, room)))):
            book.add(kind, {kind.subject: fact.subject})
    for _ in range(chance.randint(0, min(20, size // 150))):
        book.add(chance.choice(fact_kinds()))


def _about(kind: Kind) -> str:
    return kind.slots[kind.subject]


def _blocks(
    facts: Sequence[Fact], shown: Sequence[int], needs: dict[int, Asking], chance: Random
) -> tuple[list[Piece], list[int]]:
    """Make lists of facts that stand below one another; return them and the numbers of the facts that are left."""
    groups: dict[str, list[int]] = {}
    for number in shown:
        if facts[number].kind.listed:
            groups.setdefault(facts[number].kind.name, []).append(number)
    groups = {name: own for name, own in groups.items() if len(own) > 1 and chance.random() < 0.75}
    listed = {number for own in groups.values() for number in own}
    return [_block(facts, own, needs, chance) for own in groups.values()], [n for n in shown if n not in listed]


def _block(facts: Sequence[Fact], numbers: list[int], needs: dict[int, Asking], chance: Random) -> Piece:
    kind = facts[numbers[0]].kind
    asking = next((needs[number] for number in numbers if number in needs), None)
    template = chance.choice(_sayings(kind, asking))
    rows = [state(number, facts[number], template) for number in chance.sample(numbers, len(numbers))]
    heading = plain(chance.choice(read_data("phrases.toml")["headings"]))
    return join(([heading] if chance.random() < 0.6 else []) + rows, "\n")


def _sentence(number: int, fact: Fact, asking: Asking | None, chance: Random) -> Piece:
    piece = state(number, fact, chance.choice(_sayings(fact.kind, asking)))
    return lead_in(piece, chance) if chance.random() < 0.2 and piece.text.endswith(".") else piece


def _sayings(kind: Kind, asking: Asking | None) -> Sequence[Template]:
    return kind.saying(asking.slot, asking.template) if asking else kind.says


def _episode(
    name: str, piece: Piece, facts: Sequence[Fact], askings: Sequence[Asking], omitted: set[int], chance: Random
) -> Episode:
    question = _question(facts, askings, chance)
    if omitted:
        return Episode(name, "statements", piece.text, question, (), ())
    steps = tuple(_step(piece, facts, asking) for asking in askings)
    last = steps[-1]
    value = facts[askings[-1].number].values[askings[-1].slot]
    answers = dict.fromkeys((last.answer, value.form("bare")))
    return Episode(
        name,
        "statements",
        piece.text,
        question,
        tuple(answers),
        (last.evidence,),
        steps if len(steps) > 1 else (),
    )


def _step(piece: Piece, facts: Sequence[Fact], asking: Asking) -> Step:
    span = piece.marks[asking.number, asking.slot]
    question, _ = asking.template.fill(facts[asking.number].values)
    return Step(question, piece.text[span.start : span.end], span)


def _question(facts: Sequence[Fact], askings: Sequence[Asking], chance: Random) -> str:
    """Return the last fact's question; in a chain its subject is told by the facts before it."""
    *before, last = askings
    values = dict(facts[last.number].values)
    told = facts[askings[0].number].subject
    for asking in before:
        kind = facts[asking.number].kind
        phrase, _ = chance.choice(kind.phrases[asking.slot]).fill({kind.subject: told})
        told = type(told)(told.sort, phrase)
    if before:
        values[facts[last.number].kind.subject] = told
    question, _ = last.template.fill(values)
    if chance.random() < 0.12:
        return str(chance.choice(read_data("phrases.toml")["questions"])).format(question)
    return question[0].upper() + question[1:]
