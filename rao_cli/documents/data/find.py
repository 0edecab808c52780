"""Find every repeated shape in a document's text, each as records with named columns.

Each file, and each log joined in a file, is looked at by itself, by a sample of its lines; its rows are read from
the text when somebody asks for them. The lines of a file are always records. Limits: source code has no records
but its lines.
"""

from collections.abc import Callable, Iterator, Sequence

from rao_cli.documents.data.blocks import block_records
from rao_cli.documents.data.fields import field_records
from rao_cli.documents.data.logs import log_records
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Joined, Stretch, stretches
from rao_cli.documents.model import Document, Span

_FINDERS: Sequence[Callable[[Stretch], list[Records]]] = (field_records, log_records, block_records)
"""The families of shapes, the more telling first; a stretch is of the first family that finds records in it."""
_JOINED_NOUNS = ("log", "file", "part", "section", "header")


def find_records(document: Document) -> list[Records]:
    """Return all records of a document: of each file those of its shapes, the files joined in it, its lines."""
    return [records for whole in stretches(document) for records in _of(whole)]


def _of(whole: Stretch | Joined) -> list[Records]:
    if isinstance(whole, Stretch):
        return [*_shaped(whole), line_records(whole)]
    inner = [records for part in whole.parts for records in (*_shaped(part), line_records(part))]
    return [*inner, _joined_records(whole), line_records(whole.whole)]


def _shaped(stretch: Stretch) -> list[Records]:
    return next(filter(None, (finder(stretch) for finder in _FINDERS)), [])


def line_records(stretch: Stretch) -> Records:
    """Return the lines of a stretch as records, blank ones included."""

    def read() -> Iterator[Row]:
        for at, line in stretch.lines():
            span = Span(at, at + len(line))
            yield Row(span, (line,), (span,))

    return Records("lines", stretch.path, stretch.span, ("line",), (Column("text", "text"),), read, stretch.names)


def _joined_records(joined: Joined) -> Records:
    """Return the lines above joined files as records, a file each."""

    def read() -> Iterator[Row]:
        for header, part in zip(joined.headers, joined.parts, strict=True):
            start = header.start + len("==> ")
            yield Row(header, (part.name,), (Span(start, start + len(part.name)),))

    whole = joined.whole
    return Records(
        "joined files", whole.path, whole.span, _JOINED_NOUNS, (Column("name", "word"),), read, whole.names
    )
