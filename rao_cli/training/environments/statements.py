"""Reading: invented facts in natural text, and questions on one, on a chain, for all, or in vain.

Around the facts stand paragraphs that the caller passes in. For each question the text also holds facts of the
same kind on other things, and other facts on the same thing; no two facts contradict. A question without an answer
is one whose fact is left out. Texts are measured by four characters a token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import exp, log
from random import Random

from rao_cli.training.environments.asked import (
    Asked,
    Asking,
    all_of,
    chain,
    distract,
    keep_absent,
    question_of,
    single,
)
from rao_cli.training.environments.facts import Book, Fact
from rao_cli.training.environments.invented import chance_of
from rao_cli.training.environments.pages import Piece, mixed, page
from rao_cli.training.episodes import Episode, Step

CHARACTERS = 4
"""Of a token, about."""
ROOM = 150
"""Tokens of a text for each question on it, at least."""


@dataclass(frozen=True)
class Draft:
    """A text with its facts, and the questions on it, each with its episode."""

    facts: tuple[Fact, ...]
    asked: tuple[Asked, ...]
    episodes: tuple[Episode, ...]


@dataclass(frozen=True)
class Statements:
    """Episodes of invented facts among ``paragraphs``, in texts of ``smallest`` to ``largest`` tokens.

    ``absent`` is the share without an answer, ``chained`` the share of questions over two to four facts,
    ``several`` the share of questions for all of several answers. A text has up to ``questions`` questions, which
    come one after the other.
    """

    paragraphs: Sequence[str]
    smallest: int = 300
    largest: int = 16_000
    absent: float = 0.25
    chained: float = 0.15
    several: float = 0.0
    questions: int = 4

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        return (episode for draft in self.drafts(seed) for episode in draft.episodes)

    def drafts(self, seed: int) -> Iterator[Draft]:
        """Yield texts with the facts that their questions were made from."""
        return (self._draft(f"statements-{seed}-{n}", chance_of("statements", seed, n)) for n in count())

    def _draft(self, name: str, chance: Random) -> Draft:
        size = int(exp(chance.uniform(log(self.smallest), log(self.largest))))
        book = Book(chance)
        wanted = chance.randint(1, max(1, min(self.questions, size // ROOM)))
        asked = [one for _ in range(wanted) if (one := self._ask(book))]
        for one in asked:
            distract(book, size // wanted, one)
        sentences, blocks = page(book.facts, asked, chance)
        taken = sum(len(piece.text) for piece in (*sentences, *blocks))
        piece = mixed(self._around(size * CHARACTERS - taken, chance), sentences, blocks, chance)
        asked = [one for one in asked if keep_absent(book, one, piece.text)]
        made = (_episode(f"{name}-{n}", piece, book.facts, one, chance) for n, one in enumerate(asked))
        return Draft(tuple(book.facts), tuple(asked), tuple(made))

    def _ask(self, book: Book) -> Asked | None:
        """Make the facts of one question."""
        chance = book.chance
        drawn = chance.random()
        several, chained = drawn < self.several, self.several <= drawn < self.several + self.chained
        missing = chance.random() < self.absent
        askings = all_of(book) if several else chain(book, chance.randint(2, 4)) if chained else single(book)
        first = chance.randrange(len(askings)) if chained and askings else 0
        return Asked(tuple(askings), chained, first if missing else None) if askings else None

    def _around(self, length: int, chance: Random) -> list[str]:
        """Choose paragraphs of a length in all, none twice."""
        chosen = list[str]()
        for place in chance.sample(
            range(len(self.paragraphs)), min(len(self.paragraphs), 1 + max(0, length) // 150)
        ):
            if length <= 0:
                break
            if len(self.paragraphs[place]) < 2 * length:
                chosen.append(self.paragraphs[place].strip())
                length -= len(chosen[-1])
        return chosen


def _episode(name: str, piece: Piece, facts: Sequence[Fact], asked: Asked, chance: Random) -> Episode:
    question = question_of(facts, asked, chance)
    if asked.omitted:
        return Episode(name, "statements", piece.text, question, (), ())
    steps = tuple(_step(piece, facts, asking) for asking in asked.askings)
    evidence = tuple(step.evidence for step in steps)
    if not asked.chained and len(steps) > 1:
        answers = tuple(step.answer for step in steps)
        return Episode(name, "statements", piece.text, question, answers, evidence, every=True)
    last = asked.askings[-1]
    bare = facts[last.number].values[last.slot].form("bare")
    told = tuple(dict.fromkeys((steps[-1].answer, bare)))
    return Episode(name, "statements", piece.text, question, told, evidence[-1:], steps if asked.chained else ())


def _step(piece: Piece, facts: Sequence[Fact], asking: Asking) -> Step:
    span = piece.marks[asking.number, asking.slot]
    question, _ = asking.template.fill(facts[asking.number].values)
    return Step(question, piece.text[span.start : span.end], span)
