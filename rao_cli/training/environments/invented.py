"""Invented values: names, numbers and phrases composed so that none can be learned by heart.

``invent("person", chance)`` composes a value of a sort from the lists and patterns of data/values.toml, which
explains them. A value may have other forms beside its text ("lists old logs": "listing old logs").
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

ATOM = re.compile(r"\{(\w+)(?::(\w+))?\}|<(\d+)-(\d+)(?::([^>]+))?>|([#^])")
CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


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
def words(name: str, of: str = "") -> tuple[str, ...]:
    """Return a list of words or patterns, that of a table ``of`` if it has one; KeyError without either."""
    data = read_data("values.toml")
    found = data[of][name] if of and name in data[of] else data[name]
    return tuple(found.split() if isinstance(found, str) else found)


def compose(pattern: str, chance: Random, of: str = "") -> str:
    """Fill in a pattern; the lists of a table ``of`` come before the others."""

    def drawn(found: re.Match[str]) -> str:
        sort, form, least, most, written, sign = found.groups()
        if sign:
            return chance.choice("0123456789" if sign == "#" else CAPITALS)
        if least:
            return format(chance.randint(int(least), int(most)), written or "")
        if sort == "hex":
            return f"{chance.getrandbits(4 * int(form)):0{form}x}"
        text = compose(chance.choice(words(sort, of)), chance, of)
        return {"cap": text.capitalize(), "up": text.upper(), "low": text.lower()}.get(form, text)

    return ATOM.sub(drawn, pattern)


def invent(sort: str, chance: Random, of: str = "") -> Value:
    """Compose a value of a sort, with the other forms that its templates use."""
    if sort == "action":
        return _action(chance)
    if sort == "thing":
        text = compose("{bare_thing}", chance)
        article = "an" if text[0] in "aeiou" else "a"
        return Value(sort, f"{article} {text}", {"the": f"The {text}", "bare": text})
    text = compose(f"{{{sort}}}", chance, of)
    return Value(sort, text, {"cap": text.capitalize()} if sort == "plural" else {})


def near(value: Value, chance: Random) -> Value:
    """Compose another value of the same sort that shares a word with this one where it has several."""
    other = invent(value.sort, chance)
    mine, theirs = value.text.split(), other.text.split()
    if len(mine) != len(theirs) or len(mine) < 2 or other.forms:
        return other
    place = chance.randrange(len(mine))
    return Value(value.sort, " ".join((*mine[:place], theirs[place], *mine[place + 1 :])))


def _action(chance: Random) -> Value:
    """Compose what a program does, with the same in other words ("other", "others")."""
    base, third, running, other, others = chance.choice(words("verbs")).split("|")
    first, second = (part.strip() for part in chance.choice(words("objects")).split("="))
    ending, instead = (part.rstrip() for part in chance.choice(words("tails")).split("="))
    forms = {"base": base, "ing": running, "cap": base.capitalize()}
    told = {name: f"{form} {first}{ending}" for name, form in forms.items()}
    told |= {"other": f"{other} {second}{instead}", "others": f"{others} {second}{instead}"}
    return Value("action", f"{third} {first}{ending}", told)
