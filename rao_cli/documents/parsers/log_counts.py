"""Count the values of a field, column by column: how often each occurs, where first and last, and their numbers.

Counts are exact for every value that is kept. Limits: a field keeps at most MOST_VALUES values, and all fields
together what Room allows; after that, values not seen before are left out, and the field is not whole. A field of
more than MANY values that hardly ever repeat (identifiers) keeps none of them, only their numbers.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from operator import add, mul
from typing import Any, TypeVar

MOST_VALUES = 200_000
MANY = 10_000
LONGEST_VALUE = 1000
Key = TypeVar("Key", str, int)
_ENTRY_CHARACTERS = 200
_EXAMPLES = 20
_DIGITS = r"(?:(?<![\w.-])-)?\d{1,18}(?:\.\d{1,18})?"
_NUMBER = re.compile(rf"([^\d\n]*?)({_DIGITS})([^\d\n]*)")
_FIRST = 16
"""Values that are looked at first: what is no number mostly shows it at once."""
_MISSING = frozenset({"", "-", "null"})
_exhaust = deque[int](maxlen=0).extend
"""Run through an iterator of which only the effects count, in C."""
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

    def take_all(self, values: Collection[str]) -> bool:
        """Reserve the place for some more values, all of them or none."""
        needed = sum(map(len, values)) + _ENTRY_CHARACTERS * len(values)
        if needed >= self.left:
            return False
        self.left -= needed
        return True

    def give(self, values: Collection[str]) -> None:
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
        present = [value for value in counts if value not in _MISSING]
        if self.mixed or not present:
            return
        found = alike(present)
        if found is None or (self.count and (self.before, self.after) != found[:2]):
            self.mixed = True
            return
        self.before, self.after, texts = found
        numbers = list(map(float, texts))
        low, high = min(numbers), max(numbers)
        least, greatest = numbers.index(low), numbers.index(high)
        self.widen(low, texts[least], high, texts[greatest], lambda: line_of(present[greatest]))
        times = [counts[value] for value in present]
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
    if found := alike(present):
        before, after, texts = found
        return {value: (before, text, after) for value, text in zip(present, texts, strict=True)}
    matches = ((value, _NUMBER.fullmatch(value)) for value in present)
    return {value: (match[1], match[2], match[3]) for value, match in matches if match}


def alike(values: Sequence[str]) -> tuple[str, str, Sequence[str]] | None:
    """Return what stands before and after the number in all values alike, and the numbers, if it is so."""
    digits = "".join(values)
    if digits.isascii() and digits.isdigit() and max(map(len, values)) < 19:
        return "", "", values
    rows = [match.groups() for match in map(_NUMBER.fullmatch, values[:_FIRST]) if match]
    around = {(before, after) for before, _, after in rows}
    if len(around) != 1 or len(rows) < min(len(values), _FIRST):
        return None
    before, after = around.pop()
    # Looking for what is known takes a third of the time of finding out what it is.
    known = rf"^{re.escape(before)}({_DIGITS}){re.escape(after)}$"
    texts = re.findall(known, "\n".join(values), re.MULTILINE)
    return (before, after, texts) if len(texts) == len(values) else None


def add_counts(counts: dict[Key, int], more: Mapping[Key, int]) -> None:
    """Add counts to others; three times as fast as Counter.update, which is a loop in Python."""
    known = map(counts.get, more, repeat(0))
    dict.update(counts, zip(more, map(add, known, more.values()), strict=True))


@dataclass
class Values:
    """The values of one field, each with its count, its first and its last line.

    Three dictionaries with the same keys in the same order are filled by loops that run in C, which takes half the
    time of one dictionary of lists.
    """

    room: Room = field(default_factory=Room, repr=False)
    counts: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, int] = field(default_factory=dict)
    lasts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    whole: bool = True
    """No value was left out."""
    different: int = 0
    """How many different values there were at least, if they hardly ever repeat and are therefore not kept."""
    examples: list[str] = field(default_factory=list)
    """Some of the values that are not kept."""
    _numbers: Numbers = field(default_factory=Numbers)
    _read: bool = False
    """The numbers of the values that are kept are among ``_numbers``, not only those of the others."""

    @property
    def numbers(self) -> Numbers:
        """Return the numbers of all values; those kept are read late, each once however often it occurs."""
        self._read_kept()
        return self._numbers

    def _read_kept(self) -> None:
        if not self._read:
            self._numbers.add(self.counts, self.firsts.__getitem__)
            self._read = True

    def numbers_yet(self) -> Numbers:
        """Return the numbers of all values so far, where more values are to come."""
        yet = replace(self._numbers)
        if not self._read:
            yet.add(self.counts, self.firsts.__getitem__)
        return yet

    def entries(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield the values that are kept, each with its count, its first and its last line."""
        return zip(self.counts, self.counts.values(), self.firsts.values(), self.lasts.values(), strict=True)

    def add(self, column: Sequence[str], lines: Sequence[int]) -> None:
        """Count a column whose values stand in these lines, in their order; empty values do not count."""
        if self._read:
            self._add_numbers(column, lines)
        if self.different:
            self.total += len(column) - column.count("")
            return
        before = len(self.counts)
        self.total += len(column)
        if column and column[0] == column[-1] and column.count(column[0]) == len(column):
            # Many columns hold a single value throughout.
            self.counts[column[0]] += len(column)
            self.lasts[column[0]] = lines[-1]
        else:
            self.counts.update(column)
            self.lasts.update(zip(column, lines, strict=True))
        if len(self.counts) > before:
            _exhaust(map(self.firsts.setdefault, column, lines))
            self.total -= self._remove("")[1] if "" in self.counts else 0
            self._check(before)

    def _add_numbers(self, column: Sequence[str], lines: Sequence[int]) -> None:
        if not self._numbers.mixed:
            counts = Counter(column)
            del counts[""]
            self._numbers.add(counts, lambda value: lines[column.index(value)])

    def add_one(self, value: str, count: int, first: int, last: int) -> None:
        """Count a value that occurs ``count`` times between two lines."""
        if not value:
            return
        self.total += count
        if self._read:
            self._numbers.add({value: count}, lambda _: first)
        self._keep(value, count, first, last)

    def _keep(self, value: str, count: int, first: int, last: int) -> None:
        if len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        if value in self.counts:
            self.counts[value] += count
            self.lasts[value] = last
        elif self.whole and len(self.counts) < MOST_VALUES and self.room.take(value):
            self.counts[value], self.firsts[value], self.lasts[value] = count, first, last
        else:
            self.whole = False
            if not self._read:
                self._numbers.add({value: count}, lambda _: first)

    def _remove(self, value: str) -> tuple[str, int, int, int]:
        return value, self.counts.pop(value), self.firsts.pop(value), self.lasts.pop(value)

    def _check(self, before: int) -> None:
        """Keep of the values after the first ``before`` what is allowed; none of all if hardly any repeats."""
        new = list(islice(reversed(self.counts), len(self.counts) - before))[::-1]
        allowed = self.whole and len(self.counts) <= MOST_VALUES and max(map(len, new), default=0) <= LONGEST_VALUE
        if not allowed or not self.room.take_all(new):
            for entry in [self._remove(value) for value in new]:
                self._keep(*entry)
        if len(self.counts) > MANY and len(self.counts) * 10 > self.total * 9:
            self._drop(len(self.counts), list(islice(self.counts, _EXAMPLES)))

    def _drop(self, different: int, examples: list[str]) -> None:
        """Let go of the values."""
        self._read_kept()
        self.room.give(self.counts)
        self.different, self.examples = different, examples
        self.counts, self.firsts, self.lasts, self.whole = Counter(), {}, {}, False

    def merge(self, other: "Values", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``."""
        self.total += other.total
        self.numbers.merge(other.numbers, shift)
        if self.different or other.different:
            examples = self.examples or other.examples
            self._drop(max(self.different, other.different, len(self.counts), len(other.counts)), examples)
            return
        before = len(self.counts)
        add_counts(self.counts, other.counts)
        self.lasts.update(zip(other.counts, map(shift.__add__, other.lasts.values()), strict=True))
        _exhaust(map(self.firsts.setdefault, other.counts, map(shift.__add__, other.firsts.values())))
        self._check(before)
        self.whole = self.whole and other.whole

    def pack(self) -> list[Any]:
        """Return all of it as JSON can carry it."""
        columns = [list(self.counts), *(list(found.values()) for found in (self.counts, self.firsts, self.lasts))]
        return [*columns, self.total, self.whole, self.different, self.examples, vars(self.numbers)]

    @classmethod
    def unpack(cls, packed: Sequence[Any], room: Room) -> "Values":
        """Return what ``pack`` packed."""
        values, counts, firsts, lasts, total, whole, different, examples, numbers = packed
        kept: Counter[str] = Counter()
        dict.update(kept, zip(values, counts, strict=True))
        lines = [dict(zip(values, column, strict=True)) for column in (firsts, lasts)]
        found = cls(room, kept, lines[0], lines[1], total, whole, different, examples)
        found._numbers, found._read = Numbers(**numbers), True
        return found


def repeats(values: Values) -> bool:
    """Tell whether a field has few values, each of them often: names of something rather than amounts."""
    return 1 < len(values.counts) <= min(FEW_VALUES, values.total // 3)
