"""Count fields by other fields that have few values: bytes by status, clients by status.

Which fields these are is settled by the first chunk; a pair that turns out otherwise later is dropped. Limits: at
most MOST_PAIRS pairs of either sort, and MOST_CROSSED different pairs of values of one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import filterfalse
from math import isnan, nan
from typing import Any, TypeVar

from rao_cli.documents.parsers.log_counts import (
    FEW_VALUES,
    Numbers,
    Values,
    add_counts,
    alike,
    read_numbers,
    repeats,
)

MOST_PAIRS = 24
MOST_CROSSED = 20_000
_TELLING = ("level", "status")
Columns = Mapping[str, Sequence[str]]
Pair = tuple[str, str]
T = TypeVar("T")


def _in_both(
    ours: dict[Pair, T] | None, theirs: dict[Pair, T] | None
) -> tuple[dict[Pair, T] | None, list[tuple[Pair, T, T]]]:
    """Return our pairs that a later part has, too, and each of them with what both counted.

    Where one of the two counted nothing yet, the pairs are the other's, and there is nothing to add.
    """
    if ours is None or theirs is None:
        return (theirs if ours is None else ours), []
    kept = {pair: groups for pair, groups in ours.items() if pair in theirs}
    return kept, [(pair, groups, theirs[pair]) for pair, groups in kept.items()]


class Groups:
    """Numbers of some fields by the values of others that have few."""

    def __init__(self) -> None:
        self.pairs: dict[Pair, dict[str, Numbers]] | None = None
        """By the names of the grouping field and the number field: the numbers of each group."""

    def add(self, columns: Columns, values: dict[str, Values], lines: Sequence[int]) -> None:
        """Count a chunk whose columns were added to ``values`` before."""
        if self.pairs is None:
            self.pairs = {pair: {} for pair in _pairs(values)}
        for by, name in list(self.pairs):
            if by not in values or len(values[by].counts) > FEW_VALUES:
                del self.pairs[by, name]
        places = {by: places_of(columns[by]) for by in dict.fromkeys(by for by, _ in self.pairs) if by in columns}
        for name in dict.fromkeys(name for _, name in self.pairs if name in columns):
            column = _Column(columns[name], lines)
            for by, other in self.pairs:
                if other == name and by in places:
                    column.count(self.pairs[by, name], places[by])

    def settle(self, values: Mapping[str, Values]) -> None:
        """Drop the pairs whose field turned out to hold more than numbers, when all is counted."""
        for pair in list(self.pairs or {}):
            if values[pair[1]].numbers.mixed:
                del (self.pairs or {})[pair]

    def merge(self, other: "Groups", shift: int) -> None:
        """Add what was counted of a later part, whose lines start at ``shift``; only pairs of both remain."""
        self.pairs, both = _in_both(self.pairs, other.pairs)
        for _, ours, theirs in both:
            for group, numbers in theirs.items():
                ours.setdefault(group, Numbers()).merge(numbers, shift)

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


def _pairs(values: dict[str, Values]) -> list[Pair]:
    """Return which fields have few values that repeat, each with every field of many numbers."""
    few = [name for name, field in values.items() if repeats(field)]
    numbers = {name: field.numbers_yet() for name, field in values.items() if few and name not in few}
    many = [name for name, found in numbers.items() if found.count and not found.mixed]
    return [(by, name) for by in few[:8] for name in many][:MOST_PAIRS]


def places_of(column: Sequence[str]) -> dict[str, list[int]]:
    """Return where each value stands in a column of few; empty values do not count."""
    places: dict[str, list[int]] = {value: [] for value in dict.fromkeys(column)}
    for place, value in enumerate(column):
        places[value].append(place)
    places.pop("", None)
    return places


class _Column:
    """A column of numbers; a value that is missing has no number."""

    def __init__(self, values: Sequence[str], lines: Sequence[int]) -> None:
        self._values, self._lines = values, lines
        if "" not in values and (found := alike(values)):
            self._numbers: list[float] = list(map(float, found[2]))
        else:
            known = {value: float(text) for value, (_, text, _) in read_numbers(set(values)).items()}
            self._numbers = [known.get(value, nan) for value in values]

    def count(self, groups: dict[str, Numbers], places: Mapping[str, list[int]]) -> None:
        """Count the numbers of each group, whose places in the column are given."""
        for group, at in places.items():
            found = groups.setdefault(group, Numbers())
            part = list(filterfalse(isnan, map(self._numbers.__getitem__, at)))
            if part:
                self._widen(found, min(part), max(part), at)
                found.count += len(part)
                found.total += sum(part)

    def _widen(self, found: Numbers, low: float, high: float, at: Sequence[int]) -> None:
        if found.count and found.least <= low and found.greatest >= high:
            return
        least, greatest = (next(place for place in at if self._numbers[place] == edge) for edge in (low, high))
        found.widen(low, self._text(least), high, self._text(greatest), lambda: self._lines[greatest])

    def _text(self, place: int) -> str:
        value = self._values[place]
        return read_numbers([value])[value][1]


class Crossings:
    """How often values of two fields occur together, where the first of the two has few."""

    def __init__(self) -> None:
        self.pairs: dict[Pair, dict[str, Counter[str]]] | None = None
        """By the names of the two fields: the values of the second by those of the first."""

    def add(self, columns: Columns, values: dict[str, Values]) -> None:
        """Count a chunk whose columns were added to ``values`` before."""
        if self.pairs is None:
            self.pairs = {pair: {} for pair in _crossing(values)}
        for by in dict.fromkeys(by for by, _ in self.pairs if by in columns):
            places = places_of(columns[by])
            for other, name in list(self.pairs):
                if other == by and name in columns:
                    _cross(self.pairs[by, name], places, columns[name])
                    self._check(by, name)

    def merge(self, other: "Crossings") -> None:
        """Add what was counted of another part; only pairs of both remain."""
        self.pairs, both = _in_both(self.pairs, other.pairs)
        for pair, ours, theirs in both:
            for group, counts in theirs.items():
                add_counts(ours.setdefault(group, Counter()), counts)
            self._check(*pair)

    def _check(self, by: str, name: str) -> None:
        """Drop a pair that has too many values."""
        groups = self.pairs[by, name] if self.pairs else {}
        if len(groups) > FEW_VALUES or sum(map(len, groups.values())) > MOST_CROSSED:
            del (self.pairs or {})[by, name]

    def pack(self) -> list[Any] | None:
        """Return all of it as JSON can carry it."""
        return None if self.pairs is None else [[*pair, groups] for pair, groups in self.pairs.items()]

    @classmethod
    def unpack(cls, packed: Sequence[Any] | None) -> "Crossings":
        """Return what ``pack`` packed."""
        crossings = cls()
        if packed is not None:
            crossings.pairs = {
                (by, name): {group: Counter(counts) for group, counts in groups.items()}
                for by, name, groups in packed
            }
        return crossings


def _cross(groups: dict[str, Counter[str]], places: Mapping[str, list[int]], column: Sequence[str]) -> None:
    for group, at in places.items():
        counts = groups.setdefault(group, Counter())
        counts.update(map(column.__getitem__, at))
        del counts[""]


def _crossing(values: dict[str, Values]) -> list[Pair]:
    """Return the level, the status or else the field with the most of few values, with each that is no amount."""
    few = [name for name in values if repeats(values[name])]
    if not few:
        return []
    by = max(few, key=lambda name: (name in _TELLING, len(values[name].counts)))
    return [
        (by, name)
        for name, field in values.items()
        if name != by and (repeats(field) or (field.counts and field.numbers_yet().mixed))
    ][:MOST_PAIRS]
