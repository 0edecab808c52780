"""Read any file: tell its kind by its bytes and name, and hand it to the loader for that kind.

A name that is plainly that of source code decides before the content does: a Python file that holds nothing but a
dictionary is no JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module

from rao_cli.documents.ahead import Readers, read_ahead
from rao_cli.documents.blob import Blob
from rao_cli.documents.code.languages import language_of
from rao_cli.documents.compressed import open_compressed
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import SAMPLE_BYTES, TextDecoder
from rao_cli.documents.failures import NoTextError, binary, unreadable
from rao_cli.documents.formats.detect import kind_of
from rao_cli.documents.model import Document
from rao_cli.documents.walk.archive import archive_kind, read_archive
from rao_cli.errors import InputError
from rao_cli.text import one_line

_Loader = Callable[[Blob, Context], Document]
_ARCHIVES = frozenset({"zip", "tar"})
# Whose loaders wait for a worker process most of the time.
_IN_WORKERS = frozenset({"pdf", "html", "docx", "pptx", "xlsx", "mail", "mbox", "gzip", "zstd"})
# Large texts have loaders that read by parts, and logs have workers, too.
_LARGE = 1 << 20
_TEXT_KINDS = frozenset({"html", "json", "jsonl", "csv", "mail", "mbox", "markdown", "text"})
_LOADERS = {
    "pdf": ("pdf", "read_pdf"),
    "html": ("html", "read_html"),
    "docx": ("office", "read_docx"),
    "pptx": ("office", "read_pptx"),
    "xlsx": ("office", "read_sheets"),
    "mail": ("mail", "read_mail"),
    "mbox": ("mail", "read_mbox"),
    "notebook": ("notebook", "read_notebook"),
    "csv": ("tables", "read_table"),
    "json": ("json_text", "read_json"),
    "jsonl": ("json_text", "read_jsonl"),
    "markdown": ("markdown", "read_markdown"),
    "rst": ("rst", "read_rst"),
    "text": ("plain", "read_plain"),
}
"""For each kind the module of formats/ and its function."""
# Languages that are no programs: these kinds have readers of their own.
_DATA_LANGUAGES = frozenset({"json", "html"})


def read_blob(blob: Blob, context: Context) -> Document:
    """Return the document of a file's bytes, or of what an archive holds.

    Raises NoTextError for a file without text, InputError for one that is binary, damaged or larger than allowed.
    """
    return _unpacked(blob, context, _read_named)


def read_file(blob: Blob, context: Context) -> Document:
    """Return the document of a file in a folder or an archive, where an archive is refused.

    Raises what ``read_blob`` raises.
    """
    return _unpacked(blob, context, _read)


def read_files(blobs: Iterable[Blob], context: Context) -> Iterator[Document | InputError]:
    """Yield for each file of a folder or an archive what ``read_file`` returns or raises, in order.

    Files are read ahead, those that worker processes read in several of them (ahead.py).
    """
    readers = Readers(_way, lambda blob: _result(blob, context), lambda blobs: _code_results(blobs, context))
    return read_ahead(blobs, readers, context.workers.size)


def _way(blob: Blob) -> str:
    if not blob.size:
        return "here"
    head = blob.head(SAMPLE_BYTES)
    kind = kind_of(head, blob.name)
    if _is_code(kind, blob.name, head):
        return "together"
    return "worker" if kind in _IN_WORKERS or blob.size > _LARGE else "here"


def _result(blob: Blob, context: Context) -> Document | InputError:
    try:
        return read_file(blob, context)
    except InputError as e:
        return e
    except OSError as e:
        return unreadable(blob.path, e)


def _code_results(blobs: Sequence[Blob], context: Context) -> Sequence[Document | InputError]:
    from rao_cli.documents.code.loader import read_code_files

    try:
        return read_code_files(blobs, context)
    except OSError:
        # The disk fails for one of them; the others are read without it.
        return [_result(blob, context) for blob in blobs]


def _is_code(kind: str, name: str, head: bytes) -> bool:
    language = language_of(name, head) if kind in _TEXT_KINDS else None
    return language is not None and (kind == "text" or language not in _DATA_LANGUAGES)


def _unpacked(blob: Blob, context: Context, read: _Loader) -> Document:
    """Read a file, or what is packed in it with a warning if that is not whole."""
    unpacked = open_compressed(blob, context)
    if unpacked is None:
        return read(blob, context)
    document = read(unpacked.blob, context)
    return replace(document, warnings=(unpacked.warning, *document.warnings)) if unpacked.warning else document


def _read_named(blob: Blob, context: Context) -> Document:
    if archive_kind(blob.head()) and kind_of(blob.head(SAMPLE_BYTES), blob.name) in _ARCHIVES:
        return read_archive(blob, context, read_files)
    return _read(blob, context)


def _read(blob: Blob, context: Context) -> Document:
    if not blob.size:
        raise NoTextError(f"{one_line(blob.path)} is empty", hint="name a file that holds text")
    head = blob.head(SAMPLE_BYTES)
    kind = kind_of(head, blob.name)
    if _is_code(kind, blob.name, head):
        from rao_cli.documents.code.loader import read_code

        return read_code(blob, context)
    if kind in {"text", "jsonl"}:
        from rao_cli.documents.logs.loader import looks_like_log, read_log

        if looks_like_log(TextDecoder(head).decode(head), blob.name):
            return read_log(blob, context)
    if kind in _ARCHIVES:
        raise InputError(f"{one_line(blob.path)} is an archive", hint="name it itself to read what is in it")
    if kind in {"binary", "gzip", "zstd"}:
        raise binary(blob.path)
    return _loader(kind)(blob, context)


def _loader(kind: str) -> _Loader:
    """Return the loader for a kind; only its own modules are imported."""
    module, name = _LOADERS[kind]
    loader: _Loader = getattr(import_module(f"rao_cli.documents.formats.{module}"), name)
    return loader
