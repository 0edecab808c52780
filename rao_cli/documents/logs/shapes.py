"""Show templates and the values in their places: what is constant, what varies, and what a place is called.

Limits: a place is named by what stands before it ("user <*>", "rhost=<*>"), which is not always its name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rao_cli.documents.parsers.log_counts import Values
from rao_cli.documents.parsers.log_templates import ANY, Template

_BEFORE = re.compile(r".*[=:(\[{<\"'/#@,]", re.DOTALL)
_AFTER = re.compile(r"[)\]}>\"',;:%].*|\.$", re.DOTALL)
_NAME = re.compile(r"[A-Za-z][\w.-]{0,40}")
_GROUPS = r"[\dA-Fa-f]{1,4}(?::[\dA-Fa-f]{1,4}){0,6}"
_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)"
    rf"|(?<![\w:])(?:(?:[\dA-Fa-f]{{1,4}}:){{7}}[\dA-Fa-f]{{1,4}}|(?:{_GROUPS})?::(?:{_GROUPS})?)(?![\w:])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a template that varies: its name, what is constant around it, its values without that."""

    position: int
    name: str
    before: str
    after: str
    values: Values

    def bare(self, value: str) -> str:
        """Return a value without what is constant around it."""
        return value[len(self.before) : len(value) - len(self.after)]


def shape(template: Template) -> tuple[str, list[Place]]:
    """Return a template's text, ANY in the places that vary, and these places."""
    words, places = list(template.words), []
    for position, values in sorted(template.places.items()):
        if values.whole and len(values.counts) == 1:
            words[position] = next(iter(values.counts))
        elif values.total:
            before, after = _around(list(values.counts) or values.examples)
            words[position] = f"{before}{ANY}{after}"
            places.append(Place(position, "", before, after, values))
    return " ".join(words), [
        Place(place.position, _name(words, place), place.before, place.after, place.values) for place in places
    ]


def addresses(templates: Iterable[Template]) -> Values:
    """Return the IP addresses in the messages over all templates, of places where most values hold one."""
    found = Values()
    for values in (values for template in templates for values in template.places.values()):
        every = [*values.counts, *values.examples]
        # An address has three dots or two colons; counting these is quicker than looking for addresses.
        inside = {
            value: _ADDRESS.findall(value) if value.count(".") > 2 or value.count(":") > 1 else ()
            for value in every
        }
        if not inside or 2 * sum(map(bool, inside.values())) < len(inside):
            continue
        found.whole = found.whole and values.whole
        for value, count, first, last in values.entries():
            for address in inside[value]:
                found.counts[address] += count
                found.firsts[address] = min(found.firsts.get(address, first), first)
                found.lasts[address] = max(found.lasts.get(address, last), last)
    found.total = found.counts.total()
    return found


def _around(values: list[str]) -> tuple[str, str]:
    """Return what all values start with, up to a sign such as = or (, and what they all end with."""
    start = _BEFORE.match(_shared_start(values))
    before = start[0] if start else ""
    end = _AFTER.search(_shared_end(values, len(before)))
    return before, end[0] if end else ""


def _shared_start(values: list[str]) -> str:
    # What the least and the greatest share, all between them share.
    least, greatest = min(values), max(values)
    differ = (place for place, (a, b) in enumerate(zip(least, greatest, strict=False)) if a != b)
    return least[: next(differ, min(len(least), len(greatest)))]


def _shared_end(values: list[str], start: int) -> str:
    """Return what all values end with after ``start`` characters."""
    end = values[0][start:]
    for value in values:
        while not value.endswith(end, start):
            end = end[1:]
        if not end:
            break
    return end


def _name(words: list[str], place: Place) -> str:
    if key := _NAME.fullmatch(place.before.rstrip("=:([{<\"'").rpartition("(")[2]):
        return key[0]
    previous = words[place.position - 1].strip("=:()[]{}<>\"',;") if place.position else ""
    return previous if _NAME.fullmatch(previous) else ""
