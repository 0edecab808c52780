"""Cut lines of a log into records and their fields, a whole chunk of lines at a time.

The format of a chunk is a short text: the name of a pattern (log_formats.py), ``json``, ``logfmt``, or
``labelled`` with the separator and the labels. Fields come as columns, which are counted many times faster than
rows. Limits: the first SHOWN characters of a line are looked at (whole lines of JSON up to LONGEST_JSON), and the
MOST fields that occur most often.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rao_cli.documents.parsers.log_formats import PLAIN, best_pattern, by_name, continues

SHOWN = 4096
"""Characters of a line that are looked at."""
LONGEST_JSON = 1 << 20
MOST = 60
"""Fields of one log that are counted."""
ROLES = {
    "time": ("time", "timestamp", "@timestamp", "ts", "t", "date", "datetime", "asctime", "eventtime", "created"),
    "level": ("level", "lvl", "severity", "levelname", "log.level", "loglevel"),
    "component": ("component", "logger", "name", "service", "module", "program", "log.logger", "caller"),
    "message": ("message", "msg", "event", "log", "text"),
}
"""Names under which structured logs keep what every log has."""
_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]{0,80})=("[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]*)')
_SEPARATORS = (" || ", " | ", "; ", "\t")
_LABEL = re.compile(r"([A-Z][A-Za-z ]{0,30}): ?(?=\S)")
_SAMPLE = 300
_JSON_ERRORS = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of a chunk: the number of each one's first line, its fields as columns, and all other lines."""

    lines: Sequence[int]
    columns: dict[str, Sequence[str]] = field(default_factory=dict)
    rest: Sequence[int] = ()


def split_rows(form: str, lines: Sequence[str]) -> Rows:
    """Return the records of some lines by their format."""
    if not lines:
        return Rows(())
    pattern = by_name(form)
    if pattern is None:
        return _structured(form, lines)
    found = pattern.lines.findall("\n".join(shortened(lines, SHOWN)))
    keys = pattern.fields
    place = keys.index(pattern.key)
    if "" not in (column := [row[place] for row in found]):
        return Rows(range(len(found)), dict(zip(keys, zip(*found, strict=True), strict=False)))
    at = [number for number, key in enumerate(column) if key]
    rest = [number for number, key in enumerate(column) if not key]
    columns = zip(*[found[number] for number in at], strict=True)
    return Rows(at, dict(zip(keys, columns, strict=False)), rest)


def shortened(lines: Sequence[str], most: int) -> Sequence[str]:
    """Return the lines, each cut to a length."""
    if max(map(len, lines), default=0) <= most:
        return lines
    return [line[:most] for line in lines]


def detect(lines: Sequence[str]) -> tuple[str, int]:
    """Return the format of some lines, and how many of them it matches as records."""
    sample = [line[:SHOWN] for line in lines if line][:_SAMPLE]
    pattern, matched = best_pattern(sample)
    structured = [
        (form, len(split_rows(form, sample).lines)) for form in ("json", "logfmt", _labels(sample)) if form
    ]
    best = max(structured, key=lambda found: found[1])
    # A record of pairs may start with a time as well; then the pairs tell more.
    if best[1] > len(sample) // 2 and best[1] >= matched:
        return best
    return (pattern.name, matched) if matched else (PLAIN.name, 0)


def told(form: str, lines: Sequence[str]) -> float:
    """Return the share of lines that are records of a format, or continue one, of all that are not blank."""
    rows = split_rows(form, lines)
    first = rows.lines[0] if rows.lines else len(lines)
    further = sum(
        1 for number in rows.rest if number > first and lines[number].strip() and continues(lines[number])
    )
    total = sum(1 for line in lines if line.strip())
    return (len(rows.lines) + further) / total if total else 0.0


def _structured(form: str, lines: Sequence[str]) -> Rows:
    records = {"json": _json_records, "logfmt": _logfmt_records}.get(form)
    found = list(records(lines) if records else _labelled_records(form, lines))
    at = [number for number, _ in found]
    inside = set(at)
    rest = [number for number in range(len(lines)) if number not in inside]
    common = Counter(name for _, record in found for name in record)
    names = {name: _role(name, common) for name, _ in common.most_common(MOST)}
    return Rows(at, {role: [record.get(name, "") for _, record in found] for name, role in names.items()}, rest)


def _role(name: str, common: Counter[str]) -> str:
    """Return what a field is in all logs, if it is the first of the names for that, or else its own name."""
    for role, names in ROLES.items():
        best = next((candidate for candidate in names if any(candidate == other.lower() for other in common)), "")
        if best and best == name.lower():
            return role
    return f"{name} (field)" if name in ROLES else name


def _json_records(lines: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(lines):
        if not line.lstrip().startswith("{") or len(line) > LONGEST_JSON:
            continue
        try:
            record = dict(_flat(json.loads(line), "", 0))
        except _JSON_ERRORS:
            continue
        if record:
            yield number, record


def _flat(record: dict[str, object], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < 3:
            yield from _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, str):
            yield name, " ".join(value[:SHOWN].split("\n"))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, repr(value)
        else:
            yield name, json.dumps(value)[:SHOWN]


def _logfmt_records(lines: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(shortened(lines, SHOWN)):
        pairs = _PAIR.findall(line)
        # Most of the line has to be pairs: prose may hold one or two.
        if len(pairs) < 2 or 2 * sum(len(key) + len(value) + 2 for key, value in pairs) < len(line):
            continue
        if line.startswith(pairs[0][0]):
            yield number, {key: value[1:-1] if value[:1] == '"' else value for key, value in pairs}


def _labels(lines: Sequence[str]) -> str:
    """Return the format of lines that are made of the same labelled parts, or an empty string."""
    shapes: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        separator = next((mark for mark in _SEPARATORS if mark in line), "")
        labels = [_LABEL.match(part) for part in line.split(separator)] if separator else []
        if len(labels) > 1 and all(labels):
            shapes[(separator, *(label[1] for label in labels if label))] += 1
    if not shapes:
        return ""
    shape, count = shapes.most_common(1)[0]
    return f"labelled {json.dumps(shape)}" if count * 10 >= len(lines) * 8 else ""


def _labelled_records(form: str, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    separator, *labels = json.loads(form.removeprefix("labelled "))
    for number, line in enumerate(shortened(lines, SHOWN)):
        parts = line.split(separator, len(labels) - 1)
        if len(parts) == len(labels) and all(
            part.startswith(f"{label}:") for part, label in zip(parts, labels, strict=True)
        ):
            yield (
                number,
                {label: part[len(label) + 1 :].strip() for part, label in zip(parts, labels, strict=True)},
            )
