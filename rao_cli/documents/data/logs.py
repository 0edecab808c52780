"""The records of logs in a known format: its fields as columns, and the values inside the messages.

A record reaches over the lines that continue it, such as a stack trace. Limits: formats are those of
parsers/log_formats.py; the first SHOWN characters of a line are looked at, and of the lines that continue a record
those that a message may have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.data.access import NAMES as ACCESS_NAMES
from rao_cli.documents.data.access import NOUNS as ACCESS_NOUNS
from rao_cli.documents.data.aliases import FIELDS
from rao_cli.documents.data.columns import MISSING, kind_of
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.values import EVENT, LOOKED_AT, Values, event_of, find_values
from rao_cli.documents.model import Span
from rao_cli.documents.parsers.log_formats import Format, best_pattern, continues
from rao_cli.documents.parsers.log_rows import SHOWN, told

_SAMPLED = 300
_LEAST = 0.5
_SECOND = 0.05
_NOT_SHOWN = frozenset({"ident", "more", "request", "data", "id"})
_RENAMED = {"client": "ip", "component": "program"}
_ACCESS = "access"
_NOUNS = ("line", "entry", "record", "event", "message", "row")
_CALLED = {
    "access": ACCESS_NAMES,
    "syslog": ("syslog", "system log"),
    "syslog 5424": ("syslog", "system log"),
    "syslog iso": ("syslog", "system log"),
    "apache error": ("error log", "web error log", "apache error log"),
    "nginx error": ("error log", "web error log", "nginx error log"),
    "dmesg": ("kernel log", "dmesg"),
}
_TELLING = (
    (re.compile(r"\bsshd\b|\bpam_unix\b"), ("auth.log", "auth log", "authentication log", "security log")),
    (re.compile(r"\[(?:Full )?GC\b|\bPause (?:Young|Full)\b"), ("java gc log", "gc log")),
    (re.compile(r"\bkernel: "), ("kernel log",)),
)
_TELLING_SHARE = 0.02
_PORT = re.compile(r"(?<=\.\d|\d\d):\d{1,5}$")


@dataclass(frozen=True)
class _Log:
    """A log's format as it is read: the groups of its pattern that become columns, the values in its messages."""

    stretch: Stretch
    form: Format
    groups: tuple[str, ...]
    values: Values

    def read(self) -> Iterator[Row]:
        """Yield the records; each is complete when the next one starts."""
        first = self.form.first
        head: tuple[int, str, re.Match[str]] | None = None
        more: list[str] = []
        room = end = 0
        for at, line in self.stretch.lines():
            if match := first.fullmatch(line[:SHOWN]):
                if head:
                    yield self._row(*head, more, end)
                head, more, room = (at, line, match), [], LOOKED_AT
                end = at + len(line)
            elif head and line and continues(line):
                end = at + len(line)
                if room > 0:
                    more.append(line)
                    room -= len(line) + 1
        if head:
            yield self._row(*head, more, end)

    def _row(self, at: int, line: str, match: re.Match[str], more: Sequence[str], end: int) -> Row:
        places = [_place(match, group) for group in self.groups]
        texts = [line[start:end] for start, end in places]
        spans: list[Span | None] = [Span(at + start, at + end) if end > start else None for start, end in places]
        if "message" in self.groups:
            start = match.start("message")
            message = "\n".join((line[start:], *more)) if more else line[start:]
            found, inside = self.values.read(message, at + start)
            texts, spans = [*texts, event_of(message), *found], [*spans, None, *inside]
        return Row(Span(at, end), tuple(texts), tuple(spans))


def _place(match: re.Match[str], group: str) -> tuple[int, int]:
    """Return where a field stands in a line, a client without its port; an empty place for one that is missing."""
    start, end = match.span(group)
    if group == "client" and end > start and (port := _PORT.search(match[group])):
        end -= len(port[0])
    return max(0, start), max(0, end)


def log_records(stretch: Stretch) -> list[Records]:
    """Return the records of a stretch that is a log; those of a second format that many lines have come after."""
    lines = [line[:SHOWN] for line in stretch.sample if line.strip()]
    form, matched = best_pattern(_some(lines))
    if not matched or told(form.name, lines) < _LEAST:
        return []
    found = [_records(stretch, form, lines)]
    rest = [line for line in lines if not form.first.fullmatch(line) and not continues(line)]
    other, also = best_pattern(_some(rest)) if len(rest) > _SECOND * len(lines) else (form, 0)
    if other is not form and 2 * also > len(_some(rest)) and also > 2:
        found.append(_records(stretch, other, rest))
    return found


def _some(lines: Sequence[str]) -> Sequence[str]:
    # The lines of one record stand together; a step would see only some of them.
    return lines if len(lines) <= _SAMPLED else lines[:: len(lines) // _SAMPLED]


def _records(stretch: Stretch, form: Format, lines: Sequence[str]) -> Records:
    matches = [match for line in lines if (match := form.first.fullmatch(line))]
    groups = tuple(
        group
        for group in form.first.groupindex
        if group not in _NOT_SHOWN and any((match[group] or "").lower() not in MISSING for match in matches)
    )
    columns = [_column(group, form, [match[group] or "" for match in matches]) for group in groups]
    values = Values(())
    if "message" in groups:
        columns.append(EVENT)
        values = find_values(_messages(form, lines), {column.name for column in columns})
    log = _Log(stretch, form, groups, values)
    return Records(
        f"log {form.name}",
        stretch.path,
        stretch.span,
        ACCESS_NOUNS if form.name == _ACCESS else _NOUNS,
        (*columns, *values.columns),
        log.read,
        (*stretch.names, *_called(form, lines)),
    )


def _column(group: str, form: Format, values: Sequence[str]) -> Column:
    name = _RENAMED.get(group, group)
    if name == "program" and not form.name.startswith("syslog"):
        name = "component"
    kind = "time" if group == "time" else "text" if group == "message" else kind_of(values)
    return Column(name, kind, FIELDS.get(name, ()))


def _messages(form: Format, lines: Sequence[str]) -> list[str]:
    """Return the messages of some lines, each with the lines that continue it."""
    messages: list[str] = []
    for line in lines:
        if match := form.first.fullmatch(line):
            messages.append(match["message"] or "")
        elif messages and continues(line) and len(messages[-1]) < LOOKED_AT:
            messages[-1] += f"\n{line}"
    return messages


def _called(form: Format, lines: Sequence[str]) -> tuple[str, ...]:
    """Return what people call such a log, by its format and by what its lines speak of."""
    told_by = [
        names
        for pattern, names in _TELLING
        if sum(pattern.search(line) is not None for line in lines) > _TELLING_SHARE * len(lines)
    ]
    return (*_CALLED.get(form.name, ()), *(name for names in told_by for name in names))
