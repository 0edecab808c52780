"""What stands in the slots of invented log lines: users, units, jobs, times. The sorts are the keys of ``SORTS``.

Some sorts come from a small pool of one log, as the same few users and hosts come again and again; others are new
in each line.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from rao_cli.training.environments.invented import Value, invent, read_data, words

Making = Callable[[Random], str]


class Pool:
    """The values of one log."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.size = chance.randint(3, 14)
        self._known: dict[str, list[Value]] = {}

    def draw(self, sort: str) -> Value:
        """Return a value: one of few if the sort is pooled, else a new one."""
        if sort not in _listed("pooled"):
            return fresh(sort, self.chance)
        known = self._known.setdefault(sort, [])
        if (len(known) < self.size and self.chance.random() < 0.5) or not known:
            known.append(fresh(sort, self.chance))
        return self.chance.choice(known)


def fresh(sort: str, chance: Random) -> Value:
    """Return a new value of a sort."""
    return Value(sort, SORTS[sort](chance))


def _listed(name: str) -> list[str]:
    found: list[str] = read_data("words.toml")["log"][name]
    return found


def time_value(moment: datetime, stamp: str) -> Value:
    """Return a time as a program writes it, with the time of day as another form."""
    clock, milliseconds = f"{moment:%H:%M:%S}", f"{moment.microsecond // 1000:03}"
    month = _listed("months")[moment.month - 1]
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


def _stem(chance: Random) -> str:
    return invent("stem", chance).text.lower()


def _noun(chance: Random) -> str:
    return chance.choice(words("nouns"))


def _hex(digits: int) -> Making:
    return lambda chance: f"{chance.getrandbits(4 * digits):0{digits}x}"


def _whole(least: int, most: int) -> Making:
    return lambda chance: str(chance.randint(least, most))


def _one_of(name: str) -> Making:
    return lambda chance: str(chance.choice(_listed(name))).format(chance.randint(0, 40))


def _of(sort: str) -> Making:
    return lambda chance: invent(sort, chance).text


def _join(between: str, *parts: Making) -> Making:
    return lambda chance: between.join(part(chance) for part in parts)


def _user(chance: Random) -> str:
    given, stem = chance.choice(words("given")).lower(), _stem(chance)
    return chance.choice((given, f"{given[0]}{stem}", f"{given}.{stem}", f"{given}{chance.randint(1, 99)}"))


def _url(chance: Random) -> str:
    end = chance.choice((".html", "", f"?id={chance.randint(1, 9999)}", f"/{chance.randint(1, 999)}", ".png"))
    return f"/{_noun(chance)}/{_stem(chance)}{end}"


def _unit(chance: Random) -> str:
    middle = chance.choice(("", "", f"-{_noun(chance)}", f"@{chance.randint(1, 9)}"))
    return f"{_stem(chance)}{middle}.{chance.choice(('service', 'timer', 'socket'))}"


def _amount(chance: Random) -> str:
    return f"{chance.randint(1, 4000)}.{chance.randint(0, 99):02}"


def _mac(chance: Random) -> str:
    return ":".join(f"{chance.randrange(256):02x}" for _ in range(6))


def _command(chance: Random) -> str:
    return f"{invent('path', chance).text.rpartition('.')[0]} {invent('option', chance).text}"


def _agent(chance: Random) -> str:
    return f"{_stem(chance).capitalize()}/{chance.randint(1, 20)}.{chance.randint(0, 9)}"


SORTS: Mapping[str, Making] = {
    "user": _user, "address": _of("address"), "port": _of("port"), "hash": _hex(10), "node": _stem, "name": _stem,
    "pid": _whole(200, 65_000), "url": _url, "unit": _unit, "amount": _amount, "seconds": _amount, "mac": _mac,
    "bytes": _whole(100, 9_999_999), "sector": _whole(1000, 99_999_999), "offset": _whole(1000, 9_999_999),
    "files": _whole(2, 900), "column": _whole(5, 90), "partition": _whole(0, 60), "exit": _whole(2, 240),
    "broker": _whole(1, 40), "badge": _whole(10_000, 999_999), "command": _command, "agent": _agent,
    "site": lambda chance: f"https://{_of('host')(chance)}/{_stem(chance)}",
    "upstream": _join(":", _of("address"), _whole(3000, 9999)), "mail": _join("@", _user, _of("host")),
    "file": _of("path"), "path": _of("path"), "host": _of("host"), "person": _of("person"), "key": _of("key"),
    "store": _of("town"), "order": _of("code"), "process": _of("program"), "group": _join("-", _stem, _noun),
    "company": lambda chance: f'"{_of("company")(chance)}"', "database": _join("_", _stem, _noun),
    "member": _join("-", _stem, _hex(6)), "table": _join("_", _noun, _stem), "topic": _join(".", _noun, _stem),
    "constraint": lambda chance: f"{_noun(chance)}_{_stem(chance)}_key", "queue": _join("-", _noun, _stem),
    "job": _join("-", _of("program"), _whole(10, 99_999)), "code": lambda chance: f"E{_whole(100, 9999)(chance)}",
    "worker": lambda chance: f"w{chance.randint(1, 99)}-{_stem(chance)}",
    "door": lambda chance: f"{chance.choice('ABCDEFGH')}{chance.randint(1, 40)}",
    "status": _one_of("status"), "result": _one_of("result"), "speed": _one_of("speed"),
    "mailstate": _one_of("mailstate"), "cause": _one_of("cause"), "reason": _one_of("reason"),
    "denial": _one_of("denial"), "device": _one_of("device"), "interface": _one_of("interface"),
}  # fmt: skip
"""How a value of each sort is made."""
