"""Further words by which people ask for a column: for the fields of logs, for units, for addresses and users.

English; the words of other languages come from the text itself, as columns are named by it.
"""

import re
from collections.abc import Sequence

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
    "message": ("text", "entry", "content"),
    "event": ("kind", "type", "kind of message", "type of message", "template", "error"),
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


_CAPITAL, _SMALL = "[A-ZÀ-ÖØ-Þ]", r"[^\W\d_A-ZÀ-ÖØ-Þ]"
_PARTS = re.compile(rf"{_CAPITAL}?{_SMALL}+|{_CAPITAL}+(?!{_SMALL})|\d+")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[\dA-Fa-f]{1,4}:){2,7}[\dA-Fa-f]{1,4}")
_STATUS = re.compile(r"[1-5]\d\d")
_KNOWN = {
    "addr": "ip",
    "remote": "ip",
    "clientip": "ip",
    "username": "user",
    "login": "user",
    "account": "user",
    "uri": "path",
    "url": "path",
    "code": "status",
    "response": "status",
    "size": "bytes",
    "timestamp": "time",
    "date": "time",
    "severity": "level",
    "msg": "message",
    "hostname": "host",
    "service": "program",
    "process": "program",
    "logger": "component",
    "useragent": "agent",
    "referer": "referrer",
}


def field_of(name: str, values: Sequence[str] = ()) -> str:
    """Return the field in FIELDS that a column is by its name and some of its values, or its name's last word.

    What is called a response or a code is a status only if it holds numbers of three digits.
    """
    if values and all(map(_ADDRESS.fullmatch, values)):
        return "ip"
    words = [word.lower() for word in _PARTS.findall(name)]
    last = words[-1] if words else ""
    field = _KNOWN.get("".join(words[-2:])) or _KNOWN.get(last, last)
    return last if field == "status" and not all(map(_STATUS.fullmatch, values)) else field


def aliases_of(name: str, values: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what else a column may be called by its name as the text writes it: remote_ip is an ip, a client."""
    spaced = " ".join(word.lower() for word in _PARTS.findall(name))
    field = field_of(name, values)
    known = (field, *FIELDS[field]) if field in FIELDS else ()
    return tuple(dict.fromkeys(each for each in (spaced, *known) if each and each != name))
