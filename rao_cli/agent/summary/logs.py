"""Topics of a log, from what was counted when it was read: what it holds, what happens most, what fails and when.

First-cause candidates are the first records that look like errors, and what stands right before a burst. Counts
are exact; that something stands before a burst does not make it the cause, and the text says no more than that.
Limits: a burst's place is told from the counts by time, so only in logs whose records are in order of time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from rao_cli.agent.summary.model import Statement, Topic
from rao_cli.documents.model import Document, Facts, Origin, Section, Span
from rao_cli.text import one_line

MOST_EVENTS = 12
"""Kinds of records that may be told."""
MOST_ERRORS = 8
MOST_BURSTS = 3
MOST_VALUES = 3
MOST_PARTS = 5
"""Parts of a log that are listed by name; of more, the first and the last."""
MOST_DAYS = 14
QUOTED = 110
"""Characters of a record that are quoted."""
IN_ORDER = 20
"""Of so many records one may have a time before that of the record before it."""
BEFORE = 3
LOOKED_AT = 400
"""Records before and in a burst that are looked at for an error."""

_ALARM = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|fatal|critical|crit|severe|emerg|alert|panic|exception|traceback|denied|refused"
    r"|timed? ?out|unable|cannot|corrupt\w*|invalid|lost|abort\w*|exceeded|unreachable|oom|killed)\b|\" 5\d\d ",
    re.IGNORECASE,
)
_GRAVE = re.compile(r"err|fatal|crit|severe|emerg|alert|panic|warn", re.IGNORECASE)
_FAILED = re.compile(r"5\d\d|4\d\d")
_BROKE = re.compile(r"5\d\d")
_WHO = re.compile(
    r"components|IP addresses|values of (?!pid|bytes|size|port|protocol|status|time|duration|date|thread)"
)
_RANGE = re.compile("–| – ")
_PLACE = re.compile(r"<\*>")


def is_log(facts: Facts) -> bool:
    """Tell whether facts are those of a log."""
    return facts.kind.endswith(" log")


def log_topics(document: Document, facts: Facts, origin: Origin) -> tuple[Topic, ...]:
    """Return the topics of one log, the most telling first."""
    log = _Log(document, facts, origin, origin.span)
    sides = (
        ("What it is", 9.0, log.whole()),
        ("What happens most", 6.0, log.events()),
        ("Errors and warnings", 7.0, log.errors()),
        ("When", 8.0, log.times()),
        ("First causes to look at", 6.5, log.causes()),
        ("Who and where", 3.0, log.fields()),
    )
    topics = [Topic(heading, origin.span, tuple(told), weight, named=False) for heading, weight, told in sides]
    parts = [Topic(one_line(part.title), part.span) for part in log.parts]
    return (*(topic for topic in topics if topic.statements), *parts)


def log_statements(document: Document, facts: Facts, origin: Origin, span: Span) -> tuple[Statement, ...]:
    """Return what can be told of a log that is one part of a file or folder, the most telling first."""
    log = _Log(document, facts, origin, span)
    sides = [tuple(side) for side in (log.whole(), log.causes(), log.events(), log.errors(), log.bursts())]
    return tuple(
        statement for side in (*(side[:1] for side in sides), *(side[1:] for side in sides)) for statement in side
    )


class _Log:
    """Says what is known of one log; every statement names the lines that show it."""

    def __init__(self, document: Document, facts: Facts, origin: Origin, span: Span) -> None:
        self._document, self._origin, self._span = document, origin, span
        self._values: Mapping[str, str | int | float] = dict(facts.values)
        self._tables = {table.title: table for table in facts.tables}
        self._lines = _Lines(document, origin)

    def whole(self) -> Iterator[Statement]:
        """Say what log this is, of what time, and how many records and errors it has."""
        values = self._values
        errors = int(values.get("errors", 0))
        time = f" from {values['first']} to {values['last']}" if "first" in values else ""
        told = (
            f"A log ({values.get('format', 'text')}) of {_counted(int(values.get('records', 0)), 'record')}{time}"
        )
        ends = (Span(self._span.start, self._span.start + 1), Span(self._span.end - 1, self._span.end))
        shown = self._shown(*(self._document.locate(end).first_line for end in ends))
        yield self._said(f"{told}, {_counted(errors, 'error')} among them" if errors else told, shown)

    def events(self) -> Iterator[Statement]:
        """Name the most frequent kinds of records."""
        for row in self._rows("templates")[:MOST_EVENTS]:
            _, text, count, share, first, line, last, line_of_last, _ = row
            when = f", {first} to {last}" if first and first != last else ""
            told = f"“{_quoted(str(text))}”: {_times(int(count))} ({share}){when}"
            yield self._said(told, self._shown(int(line), int(line_of_last)))

    def errors(self) -> Iterator[Statement]:
        """Name the grave levels, and the kinds of records that look like errors."""
        for row in self._rows("levels"):
            if _GRAVE.search(str(row[0])):
                told = (
                    f"level {row[0]}: {_counted(int(row[1]), 'record')} ({row[2]}), first {row[3]}, last {row[5]}"
                )
                yield self._said(told, self._shown(int(row[4]), int(row[6])))
        for row in self._rows("values of status"):
            if _FAILED.fullmatch(str(row[0])):
                told = f"status {row[0]}: {_times(int(row[1]))} ({row[2]}), first {row[3]}, last {row[5]}"
                yield self._said(told, self._shown(int(row[4]), int(row[6])))
        alarming = [row for row in self._rows("templates") if _ALARM.search(str(row[1]))]
        for row in alarming[:MOST_ERRORS]:
            told = f"“{_quoted(str(row[1]))}”: {_times(int(row[2]))}, first {row[4]}, last {row[6]}"
            yield self._said(told, self._shown(int(row[5]), int(row[7])))

    def times(self) -> Iterator[Statement]:
        """Say how the records are spread over time: the log's parts, the busiest day, bursts."""
        parts = self.parts
        if parts:
            titles = [part.title for part in parts]
            if len(titles) > MOST_PARTS:
                titles = [titles[0], f"{titles[1]} to {titles[-2]} ({len(parts) - 2} parts)", titles[-1]]
            shown = tuple(span for part in parts for span in self._first_line(part))
            yield self._said(f"Its parts: {'; '.join(titles)}", shown)
        yield from self.bursts()
        days = self._rows("records by day")
        if len(days) > 1:
            busiest = max(days, key=lambda row: int(row[2]))
            told = f"Of {len(days)} days the busiest is {busiest[1]} with {_counted(int(busiest[2]), 'record')}"
            yield self._said(told, self._day(str(busiest[0])))
            counts = ", ".join(f"{row[1]} ({int(row[2]):,})" for row in sorted(days)[:MOST_DAYS])
            yield self._said(f"Records by day: {counts}", ())

    def bursts(self) -> Iterator[Statement]:
        """Name the times with unusually many records."""
        for row in self._bursts():
            at = self._burst_line(str(row[0]))
            told = f"A burst of {_counted(int(row[1]), 'record')} at {row[0]} ({row[2]} a minute)"
            yield self._said(told, self._shown(at) if at else ())

    @property
    def parts(self) -> Sequence[Section]:
        """Return the parts of a file that holds this log alone."""
        section = self._document.root
        whole = section.span == self._origin.span and len(self._document.facts) == 1
        return section.children if whole else ()

    def _first_line(self, part: Section) -> tuple[Span, ...]:
        return self._shown(self._document.locate(part.span).first_line)

    def _day(self, day: str) -> tuple[Span, ...]:
        """Return the first line of a day whose part of the log is titled by it."""
        return next((self._first_line(part) for part in self.parts if part.title.startswith(day)), ())

    def causes(self) -> Iterator[Statement]:
        """Quote the first error of all, and the first one around each burst."""
        rows = [*self._rows("templates"), *self._rows("values of status")]
        alarming = [_first_line_of(row) for row in rows if _alarms(row)]
        if alarming:
            line = min(alarming)
            yield self._said(f"The first error is line {line}: “{self._record(line)}”", self._shown(line))
        for row in self._bursts():
            at = self._burst_line(str(row[0]))
            found = self._first_alarm(at) if at else 0
            if found:
                told = f"First error around the burst at {row[0]}, line {found}: “{self._record(found)}”"
                yield self._said(told, self._shown(found))
            elif at > 1:
                told = f"Right before the burst at {row[0]}, line {at - 1}: “{self._record(at - 1)}”"
                yield self._said(told, self._shown(at - 1))

    def fields(self) -> Iterator[Statement]:
        """Name the most frequent values of components, addresses and other fields that say who or where."""
        for title, table in self._tables.items():
            if not _WHO.match(title):
                continue
            rows = [row for row in table.rows if int(row[1]) > 1 and str(row[0]) != "-"][:MOST_VALUES]
            if rows:
                told = ", ".join(f"{_quoted(str(row[0]))} ({int(row[1]):,})" for row in rows)
                yield self._said(
                    f"Most frequent {table.columns[0]}: {told}", self._shown(*(int(row[4]) for row in rows))
                )

    def _rows(self, title: str) -> Sequence[tuple[str | int | float, ...]]:
        found = next((table for name, table in self._tables.items() if name.startswith(title)), None)
        return found.rows if found else ()

    def _bursts(self) -> Sequence[tuple[str | int | float, ...]]:
        return self._rows("bursts")[:MOST_BURSTS]

    def _burst_line(self, time: str) -> int:
        """Return about the line at which a burst starts, or 0 where it cannot be told from the counts by time."""
        records, back = int(self._values.get("records", 0)), int(self._values.get("times that go backwards", 0))
        if records != self._values.get("lines") or back * IN_ORDER > records:
            return 0
        start = _RANGE.split(time)[0].strip()
        before = 0
        for interval, count, *_ in self._rows("records by 1"):
            if str(interval).startswith(start):
                return before + 1
            before += int(count)
        return 0

    def _first_alarm(self, at: int) -> int:
        """Return the first line that looks like an error near a burst's start, or 0."""
        first = max(1, at - BEFORE)
        for line in range(first, first + LOOKED_AT):
            span = self._lines.span(line)
            if span is None:
                return 0
            if _ALARM.search(self._document.read(span)):
                return line
        return 0

    def _record(self, line: int) -> str:
        span = self._lines.span(line)
        return _quoted(one_line(self._document.read(span))) if span else ""

    def _shown(self, *lines: int) -> tuple[Span, ...]:
        found = (self._lines.span(line) for line in dict.fromkeys(lines))
        return tuple(span for span in found if span)

    def _said(self, text: str, shown: tuple[Span, ...]) -> Statement:
        return Statement(one_line(text), shown, computed=True)


class _Lines:
    """Finds the lines of a file by their numbers."""

    def __init__(self, document: Document, origin: Origin) -> None:
        self._document, self._origin = document, origin

    def span(self, line: int) -> Span | None:
        """Return where a line stands, without its end; None for a line that the file has not."""
        start, end = self._origin.span.start, self._origin.span.end
        low, high = start, end
        while low < high:  # the first place that lies in this line
            middle = (low + high) // 2
            if self._document.locate(Span(middle, middle + 1)).first_line < line:
                low = middle + 1
            else:
                high = middle
        if low >= end or self._document.locate(Span(low, low + 1)).first_line != line:
            return None
        text = self._document.read(Span(low, min(end, low + 4000)))
        return Span(low, low + len(text.split("\n", 1)[0])) if text.split("\n", 1)[0] else None


def _alarms(row: Sequence[str | int | float]) -> bool:
    """Tell whether a row of templates, or of values, is one of errors."""
    return bool(_ALARM.search(str(row[1])) if isinstance(row[1], str) else _BROKE.fullmatch(str(row[0])))


def _first_line_of(row: Sequence[str | int | float]) -> int:
    return int(row[5] if isinstance(row[1], str) else row[4])


def _quoted(text: str) -> str:
    return one_line(_PLACE.sub("…", text), QUOTED)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
