"""Time stamps and dates as people and programs write them: compare them, and take parts of them as written.

Machine stamps are those that logs use (parsers/log_times.py); dates may also name their month, or be a year, a
month or a clock time alone. Limits: English and three-letter month names; of 3/4/2020 the month comes first, as in
American English, where it can be a month; a stamp without a year is put into YEARLESS.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Literal

from rao_cli.documents.parsers.log_times import YEARLESS, seconds, zone_seconds

Unit = Literal["year", "month", "weekday", "day", "hour", "minute"]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = (
    r"(?P<b>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\.?"
)
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d{1,9})?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_LATER = rf"(?:,? (?:at )?{_CLOCK})?"
_WEEKDAY = r"(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? )?"
_DATES = [
    re.compile(pattern)
    for pattern in (
        rf"{_WEEKDAY}{_MONTH} {_DAY}(?:,? (?P<y>\d{{4}}))?{_LATER}",
        rf"{_WEEKDAY}{_DAY}(?: of)?[ -]{_MONTH}(?:,?[ -](?P<y>\d{{4}}))?{_LATER}",
        rf"{_DAY}/{_MONTH}/(?P<y>\d{{4}})(?::{_CLOCK})?",
        rf"{_MONTH}[ /-](?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}})(?P<s>[-/.])(?P<m>\d\d?)(?:(?P=s)(?P<d>\d\d?)(?:[T ]{_CLOCK})?)?(?:Z|[+-]\d\d:?\d\d)?",
        rf"(?P<first>\d\d?)(?P<s>[/.-])(?P<second>\d\d?)(?P=s)(?P<y>\d{{4}}){_LATER}",
        rf"(?P<first>\d\d?)(?P<s>[/.-])(?P<second>\d\d?),? {_CLOCK}",
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)-(?P<H>\d\d)\.(?P<M>\d\d)\.(?P<S>\d\d)(?:\.\d{1,9})?",
        r"(?P<y>1\d{3}|20\d\d|21\d\d)",
        _CLOCK,
    )
]
_PLAIN_NUMBER = re.compile(r"\d+")
_EPOCH_NUMBER = re.compile(r"(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?|\d{1,8}\.\d{3,9}")
_FRACTION = re.compile(r"\d:\d\d[.,](\d{1,9})")
_LONGEST = 60
_EPOCH = date(1970, 1, 1).toordinal()
_WRITTEN_CLOCK = re.compile(r"(?<!\d)(\d\d?):\d\d(?::\d\d)?(?:[.,]\d+)?")
_YEAR = re.compile(r"(?<!\d)\d{4}(?![\d:])")
_DAY_OF_MONTH = re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?(?!\d)[,/ -]?\s*")
_ISO_MONTH = re.compile(r"\d{4}[-/.]\d\d")


@lru_cache(maxsize=4096)
def moment(text: str) -> float | None:
    """Return the seconds from 1970 to a stamp or date, in UTC where it names its zone, or None for what is none.

    A date is its first second, a year its first day; a clock time alone counts from midnight.
    """
    stamp = text.strip(" \t[]()\"'")
    if not stamp or len(stamp) > _LONGEST or not any(map(str.isdigit, stamp)):
        return None
    if _EPOCH_NUMBER.fullmatch(stamp):
        return float(seconds(stamp) or 0)
    whole = None if _PLAIN_NUMBER.fullmatch(stamp) else seconds(stamp)
    if whole is None:
        return _from_date(stamp)
    fraction = _FRACTION.search(stamp)
    return whole + (float(f"0.{fraction[1]}") if fraction else 0.0) - (zone_seconds(stamp) or 0)


def part(stamp: str, unit: Unit) -> str:
    """Return the part of a stamp that names its day, hour, … in the stamp's own writing: 17/May/2015.

    The hour comes with its day. It is empty where the stamp does not tell it, or is none.
    """
    stamp = stamp.strip(" \t[]()\"'")
    if moment(stamp) is None:
        return ""
    clock = _WRITTEN_CLOCK.search(stamp)
    if unit in ("hour", "minute"):
        return _clock_part(stamp, clock, unit)
    day = _day(stamp, clock)
    if unit == "day" or not day:
        return day
    year = _YEAR.search(day)
    if unit == "year":
        return year[0] if year else ""
    if unit == "weekday":
        return _WEEKDAYS[int((moment(day) or 0) // 86400 + 3) % 7] if year else ""
    iso = _ISO_MONTH.match(day)
    return iso[0] if iso else _DAY_OF_MONTH.sub("", day, count=1).strip(" ,/-")


def _day(stamp: str, clock: re.Match[str] | None) -> str:
    if clock is None:
        return stamp if re.search(r"\D", stamp) else ""
    later = _YEAR.search(stamp, clock.end())
    before = stamp[: clock.start()].rstrip(" T:_,")
    return f"{before} {later[0]}" if later and stamp[later.start() - 1] == " " and before else before


def _clock_part(stamp: str, clock: re.Match[str] | None, unit: Unit) -> str:
    if clock is None:
        return ""
    return stamp[: clock.end(1)] if unit == "hour" else stamp[: clock.end(1) + 3]


def _from_date(stamp: str) -> float | None:
    for layout in _DATES:
        if match := layout.fullmatch(stamp):
            return _from_parts(match.groupdict())
    return None


def _from_parts(parts: dict[str, str | None]) -> float | None:
    clock = _seconds_of_day(parts)
    if set(parts) <= {"H", "M", "S", "half"}:
        return clock
    month, day = _month_and_day(parts)
    try:
        days = date(int(parts.get("y") or YEARLESS), month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    return None if clock is None else days * 86400 + clock


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        day_first = parts["s"] == "." and "y" in parts
        return (second, first) if first > 12 or day_first else (first, second)
    named = (parts.get("b") or "")[:3].lower()
    month = _MONTHS.index(named) + 1 if named else int(parts.get("m") or 1)
    return month, int(parts.get("d") or 1)


def _seconds_of_day(parts: dict[str, str | None]) -> float | None:
    hours, minutes, secs = (int(parts.get(name) or 0) for name in "HMS")
    if half := parts.get("half"):
        hours = hours % 12 + (12 if half in "Pp" else 0)
    return None if hours > 23 or minutes > 59 else float((hours * 60 + minutes) * 60 + min(secs, 59))
