"""Logs: invented lines of several programs, and questions on single facts that a reader finds in one line.

The programs, their messages and the questions lie in data/logs.toml. A question has one answer in the log: the few
lines that it fits say the same. A question without an answer fits no line; what it asks for is nowhere in the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from math import exp, log
from random import Random
from typing import Any

from rao_cli.documents.model import Span
from rao_cli.training.environments.asked import within
from rao_cli.training.environments.facts import SLOT, Template
from rao_cli.training.environments.invented import Value, chance_of, read_data
from rao_cli.training.environments.log_values import Pool, fresh, moments, time_value
from rao_cli.training.environments.statements import CHARACTERS, ROOM
from rao_cli.training.episodes import Episode

LINE = 100
"""Characters of a line, about."""
MOST = 3
"""Lines that a question fits."""
DRAWS = 60
"""How often a question is drawn anew where it has several answers, or none."""


@dataclass(frozen=True)
class Message:
    """One message of a program: how its lines are written, and its questions by the slot that they ask for."""

    program: str
    stamp: str
    template: Template
    asks: Mapping[str, tuple[Template, ...]]


@dataclass(frozen=True)
class Line:
    """A line of a log: its message, its values, and where each of them stands in the text."""

    message: Message
    values: Mapping[str, Value]
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A question on a log: its answer, and the places of it, none where the log does not tell it."""

    question: str
    answer: str
    places: tuple[Span, ...]


@dataclass(frozen=True)
class Logs:
    """Episodes on logs of ``smallest`` to ``largest`` tokens.

    A log has up to ``questions`` questions, one after the other; ``absent`` is the share without an answer.
    """

    smallest: int = 300
    largest: int = 16_000
    absent: float = 0.25
    questions: int = 4

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        for number in count():
            text, made = self.draw(chance_of("logs", seed, number))
            for n, one in enumerate(made):
                answers = (one.answer,) if one.places else ()
                name = f"logs-{seed}-{number}-{n}"
                yield Episode(name, "logs", text, one.question, answers, one.places, suffix=".log")

    def draw(self, chance: Random) -> tuple[str, list[Asked]]:
        """Return a log and what is asked of it."""
        size = int(exp(chance.uniform(log(self.smallest), log(self.largest))))
        pool, messages = Pool(chance), _messages(chance)
        dropped = chance.choice(messages)
        text, lines = _written([one for one in messages if one is not dropped], pool, size * CHARACTERS, chance)
        wanted = range(chance.randint(1, max(1, min(self.questions, size // ROOM))))
        absent = (chance.random() < self.absent for _ in wanted)
        made = (_missing(text, lines, messages, pool, chance) if no else _asked(lines, chance) for no in absent)
        return text, [one for one in made if one]


@cache
def programs() -> Mapping[str, tuple[Message, ...]]:
    """Read the messages of all programs."""
    data = read_data("logs.toml")
    return {name: tuple(_message(name, made, one) for one in made["says"]) for name, made in data.items()}


def _message(program: str, made: Mapping[str, Any], one: Mapping[str, Any]) -> Message:
    asks = {slot: tuple(map(Template, texts)) for slot, texts in one["ask"].items()}
    return Message(program, made["stamp"], Template(f"{made['before']}{one['text']}"), asks)


def _messages(chance: Random) -> list[Message]:
    """Draw the messages of a log: those of some programs of one journal, or of one or two others."""
    journal = chance.random() < 0.4
    names = [name for name, made in read_data("logs.toml").items() if bool(made.get("journal")) == journal]
    chosen = chance.sample(names, chance.randint(2, 4) if journal else chance.choice((1, 1, 2)))
    return [message for name in chosen for message in programs()[name]]


def _written(messages: Sequence[Message], pool: Pool, length: int, chance: Random) -> tuple[str, list[Line]]:
    """Write lines of a length in all, in the order of their times."""
    weights = [chance.choice((1, 3, 10)) for _ in messages]
    text, lines = "", list[Line]()
    for moment in moments(chance, 1 + length // LINE):
        (message,) = chance.choices(messages, weights)
        values = {slot: pool.draw(slot) for slot in sorted(message.template.slots - {"time"})}
        values["time"] = time_value(moment, message.stamp)
        line, spans = message.template.fill(values)
        placed = {slot: Span(len(text) + span.start, len(text) + span.end) for slot, span in spans.items()}
        lines.append(Line(message, values, placed))
        text += line + "\n"
    return text, lines


def _asked(lines: Sequence[Line], chance: Random) -> Asked | None:
    """Draw a question on a line, such that all lines that it fits say the same."""
    for _ in range(DRAWS):
        line = chance.choice(lines)
        slot, question = _question(line.message, chance)
        fitting = [one for one in lines if fits(question, line, one)]
        if len(fitting) <= MOST and len({one.values[slot].text for one in fitting}) == 1:
            places = tuple(one.spans[slot] for one in fitting)
            return Asked(question.fill(line.values)[0], line.values[slot].text, places)
    return None


def _missing(
    text: str, lines: Sequence[Line], messages: Sequence[Message], pool: Pool, chance: Random
) -> Asked | None:
    """Draw a question that fits no line, on values of which some may stand in others; its answer is nowhere."""
    for _ in range(DRAWS):
        message = chance.choice(messages)
        slot, question = _question(message, chance)
        values = {one: pool.draw(one) for one in sorted(message.template.slots - {"time", slot})}
        values["time"] = chance.choice([line.values["time"] for line in lines])
        if slot != "time":
            values[slot] = fresh(slot, chance)
        line = Line(message, values)
        fitting = any(fits(question, line, one) for one in lines)
        if not fitting and slot != "time" and not within(values[slot].text, text):
            return Asked(question.fill(values)[0], values[slot].text, ())
    return None


def _question(message: Message, chance: Random) -> tuple[str, Template]:
    slot = chance.choice(tuple(message.asks))
    return slot, chance.choice(message.asks[slot])


def fits(question: Template, line: Line, other: Line) -> bool:
    """Tell whether a question on a line could as well be on the other one."""
    given = {(found[1], found[2] or "") for found in SLOT.finditer(question.source)}
    return line.message is other.message and all(
        line.values[slot].form(form) == other.values[slot].form(form) for slot, form in given
    )
