"""Find every repeated shape in a document's text, each as records with named columns.

Each file, and each log joined in a file, is looked at by itself, by a sample of its lines; its rows are read from
the text when somebody asks for them. The lines of a file are always records. Limits: source code has no records
but its lines.
"""

from collections.abc import Callable, Iterator, Sequence

from rao_cli.documents.data.blocks import block_records
from rao_cli.documents.data.field_blocks import field_block_records
from rao_cli.documents.data.fields import field_records
from rao_cli.documents.data.headings import heading_records
from rao_cli.documents.data.inner_tables import inner_tables
from rao_cli.documents.data.logs import log_records
from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.similar import similar_records
from rao_cli.documents.data.stretches import Joined, Stretch, stretches
from rao_cli.documents.data.tables import bare_records, table_records
from rao_cli.documents.model import Document, Origin, Span

_FINDERS: Sequence[Callable[[Stretch], list[Records]]] = (
    field_records,
    table_records,
    log_records,
    field_block_records,
    block_records,
    bare_records,
)
"""The families of shapes, the more telling first; a stretch is of the first family that finds records in it."""
_AMONG_TEXT = frozenset({"speaker blocks", "field blocks"})
"""Shapes that may stand under headings and beside tables."""
_JOINED_NOUNS = ("log", "file", "part", "section", "header")


def find_records(document: Document) -> list[Records]:
    """Return all records of a document: of each file those of its shapes, the files joined in it, its lines."""
    found = [records for whole in stretches(document) for records in _of(whole)]
    return [*found, *(page_records(origin) for origin in document.origins if origin.pages)]


def _of(whole: Stretch | Joined) -> list[Records]:
    if isinstance(whole, Stretch):
        return [*_shaped(whole), line_records(whole)]
    inner = [records for part in whole.parts for records in (*_shaped(part), line_records(part))]
    return [*inner, _joined_records(whole), line_records(whole.whole)]


def _shaped(stretch: Stretch) -> list[Records]:
    if stretch.is_code:
        return []
    found: list[Records] = next(filter(None, (finder(stretch) for finder in _FINDERS)), [])
    if found and found[0].shape not in _AMONG_TEXT:
        return found
    return [*found, *inner_tables(stretch), *heading_records(stretch)] or similar_records(stretch)


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


def page_records(origin: Origin) -> Records:
    """Return the pages of a file as records, or what it has in their place: slides, sheets, messages."""
    ends = [page.start for page in origin.pages[1:]] + [origin.span.end]

    def read() -> Iterator[Row]:
        for page, end in zip(origin.pages, ends, strict=True):
            yield Row(Span(page.start, end), (page.label,), (None,))

    nouns = (origin.unit,)
    columns = (Column("label", "text", ("name", "title", "number")),)
    return Records("pages", origin.path, origin.span, nouns, columns, read, (origin.path,))
