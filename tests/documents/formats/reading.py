"""Read bytes with one loader, for the tests of formats."""

from collections.abc import Callable

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.model import Document, Table
from rao_cli.errors import InputError
from tests.documents.making import check_partition

Loader = Callable[[Blob, Context], Document]


def read(loader: Loader, data: str | bytes, name: str = "file", context: Context | None = None) -> Document:
    """Return what a loader makes of text or bytes, having checked that its leaves partition the text."""
    data = data.encode() if isinstance(data, str) else data
    document = loader(Blob.of(data, name, f"dir/{name}"), context or Context())
    check_partition(document, document.root)
    return document


def read_or_refused(loader: Loader, data: bytes, name: str, context: Context) -> Document | None:
    """Return the document, or None for data that are refused in one line with a hint."""
    refusal = None
    try:
        return read(loader, data, name, context)
    except InputError as e:
        refusal = e
    assert refusal.message.isprintable()
    assert refusal.hint
    return None


def chapters(document: Document) -> list[tuple[int, str]]:
    """Return the titles below the root with how deep they stand."""
    return [
        (section.id.count(".") + 1, section.title)
        for section in document.root.walk()
        if section.title and section.id != "0"
    ]


def leaves(document: Document) -> list[tuple[str, str]]:
    """Return the titles and texts of the leaves."""
    return [(leaf.title, document.read(leaf.span)) for leaf in document.root.leaves()]


def values(document: Document) -> dict[str, str | int | float]:
    """Return the numbers of the first facts by name."""
    return dict(document.facts[0].values)


def rows(table: Table) -> list[dict[str, str | int | float]]:
    """Return a table's rows, each by column."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
