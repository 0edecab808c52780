"""What stands in the slots of invented log lines: values of few or of many, and times as programs write them.

Some sorts come from a small pool of one log, as the same few users and hosts come again and again; others are new
in each line. Both are made from data/values.toml, its table ``log`` first.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from rao_cli.training.environments.invented import Value, invent, words


class Pool:
    """The values of one log."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.size = chance.randint(3, 14)
        self._known: dict[str, list[Value]] = {}

    def draw(self, sort: str) -> Value:
        """Return a value: one of few if the sort is pooled, else a new one."""
        if sort not in words("pooled", "log"):
            return fresh(sort, self.chance)
        known = self._known.setdefault(sort, [])
        if not known or (len(known) < self.size and self.chance.random() < 0.5):
            known.append(fresh(sort, self.chance))
        return self.chance.choice(known)


def fresh(sort: str, chance: Random) -> Value:
    """Return a new value of a sort."""
    return invent(sort, chance, "log")


def time_value(moment: datetime, stamp: str) -> Value:
    """Return a time as a program writes it, with the time of day as another form."""
    clock, milliseconds = f"{moment:%H:%M:%S}", f"{moment.microsecond // 1000:03}"
    month = words("months")[moment.month - 1][:3]
    written = {
        "syslog": (f"{month} {moment.day:2} {clock}", clock),
        "access": (f"{moment.day:02}/{month}/{moment.year}:{clock} +0000", clock),
        "slashed": (f"{moment:%Y/%m/%d} {clock}", clock),
        "spaced": (f"{moment:%Y-%m-%d} {clock}.{milliseconds}", f"{clock}.{milliseconds}"),
        "iso": (f"{moment:%Y-%m-%d}T{clock}Z", clock),
        "bracket": (f"{moment:%Y-%m-%d} {clock},{milliseconds}", f"{clock},{milliseconds}"),
        "epoch": (f"{int(moment.timestamp())}.{milliseconds}",) * 2,
    }
    text, of_day = written[stamp]
    return Value("time", text, {"clock": of_day})


def moments(chance: Random, number: int) -> list[datetime]:
    """Return times in their order, some close to each other."""
    moment = datetime(chance.randint(2009, 2031), chance.randint(1, 12), chance.randint(1, 28), tzinfo=UTC)
    moment += timedelta(seconds=chance.randint(0, 86_000))
    pace, made = chance.choice((0.7, 4, 30, 300)), list[datetime]()
    for _ in range(number):
        moment += timedelta(seconds=chance.expovariate(1 / pace))
        made.append(moment)
    return made
