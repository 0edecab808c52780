"""Kinds of facts, facts of them, and what is said of a fact and asked about it.

The kinds lie in data/facts_*.toml. A template is text with slots: ``{person}`` stands for a value's text,
``{action.ing}`` for another form of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from random import Random
from typing import Any

from rao_cli.documents.model import Span
from rao_cli.training.environments.invented import Value, invent, near, read_data

DATA = ("facts_manual.toml", "facts_people.toml", "facts_world.toml", "facts_lists.toml")
SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
ARTICLE = re.compile(r"(\b[Aa]) $")
DRAWS = 30
"""How often values are drawn anew where they would contradict another fact."""


@dataclass(frozen=True)
class Template:
    """Text with slots."""

    source: str

    @property
    def slots(self) -> frozenset[str]:
        """Name the slots that occur in any form."""
        return frozenset(found[1] for found in SLOT.finditer(self.source))

    @property
    def plain(self) -> frozenset[str]:
        """Name the slots whose text itself occurs."""
        return frozenset(found[1] for found in SLOT.finditer(self.source) if not found[2])

    def fill(self, values: Mapping[str, Value]) -> tuple[str, dict[str, Span]]:
        """Return the text, and where in it the text of each slot stands first; articles and full stops fit."""
        made, spans, end = "", dict[str, Span](), 0
        for found in SLOT.finditer(self.source):
            made += self.source[end : found.start()]
            written = values[found[1]].form(found[2] or "")
            made = ARTICLE.sub(r"\1n ", made) if written[:1] in "aeiou" else made
            if not found[2]:
                spans.setdefault(found[1], Span(len(made), len(made) + len(written)))
            made, end = made + written, found.end()
        rest = self.source[end:]
        return made + (rest[1:] if made.endswith(".") and rest[:1] == "." else rest), spans


@dataclass(frozen=True)
class Kind:
    """One kind of fact; the first slot is what a fact of it is about. ``slots`` maps names to sorts of values."""

    name: str
    topic: str
    slots: Mapping[str, str]
    listed: bool
    says: tuple[Template, ...]
    asks: Mapping[str, tuple[Template, ...]]
    phrases: Mapping[str, tuple[Template, ...]]
    many: bool = False
    """Several facts may hold for one thing, and a question asks for all of them."""

    @property
    def subject(self) -> str:
        """Name the slot that a fact of this kind is about."""
        return next(iter(self.slots))

    def saying(self, slot: str, question: Template) -> list[Template]:
        """Return the templates that answer a question for a slot: they tell it and what the question gives."""
        return [said for said in self.says if slot in said.plain and question.slots <= said.slots]

    def simple(self, slot: str) -> list[Template]:
        """Return the questions for a slot that give nothing but the subject."""
        return [question for question in self.asks.get(slot, ()) if question.slots == {self.subject}]


@dataclass(frozen=True)
class Fact:
    """One fact: a value for each slot of its kind."""

    kind: Kind
    values: Mapping[str, Value]

    @property
    def subject(self) -> Value:
        """Return what the fact is about."""
        return self.values[self.kind.subject]

    def contradicts(self, other: "Fact") -> bool:
        """Tell whether the two cannot stand in one text: one question would have two answers."""
        if self.kind is other.kind:
            slots = [slot for slot in self.values if not (self.kind.many and slot == self.kind.subject)]
            return any(_same(self.values[slot], other.values[slot]) for slot in slots)
        return self.kind.topic == other.kind.topic and _same(self.subject, other.subject)


class Book:
    """The facts of one text; no two of them contradict each other."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.facts: list[Fact] = []

    def add(self, kind: Kind, fixed: Mapping[str, Value] | None = None, like: Fact | None = None) -> Fact | None:
        """Compose a fact and keep it; ``like`` is one to be taken for. None where each draw contradicts a fact."""
        for _ in range(DRAWS):
            fact = Fact(kind, self._values(kind, fixed or {}, like))
            if not fixed and kind.many and any(_same(fact.subject, known.subject) for known in self.facts):
                continue
            if not any(fact.contradicts(known) for known in self.facts):
                self.facts.append(fact)
                return fact
        return None

    def _values(self, kind: Kind, fixed: Mapping[str, Value], like: Fact | None) -> dict[str, Value]:
        values = {slot: fixed.get(slot) or invent(sort, self.chance) for slot, sort in kind.slots.items()}
        if like is not None and kind.subject not in fixed and self.chance.random() < 0.5:
            values[kind.subject] = near(like.subject, self.chance)
        return values


@cache
def fact_kinds() -> tuple[Kind, ...]:
    """Read all kinds of facts."""
    return tuple(_kind(name, made) for file in DATA for name, made in read_data(file).items())


def chains(chance: Random, length: int) -> Iterator[list[tuple[Kind, str]]]:
    """Yield chains of kinds without end, each with the slot that leads on; the last slot is what is asked."""
    starts = [(kind, slot) for kind in fact_kinds() for slot in kind.phrases if kind.simple(slot)]
    for _ in count():
        chain = [chance.choice(starts)]
        while len(chain) < length:
            onward = _onward(chain, starts if len(chain) < length - 1 else _ends())
            if not onward:
                break
            chain.append(chance.choice(onward))
        if len(chain) == length:
            yield chain


@cache
def _ends() -> list[tuple[Kind, str]]:
    return [(kind, slot) for kind in fact_kinds() if not kind.many for slot in kind.asks if kind.simple(slot)]


def _onward(chain: Sequence[tuple[Kind, str]], choices: Sequence[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    kind, slot = chain[-1]
    used = {id(kind) for kind, _ in chain}
    return [one for one in choices if one[0].slots[one[0].subject] == kind.slots[slot] and id(one[0]) not in used]


def _same(one: Value, other: Value) -> bool:
    return one.text.casefold() == other.text.casefold()


def _kind(name: str, made: Mapping[str, Any]) -> Kind:
    slots = dict(pair.split(":") for pair in str(made["slots"]).split())
    return Kind(
        name,
        str(made.get("topic", name)),
        slots,
        made.get("form") == "list",
        _templates(made["says"]),
        _tables(made["ask"]),
        _tables(made.get("phrase", {})),
        bool(made.get("many")),
    )


def _templates(sources: Sequence[str]) -> tuple[Template, ...]:
    return tuple(Template(source) for source in sources)


def _tables(made: Mapping[str, Sequence[str]]) -> dict[str, tuple[Template, ...]]:
    return {slot: _templates(sources) for slot, sources in made.items()}
