"""Compute what a query asks for in one pass over rows.

Numbers are told as they are written; sums and means are rounded to the decimals that there are. Limits: groups are
held in memory, rows are not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum

from rao_cli.agent.compute.query import Field, Filter, Query
from rao_cli.agent.compute.query_cases import Case, passes, whole_words, written_moment
from rao_cli.documents.data.columns import number
from rao_cli.documents.model import Span

EXAMPLES = 3
"""Rows that are kept as evidence."""
_MISSING = frozenset({"", "-"})


@dataclass
class Tally:
    """What was seen of some rows: how many, the first of them, their numbers, their different values."""

    count: int = 0
    spans: list[Span] = field(default_factory=list)
    total: float = 0.0
    numbers: int = 0
    decimals: int = 0
    values: dict[str, Span] = field(default_factory=dict)

    def add(self, case: Case, times: int = 1) -> None:
        """Count a row, or how many times something is in it."""
        self.count += times
        if len(self.spans) < EXAMPLES:
            self.spans.append(case.row.span)

    def add_number(self, text: str) -> None:
        """Add a number as it is written, unless it is none."""
        value = number(text)
        if value is not None:
            self.total = fsum((self.total, value))
            self.numbers += 1
            point = text.find(".")
            digits = len(text) - point - 1 if point >= 0 else 0
            self.decimals = max(self.decimals, min(digits, 9))


@dataclass
class Outcome:
    """What a pass over rows found: how many there are, those that pass the filters, and groups of these."""

    rows: int = 0
    among: int = 0
    all: Tally = field(default_factory=Tally)
    groups: dict[str, Tally] = field(default_factory=dict)
    text: str | None = None
    """What is told of the first, last, greatest or least row."""
    ties: int = 0
    """Further rows with the same greatest or least value."""


def run(query: Query, cases: Iterable[Case]) -> Outcome:
    """Go through rows once and return what was found."""
    found = Outcome()
    among, test = passes(query.among), passes(query.filters)
    groups = [(group.text, passes(group.filters)) for group in query.groups]
    for name, _ in groups:
        found.groups.setdefault(name, Tally())
    best = _Best(query)
    for case in cases:
        found.rows += 1
        if not among(case):
            continue
        found.among += 1
        if not test(case):
            continue
        for name, belongs in groups:
            if belongs(case):
                _count(query, found.groups[name], case)
        if query.by:
            key = case.value(query.by)
            if key not in _MISSING:
                _count(query, found.groups.setdefault(key, Tally()), case)
        elif query.measure in ("max", "min"):
            best.look(case)
        else:
            _count(query, found.all, case)
        if _is_enough(query, found, case):
            break
    return best.told(found)


def _is_enough(query: Query, found: Outcome, case: Case) -> bool:
    """Keep what is told of the first or last row, and tell whether no further row changes the answer."""
    if query.measure not in ("first", "last") or query.by or query.groups:
        return False
    value = case.value(query.of or Field())
    if value in _MISSING and query.of:
        return False
    found.text, found.all.spans = value, [case.row.span]
    return query.measure == "first"


def _count(query: Query, tally: Tally, case: Case) -> None:
    if query.rows == "occurrences":
        tally.add(case, _occurrences(query.filters[0], case.value(Field())))
        return
    tally.add(case)
    if query.measure == "distinct" and query.of:
        value = case.value(query.of)
        if value not in _MISSING:
            tally.values.setdefault(value, case.row.span)
    elif query.measure in ("sum", "mean") and query.of:
        tally.add_number(case.value(query.of))


def _occurrences(condition: Filter, text: str) -> int:
    """Return how often the texts of a filter stand in a line."""
    if condition.test == "word":
        return sum(whole_words(each, text) for each in condition.values)
    if condition.test == "mentions":
        return sum(text.lower().count(each.lower()) for each in condition.values)
    return sum(map(text.count, condition.values))


class _Best:
    """Keeps the row with the greatest or least number or time."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._key: float | None = None
        self._text = ""
        self._span: Span | None = None
        self._count = self._ties = 0

    def look(self, case: Case) -> None:
        """Keep a row if it is better than all before it."""
        of = self._query.of or Field()
        written = case.value(of)
        key = number(written)
        key = written_moment(written) if key is None else key
        if key is None:
            return
        self._count += 1
        ahead = self._key is None or (key > self._key if self._query.measure == "max" else key < self._key)
        if ahead:
            self._key, self._span, self._ties = key, case.row.span, 0
            self._text = case.value(self._query.shown) if self._query.shown else written
        elif key == self._key:
            self._ties += 1

    def told(self, found: Outcome) -> Outcome:
        """Return what was found with the best row in it."""
        if self._span is not None:
            found.text, found.ties = self._text, self._ties
            found.all = Tally(count=self._count, spans=[self._span])
        return found


def measured(query: Query, tally: Tally) -> float:
    """Return the number that groups are compared by."""
    if query.measure == "distinct":
        return len(tally.values)
    if query.measure == "sum":
        return tally.total
    if query.measure == "mean":
        return tally.total / tally.numbers if tally.numbers else 0.0
    return tally.count


def written(query: Query, tally: Tally) -> str:
    """Return a measured number as it is told."""
    value = measured(query, tally)
    if query.measure == "mean":
        return _rounded(value, max(2, tally.decimals))
    return _rounded(value, tally.decimals) if query.measure == "sum" else str(int(value))


def _rounded(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ranked(query: Query, groups: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    """Return groups with the one that is asked for first; those that are equal stay in the order of the text."""
    sign = 1 if query.pick == "least" else -1
    return sorted(groups.items(), key=lambda item: sign * measured(query, item[1]))
