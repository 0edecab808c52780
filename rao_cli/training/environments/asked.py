"""What is asked of facts: one of them, a chain of them, or all that hold for a thing; and what is told beside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from rao_cli.training.environments.facts import DRAWS, Book, Fact, Kind, Template, chains, fact_kinds
from rao_cli.training.environments.invented import Value, invent, read_data


@dataclass(frozen=True)
class Asking:
    """One fact that a question needs: the fact's number in the book, the slot asked for, and the words of it."""

    number: int
    slot: str
    template: Template


@dataclass(frozen=True)
class Asked:
    """A question: its facts, in a chain one after the other, else all of them at once.

    The text lacks the facts from ``missing`` on, if that is a number.
    """

    askings: tuple[Asking, ...]
    chained: bool
    missing: int | None

    @property
    def omitted(self) -> frozenset[int]:
        """Return the numbers of the facts that the text lacks."""
        first = len(self.askings) if self.missing is None else self.missing
        return frozenset(asking.number for asking in self.askings[first:])


def single(book: Book) -> list[Asking]:
    """Make one fact and a question on it."""
    kind = book.chance.choice([kind for kind in fact_kinds() if not kind.many])
    slot = book.chance.choice(tuple(kind.asks))
    return [Asking(len(book.facts) - 1, slot, book.chance.choice(kind.asks[slot]))] if book.add(kind) else []


def chain(book: Book, length: int) -> list[Asking]:
    """Make facts each of which is about the answer of the one before."""
    askings = list[Asking]()
    for kind, slot in next(chains(book.chance, length)):
        before = askings[-1] if askings else None
        fixed = {kind.subject: book.facts[before.number].values[before.slot]} if before else {}
        if book.add(kind, fixed) is None:
            return []
        askings.append(Asking(len(book.facts) - 1, slot, book.chance.choice(kind.simple(slot))))
    return askings


def all_of(book: Book) -> list[Asking]:
    """Make two to four facts on one thing, of a kind of which several hold."""
    kind = book.chance.choice([kind for kind in fact_kinds() if kind.many])
    slot, questions = next(iter(kind.asks.items()))
    fixed, askings = dict[str, Value](), list[Asking]()
    question = book.chance.choice(questions)
    for _ in range(book.chance.randint(2, 4)):
        if (fact := book.add(kind, fixed)) is not None:
            askings.append(Asking(len(book.facts) - 1, slot, question))
            fixed = {kind.subject: fact.subject}
    return askings


def distract(book: Book, size: int, asked: Asked) -> None:
    """Add facts that could be taken for the asked ones, other facts on the same things, and any others."""
    chance, room = book.chance, max(1, min(8, size // 120 // len(asked.askings)))
    for number in [asking.number for asking in asked.askings]:
        fact = book.facts[number]
        least = int(number in asked.omitted or chance.random() < 0.8)
        for _ in range(chance.randint(least, room)):
            book.add(fact.kind, like=fact)
        beside = [kind for kind in fact_kinds() if _about(kind) == fact.subject.sort and kind is not fact.kind]
        for kind in chance.sample(beside, min(len(beside), chance.randint(0, min(2, room)))):
            book.add(kind, {kind.subject: fact.subject})
    for _ in range(chance.randint(0, min(20, size // 150))):
        book.add(chance.choice(fact_kinds()))


def _about(kind: Kind) -> str:
    return "" if kind.many else kind.slots[kind.subject]


def keep_absent(book: Book, asked: Asked, text: str) -> bool:
    """Change the left-out facts so that the text does not hold the answer by accident; tell whether that went."""
    last = [asking for asking in asked.askings[-1 if asked.chained else 0 :] if asking.number in asked.omitted]
    for asking in last:
        fact = book.facts[asking.number]
        made = (invent(fact.values[asking.slot].sort, book.chance) for _ in range(DRAWS))
        unheld = (value for value in (fact.values[asking.slot], *made) if not within(value.text, text))
        value = next(unheld, None)
        if value is None:
            return False
        book.facts[asking.number] = replace(fact, values={**fact.values, asking.slot: value})
    return True


def within(words: str, text: str) -> bool:
    """Tell whether a text holds words, as whole words."""
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE))


def question_of(facts: Sequence[Fact], asked: Asked, chance: Random) -> str:
    """Return the last fact's question; in a chain its subject is told by the facts before it."""
    *before, last = asked.askings if asked.chained else asked.askings[-1:]
    first = before[0] if before else last
    values = dict(facts[last.number].values)
    told = facts[first.number].subject
    for asking in before:
        kind = facts[asking.number].kind
        phrase, _ = chance.choice(kind.phrases[asking.slot]).fill({kind.subject: told})
        told = Value(told.sort, phrase)
    if before:
        values[facts[last.number].kind.subject] = told
    question, _ = last.template.fill(values)
    if chance.random() < 0.12:
        around = str(chance.choice(read_data("phrases.toml")["questions"]))
        return around.format(question[0].lower() + question[1:] if ", {}" in around else question)
    return question[0].upper() + question[1:]
