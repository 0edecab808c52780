"""Count the values of a field, column by column: how often each occurs, where first and last, and their numbers.

Counts are exact for every value that is kept. Limits: a field keeps at most MOST_VALUES values, and all fields
together what Room allows; after that, values not seen before are left out, and the field is not whole.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_VALUES = 50_000
LONGEST_VALUE = 1000
_ENTRY_CHARACTERS = 200
_NUMBER = re.compile(r"(\D*?)((?:(?<![\w.-])-)?\d{1,18}(?:\.\d{1,18})?)(\D*)")
_MISSING = frozenset({"", "-", "null"})
FEW_VALUES = 20
"""Distinct values up to which a field's values serve as groups for the numbers of other fields."""


@dataclass
class Room:
    """What all values of a log together may take: characters, each value's bookkeeping counted in."""

    left: int = 60_000_000

    def take(self, value: str) -> bool:
        """Reserve the place for one more value, if there is any."""
        self.left -= len(value) + _ENTRY_CHARACTERS
        return self.left > 0


@dataclass
class Numbers:
    """Least, greatest and sum of numbers that share what stands around them ("10.5 ms"); lines of the extremes."""

    before: str = ""
    after: str = ""
    count: int = 0
    total: float = 0.0
    least: float = 0.0
    greatest: float = 0.0
    least_text: str = ""
    greatest_text: str = ""
    greatest_line: int = 0
    mixed: bool = False
    """Some value was not such a number; then nothing of this means anything."""

    def add(self, value: str, times: int, line: int) -> None:
        """Count a value that occurs some times, first in a line."""
        if self.mixed or value in _MISSING:
            return
        match = _NUMBER.fullmatch(value)
        if match is None or (self.count and (match[1], match[3]) != (self.before, self.after)):
            self.mixed = True
            return
        number = float(match[2])
        if not self.count or number < self.least:
            self.least, self.least_text = number, match[2]
        if not self.count or number > self.greatest:
            self.greatest, self.greatest_text, self.greatest_line = number, match[2], line
        self.before, self.after = match[1], match[3]
        self.count += times
        self.total += number * times

    def merge(self, other: "Numbers", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``."""
        if self.mixed or not other.count:
            self.mixed = self.mixed or other.mixed
            return
        self.mixed = other.mixed or (self.count > 0 and (self.before, self.after) != (other.before, other.after))
        if not self.count or other.least < self.least:
            self.least, self.least_text = other.least, other.least_text
        if not self.count or other.greatest > self.greatest:
            self.greatest, self.greatest_text = other.greatest, other.greatest_text
            self.greatest_line = other.greatest_line + shift
        self.before, self.after = other.before, other.after
        self.count += other.count
        self.total += other.total


@dataclass
class Values:
    """The values of one field: for each the count and the first and last line."""

    room: Room = field(default_factory=Room, repr=False)
    found: dict[str, list[int]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    total: int = 0
    whole: bool = True
    """No value was left out."""

    def add(self, column: Sequence[str], lines: Sequence[int]) -> None:
        """Count a column whose values stand in these lines, in their order; empty values do not count."""
        counts = Counter(column)
        firsts = dict(zip(reversed(column), reversed(lines), strict=True))
        lasts = dict(zip(column, lines, strict=True))
        numbers = None if self.numbers.mixed else self.numbers
        for value, count in counts.items():
            if not value:
                continue
            self._add(value, count, firsts[value], lasts[value])
            if numbers:
                numbers.add(value, count, firsts[value])

    def add_one(self, value: str, count: int, first: int, last: int) -> None:
        """Count a value that occurs ``count`` times between two lines."""
        self._add(value, count, first, last)
        self.numbers.add(value, count, first)

    def _add(self, value: str, count: int, first: int, last: int) -> None:
        self.total += count
        if len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        known = self.found.get(value)
        if known:
            known[0] += count
            known[2] = last
        elif self.whole and len(self.found) < MOST_VALUES and self.room.take(value):
            self.found[value] = [count, first, last]
        else:
            self.whole = False

    def merge(self, other: "Values", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``."""
        for value, (count, first, last) in other.found.items():
            self._add(value, count, first + shift, last + shift)
        self.total += other.total - sum(count for count, _, _ in other.found.values())
        self.whole = self.whole and other.whole
        self.numbers.merge(other.numbers, shift)

    def pack(self) -> list[Any]:
        """Return all of it as JSON can carry it."""
        return [self.found, vars(self.numbers), self.total, self.whole]

    @classmethod
    def unpack(cls, packed: Sequence[Any], room: Room) -> "Values":
        """Return what ``pack`` packed."""
        found, numbers, total, whole = packed
        return cls(room, found, Numbers(**numbers), total, whole)


class Groups:
    """Numbers of some fields by the values of others that have few, such as bytes by status.

    Which fields these are is settled by the first chunk; a pair that turns out otherwise later is dropped.
    """

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], dict[str, Numbers]] | None = None
        """By the names of the grouping field and the number field: the numbers of each group."""

    def add(self, columns: dict[str, Sequence[str]], values: dict[str, Values], lines: Sequence[int]) -> None:
        """Count a chunk whose columns were added to ``values`` before."""
        if self.pairs is None:
            self.pairs = {pair: {} for pair in _pairs(values)}
        for by, name in list(self.pairs):
            few = by in values and len(values[by].found) <= FEW_VALUES
            if not few or values[name].numbers.mixed:
                del self.pairs[by, name]
            elif by in columns and name in columns:
                _count_groups(self.pairs[by, name], columns[by], columns[name], lines)

    def merge(self, other: "Groups", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``; only pairs of both remain."""
        if self.pairs is None or other.pairs is None:
            self.pairs = self.pairs if other.pairs is None else other.pairs
            return
        for pair in list(self.pairs):
            if pair not in other.pairs:
                del self.pairs[pair]
                continue
            for group, numbers in other.pairs[pair].items():
                self.pairs[pair].setdefault(group, Numbers()).merge(numbers, shift)

    def pack(self) -> list[Any] | None:
        """Return all of it as JSON can carry it."""
        if self.pairs is None:
            return None
        return [
            [by, name, {group: vars(numbers) for group, numbers in groups.items()}]
            for (by, name), groups in self.pairs.items()
        ]

    @classmethod
    def unpack(cls, packed: Sequence[Any] | None) -> "Groups":
        """Return what ``pack`` packed."""
        groups = cls()
        if packed is not None:
            groups.pairs = {
                (by, name): {group: Numbers(**numbers) for group, numbers in found.items()}
                for by, name, found in packed
            }
        return groups


def _pairs(values: dict[str, Values]) -> list[tuple[str, str]]:
    """Return which fields have few values that repeat, each with every field of many numbers."""
    few = [name for name, field in values.items() if repeats(field)]
    many = [name for name, field in values.items() if field.numbers.count and not field.numbers.mixed]
    return [(by, name) for by in few[:8] for name in many if name not in few][:24]


def repeats(values: Values) -> bool:
    """Tell whether a field has few values, each of them often: names of something rather than amounts."""
    return 1 < len(values.found) <= min(FEW_VALUES, values.total // 3)


def _count_groups(
    groups: dict[str, Numbers], by: Sequence[str], column: Sequence[str], lines: Sequence[int]
) -> None:
    pairs = list(zip(by, column, strict=True))
    firsts = dict(zip(reversed(pairs), reversed(lines), strict=True))
    for pair, count in Counter(pairs).items():
        group, value = pair
        if group:
            groups.setdefault(group, Numbers()).add(value, count, firsts[pair])
