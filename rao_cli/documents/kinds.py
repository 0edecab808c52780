"""Read any file: tell its kind by its bytes and name, and hand it to the loader for that kind.

What is read from large files is kept by content, so that a second reading is quick. Encrypted files are not kept.
"""

from pathlib import PurePath

from rao_cli.documents.blob import Blob
from rao_cli.documents.code.languages import language_of
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import SAMPLE_BYTES, TextDecoder, is_binary
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.model import Document
from rao_cli.errors import InputError
from rao_cli.text import one_line

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})


def read_blob(blob: Blob, context: Context) -> Document:
    """Return the document of a file's bytes.

    Raises NoTextError for a file without text, InputError for one that is binary, damaged or larger than allowed.
    """
    if not blob.size:
        raise NoTextError(f"{one_line(blob.path)} is empty", hint="name a file that holds text")
    head = blob.head()
    if b"%PDF-" in head[:1024]:
        from rao_cli.documents.formats.pdf import read_pdf

        return read_pdf(blob, context)
    if PurePath(blob.name).suffix.lower() in _MARKDOWN:
        from rao_cli.documents.formats.markdown import read_markdown

        return read_markdown(blob, context)
    if language_of(blob.name, head):
        from rao_cli.documents.code.loader import read_code

        return read_code(blob, context)
    from rao_cli.documents.logs.loader import looks_like_log, read_log

    if looks_like_log(decoded_head(blob), blob.name):
        return read_log(blob, context)
    from rao_cli.documents.formats.plain import read_plain

    return read_plain(blob, context)


def decoded_head(blob: Blob) -> str:
    """Return the text that a file starts with, or an empty string for a binary file."""
    head = blob.head(SAMPLE_BYTES)
    return "" if is_binary(head) else TextDecoder(head).decode(head)


def refuse_binary(blob: Blob) -> InputError:
    """Return the error of a file that is no text and of no kind that can be read."""
    return InputError(
        f"{one_line(blob.path)} is a binary file, not text", hint="convert it to text or PDF, then ask again"
    )
