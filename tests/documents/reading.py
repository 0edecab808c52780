"""Read texts and bytes as the program does, without a file."""

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.formats.plain import plain_marks
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.kinds import read_blob
from rao_cli.documents.model import Document
from rao_cli.documents.workers import Workers


def text_document(text: str, name: str = "t") -> Document:
    """Return the document of a plain text, whatever it looks like."""
    return headed(Blob.of(b"", name, name), text, plain_marks(text))


def document_of(data: bytes, name: str = "t", options: ReadOptions | None = None) -> Document:
    """Return the document of bytes, their kind told as for a file of that name."""
    with Workers(1) as workers:
        return read_blob(Blob.of(data, name, name), Context(options or ReadOptions(), workers))
