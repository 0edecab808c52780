"""Further words by which people ask for a column: for the fields of logs, for units, for addresses and users.

English; the words of other languages come from the text itself, as columns are named by it.
"""

FIELDS: dict[str, tuple[str, ...]] = {
    "time": ("timestamp", "time stamp", "date", "datetime", "when", "moment"),
    "ip": (
        "client",
        "client ip",
        "address",
        "ip address",
        "client ip address",
        "visitor",
        "source",
        "remote host",
    ),
    "user": ("username", "user name", "account", "login"),
    "method": ("verb", "http method", "request method", "kind of request"),
    "path": ("url", "uri", "page", "resource", "file", "request", "address requested"),
    "protocol": ("version", "http version"),
    "status": ("code", "status code", "response code", "http status", "http status code"),
    "bytes": ("size", "response size", "response", "length", "transferred"),
    "referrer": ("referer", "referring page", "origin"),
    "agent": ("user agent", "browser", "client software", "bot"),
    "host": ("machine", "server", "computer", "hostname", "node"),
    "program": ("process", "service", "daemon", "component", "application", "program name"),
    "component": ("logger", "module", "class", "service", "program", "source", "name"),
    "level": ("severity", "log level", "priority"),
    "pid": ("process id", "process", "process number"),
    "tid": ("thread", "thread id"),
    "thread": ("thread name",),
    "message": ("text", "event", "entry", "content"),
    "port": ("port number",),
    "request": ("request id",),
    "speaker": ("character", "person", "name", "who", "role", "author", "sender", "user", "participant"),
    "text": ("words", "message", "content", "speech", "line"),
}
"""For the name of a column, what else it is called."""

UNITS: dict[str, tuple[str, ...]] = {
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "milliseconds": ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"),
    "microseconds": ("us", "usec", "µs", "microsecond", "microseconds"),
    "nanoseconds": ("ns", "nanosecond", "nanoseconds"),
    "minutes": ("min", "mins", "minute", "minutes"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "days": ("d", "day", "days"),
    "bytes": ("b", "byte", "bytes"),
    "kilobytes": ("k", "kb", "kib", "kilobyte", "kilobytes"),
    "megabytes": ("m", "mb", "mib", "megabyte", "megabytes"),
    "gigabytes": ("g", "gb", "gib", "gigabyte", "gigabytes"),
    "percent": ("%", "percent", "percentage"),
}
"""For a unit in full, how it is written after a number."""

_TIMES = frozenset({"seconds", "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days"})
_DURATION = ("duration", "time", "long", "took", "length", "elapsed")
_SIZE = ("size", "amount", "large", "big", "memory")
_BY_WRITING = {written: unit for unit, ways in UNITS.items() for written in ways}


def unit_of(word: str) -> str:
    """Return the unit in full that a word after a number names, or an empty string."""
    return _BY_WRITING.get(word.lower(), "")


def of_unit(word: str) -> tuple[str, ...]:
    """Return what a column of numbers with this unit may be called besides."""
    unit = unit_of(word)
    if not unit:
        return ()
    measured = _DURATION if unit in _TIMES else () if unit == "percent" else _SIZE
    return (unit, *(way for way in UNITS[unit] if len(way) > 1 and way not in (unit, word)), *measured)
