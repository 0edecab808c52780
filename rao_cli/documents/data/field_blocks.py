"""Records in several lines, a field on each: ``Name: Ada``, ``Born: 1815``, and again ``Name: …``.

A record starts at each line with the first key. Limits: at least three keys that come again in the same order; a
line without a known key goes on with the value before it; MOST keys.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from rao_cli.documents.data.aliases import aliases_of
from rao_cli.documents.data.columns import kind_of
from rao_cli.documents.data.fields import NOUNS
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Span

MOST = 60
_FIELD = re.compile(
    r"[-*]? ?(?:\*\*)?(?P<key>[^\W\d_][\w.-]{0,30}(?: [\w.-]{1,30}){0,3})(?:\*\*)? ?[:=](?:\*\*)?"
    r"(?:[ \t]+(?P<value>\S.*)|$)"
)
_SAMPLED = 300
_LEAST_RECORDS = 3
_LEAST_KEYS = 3
_SHARE = 0.6
_Fields = dict[str, tuple[int, int, str]]


@dataclass(frozen=True)
class _Fielded:
    """The records of a stretch as they are read."""

    stretch: Stretch
    keys: tuple[str, ...]

    def read(self) -> Iterator[Row]:
        """Yield the records in text order."""
        fields: dict[str, Span | None] = {}
        at, end, last = -1, 0, ""
        for place, line in self.stretch.lines():
            match = _FIELD.fullmatch(line.rstrip())
            key = match["key"] if match else ""
            if key == self.keys[0]:
                if at >= 0:
                    yield self._row(Span(at, end), fields)
                fields, at = {}, place
            if at < 0 or not line.strip():
                last = ""
                continue
            if match and key in self.keys and key not in fields:
                fields[key] = (
                    Span(place + match.start("value"), place + match.end("value")) if match["value"] else None
                )
                last = key
            elif last and (before := fields[last]):
                fields[last] = Span(before.start, place + len(line.rstrip()))
            end = place + len(line.rstrip())
        if at >= 0:
            yield self._row(Span(at, end), fields)

    def _row(self, span: Span, fields: dict[str, Span | None]) -> Row:
        spans = tuple(fields.get(key) for key in self.keys)
        return Row(span, tuple(self.stretch.text[each.start : each.end] if each else "" for each in spans), spans)


def field_block_records(stretch: Stretch) -> list[Records]:
    """Return the records of a stretch whose lines are fields, the same keys again and again."""
    keys = _keys(stretch.sample)
    if not keys:
        return []
    rows = list(islice(_Fielded(stretch, keys).read(), _SAMPLED))
    columns = tuple(
        Column(key, kind_of(values), aliases_of(key, [value for value in values if value]))
        for key, values in zip(keys, zip(*(row.values for row in rows), strict=True), strict=True)
    )
    return [
        Records(
            "field blocks", stretch.path, stretch.span, NOUNS, columns, _Fielded(stretch, keys).read, stretch.names
        )
    ]


def _keys(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of the fields that the lines are made of, in their order, or nothing."""
    filled = [line.rstrip() for line in lines if line.strip()]
    found = [match["key"] for line in filled if (match := _FIELD.fullmatch(line))]
    if not found or len(found) < _SHARE * len(filled):
        return ()
    counts = Counter(found)
    first, times = found[0], counts[found[0]]
    keys = [key for key, count in counts.most_common(MOST) if count >= _SHARE * times]
    follows = Counter(after for before, after in pairwise(found) if before == first)
    # The second key nearly always follows the first: in a dialogue anybody may speak next.
    regular = bool(follows) and follows.most_common(1)[0][1] >= 0.8 * (times - 1)
    if times < _LEAST_RECORDS or len(keys) < _LEAST_KEYS or not regular or max(counts.values()) > times * 1.2:
        return ()
    order = list(dict.fromkeys(found))
    return tuple(sorted(counts.keys() if len(counts) <= MOST else keys, key=order.index))
