"""Invented values: names, numbers and phrases composed so that none can be learned by heart.

``invent("person", chance)`` composes a value of a sort; the keys of ``SORTS`` are the sorts. A value may have
other forms beside its text ("lists old logs": "listing old logs"). The word lists lie in data/words.toml.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@dataclass(frozen=True)
class Value:
    """What stands in a slot: its sort, its text, and other forms of it by their names."""

    sort: str
    text: str
    forms: Mapping[str, str] = field(default_factory=dict, compare=False)

    def form(self, name: str) -> str:
        """Return a form of the value, its text where it has no such form."""
        return self.forms.get(name, self.text)


def chance_of(*parts: object) -> Random:
    """Return a source of chance that the parts determine, the same on every machine."""
    return Random(" ".join(str(part) for part in parts))  # noqa: S311  examples, no secret


@cache
def read_data(name: str) -> dict[str, Any]:
    """Read one of the data files of this package."""
    return tomllib.loads(files(__package__).joinpath("data", name).read_text("utf-8"))


@cache
def words(name: str) -> tuple[str, ...]:
    """Return a word list: split at blanks, or as it stands where it is a list."""
    found = read_data("words.toml")[name]
    return tuple(found.split() if isinstance(found, str) else found)


def invent(sort: str, chance: Random) -> Value:
    """Compose a value of a sort."""
    made = SORTS[sort](chance)
    return Value(sort, made) if isinstance(made, str) else Value(sort, made[0], made[1])


def near(value: Value, chance: Random) -> Value:
    """Compose another value of the same sort that shares a word with this one where it has several."""
    other = invent(value.sort, chance)
    mine, theirs = value.text.split(), other.text.split()
    if len(mine) != len(theirs) or len(mine) < 2 or other.forms:
        return other
    place = chance.randrange(len(mine))
    return Value(value.sort, " ".join((*mine[:place], theirs[place], *mine[place + 1 :])))


def _pick(chance: Random, name: str) -> str:
    return chance.choice(words(name))


def _stem(chance: Random, least: int = 2, most: int = 3) -> str:
    parts = [_pick(chance, "syllables") for _ in range(chance.randint(least, most))]
    return "".join(parts) + (_pick(chance, "endings") if chance.random() < 0.6 else "")


def _name(chance: Random) -> str:
    return _stem(chance).capitalize()


def _digits(chance: Random, count: int) -> str:
    return str(chance.randint(10 ** (count - 1), 10**count - 1))


def _letters(chance: Random, count: int) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(count))


def _person(chance: Random) -> tuple[str, dict[str, str]]:
    given = _pick(chance, "given") if chance.random() < 0.8 else _name(chance)
    last = _name(chance)
    drawn = chance.random()
    title = f"{_pick(chance, 'titles')} " if drawn < 0.12 else ""
    middle = f" {_letters(chance, 1)}." if drawn > 0.92 else ""
    return f"{title}{given}{middle} {last}", {"last": last, "given": given}


def _town(chance: Random) -> str:
    stem = _name(chance)
    drawn = chance.random()
    if drawn < 0.55:
        return stem + _pick(chance, "places")
    return f"{_pick(chance, 'before')} {stem}" if drawn < 0.75 else f"{stem} {_pick(chance, 'after')}"


def _company(chance: Random) -> str:
    first = _name(chance)
    return f"{first} & {_name(chance)}" if chance.random() < 0.25 else f"{first} {_pick(chance, 'firms')}"


def _thing(chance: Random) -> tuple[str, dict[str, str]]:
    words_ = [_pick(chance, "adjectives")]
    words_ += [_pick(chance, "kinds")] if chance.random() < 0.6 else []
    text = " ".join((*words_, _pick(chance, "things")))
    return ("an " if text[0] in "aeiou" else "a ") + text, {"the": f"The {text}", "bare": text}


def _date(chance: Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1702, 2031)
    name = words("months")[month - 1]
    written = (
        f"{day} {name} {year}",
        f"{name} {day}, {year}",
        f"{year}-{month:02}-{day:02}",
        f"{day} {name[:3]} {year}",
    )
    return chance.choice(written)


def _clock(chance: Random) -> str:
    hour, minute = chance.randint(0, 23), chance.randrange(0, 60, chance.choice((1, 5, 15)))
    half = "a.m." if hour < 12 else "p.m."
    return chance.choice(
        (f"{hour:02}:{minute:02}", f"{hour % 12 or 12}:{minute:02} {half}", f"{hour:02}.{minute:02} h")
    )


def _number(chance: Random) -> str:
    number = chance.randint(3, 10 ** chance.randint(2, 7))
    return f"{number:,}" if chance.random() < 0.5 else str(number)


def _count(chance: Random) -> str:
    return _pick(chance, "small") if chance.random() < 0.4 else str(chance.randint(2, 999))


def _duration(chance: Random) -> str:
    unit = chance.choice(words("times"))
    return f"{_count(chance)} {unit}"


def _money(chance: Random) -> str:
    number = chance.randint(2, 10 ** chance.randint(2, 6))
    return chance.choice(
        (f"${number:,}", f"{number:,} crowns", f"EUR {number}.50", f"{number} pounds", f"£{number:,}")
    )


def _measure(chance: Random) -> str:
    number = chance.choice((str(chance.randint(2, 900)), f"{chance.randint(1, 99)}.{chance.randint(1, 9)}"))
    return f"{number} {chance.choice(words('measures'))}"


def _percent(chance: Random) -> str:
    number = chance.choice((str(chance.randint(2, 98)), f"{chance.randint(1, 98)}.{chance.randint(1, 9)}"))
    return f"{number}{chance.choice(('%', ' %', ' per cent', ' percent'))}"


def _code(chance: Random) -> str:
    drawn = chance.randrange(6)
    if drawn == 0:
        return _digits(chance, 7)
    if drawn == 1:
        return f"{_letters(chance, 2)}-{_digits(chance, 4)}"
    if drawn == 2:
        return f"{_letters(chance, 3)}{_digits(chance, 2)}{_letters(chance, 1)}"
    if drawn == 3:
        return f"{chance.getrandbits(32):08x}"
    if drawn == 4:
        return f"{_digits(chance, 3)}-{_digits(chance, 3)}-{_digits(chance, 2)}"
    bits = f"{chance.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"


def _path(chance: Random) -> str:
    folders = "/".join((_pick(chance, "folders"), _stem(chance, 1, 2)))
    return f"/{folders}/{_pick(chance, 'nouns')}.{_pick(chance, 'suffixes')}"


def _file(chance: Random) -> str:
    stem = (
        _stem(chance)
        if chance.random() < 0.6
        else f"{_pick(chance, 'nouns')}{chance.choice('-_')}{_stem(chance, 1, 2)}"
    )
    return f"{chance.choice(('', '', '.'))}{stem}.{_pick(chance, 'suffixes')}"


def _program(chance: Random) -> str:
    return _stem(chance, 1, 2) + chance.choice(("", "", "ctl", "d", "-tool", "fmt", "2html", "sh", "-cli", "stat"))


def _package(chance: Random) -> str:
    return (
        chance.choice(("lib", "", "", "python3-", "go-"))
        + _stem(chance)
        + chance.choice(("", "", "-utils", "-dev", "-core"))
    )


def _option(chance: Random) -> str:
    if chance.random() < 0.3:
        return f"-{chance.choice('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')}"
    stem = chance.choice((_pick(chance, "parts"), _pick(chance, "nouns"), _stem(chance)))
    return f"--{chance.choice(('', 'no-', 'with-', 'keep-', 'only-', 'skip-'))}{stem}"


def _joined(chance: Random, least: int = 2) -> list[str]:
    parts = [_pick(chance, "parts"), _pick(chance, "nouns"), _pick(chance, "units_of")]
    return (
        parts[: chance.randint(least, 3)] if chance.random() < 0.7 else [_stem(chance), _pick(chance, "units_of")]
    )


def _setting(chance: Random) -> str:
    parts = _joined(chance)
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:])
    return chance.choice(("_".join(parts), "-".join(parts), ".".join(parts), "_".join(parts).upper(), camel))


def _function(chance: Random) -> str:
    verb = chance.choice(
        ("get", "set", "make", "parse", "load", "find", "drop", "init", "map", "emit", "to", "open")
    )
    noun = chance.choice((_pick(chance, "nouns"), _stem(chance)))
    return chance.choice((f"{verb}_{noun}", f"{verb}{noun.capitalize()}", f"{noun}_{verb}", f"{verb}_{noun}s"))


def _class(chance: Random) -> str:
    stem = _name(chance) + chance.choice(
        ("Reader", "Error", "Builder", "Store", "Handler", "View", "Client", "Policy")
    )
    return f"org.{_stem(chance, 1, 2)}.{_pick(chance, 'nouns')}.{stem}" if chance.random() < 0.2 else stem


def _error(chance: Random) -> str:
    drawn = chance.randrange(4)
    stem = _stem(chance).upper()
    return (
        f"E{_digits(chance, 4)}",
        f"{stem}_{_pick(chance, 'nouns').upper()}",
        f"ERR-{_digits(chance, 3)}",
        f"SIG{stem[:5]}",
    )[drawn]


def _address(chance: Random) -> str:
    return f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"


def _host(chance: Random) -> str:
    return f"{_stem(chance, 1, 2)}{chance.randint(1, 99):02}.{_pick(chance, 'domains')}"


def _version(chance: Random) -> str:
    parts = [str(chance.randint(0, 30)) for _ in range(chance.randint(2, 3))]
    return chance.choice(("", "", "v")) + ".".join(parts)


def _term(chance: Random) -> str:
    first = _pick(chance, "qualities") if chance.random() < 0.6 else _stem(chance)
    return f"{first} {_pick(chance, 'nouns')}"


def _machine(chance: Random) -> str:
    return f"{_letters(chance, chance.randint(1, 3))}{chance.choice('- ')}{chance.randint(10, 9999)}"


def _room(chance: Random) -> str:
    last = chance.choice(
        (str(chance.randint(2, 480)), _letters(chance, 1) + str(chance.randint(1, 40)), _name(chance))
    )
    return f"{_pick(chance, 'rooms')} {last}"


def _title(chance: Random) -> str:
    first, second = _pick(chance, "qualities").capitalize(), _pick(chance, "things").capitalize()
    return chance.choice(
        (f"The {first} {second}", f"The {second} of {_name(chance)}", f"{first} {second}s of {_town(chance)}")
    )


def _project(chance: Random) -> str:
    return (
        f"Project {_name(chance)}"
        if chance.random() < 0.5
        else f"Operation {_pick(chance, 'qualities').capitalize()} {_name(chance)}"
    )


def _event(chance: Random) -> str:
    kind = chance.choice(
        ("Fair", "Regatta", "Congress", "Festival", "Exhibition", "Trial", "Expedition", "Strike", "Cup")
    )
    return f"{_name(chance)} {kind}"


def _action(chance: Random) -> tuple[str, dict[str, str]]:
    base, third, running, other, others = _pick(chance, "verbs").split("|")
    first, second = (part.strip() for part in _pick(chance, "objects").split("="))
    ending, instead = (part.rstrip() for part in _pick(chance, "tails").split("=", 1))
    forms = {
        "base": f"{base} {first}{ending}",
        "ing": f"{running} {first}{ending}",
        "cap": f"{base.capitalize()} {first}{ending}",
        "other": f"{other} {second}{instead}",
        "others": f"{others} {second}{instead}",
    }
    return f"{third} {first}{ending}", forms


def _key(chance: Random) -> str:
    noun = _pick(chance, chance.choice(("things", "nouns")))
    return f"{_pick(chance, 'qualities')}-{noun.split('-')[0]}"


def _colour(chance: Random) -> str:
    return chance.choice(("", "", "dark ", "pale ", "bright ")) + _pick(chance, "colours")


def _default(chance: Random) -> str:
    drawn = chance.randrange(5)
    if drawn == 0:
        return chance.choice(("true", "false", "on", "off", "auto", "none", "yes", "no"))
    return (
        _digits(chance, chance.randint(1, 5)),
        _stem(chance, 1, 2),
        _path(chance),
        f"{_digits(chance, 2)}{chance.choice('smMGk')}",
    )[drawn - 1]


def _plural(chance: Random) -> tuple[str, dict[str, str]]:
    text = f"{_pick(chance, 'qualities')} {_pick(chance, 'things')}s"
    return text, {"cap": text.capitalize()}


def _listed(name: str) -> Callable[[Random], str]:
    return lambda chance: _pick(chance, name)


SORTS: Mapping[str, Callable[[Random], str | tuple[str, dict[str, str]]]] = {
    "person": _person, "town": _town, "company": _company, "thing": _thing, "date": _date, "clock": _clock,
    "number": _number, "count": _count, "duration": _duration, "money": _money, "measure": _measure,
    "percent": _percent, "code": _code, "path": _path, "file": _file, "program": _program, "package": _package,
    "option": _option, "setting": _setting, "function": _function, "class": _class, "error": _error,
    "address": _address, "host": _host, "version": _version, "term": _term, "machine": _machine, "room": _room,
    "title": _title, "project": _project, "event": _event, "action": _action, "key": _key, "colour": _colour,
    "default": _default,
    "year": lambda chance: str(chance.randint(1702, 2031)),
    "port": lambda chance: str(chance.randint(1024, 65535)),
    "ship": lambda chance: f"{_name(chance)} {_pick(chance, 'vessels')}",
    "animal": lambda chance: f"{_pick(chance, 'adjectives')} {_pick(chance, 'animals')}",
    "stem": _name,
    "plural": _plural,
    "material": _listed("materials"), "science": _listed("fields"), "post": _listed("posts"),
    "language": _listed("languages"), "encoding": _listed("encodings"), "state": _listed("states"),
    "reason": _listed("reasons"), "day": _listed("days"),
}  # fmt: skip
"""How a value of each sort is composed."""
