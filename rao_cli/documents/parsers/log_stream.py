"""What is counted of one log: records, times, fields, templates. A file that joins several logs has several.

A stream is filled chunk by chunk and merged part by part. Limits: counts by time are kept for MOST_INTERVALS
intervals, and get coarser above that.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import gt
from typing import Any

from rao_cli.documents.parsers.log_counts import Room, Values, add_counts
from rao_cli.documents.parsers.log_groups import Crossings, Groups
from rao_cli.documents.parsers.log_rows import SHOWN, Rows
from rao_cli.documents.parsers.log_templates import Miner, Template
from rao_cli.documents.parsers.log_times import is_yearless, key_length, seconds, zone_seconds

MOST_INTERVALS = 20_000
UNITS = (1, 10, 60, 600, 3600, 86400)
"""Seconds of the intervals in which records are counted."""
YEAR = 366 * 86400
_WHOLE = 1000
_HALF_YEAR = 183 * 86400
_ALARMS = frozenset(["error", "err", "crit", "critical", "alert", "emerg", "fatal", "severe", "panic", "e", "f"])
_MOST_CACHED = 200_000
_DENSE = 10
_CLOCK_SECONDS = [f"{second:02}" for second in range(60)]
_UNCOUNTED = frozenset({"time", "message", "ident", "more"})


class Stream:
    """One log: its name if its file joins several, its format, and all that is counted."""

    def __init__(self, name: str, form: str, room: Room) -> None:
        self.name, self.form, self._room = name, form, room
        self.lines = self.records = self.alarms = self.timed = self.backwards = 0
        self.values: dict[str, Values] = {}
        self.groups, self.crossings = Groups(), Crossings()
        self.messages, self.further = Miner(room), Miner(room)
        self.unit = 1
        self.intervals: Counter[int] = Counter()
        """Records by the start of their interval."""
        self.days: dict[int, list[int]] = {}
        """By day: its records, the line of the first."""
        self.low: list[int] = []
        """The least time and its line, if any record has one; ``high`` the greatest and its last line."""
        self.high: list[int] = []
        self.ends: list[int] = []
        """The lines of the first and the last record."""
        self.zone: int | None = None
        self.yearless = False
        self._key = 0
        self._seconds: dict[str, int | None] = {}
        self._minutes: dict[str, int | None] = {}
        self._latest: int | None = None
        self._years = 0

    def add(self, rows: Rows, lines: Sequence[str], base: int) -> tuple[list[int], list[bool]]:
        """Count the records of a chunk whose first line is ``base``; return their times and which are alarms.

        The times are none if no record of the chunk has one; a record without takes that of the one before.
        """
        self.lines += len(lines)
        self.records += len(rows.lines)
        at = [base + number for number in rows.lines]
        if at:
            self.ends = [self.ends[0] if self.ends else at[0], at[-1]]
        columns = rows.columns
        for name, column in columns.items():
            if name not in _UNCOUNTED:
                self.values.setdefault(name, Values(self._room)).add(column, at)
        self.groups.add(columns, self.values, at)
        self.crossings.add(columns, self.values)
        found = self.messages.add(columns.get("message", ()), at)
        if rows.rest:
            kept = [number for number in rows.rest if lines[number].strip()]
            self.further.add(
                [lines[number][:SHOWN].strip() for number in kept], [base + number for number in kept]
            )
        alarms = _alarms(columns, found, len(at))
        self.alarms += sum(alarms)
        return self._timed(columns.get("time", ()), at), alarms

    def _timed(self, stamps: Sequence[str], at: Sequence[int]) -> list[int]:
        times = self._parsed(stamps) if stamps else []
        known = [time for time in times if time is not None]
        if not known:
            return []
        self.timed += len(known)
        filled = known if len(known) == len(times) else list(self._filled(times, known[0]))
        if self.yearless:
            filled = self._with_years(filled)
        self._latest = filled[-1] - self._years * YEAR
        self._count_times(filled, at)
        return filled

    def _filled(self, times: Sequence[int | None], first: int) -> Iterator[int]:
        """Yield the times, that of the record before in the place of each that is missing."""
        previous = first if self._latest is None else self._latest
        for time in times:
            previous = previous if time is None else time
            yield previous

    def _parsed(self, stamps: Sequence[str]) -> list[int | None]:
        if not self._key:
            first = next((stamp for stamp in stamps if stamp), "")
            # A stamp that is whole may be followed by ones with a fraction; these are not cut either.
            self._key = key_length(first) if key_length(first) < len(first) else _WHOLE
            self.yearless, self.zone = is_yearless(first), zone_seconds(first)
        size = self._key
        keys = [stamp[:size] for stamp in stamps]
        if len(self._seconds) > _MOST_CACHED:
            self._seconds.clear()
            self._minutes.clear()
        self._learn(set(keys).difference(self._seconds))
        return list(map(self._seconds.get, keys))

    def _learn(self, keys: set[str]) -> None:
        """Parse stamps without their fractions."""
        minutes = {key[:-2] for key in keys}
        if len(keys) > _DENSE * len(minutes):
            # All seconds of a minute at once cost as much as parsing ten of them one by one.
            for minute in minutes:
                if (start := self._second(f"{minute}00")) is not None and minute[-1:] == ":":
                    self._seconds.update(
                        zip(map(minute.__add__, _CLOCK_SECONDS), range(start, start + 60), strict=True)
                    )
        for key in keys.difference(self._seconds):
            self._seconds[key] = self._second(key)

    def _second(self, key: str) -> int | None:
        """Return the seconds of a stamp without its fraction, parsed once for each minute."""
        minute, last = key[:-2], key[-2:]
        if key[-3:-2] != ":" or not last.isdecimal():
            return seconds(key)
        if minute not in self._minutes:
            self._minutes[minute] = seconds(f"{minute}00")
        start = self._minutes[minute]
        return None if start is None else start + min(int(last), 59)

    def _with_years(self, times: list[int]) -> list[int]:
        """Return the times with a year added wherever they fall back by half a year: there the year changed."""
        previous = times[0] if self._latest is None else self._latest
        if max(times) - min(*times, previous) < _HALF_YEAR:
            return [time + self._years * YEAR for time in times] if self._years else times
        moved = []
        for time in times:
            self._years += time < previous - _HALF_YEAR
            moved.append(time + self._years * YEAR)
            previous = time
        return moved

    def _count_times(self, times: Sequence[int], at: Sequence[int]) -> None:
        ordered = sorted(times)
        low, high = ordered[0], ordered[-1]
        if ordered != times:
            self.backwards += sum(map(gt, times, times[1:]))
        if not self.low or low < self.low[0]:
            self.low = [low, at[times.index(low)]]
        if not self.high or high >= self.high[0]:
            self.high = [high, at[len(times) - 1 - times[::-1].index(high)]]
        unit = self.unit
        self.intervals.update(times if unit == 1 else [time - time % unit for time in times])
        self._coarsen(unit)
        same = low // 86400 == high // 86400
        days = Counter({low // 86400: len(times)}) if same else Counter([time // 86400 for time in times])
        for day, count in days.items():
            if day not in self.days:
                self.days[day] = [
                    0,
                    next(line for time, line in zip(times, at, strict=True) if time // 86400 == day),
                ]
            self.days[day][0] += count

    def _coarsen(self, unit: int) -> None:
        """Count in intervals of at least ``unit`` seconds, and few enough of them."""
        while unit > self.unit or (len(self.intervals) > MOST_INTERVALS and self.unit < UNITS[-1]):
            self.unit = next(longer for longer in UNITS if longer > self.unit)
            self.intervals = coarser(self.intervals, self.unit)

    def merge(self, other: "Stream", shift: int) -> int:
        """Add what was counted of a later part, whose lines start at ``shift``; return how far its times move."""
        moved = 0
        if self.yearless and self.high and other.low:
            moved = max(0, round((self.high[0] - other.low[0]) / YEAR)) * YEAR
        for name, values in other.values.items():
            self.values.setdefault(name, Values(self._room)).merge(values, shift)
        self.groups.merge(other.groups, shift)
        self.crossings.merge(other.crossings)
        self.messages.merge(other.messages.templates, shift)
        self.further.merge(other.further.templates, shift)
        for name in ("lines", "records", "alarms", "timed", "backwards"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.ends:
            first, last = (line + shift for line in other.ends)
            self.ends = [self.ends[0] if self.ends else first, last]
        self._merge_times(other, shift, moved)
        return moved

    def _merge_times(self, other: "Stream", shift: int, moved: int) -> None:
        if not other.low:
            return
        self.yearless, self.zone = other.yearless, other.zone if self.zone is None else self.zone
        low, high = [other.low[0] + moved, other.low[1] + shift], [other.high[0] + moved, other.high[1] + shift]
        self.low = min(self.low or low, low)
        self.high = max(self.high or high, high)
        self._coarsen(other.unit)
        later = {time + moved: count for time, count in other.intervals.items()} if moved else other.intervals
        add_counts(self.intervals, coarser(later, self.unit))
        self._coarsen(self.unit)
        for day, (count, line) in other.days.items():
            self.days.setdefault(day + moved // 86400, [0, line + shift])[0] += count

    def pack(self) -> dict[str, Any]:
        """Return all of it as JSON can carry it."""
        self.groups.settle(self.values)
        plain = {name: getattr(self, name) for name in _PLAIN}
        return plain | {
            "values": {name: values.pack() for name, values in self.values.items()},
            "groups": self.groups.pack(),
            "crossings": self.crossings.pack(),
            "messages": [template.pack() for template in self.messages.templates],
            "further": [template.pack() for template in self.further.templates],
            "intervals": list(self.intervals.items()),
            "days": list(self.days.items()),
        }

    @classmethod
    def unpack(cls, packed: dict[str, Any], room: Room) -> "Stream":
        """Return what ``pack`` packed."""
        stream = cls(packed["name"], packed["form"], room)
        for name in _PLAIN:
            setattr(stream, name, packed[name])
        stream.values = {name: Values.unpack(values, room) for name, values in packed["values"].items()}
        stream.groups = Groups.unpack(packed["groups"])
        stream.crossings = Crossings.unpack(packed["crossings"])
        stream.messages.templates = [Template.unpack(template, room) for template in packed["messages"]]
        stream.further.templates = [Template.unpack(template, room) for template in packed["further"]]
        stream.intervals = Counter(dict(packed["intervals"]))
        stream.days = dict(packed["days"])
        return stream


_PLAIN = ["name", "form", "lines", "records", "alarms", "timed", "backwards"]
_PLAIN += ["unit", "low", "high", "ends", "zone", "yearless"]


def coarser(intervals: dict[int, int], unit: int) -> Counter[int]:
    """Return counts by time as counts by longer intervals."""
    if unit == 1:
        return Counter(intervals)
    longer: Counter[int] = Counter()
    for time, count in intervals.items():
        longer[time // unit * unit] += count
    return longer


def _alarms(columns: dict[str, Sequence[str]], templates: Sequence[Template], size: int) -> list[bool]:
    """Return which records tell of an error: by their level, else by a server's status, else by their words."""
    if "level" in columns:
        levels = columns["level"]
        known = {level: level.lower() in _ALARMS for level in set(levels)}
        return [known[level] for level in levels]
    if "status" in columns:
        statuses = columns["status"]
        known = {status: status[:1] == "5" and len(status) == 3 for status in set(statuses)}
        return [known[status] for status in statuses]
    return [template.alarming for template in templates] if templates else [False] * size
