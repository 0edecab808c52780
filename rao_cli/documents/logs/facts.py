"""The facts of a log: what was counted, as numbers by name and as tables.

Counts are exact. Limits: tables show the rows that occur most often, and say how many there are; a number of
different values that is no longer exact is told as "at least".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from operator import neg

from rao_cli.documents.logs.bursts import bursts, timeline
from rao_cli.documents.logs.lines import Lines
from rao_cli.documents.logs.shapes import Place, addresses, shape
from rao_cli.documents.logs.tree import moment, time_range
from rao_cli.documents.model import Facts, Table
from rao_cli.documents.parsers.log_counts import Numbers, Values, repeats
from rao_cli.documents.parsers.log_stream import Stream
from rao_cli.documents.parsers.log_templates import Template
from rao_cli.text import one_line

Cell = str | int | float
Row = tuple[Cell, ...]
_MOST_TEMPLATES = 50
_MOST_VALUES = 20
_FEW_VALUES = 50
_MOST_BURSTS = 10
_TOP = 5
_SHOWN = 200
_VALUE_SHOWN = 120
_NUMBER_COLUMNS = ("least", "mean", "greatest", "line of greatest", "sum")
_LENGTHS = {1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h", 86400: "1 day"}
INTERVALS = {unit: f"records by {length} intervals" for unit, length in _LENGTHS.items()}
"""Titles of the table of records by time, by the seconds of an interval."""
_NO_NUMBERS: Row = ("", "", "", "", "")


def log_facts(stream: Stream, lines: Lines, path: str) -> Facts:
    """Return the facts of one log; ``path`` is the file's, with the log's name where the file joins several."""
    return _Reporter(stream, lines).facts(path)


class _Reporter:
    """Makes the tables of one log."""

    def __init__(self, stream: Stream, lines: Lines) -> None:
        self._stream, self._lines = stream, lines
        self._shapes = [(template, *shape(template)) for template in _ordered(stream.messages.templates)]

    def facts(self, path: str) -> Facts:
        kind = self._stream.form.split(" [")[0]
        tables = [
            *self._named("level", "levels"),
            *self._named("component", "components"),
            *self._templates(),
            *self._fields(),
            *self._places(),
            *self._further(),
            *self._times(),
        ]
        return Facts(
            path, f"{kind} log", tuple(self._values(kind)), tuple(table for table in tables if table.rows)
        )

    def _values(self, kind: str) -> Iterable[tuple[str, Cell]]:
        stream = self._stream
        yield "format", kind
        yield "records", stream.records
        yield "lines", stream.lines
        yield "errors", stream.alarms
        if self._shapes:
            yield "templates", len(self._shapes)
        if stream.low:
            yield "first", self._stamp(stream.low[1])
            yield "last", self._stamp(stream.high[1])
            yield "first time", moment(stream.low[0], yearless=stream.yearless)
            yield "last time", moment(stream.high[0], yearless=stream.yearless)
            yield "span in seconds", stream.high[0] - stream.low[0]
        if stream.zone is not None:
            yield "zone in seconds", stream.zone
        if stream.records > stream.timed:
            yield "records without time", stream.records - stream.timed
        if stream.backwards:
            yield "times that go backwards", stream.backwards
            yield "time of the first record", self._stamp(stream.ends[0])
            yield "time of the last record", self._stamp(stream.ends[1])

    def _stamp(self, line: int) -> str:
        return self._lines.stamp(line, self._stream.form)

    def _named(self, field: str, title: str) -> Iterable[Table]:
        if values := self._stream.values.get(field):
            yield self._value_table(field, title, values, _FEW_VALUES)

    def _value_table(self, field: str, title: str, values: Values, most: int) -> Table:
        shown = _most_common(values, most)
        examples = len(values.counts) <= _FEW_VALUES
        rows = [self._value_row(value, values, examples=examples) for value in shown]
        columns = (field, "records", "share", "first", "line", "last", "line of last")
        return Table(
            title if values.whole else f"{title} (of the first {len(values.counts):,} different values)",
            (*columns, "first record") if examples else columns,
            tuple(rows),
            len(values.counts),
        )

    def _value_row(self, value: str, values: Values, *, examples: bool) -> Row:
        count, first, last = values.counts[value], values.firsts[value], values.lasts[value]
        row: Row = (
            one_line(value, _SHOWN),
            count,
            _share(count, self._stream.records),
            self._stamp(first),
            first + 1,
            self._stamp(last),
            last + 1,
        )
        return (*row, self._lines.shown(first)) if examples else row

    def _templates(self) -> Iterable[Table]:
        rows = [
            (
                number,
                one_line(text, _SHOWN),
                template.count,
                _share(template.count, self._stream.records),
                self._stamp(template.first),
                template.first + 1,
                self._stamp(template.last),
                template.last + 1,
                self._lines.shown(template.first),
            )
            for number, (template, text, _) in enumerate(self._shapes[:_MOST_TEMPLATES], 1)
        ]
        columns = ("no.", "template", "records", "share", "first", "line", "last", "line of last", "first record")
        yield Table("templates", columns, tuple(rows), len(self._shapes))

    def _fields(self) -> Iterable[Table]:
        fields = {name: values for name, values in self._stream.values.items() if values.total}
        rows = [
            (one_line(name), *_summary(values), *(_NO_NUMBERS if repeats(values) else _numbers(values.numbers)))
            for name, values in fields.items()
        ]
        columns = ("field", "records", "different values", "most common", *_NUMBER_COLUMNS)
        yield Table("fields", columns, tuple(rows), len(rows))
        for name, values in fields.items():
            if name not in ("level", "component") and len(values.counts) > 1:
                most = _FEW_VALUES if len(values.counts) <= _FEW_VALUES else _MOST_VALUES
                yield self._value_table(one_line(name), f"values of {one_line(name)}", values, most)
        for (by, name), groups in (self._stream.groups.pairs or {}).items():
            yield _group_table(one_line(by), one_line(name), groups)
        for (by, name), crossed in (self._stream.crossings.pairs or {}).items():
            yield _crossed_table(one_line(by), one_line(name), crossed)

    def _places(self) -> Iterable[Table]:
        shown = [
            (number, *_place_row(text, place))
            for number, (_, text, places) in enumerate(self._shapes[:_MOST_TEMPLATES], 1)
            for place in places
        ]
        columns = ("no.", "template", "place", "records", "different values", "most common", *_NUMBER_COLUMNS)
        yield Table("values in templates", columns, tuple(shown), sum(len(places) for *_, places in self._shapes))
        found = addresses(template for template, *_ in self._shapes)
        if found.counts:
            yield self._value_table("IP address", "IP addresses in messages", found, _MOST_VALUES)

    def _further(self) -> Iterable[Table]:
        templates = _ordered(self._stream.further.templates)
        rows: list[Row] = []
        for template in templates[:_MOST_TEMPLATES]:
            text, places = shape(template)
            # The place with the most values tells most.
            widest = max(places, key=lambda place: len(place.values.counts), default=None)
            numbers = _numbers(widest.values.numbers) if widest else _NO_NUMBERS
            lines = (template.first + 1, template.last + 1)
            rows.append((one_line(text, _SHOWN), template.count, *lines, *numbers))
        columns = ("template", "lines", "line", "line of last", *_NUMBER_COLUMNS)
        yield Table("further lines of records", columns, tuple(rows), len(templates))

    def _times(self) -> Iterable[Table]:
        stream = self._stream
        days = sorted(stream.days.items(), key=lambda day: -day[1][0])
        rows = [
            (self._day(day), self._written_day(line), count, _share(count, stream.records))
            for day, (count, line) in days[:_FEW_VALUES]
        ]
        yield Table("records by day", ("day", "as written", "records", "share"), tuple(rows), len(days))
        unit, counts = timeline(stream.intervals, stream.unit)
        yield burst_table(bursts(counts, unit), unit, yearless=stream.yearless)
        yield interval_table(counts, unit, yearless=stream.yearless)

    def _day(self, day: int) -> str:
        return moment(day * 86400, yearless=self._stream.yearless).rsplit(" ", 1)[0]

    def _written_day(self, line: int) -> str:
        stamp = self._stamp(line)
        clock = stamp.find(":")
        # Before the clock's hour, or the whole of a stamp without a clock.
        return stamp[: clock - 2].rstrip(" :T_-") if clock > 2 and not _apache(stamp) else stamp.split(":")[0]


def burst_table(found: Sequence[tuple[int, int, int]], unit: int, *, yearless: bool) -> Table:
    """Return the table of the intervals with unusually many records."""
    rows = [
        (time_range(start, end - 1, yearless=yearless), records, round(records * 60 / (end - start), 1))
        for start, end, records in found[:_MOST_BURSTS]
    ]
    title = f"bursts: {_LENGTHS[unit]} intervals with unusually many records"
    return Table(title, ("time", "records", "records a minute"), tuple(rows), len(found))


def interval_table(counts: Mapping[int, int], unit: int, *, yearless: bool) -> Table:
    """Return the table of records by time."""
    rows = [(moment(start, yearless=yearless), count) for start, count in counts.items()]
    return Table(INTERVALS[unit], ("from", "records"), tuple(rows), len(rows))


def _apache(stamp: str) -> bool:
    """Tell whether a colon stands between date and clock: 17/May/2015:10:05:03."""
    return stamp.count("/") == 2 and stamp.count(":") == 3


def _ordered(templates: Sequence[Template]) -> list[Template]:
    return sorted((template for template in templates if template.count), key=lambda template: -template.count)


def _most_common(values: Values, most: int) -> list[str]:
    """Return the values that occur most often, the one that comes first in the log before others as frequent."""
    order = range(len(values.counts))
    ranked = zip(map(neg, values.counts.values()), values.firsts.values(), order, values.counts, strict=True)
    return [value for *_, value in nsmallest(most, ranked)]


def _summary(values: Values, bare: Callable[[str], str] = str) -> Row:
    """Return how many values there are, how many different ones, and the most common."""
    top = _most_common(values, _TOP)
    told = "; ".join(f"{one_line(bare(value), _VALUE_SHOWN)} ({values.counts[value]:,})" for value in top)
    distinct: Cell = len(values.counts) if values.whole else f"at least {values.different or len(values.counts):,}"
    return values.total, distinct, told


def _place_row(text: str, place: Place) -> Row:
    name = f"{place.name} (word {place.position + 1})" if place.name else f"word {place.position + 1}"
    return one_line(text, _SHOWN), name, *_summary(place.values, place.bare), *_numbers(place.values.numbers)


def _numbers(numbers: Numbers) -> Row:
    if numbers.mixed or not numbers.count:
        return _NO_NUMBERS
    mean = float(f"{numbers.total / numbers.count:.6g}")
    # Ten digits, because sums of fractions depend on their order in the last ones.
    total = numbers.total if numbers.total.is_integer() else float(f"{numbers.total:.10g}")
    total = int(total) if total.is_integer() else total
    return numbers.least_text, mean, numbers.greatest_text, numbers.greatest_line + 1, total


def _group_table(by: str, name: str, groups: Mapping[str, Numbers]) -> Table:
    ordered = sorted(groups.items(), key=lambda item: -item[1].count)
    rows = [(one_line(group, _SHOWN), numbers.count, *_numbers(numbers)) for group, numbers in ordered]
    return Table(
        f"numbers of {name} by {by}", (by, f"records with {name}", *_NUMBER_COLUMNS), tuple(rows), len(rows)
    )


def _crossed_table(by: str, name: str, groups: Mapping[str, Counter[str]]) -> Table:
    ordered = sorted(groups.items(), key=lambda item: -item[1].total())
    rows = []
    for group, counts in ordered:
        told = "; ".join(
            f"{one_line(value, _VALUE_SHOWN)} ({count:,})" for value, count in counts.most_common(_TOP)
        )
        rows.append((one_line(group, _SHOWN), counts.total(), len(counts), told))
    columns = (by, f"records with {name}", f"different {name}", f"most common {name}")
    return Table(f"{name} by {by}", columns, tuple(rows), len(rows))


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %" if total else ""
