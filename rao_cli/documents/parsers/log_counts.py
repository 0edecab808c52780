"""Count the values of a field, column by column: how often each occurs, where first and last, and their numbers.

Counts are exact for every value that is kept. Limits: a field keeps at most MOST_VALUES values, and all fields
together what Room allows; after that, values not seen before are left out, and the field is not whole. A field of
more than MANY values that hardly ever repeat (identifiers) keeps none of them, only their numbers.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any

MOST_VALUES = 200_000
MANY = 10_000
LONGEST_VALUE = 1000
_ENTRY_CHARACTERS = 200
_EXAMPLES = 20
_NUMBER = re.compile(r"^([^\d\n]*?)((?:(?<![\w.-])-)?\d{1,18}(?:\.\d{1,18})?)([^\d\n]*)$", re.MULTILINE)
_MISSING = frozenset({"", "-", "null"})
FEW_VALUES = 20
"""Distinct values up to which a field's values serve as groups for the numbers of other fields."""


@dataclass
class Room:
    """What all values of a log together may take: characters, each value's bookkeeping counted in."""

    left: int = 120_000_000

    def take(self, value: str) -> bool:
        """Reserve the place for one more value, if there is any."""
        self.left -= len(value) + _ENTRY_CHARACTERS
        return self.left > 0

    def give(self, values: Mapping[str, Any]) -> None:
        """Give back the place of values that are not kept any longer."""
        self.left += sum(map(len, values)) + _ENTRY_CHARACTERS * len(values)


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

    def add(self, counts: Mapping[str, int], line_of: Callable[[str], int]) -> None:
        """Count values that occur some times each; ``line_of`` tells where one occurs first."""
        if self.mixed:
            return
        found = read_numbers(counts)
        around = {(before, after) for before, _, after in found.values()}
        if self.count:
            around.add((self.before, self.after))
        if len(around) > 1 or len(found) + len(_MISSING & counts.keys()) < len(counts):
            self.mixed = True
        elif found:
            self.before, self.after = around.pop()
            numbers = [float(text) for _, text, _ in found.values()]
            times = [counts[value] for value in found]
            low, high = min(numbers), max(numbers)
            values = list(found)
            least, greatest = values[numbers.index(low)], values[numbers.index(high)]
            self.widen(low, found[least][1], high, found[greatest][1], lambda: line_of(greatest))
            self.count += sum(times)
            self.total += sum(map(mul, numbers, times))

    def widen(self, low: float, low_text: str, high: float, high_text: str, line_of: Callable[[], int]) -> None:
        """Take a least and a greatest number into account; ``line_of`` tells where the greatest is."""
        if not self.count or low < self.least:
            self.least, self.least_text = low, low_text
        if not self.count or high > self.greatest:
            self.greatest, self.greatest_text, self.greatest_line = high, high_text, line_of()

    def merge(self, other: "Numbers", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``."""
        if self.mixed or not other.count:
            self.mixed = self.mixed or other.mixed
            return
        self.mixed = other.mixed or (self.count > 0 and (self.before, self.after) != (other.before, other.after))
        line = other.greatest_line + shift
        self.widen(other.least, other.least_text, other.greatest, other.greatest_text, lambda: line)
        self.before, self.after = other.before, other.after
        self.count += other.count
        self.total += other.total


def read_numbers(values: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Return what stands before the number in each value that has one, the number, and what stands after it."""
    present = [value for value in values if value not in _MISSING]
    digits = "".join(present)
    if digits.isascii() and digits.isdigit() and max(map(len, present)) < 19:
        return {value: ("", value, "") for value in present}
    rows = _NUMBER.findall("\n".join(present))
    if len(rows) == len(present):
        return dict(zip(present, rows, strict=True))
    matches = ((value, _NUMBER.fullmatch(value)) for value in present)
    return {value: (match[1], match[2], match[3]) for value, match in matches if match}


@dataclass
class Values:
    """The values of one field: for each the count and the first and last line."""

    room: Room = field(default_factory=Room, repr=False)
    found: dict[str, list[int]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    total: int = 0
    whole: bool = True
    """No value was left out."""
    different: int = 0
    """How many different values there were at least, if they hardly ever repeat and are therefore not kept."""
    examples: list[str] = field(default_factory=list)
    """Some of the values that are not kept."""

    def add(self, column: Sequence[str], lines: Sequence[int]) -> None:
        """Count a column whose values stand in these lines, in their order; empty values do not count."""
        counts = Counter(column)
        del counts[""]
        self.total += counts.total()

        def first_line(value: str) -> int:
            return lines[column.index(value)]

        self.numbers.add(counts, first_line)
        if self.different:
            return
        found = self.found
        new = counts.keys() - found.keys()
        # Looking one value up is quicker than noting where each occurs first, as long as few are new.
        firsts = dict(zip(reversed(column), reversed(lines), strict=True)) if len(new) > 8 else {}
        same = column[-1] if len(counts) == 1 else ""
        lasts = {same: lines[-1]} if same else dict(zip(column, lines, strict=True))
        for value, count in counts.items():
            if known := found.get(value):
                known[0] += count
                known[2] = lasts[value]
            else:
                self._keep(value, count, firsts[value] if firsts else first_line(value), lasts[value])
        self._give_up()

    def add_one(self, value: str, count: int, first: int, last: int) -> None:
        """Count a value that occurs ``count`` times between two lines."""
        if not value:
            return
        self.total += count
        self.numbers.add({value: count}, lambda _: first)
        self._keep(value, count, first, last)

    def _keep(self, value: str, count: int, first: int, last: int) -> None:
        if len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        if known := self.found.get(value):
            known[0] += count
            known[2] = last
        elif self.whole and len(self.found) < MOST_VALUES and self.room.take(value):
            self.found[value] = [count, first, last]
        else:
            self.whole = False

    def _give_up(self) -> None:
        """Let go of the values if hardly any repeats."""
        if len(self.found) > MANY and len(self.found) * 10 > self.total * 9:
            self._drop(len(self.found), list(self.found)[:_EXAMPLES])

    def _drop(self, different: int, examples: list[str]) -> None:
        self.room.give(self.found)
        self.different, self.examples = different, examples
        self.found, self.whole = {}, False

    def merge(self, other: "Values", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``."""
        self.total += other.total
        self.whole = self.whole and other.whole
        self.numbers.merge(other.numbers, shift)
        if self.different or other.different:
            examples = self.examples or other.examples
            self._drop(max(self.different, other.different, len(self.found), len(other.found)), examples)
            return
        for value, (count, first, last) in other.found.items():
            self._keep(value, count, first + shift, last + shift)
        self._give_up()

    def pack(self) -> list[Any]:
        """Return all of it as JSON can carry it."""
        return [self.found, vars(self.numbers), self.total, self.whole, self.different, self.examples]

    @classmethod
    def unpack(cls, packed: Sequence[Any], room: Room) -> "Values":
        """Return what ``pack`` packed."""
        found, numbers, total, whole, different, examples = packed
        return cls(room, found, Numbers(**numbers), total, whole, different, examples)


def repeats(values: Values) -> bool:
    """Tell whether a field has few values, each of them often: names of something rather than amounts."""
    return 1 < len(values.found) <= min(FEW_VALUES, values.total // 3)
