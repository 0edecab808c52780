"""Read a web page into a document: its text without the site's furniture, its headings as nested chapters.

The page is parsed in a worker process (parsers/html.py). Places are named by the path of headings to them, since
the lines of the source are not those of the text. Limits: the page is read as it was sent, without its scripts
and style sheets.
"""

import re

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import decode
from rao_cli.documents.failures import no_text
from rao_cli.documents.formats.tree import chapters, heading_pages
from rao_cli.documents.model import Document, Facts, Origin, Span
from rao_cli.documents.parsers.base import Content
from rao_cli.documents.sections import Mark, finish
from rao_cli.documents.workers import WorkerLimits
from rao_cli.text import one_line

# Ten times what large pages take; depth and attributes by the ten thousand take time with their square.
_LEAST_SECONDS = 20
_BYTES_A_SECOND = 500_000
_DECLARED_WITHIN = 4096
_CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)
# What browsers take these names for; others are not decoders of text, or not in use.
_ENCODINGS = re.compile(
    r"(?P<western>iso-?8859-1|latin-?1|us-ascii|windows-1252)|(?P<chinese>gb2312|gbk|gb_2312-80)|(?P<japanese>shift[_-]jis|x-sjis|windows-31j)"
    r"|(?P<same>iso-?8859-\d{1,2}|windows-125\d|koi8-[ru]|euc-jp|euc-kr|gb18030|big5|iso-2022-jp|windows-874|tis-620)",
    re.IGNORECASE,
)
_TAKEN_FOR = {"western": "cp1252", "chinese": "gb18030", "japanese": "cp932"}


def read_html(blob: Blob, context: Context) -> Document:
    """Return the document of a web page.

    Raises NoTextError for a page without text, InputError for one that is damaged or too large.
    """
    context.progress(f"reading {blob.name}")
    shown = one_line(blob.path)
    html, warning = decode_html(blob.read(), shown)
    data = html.encode("utf-8", "replace")
    limits = WorkerLimits(cpu_seconds=_LEAST_SECONDS + len(data) // _BYTES_A_SECOND)
    content = context.workers.run("html", data, {}, shown=blob.path, limits=limits)
    return page_document(blob, content, [warning] if warning else [])


def page_document(blob: Blob, content: Content, warnings: list[str]) -> Document:
    """Return the document of what the HTML parser found. Raises NoTextError where that is nothing."""
    text = str(content["text"]).encode("utf-8", "replace").decode()
    if not text.strip():
        raise no_text(one_line(blob.path))
    marks = [Mark(int(start), int(level), str(title)) for start, level, title in content["headings"]]
    pages = heading_pages(marks, content["title"] or blob.name)
    whole = Span(0, len(text))
    return finish(
        text,
        chapters(blob.name, marks, whole),
        [Origin(blob.path, whole, pages, unit="section")],
        warnings=warnings,
        facts=_facts(blob.path, content),
    )


def decode_html(data: bytes, shown: str) -> tuple[str, str]:
    """Return the page as text, in the encoding that it declares unless it is UTF-8, and a warning or nothing.

    Raises InputError for binary data.
    """
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    known = _ENCODINGS.fullmatch(declared[1].decode("ascii")) if declared else None
    if known and known.lastgroup and b"\0" not in data[:_DECLARED_WITHIN]:
        try:
            return data.decode("utf-8"), ""
        except UnicodeDecodeError:
            return data.decode(_TAKEN_FOR.get(known.lastgroup, known[0]), "replace"), ""
    return decode(data, shown)


def _facts(path: str, content: Content) -> list[Facts]:
    counts = (
        ("title", one_line(content["title"], 200)),
        ("hidden characters left out", int(content["hidden"])),
        ("characters of navigation and the like left out", int(content["furniture"])),
    )
    values = tuple((name, value) for name, value in counts if value)
    return [Facts(path, "page", values)] if values else []
