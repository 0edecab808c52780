"""Time stamps of logs: find the part that tells the second, turn it into seconds since 1970 as it is written.

Times are compared as written, without their zone, which a file rarely changes; ``zone_seconds`` gives it to those
who merge files. Limits: a stamp without a year (syslog) is put into YEARLESS; one without a date (dmesg) counts
from its own beginning, in 1970.
"""

import re
from datetime import date

YEARLESS = 2000
"""The year of stamps that name none; a leap year, so that 29 February exists."""
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_EPOCH = date(1970, 1, 1).toordinal()
_CLOCK = r"(?P<H>\d\d?):(?P<M>\d\d?):(?P<S>\d\d?)"
_LAYOUTS = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<y>\d{{4}})[-/.](?P<m>\d\d)[-/.](?P<d>\d\d)[T _]{{1,2}}{_CLOCK}",
        rf"(?P<d>\d\d)/(?P<b>[A-Za-z]{{3}})/(?P<y>\d{{4}}):{_CLOCK}",
        rf"(?:[A-Z][a-z]{{2}} )?(?P<b>[A-Z][a-z]{{2}}) +(?P<d>\d\d?) {_CLOCK}(?:[.,]\d+)?(?: (?P<y>\d{{4}}))?$",
        rf"(?P<yy>\d\d)/(?P<m>\d\d)/(?P<d>\d\d) {_CLOCK}",
        r"(?P<yy>\d\d)(?P<m>\d\d)(?P<d>\d\d) (?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)$",
        rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)[-T ]{_CLOCK}",
        rf"(?P<m>\d\d)[-/]?(?P<d>\d\d) {_CLOCK}",
        rf"(?P<d>\d\d)[-/ ](?P<b>[A-Za-z]{{3}})[-/ ](?P<y>\d{{4}}) {_CLOCK}",
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)$",
        r"(?P<b>[A-Z][a-z]{2}) +(?P<d>\d{1,2}), (?P<y>\d{4})$",
    )
]
_YEARLESS_STAMP = re.compile(r"(?:<\d+>)?(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\.?\d*$|\d\d[-/]?\d\d \d\d:)")
_SECONDS = re.compile(r"(?<!\d)\d\d:\d\d:\d\d")
_ZONE = re.compile(r"(?P<utc>Z)$|[ \d](?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$")
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?$")
# Seconds, milliseconds, microseconds, nanoseconds since 1970 have 10, 13, 16 and 19 digits until the year 2286.
_SCALES = ((1e18, 1e9), (1e15, 1e6), (1e12, 1e3), (0, 1.0))


def key_length(stamp: str) -> int:
    """Return how many characters of such stamps tell the second; what follows is a fraction or a zone."""
    clock = _SECONDS.search(stamp)
    # The year may come last: "Sun Dec 04 04:47:44 2005".
    if clock is None or re.match(r"(?:[.,]\d+)? \d{4}$", stamp[clock.end() :]):
        return len(stamp)
    return clock.end()


def seconds(stamp: str) -> int | None:
    """Return the seconds from 1970 to a stamp as it is written, or None for what is no stamp."""
    if _NUMBER.match(stamp):
        value = float(stamp)
        return int(value / next(scale for least, scale in _SCALES if value >= least))
    for layout in _LAYOUTS:
        if match := layout.match(stamp):
            return _from_parts(match.groupdict())
    return None


def is_yearless(stamp: str) -> bool:
    """Tell whether a stamp names no year."""
    return _YEARLESS_STAMP.match(stamp) is not None


def zone_seconds(stamp: str) -> int | None:
    """Return the seconds that a stamp's zone lies east of UTC, or None if it names no zone."""
    match = _ZONE.search(stamp)
    if match is None:
        return 0 if _NUMBER.match(stamp) else None
    if match["utc"]:
        return 0
    offset = int(match["hours"]) * 3600 + int(match["minutes"]) * 60
    return -offset if match["sign"] == "-" else offset


def _from_parts(parts: dict[str, str | None]) -> int | None:
    year = int(parts.get("y") or 0) or _century(parts.get("yy"))
    month = int(parts.get("m") or 0) or _MONTHS.get((parts.get("b") or "").lower(), 0)
    hours, minutes, secs = (int(parts.get(name) or 0) for name in "HMS")
    try:
        day = date(year, month, int(parts.get("d") or 0)).toordinal() - _EPOCH
    except ValueError:
        return None
    # A leap second is the second before it.
    return ((day * 24 + hours) * 60 + minutes) * 60 + min(secs, 59)


def _century(digits: str | None) -> int:
    """Return the year of two digits: 70 to 99 are of the last century."""
    if not digits:
        return YEARLESS
    return int(digits) + (1900 if int(digits) >= 70 else 2000)
