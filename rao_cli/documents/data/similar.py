"""Lines of a text that are alike but for what varies in them, where no format tells their fields.

Each line is a record with its text, its event (what such lines share), the time and the level that most lines
carry, and the values that stand beside the same words or units. Limits: most lines must carry a time, or be of a
few sorts that come again.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rao_cli.documents.data.aliases import FIELDS
from rao_cli.documents.data.columns import kind_of
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.values import EVENT, Values, event_of, find_values
from rao_cli.documents.model import Span
from rao_cli.documents.parsers.log_rows import SHOWN

_NOUNS = ("line", "entry", "record", "message", "event", "row")
_SAMPLED = 1000
_LEAST_LINES = 10
_LEAST_WORDS = 3
_MOST_SORTS = 0.3
_MOST_LINES = 0.8
_HEAD = 200
_TIME = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d\d[-/.]\d\d[T _-]\d\d[:.]\d\d[:.]\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\d\d?/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
    r"|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: \d{4})?"
    r"|(?:\d\d?[./-]\d\d?(?:[./-]\d{2,4})?,? )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?!\d)"
)
_LEVEL = re.compile(r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL|SEVERE|PANIC)\b")
_MARKS = {"time": _TIME, "level": _LEVEL}


def similar_records(stretch: Stretch) -> list[Records]:
    """Return the lines of a stretch, blank ones left out, if most of them are alike."""
    lines = [line[:SHOWN] for line in stretch.sample if line.strip()][:_SAMPLED]
    marks = {name: pattern for name, pattern in _MARKS.items() if _is_in_most(pattern, lines)}
    if len(lines) < _LEAST_LINES or not ("time" in marks or _are_alike(lines)):
        return []
    columns = [Column("text", "text", ("message", "content")), EVENT]
    for name, pattern in marks.items():
        found = [match[0] for line in lines if (match := pattern.search(line, 0, _HEAD))]
        columns.append(Column(name, kind_of(found), FIELDS[name]))
    values = find_values(lines, [column.name for column in columns])
    read = _reader(stretch, list(marks.values()), values)
    return [
        Records(
            "similar lines",
            stretch.path,
            stretch.span,
            _NOUNS,
            (*columns, *values.columns),
            read,
            stretch.names,
        )
    ]


def _reader(stretch: Stretch, marks: Sequence[re.Pattern[str]], values: Values) -> Callable[[], Iterator[Row]]:
    def read() -> Iterator[Row]:
        for at, line in stretch.lines():
            if not line.strip():
                continue
            places = [match.span() if (match := pattern.search(line, 0, _HEAD)) else None for pattern in marks]
            texts = [line[slice(*place)] if place else "" for place in places]
            spans = [Span(at + place[0], at + place[1]) if place else None for place in places]
            found, inside = values.read(line, at)
            whole = Span(at, at + len(line))
            yield Row(whole, (line, event_of(line), *texts, *found), (whole, None, *spans, *inside))

    return read


def _is_in_most(pattern: re.Pattern[str], lines: Sequence[str]) -> bool:
    return sum(pattern.search(line, 0, _HEAD) is not None for line in lines) > _MOST_LINES * len(lines)


def _are_alike(lines: Sequence[str]) -> bool:
    """Tell whether lines are of a few sorts that come again, and are more than brackets and single words."""
    sorts = Counter(map(event_of, lines))
    again = sum(count for count in sorts.values() if count > 1)
    words = sum(len(line.split()) for line in lines)
    few = len(sorts) <= _MOST_SORTS * len(lines)
    return few and 2 * again >= len(lines) and words >= _LEAST_WORDS * len(lines)
