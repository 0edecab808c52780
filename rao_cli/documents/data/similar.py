"""Lines of a text that are alike but for what varies in them, where no format tells their fields.

Each line is a record with its text, its event (what such lines share) and the values that stand beside the same
words or units. Limits: most lines must be of a few sorts that come again.
"""

from collections import Counter
from collections.abc import Iterator

from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.data.values import EVENT, event_of, find_values
from rao_cli.documents.model import Span
from rao_cli.documents.parsers.log_rows import SHOWN

_NOUNS = ("line", "entry", "record", "message", "event", "row")
_SAMPLED = 1000
_LEAST_LINES = 10
_MOST_SORTS = 0.3
_LEAST_WORDS = 3


def similar_records(stretch: Stretch) -> list[Records]:
    """Return the lines of a stretch, blank ones left out, if most of them are alike."""
    lines = [line[:SHOWN] for line in stretch.sample if line.strip()][:_SAMPLED]
    events = Counter(event_of(line) for line in lines)
    words = sum(len(line.split()) for line in lines)
    again = sum(count for count in events.values() if count > 1)
    if len(lines) < _LEAST_LINES or len(events) > _MOST_SORTS * len(lines) or 2 * again < len(lines):
        return []
    if words < _LEAST_WORDS * len(lines):
        return []
    values = find_values(lines, ("text", EVENT.name))

    def read() -> Iterator[Row]:
        for at, line in stretch.lines():
            if line.strip():
                span = Span(at, at + len(line))
                found, places = values.read(line, at)
                yield Row(span, (line, event_of(line), *found), (span, None, *places))

    columns = (Column("text", "text", ("message", "content")), EVENT, *values.columns)
    return [Records("similar lines", stretch.path, stretch.span, _NOUNS, columns, read, stretch.names)]
