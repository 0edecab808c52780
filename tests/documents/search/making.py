"""Make documents of given texts, and indexes over them, for the tests of search."""

from hashlib import sha256

from rao_cli.documents.model import Document, Origin, Section, Span, Text
from rao_cli.documents.packing import pack
from rao_cli.documents.search import SearchIndex


def document_of(text: Text, name: str = "t") -> Document:
    """Return a document of one file and one section."""
    span = Span(0, len(text))
    root = Section("1", name, "file", span)
    return Document(
        name, text, root, (Origin(name, span),), sha256(text[:].encode("utf-8", "replace")).hexdigest()
    )


def files_of(files: dict[str, str]) -> Document:
    """Return a document of several files, each a section."""
    spans: list[Span] = []
    for text in files.values():
        start = spans[-1].end if spans else 0
        spans.append(Span(start, start + len(text)))
    whole = "".join(files.values())
    sections = enumerate(zip(files, spans, strict=True), start=1)
    parts = tuple(Section(f"1.{n}", f"file {n}", "file", span) for n, (_, span) in sections)
    root = Section("1", "folder", "folder", Span(0, len(whole)), parts)
    origins = tuple(Origin(path, span) for path, span in zip(files, spans, strict=True))
    return Document("folder", whole, root, origins, sha256(whole.encode()).hexdigest())


def leaves_of(document: Document, view: int = 200) -> list[Section]:
    """Return packed leaves of about so many times four characters."""
    return list(pack(document, lambda part: len(part) // 4, view).leaves())


def index_of(text: str) -> tuple[Document, SearchIndex]:
    """Return a document of a text and its index over packed leaves."""
    document = document_of(text)
    return document, SearchIndex(document, leaves_of(document))
