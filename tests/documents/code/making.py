"""Make documents of source files for the tests."""

from rao_cli.documents.blob import Blob
from rao_cli.documents.code.loader import read_code_files
from rao_cli.documents.context import Context
from rao_cli.documents.model import Document, Section, Span
from rao_cli.documents.sections import Assembly


def blob(path: str, source: str | bytes) -> Blob:
    """Return a source file in memory."""
    return Blob.of(source.encode() if isinstance(source, str) else source, path, path)


def corpus(context: Context, files: dict[str, str]) -> Document:
    """Return the document of several source files, as a folder's would be."""
    assembly = Assembly()
    read = read_code_files([blob(path, source) for path, source in files.items()], context)
    roots = tuple(assembly.add(part) for part in read if isinstance(part, Document))
    return assembly.finish(Section("", "repo", "folder", Span(0, assembly.end), roots))
