"""Records that are lines of labelled fields: ``Key: value || Key: value``, ``key=value``, objects of JSON lines.

Of labelled lines the keys, their order and the separator are what most lines share; no list of separators is
needed. Limits: labels of at most four words; the first SHOWN characters of a line; MOST fields of lines that name
them freely; a value of a JSON line is placed where it is first written as such.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rao_cli.documents.data.access import NAMES as ACCESS_NAMES
from rao_cli.documents.data.access import NOUNS as ACCESS_NOUNS
from rao_cli.documents.data.access import Fields, Split, access_columns, request_field, with_request
from rao_cli.documents.data.aliases import aliases_of
from rao_cli.documents.data.columns import kind_of
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Span
from rao_cli.documents.parsers.log_rows import LONGEST_JSON, SHOWN

MOST = 60
NOUNS = ("record", "line", "entry", "row", "item")
_LOG_NOUNS = (*NOUNS, "event", "message")
_SAMPLED = 1000
_LEAST = 0.6
_LABEL = re.compile(r"(?<![\w.])([^\W\d][\w.-]{0,30}(?: [\w.-]{1,30}){0,3}) ?([:=])(?=[ \t]|$)")
_TIGHT = re.compile(r"(?:^|(?<=[|;,\t])|(?<=[|;,\t] ))([^\W\d][\w.-]{0,30}(?: [\w.-]{1,30}){0,3})([:=])(?!//)")
_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]{0,80})=("[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]*)')
_TIMES = frozenset(("time", "timestamp", "@timestamp", "ts", "date", "datetime"))


@dataclass(frozen=True)
class _Labels:
    """How labelled lines are built: each label with its colon, and what separates a value from the next label."""

    labels: tuple[str, ...]
    separators: tuple[str, ...]

    def split(self, at: int, line: str) -> Fields | None:
        """Return the fields of a line that starts at a place, or None if it is not built so."""
        fields: Fields = {}
        place = len(line) - len(line.lstrip())
        if not line.startswith(self.labels[0], place):
            return None
        for number, label in enumerate(self.labels):
            place += len(label)
            end = len(line)
            if number < len(self.separators):
                border = self.separators[number] + self.labels[number + 1]
                end = line.find(border, place)
                if end < 0:
                    return None
            name = label.rstrip(" :=")
            fields[name] = _trimmed(line, place, end, at)
            place = end + (len(self.separators[number]) if number < len(self.separators) else 0)
        return fields


def field_records(stretch: Stretch) -> list[Records]:
    """Return the records of a stretch whose lines are labelled fields, pairs, or JSON objects."""
    lines = [line[:SHOWN] for line in stretch.sample if line.strip()]
    lines = lines[:: max(1, len(lines) // _SAMPLED)]
    for shape, split in _splits(lines):
        found = [fields for line in lines if (fields := split(0, line))]
        if len(found) > 1 and len(found) >= _LEAST * len(lines):
            request = request_field(found)
            if not request:
                return [_records(stretch, shape, split, found, is_access=False)]
            more = with_request(split, request)
            parts = [fields for line in lines if (fields := more(0, line))]
            return [_records(stretch, shape, more, parts, is_access=True)]
    return []


def _splits(lines: Sequence[str]) -> Iterator[tuple[str, Split]]:
    if any(line.lstrip().startswith("{") for line in lines):
        yield "json lines", _json_fields
    if labels := _labels(lines, _LABEL) or _labels(lines, _TIGHT):
        yield "labelled fields", labels.split
    yield "key=value", _pairs


def _records(stretch: Stretch, shape: str, split: Split, found: Sequence[Fields], *, is_access: bool) -> Records:
    counts = Counter(name for fields in found for name in fields)
    first = list(dict.fromkeys(name for fields in found for name in fields))
    kept = {name for name, _ in counts.most_common(MOST)}
    names = [name for name in first if name in kept]
    values: dict[str, Sequence[str]] = {
        name: [fields[name][0] for fields in found if name in fields] for name in names
    }
    columns = access_columns(values) if is_access else _columns(values)

    def read() -> Iterator[Row]:
        for at, line in stretch.lines():
            if fields := split(at, line[:LONGEST_JSON] if shape == "json lines" else line):
                cells = [fields.get(name, ("", None)) for name in names]
                yield Row(
                    Span(at, at + len(line)), tuple(text for text, _ in cells), tuple(span for _, span in cells)
                )

    is_log = any(name.lower() in _TIMES for name in names)
    nouns = ACCESS_NOUNS if is_access else _LOG_NOUNS if is_log else NOUNS
    called = (*stretch.names, *(ACCESS_NAMES if is_access else ()))
    return Records(shape, stretch.path, stretch.span, nouns, tuple(columns), read, called)


def _columns(values: dict[str, Sequence[str]]) -> list[Column]:
    return [Column(name, kind_of(texts), aliases_of(name, texts)) for name, texts in values.items()]


def _labels(lines: Sequence[str], pattern: re.Pattern[str]) -> _Labels | None:
    """Return how most lines are built, if they are built of the same labels."""
    shapes = [_shape(line, pattern) for line in lines]
    common = Counter(label for shape in shapes for label in {label for label, _ in shape})
    usual = {label for label, count in common.items() if count >= _LEAST * len(lines)}
    orders: Counter[tuple[str, ...]] = Counter()
    for shape in shapes:
        # A label that is common may also be written inside a value.
        order = tuple(dict.fromkeys(label for label, _ in shape if label in usual))
        if len(order) > 1 and shape[0][0] == order[0]:
            orders[order] += 1
    if not orders:
        return None
    return _with_separators(orders.most_common(1)[0][0], lines)


def _with_separators(labels: tuple[str, ...], lines: Sequence[str]) -> _Labels:
    """Return the labels with what most lines write before each but the first: || or ; or a tab.

    A label after a blank alone stands inside a value, unless a blank is all that divides any of them.
    """
    marks = {label: _separator(before, label, lines) for before, label in pairwise(labels)}
    if any(map(_divides, marks.values())):
        marks = {label: mark for label, mark in marks.items() if _divides(mark)}
    return _Labels((labels[0], *marks), tuple(marks.values()))


def _divides(mark: str) -> bool:
    return bool(mark.strip()) or "\t" in mark or len(mark) > 1


def _separator(previous: str, label: str, lines: Sequence[str]) -> str:
    """Return what stands between a value and the next label on most lines, or what is shared of it."""
    before: Counter[str] = Counter()
    for line in lines:
        start = line.find(previous) + len(previous)
        place = line.find(label, start)
        if place >= 0:
            before[re.sub(r".*[^\W_]", "", line[start:place][-8:])] += 1
    mark, count = before.most_common(1)[0] if before else ("", 0)
    # Where values end in signs of their own, what all share is the end of what stands before the label.
    return mark if 2 * count > len(lines) else _shared_end(before)


def _shared_end(found: Counter[str]) -> str:
    marks = [mark for mark, _ in found.most_common(3)]
    shortest = min(marks, key=len, default="")
    return next(
        (shortest[cut:] for cut in range(len(shortest)) if all(m.endswith(shortest[cut:]) for m in marks)), ""
    )


def _shape(line: str, pattern: re.Pattern[str]) -> list[tuple[str, int]]:
    """Return the labels of a line with their colons, and where they start; the first one starts the line."""
    found = [(match[0], match.start()) for match in pattern.finditer(line)]
    indent = len(line) - len(line.lstrip())
    return found if found and found[0][1] == indent else []


def _trimmed(line: str, start: int, end: int, at: int) -> tuple[str, Span | None]:
    """Return a part of a line without the blanks around it, and where it stands in the text."""
    part = line[start:end]
    text = part.strip()
    start += len(part) - len(part.lstrip())
    return text, (Span(at + start, at + start + len(text)) if text else None)


def _pairs(at: int, line: str) -> Fields | None:
    """Return the pairs of a line that is made of pairs, or None."""
    line = line[:SHOWN]
    found = list(_PAIR.finditer(line))
    # Most of the line has to be pairs: prose may hold one or two.
    if len(found) < 2 or 2 * sum(match.end() - match.start() + 1 for match in found) < len(line):
        return None
    fields: Fields = {}
    for match in found:
        quoted = match[2][:1] == '"'
        text = match[2][1:-1] if quoted else match[2]
        start = at + match.start(2) + quoted
        fields.setdefault(match[1], (text, Span(start, start + len(text))))
    return fields


def _json_fields(at: int, line: str) -> Fields | None:
    """Return the fields of a JSON object on a line, or None; an object inside is named with a dot."""
    try:
        record = json.loads(line, parse_int=str, parse_float=str) if line.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    fields: Fields = {}
    for key, value in _flat(record):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        fields[key] = (text, _written(line, key.rpartition(".")[2], text, at))
    return fields


def _flat(record: dict[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", each) for inner, each in value.items())
        else:
            yield key, value


def _written(line: str, key: str, text: str, at: int) -> Span | None:
    """Return where a value is written after its key; None where it is written in another way."""
    named = line.find(f'"{key}"')
    start = line.find(text, named + len(key) + 2) if named >= 0 and text else -1
    # Only blanks, a colon and a quote may stand between them.
    if start < 0 or line[named + len(key) + 2 : start].strip(' \t:"'):
        return None
    return Span(at + start, at + start + len(text))
