"""Sheets of records: each a date, a user and a text whose label is written beside it, or implied by its words.

The schemes of labels and the sentences lie in data/records.toml; a caller may pass in texts of its own by label.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from rao_cli.documents.model import Span
from rao_cli.training.environments.facts import Template
from rao_cli.training.environments.invented import Value, invent, read_data, words

DATES = ("{short} {day:02}, {year}", "{year}-{month:02}-{day:02}", "{day} {long} {year}")
"""How a sheet writes its dates."""


@dataclass(frozen=True)
class Scheme:
    """What records are about: what a text is, what its labels are called, and how a text of a label is made."""

    noun: str
    short: str
    called: str
    labels: tuple[str, ...]
    make: Callable[[str, Random], str]


@dataclass(frozen=True)
class Record:
    """One record with its label, and where it, its date, its user and (if it is written) its label stand."""

    day: date
    user: str
    label: str
    whole: Span
    places: Mapping[str, Span]


@dataclass(frozen=True)
class Sheet:
    """A text of records, in no order; ``explicit`` where the labels are written in it."""

    text: str
    scheme: Scheme
    labels: tuple[str, ...]
    records: tuple[Record, ...]
    explicit: bool
    dated: str

    def written(self, day: date) -> str:
        """Write a date as this sheet does."""
        return _dated(self.dated, day)


def _dated(form: str, day: date) -> str:
    month = words("months")[day.month - 1]
    return form.format(short=month[:3], long=month, day=day.day, month=day.month, year=day.year)


@cache
def schemes() -> tuple[Scheme, ...]:
    """Read all schemes of invented records."""
    return tuple(_scheme(made) for made in read_data("records.toml")["schemes"].values())


def scheme_of(texts: Mapping[str, Sequence[str]], noun: str, called: str) -> Scheme:
    """Return a scheme of given texts by their labels."""
    return Scheme(
        noun,
        noun.rsplit(maxsplit=1)[-1].capitalize(),
        called,
        tuple(sorted(texts)),
        lambda label, chance: chance.choice(texts[label]),
    )


def make_sheet(scheme: Scheme, explicit: bool, length: int, chance: Random) -> Sheet:
    """Make a sheet of about a length in characters, with two to five labels."""
    layouts, labels = read_data("records.toml")["layouts"], _some(scheme.labels, chance)
    layout = Template(chance.choice(layouts["explicit" if explicit else "implied"]))
    dated, first = chance.choice(DATES), date(chance.randint(1990, 2030), chance.randint(1, 12), 1)
    users = [str(number) for number in chance.sample(range(10_000, 99_999), chance.randint(3, 8))]
    weights = {one: chance.choice((1, 2, 3, 5, 8)) for one in (*labels, *users)}
    text, records = _head(scheme, labels, explicit, chance), list[Record]()
    while len(text) < length or len(records) < 2 * len(labels):
        (label,), (user,) = (chance.choices(ones, [weights[one] for one in ones]) for ones in (labels, users))
        day = first + timedelta(days=chance.randrange(365))
        values = {"date": _dated(dated, day), "user": user, "label": label, "text": scheme.make(label, chance)}
        values |= {"called": scheme.called.capitalize(), "short": scheme.short}
        line, spans = layout.fill({slot: Value(slot, value) for slot, value in values.items()})
        places = {slot: Span(len(text) + span.start, len(text) + span.end) for slot, span in spans.items()}
        records.append(Record(day, user, label, Span(len(text), len(text) + len(line)), places))
        text += f"{line}\n"
    return Sheet(text, scheme, labels, tuple(records), explicit, dated)


def _some(labels: Sequence[str], chance: Random) -> tuple[str, ...]:
    return tuple(chance.sample(labels, chance.randint(2, min(5, len(labels)))))


def _head(scheme: Scheme, labels: Sequence[str], explicit: bool, chance: Random) -> str:
    layouts = read_data("records.toml")["layouts"]
    head = chance.choice(layouts["heads"]) + ("" if explicit else chance.choice(layouts["hidden"]))
    return str(head).format(noun=scheme.noun, called=scheme.called, labels=", ".join(labels)) + "\n\n"


def _scheme(made: Mapping[str, Any]) -> Scheme:
    return Scheme(made["noun"], made["short"], made["called"], tuple(made["labels"]), _Sentences(made).make)


class _Sentences:
    """Makes the sentences of a scheme."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        self.labels: Mapping[str, Sequence[str]] = made["labels"]
        self.own: Mapping[str, str] = made.get("own", {})
        self.sort: str = made.get("sort", "")
        self.words: str = made.get("words", "")

    def make(self, label: str, chance: Random) -> str:
        """Make a sentence that implies a label."""
        around = read_data("records.toml")["open"]
        known = self.own.get(label, self.words).split()
        word = invent(self.sort, chance).text if self.sort else chance.choice(known)
        sentence = chance.choice(self.labels[label]).format(x=word)
        return f"{chance.choice(around['before'])}{sentence}{chance.choice(around['after'])}"
