"""Merge the facts of several logs by time: one timeline, levels, templates and bursts over all of them.

The texts stay apart, so that each line keeps its file and number. Limits: made of the logs' tables, so that of a
log's templates those count that occur most often. Times are compared in UTC where a zone is named, and as written
where none is; a log without years is put into the year in which the first of the others begins.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rao_cli.documents.logs.bursts import bursts, timeline
from rao_cli.documents.logs.facts import INTERVALS, burst_table, interval_table
from rao_cli.documents.logs.tree import moment
from rao_cli.documents.model import Facts, Table
from rao_cli.documents.parsers.log_stream import UNITS, coarser
from rao_cli.documents.parsers.log_times import YEARLESS, is_yearless, seconds

_MOST_TEMPLATES = 50


@dataclass(frozen=True, slots=True)
class _Log:
    """A log's facts, the seconds its zone lies east of UTC, and the year it is put into if it names none."""

    facts: Facts
    zone: int
    year: int = 0

    def number(self, name: str) -> int:
        value = dict(self.facts.values).get(name, 0)
        return value if isinstance(value, int) else 0

    def time(self, name: str) -> int:
        return self.moved(str(dict(self.facts.values)[name]))

    def moved(self, written: str) -> int:
        """Return a time that the facts tell, in seconds, in the zone and year of all logs."""
        time = (seconds(written) or 0) - self.zone
        if not self.year:
            return time
        placed = datetime.fromtimestamp(time, UTC)
        if (placed.month, placed.day) == (2, 29):
            placed += timedelta(days=1)
        return int(placed.replace(year=self.year + placed.year - YEARLESS).timestamp())

    def rows(self, title: str) -> tuple[tuple[str | int | float, ...], ...]:
        return next((table.rows for table in self.facts.tables if table.title == title), ())

    def intervals(self) -> tuple[int, dict[int, int]]:
        """Return the seconds of an interval and the records by its start."""
        for unit, title in INTERVALS.items():
            if rows := self.rows(title):
                return unit, {self.moved(str(start)): int(count) for start, count in rows}
        return UNITS[0], {}


def merge_logs(facts: Sequence[Facts]) -> Facts | None:
    """Return the facts of all logs among the given, merged by time, or None for fewer than two with times."""
    found = [fact for fact in facts if "first time" in dict(fact.values)]
    if len(found) < 2:
        return None
    logs = sorted(_logs(found), key=lambda log: log.time("first time"))
    first, last = logs[0].time("first time"), max(log.time("last time") for log in logs)
    yearless = all(_yearless(log.facts) for log in logs)
    values: tuple[tuple[str, str | int | float], ...] = (
        ("logs", len(logs)),
        *((name, sum(log.number(name) for log in logs)) for name in ("records", "lines", "errors")),
        ("first time", moment(first, yearless=yearless)),
        ("last time", moment(last, yearless=yearless)),
        ("span in seconds", last - first),
    )
    tables = [_overview(logs, yearless=yearless), _levels(logs), _templates(logs)]
    tables += _timeline(logs, yearless=yearless)
    return Facts(f"{len(logs)} logs merged", "logs", values, tuple(table for table in tables if table.rows))


def _yearless(facts: Facts) -> bool:
    return is_yearless(str(dict(facts.values)["first time"]))


def _logs(found: Sequence[Facts]) -> list[_Log]:
    zones = [dict(facts.values).get("zone in seconds") for facts in found]
    logs = [_Log(facts, zone if isinstance(zone, int) else 0) for facts, zone in zip(found, zones, strict=True)]
    dated = [log.time("first time") for log in logs if not _yearless(log.facts)]
    if not dated:
        return logs
    year = datetime.fromtimestamp(min(dated), UTC).year
    return [replace(log, year=year) if _yearless(log.facts) else log for log in logs]


def _overview(logs: Sequence[_Log], *, yearless: bool) -> Table:
    rows = [
        (
            log.facts.path,
            log.facts.kind,
            log.number("records"),
            log.number("errors"),
            moment(log.time("first time"), yearless=yearless),
            moment(log.time("last time"), yearless=yearless),
        )
        for log in logs
    ]
    return Table("logs by time", ("log", "kind", "records", "errors", "first", "last"), tuple(rows), len(rows))


def _levels(logs: Sequence[_Log]) -> Table:
    rows = [(row[0], log.facts.path, row[1]) for log in logs for row in log.rows("levels")]
    rows.sort(key=lambda row: (str(row[0]), -int(row[2])))
    return Table("levels", ("level", "log", "records"), tuple(rows), len(rows))


def _templates(logs: Sequence[_Log]) -> Table:
    counts: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for log in logs:
        for _, template, count, *_ in log.rows("templates"):
            counts[str(template)] += int(count)
            places.setdefault(str(template), []).append(log.facts.path)
    rows = [(text, count, ", ".join(places[text])) for text, count in counts.most_common(_MOST_TEMPLATES)]
    return Table("templates", ("template", "records", "logs"), tuple(rows), len(counts))


def _timeline(logs: Sequence[_Log], *, yearless: bool) -> list[Table]:
    found = [log.intervals() for log in logs]
    unit = max(unit for unit, _ in found)
    merged: Counter[int] = Counter()
    for _, counts in found:
        merged.update(coarser(counts, unit))
    longer, series = timeline(merged, unit)
    return [
        burst_table(bursts(series, longer), longer, yearless=yearless),
        interval_table(series, longer, yearless=yearless),
    ]
