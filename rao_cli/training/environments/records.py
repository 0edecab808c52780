"""Records: counts, comparisons, first and last ones of labelled records; the answers are computed by program.

What is asked over all records has no single place: its evidence are the records that count. A date that is asked
for is its own evidence. Ties are never asked about. A question without an answer is on a user not in it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from math import exp, log
from random import Random

from rao_cli.documents.model import Span
from rao_cli.training.environments.invented import chance_of, read_data
from rao_cli.training.environments.record_sheets import Record, Sheet, make_sheet, scheme_of, schemes
from rao_cli.training.environments.statements import CHARACTERS
from rao_cli.training.episodes import Episode


@dataclass(frozen=True)
class Given:
    """What a question names; not all of it is used by each."""

    label: str
    other: str
    user: str
    day: date


@dataclass(frozen=True)
class Told:
    """What the records say: the answers and their places; ``every`` where all answers are wanted."""

    answers: tuple[str, ...]
    places: tuple[Span, ...]
    every: bool = False


Solving = Callable[[Sheet, Given], Told | None]


@dataclass(frozen=True)
class Records:
    """Episodes on sheets of ``smallest`` to ``largest`` tokens, each with up to ``questions`` questions.

    ``absent`` is the share without an answer, ``explicit`` the share of sheets whose labels are written in them.
    Where ``texts`` are given by their labels, half of the sheets are made of them (``noun`` says what one is,
    ``called`` what its labels are).
    """

    texts: Mapping[str, Sequence[str]] | None = None
    noun: str = "a text"
    called: str = "topic"
    smallest: int = 300
    largest: int = 16_000
    absent: float = 0.08
    explicit: float = 0.3
    questions: int = 4

    def episodes(self, seed: int) -> Iterator[Episode]:
        """Yield episodes without end, the same for the same seed."""
        for number in count():
            chance = chance_of("records", seed, number)
            sheet = self._sheet(chance)
            for n in range(chance.randint(1, self.questions)):
                yield self._episode(f"records-{seed}-{number}-{n}", sheet, chance)

    def sheets(self, seed: int) -> Iterator[Sheet]:
        """Yield the sheets of the episodes, with the label of each record."""
        return (self._sheet(chance_of("records", seed, number)) for number in count())

    def _sheet(self, chance: Random) -> Sheet:
        size = int(exp(chance.uniform(log(self.smallest), log(self.largest))))
        given = self.texts is not None and len(self.texts) > 1 and chance.random() < 0.5
        scheme = scheme_of(self.texts or {}, self.noun, self.called) if given else chance.choice(schemes())
        return make_sheet(scheme, chance.random() < self.explicit, size * CHARACTERS, chance)

    def _episode(self, name: str, sheet: Sheet, chance: Random) -> Episode:
        if chance.random() < self.absent:
            stranger = replace(_given(sheet, chance), user=_stranger(sheet, chance))
            return _asked(name, sheet, chance.choice(ON_USERS), stranger, Told((), ()), chance)
        while True:  # to count the records of a user is always possible
            sort, given = chance.choice(tuple(SOLVING)), _given(sheet, chance)
            if told := SOLVING[sort](sheet, given):
                return _asked(name, sheet, sort, given, told, chance)


def _given(sheet: Sheet, chance: Random) -> Given:
    label, other = chance.sample(sheet.labels, 2)
    users = sorted({record.user for record in sheet.records})
    return Given(label, other, chance.choice(users), chance.choice(sheet.records).day)


def _stranger(sheet: Sheet, chance: Random) -> str:
    users = (str(chance.randint(10_000, 99_999)) for _ in count())
    return next(user for user in users if user not in sheet.text)


def _asked(name: str, sheet: Sheet, sort: str, given: Given, told: Told, chance: Random) -> Episode:
    question = str(chance.choice(read_data("records.toml")["asks"][sort])).format(
        called=sheet.scheme.called,
        label=given.label,
        other=given.other,
        user=given.user,
        date=sheet.written(given.day),
        labels=", ".join(sheet.labels),
    )
    return Episode(name, "records", sheet.text, question, told.answers, told.places, every=told.every)


def _of(sheet: Sheet, label: str = "", user: str = "") -> list[Record]:
    """Return the records of a label, of a user, or of both."""
    return [one for one in sheet.records if label in ("", one.label) and user in ("", one.user)]


def _number(found: Sequence[Record]) -> Told | None:
    return None if not found else Told((str(len(found)),), tuple(one.whole for one in found))


def _count_before(sheet: Sheet, given: Given) -> Told | None:
    return _number([one for one in _of(sheet, given.label) if one.day < given.day])


def _difference(sheet: Sheet, given: Given) -> Told | None:
    found, others = _of(sheet, given.label), _of(sheet, given.other)
    if len(found) <= len(others):
        return None
    return Told((str(len(found) - len(others)),), tuple(one.whole for one in (*found, *others)))


def _top(
    found: Sequence[Record], key: Callable[[Record], str], names: Sequence[str] = (), least: bool = False
) -> Told | None:
    """Return the name that most of the records have, or the fewest; None in a tie."""
    counts = Counter({**dict.fromkeys(names, 0), **Counter(map(key, found))})
    ranked = sorted(counts.items(), key=lambda pair: pair[1], reverse=not least)
    if len(ranked) < 2 or ranked[0][1] in (0, ranked[1][1]):
        return None
    return Told((ranked[0][0],), tuple(one.whole for one in found if key(one) == ranked[0][0]))


def _label(record: Record) -> str:
    return record.label


def _user(record: Record) -> str:
    return record.user


def _compare(sheet: Sheet, given: Given) -> Told | None:
    return _top([*_of(sheet, given.label), *_of(sheet, given.other)], _label, (given.label, given.other))


def _halves(sheet: Sheet, given: Given) -> Told | None:
    return _top(
        _of(sheet, given.label), lambda one: "before" if one.day < given.day else "after", ("before", "after")
    )


def _edge(found: Sequence[Record], sheet: Sheet, last: bool = False) -> Told | None:
    """Return the first date of records, or the last one."""
    if not found:
        return None
    day = (max if last else min)(one.day for one in found)
    return Told((sheet.written(day),), tuple(one.places["date"] for one in found if one.day == day))


def _who(sheet: Sheet, given: Given) -> Told | None:
    first = {one.user: one.places["user"] for one in reversed(_of(sheet, given.label))}
    return Told(tuple(first), tuple(first.values()), every=True) if first else None


SOLVING: Mapping[str, Solving] = {
    "count": lambda sheet, given: _number(_of(sheet, given.label)),
    "count_user": lambda sheet, given: _number(_of(sheet, user=given.user)),
    "count_both": lambda sheet, given: _number(_of(sheet, given.label, given.user)),
    "count_before": _count_before,
    "difference": _difference,
    "most": lambda sheet, _: _top(sheet.records, _label, sheet.labels),
    "least": lambda sheet, _: _top(sheet.records, _label, sheet.labels, least=True),
    "most_user": lambda sheet, given: _top(_of(sheet, user=given.user), _label, sheet.labels),
    "top_user": lambda sheet, _: _top(sheet.records, _user),
    "top_label_user": lambda sheet, given: _top(_of(sheet, given.label), _user),
    "compare": _compare,
    "halves": _halves,
    "earliest": lambda sheet, given: _edge(_of(sheet, given.label), sheet),
    "latest": lambda sheet, given: _edge(_of(sheet, given.label), sheet, last=True),
    "earliest_user": lambda sheet, given: _edge(_of(sheet, user=given.user), sheet),
    "who": _who,
}
"""How each sort of question (a key of data/records.toml) is answered; None where it is not to be asked."""
ON_USERS = ("earliest_user", "most_user")
"""Questions that have no answer on a user that no record names."""
