"""What web access logs have in common, however they are written: requests taken apart, the usual names of fields.

Limits: a field that holds requests is one that most records fill with ``GET /path HTTP/1.1``.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from rao_cli.documents.data.aliases import FIELDS, aliases_of, field_of
from rao_cli.documents.data.columns import kind_of
from rao_cli.documents.data.model import Column
from rao_cli.documents.model import Span

NOUNS = ("request", "line", "hit", "entry", "record", "access", "response", "visit", "event", "row")
"""What people call a record of such a log."""
NAMES = ("web access log", "access log", "web server log", "web log", "http log", "server access log")
"""What people call such a log."""
Fields = dict[str, tuple[str, Span | None]]
"""The fields of a record by name: how each is written, and where."""
Split = Callable[[int, str], Fields | None]
"""Returns the fields of a line that starts at a place, or None for a line that is no record."""
_REQUEST = re.compile(r"(?P<method>[A-Z]{3,20}) (?P<path>\S+)(?: (?P<protocol>HTTP/[\d.]+))?")


def request_field(found: Sequence[Fields]) -> str:
    """Return the name of the field that holds requests in most records, or an empty string."""
    names = Counter(name for fields in found for name, (text, _) in fields.items() if _REQUEST.fullmatch(text))
    name, count = names.most_common(1)[0] if names else ("", 0)
    return name if 2 * count > len(found) else ""


def with_request(split: Split, name: str) -> Split:
    """Return what splits lines, and gives the method, path and protocol in place of the request of this name."""

    def split_more(at: int, line: str) -> Fields | None:
        fields = split(at, line)
        if not fields:
            return fields
        text, span = fields.pop(name, ("", None))
        request = _REQUEST.fullmatch(text)
        for part in _REQUEST.groupindex:
            start, end = request.span(part) if request and request[part] else (0, 0)
            placed = Span(span.start + start, span.start + end) if span and end else None
            fields.setdefault(part, (text[start:end], placed))
        return fields

    return split_more


def access_columns(values: dict[str, Sequence[str]]) -> list[Column]:
    """Return the columns of an access log whose fields have names of their own, called as usual: ip."""
    taken = {name for name in values if name in FIELDS}
    columns = []
    for name, texts in values.items():
        kind, field = kind_of(texts), field_of(name, texts)
        if name in taken or field in taken or field not in FIELDS or (field == "time" and kind != "time"):
            columns.append(Column(name, kind, aliases_of(name, texts)))
        else:
            taken.add(field)
            columns.append(Column(field, kind, FIELDS[field]))
    return columns
