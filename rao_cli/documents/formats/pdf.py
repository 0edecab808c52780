"""Read a PDF into a document: the text of its pages, its outline as chapters, its page labels.

The libraries run in worker processes (parsers/pdf.py), whose death is one clear line. Limits: pages without text
are reported, not recognised; tables and columns come in the order in which the file holds them; the offsets are
those of the text made here, with hyphenated words joined again and running headers and footers left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.formats.hyphens import rejoin
from rao_cli.documents.formats.pdf_headings import guess_headings
from rao_cli.documents.formats.pdf_marks import find_marks
from rao_cli.documents.formats.pdf_numbers import numbered_headings
from rao_cli.documents.formats.pdf_pages import Entry, PdfPage, extract
from rao_cli.documents.formats.pdf_running import Running, find_running
from rao_cli.documents.model import Document, Facts, Origin, Page, Section, Span, Table
from rao_cli.documents.sections import finish, nest, page_leaves
from rao_cli.errors import InputError
from rao_cli.text import one_line

_TEX_LIGATURES = {"\x0b": "ff", "\x0c": "fi", "\r": "fl", "\x0e": "ffi", "\x0f": "ffl"}
_TEX_LIGATURE = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f]|[\x0b-\x0f](?=[a-z])")
_RECOGNISE = "run text recognition first, for example: ocrmypdf IN OUT"
_REPAIR = "open it in a viewer, or repair it: qpdf IN OUT"
_SHOWN_FACTS = ("title", "author", "producer", "creator", "encrypted", "reader")
_MOST_WORDINGS = 200
# Lines that go up the page by more than an inch, and often: figures and forms, not two or three columns.
_JUMP_POINTS = 72
_MOST_JUMPS = 5
_JUMPS_SHARE = 0.15


def read_pdf(blob: Blob, context: Context) -> Document:
    """Return the document of a PDF.

    Raises InputError for a PDF that is encrypted, damaged or scanned, or that exceeds the limits of a worker.
    """
    content = extract(blob, context)
    running = find_running(content.pages)
    kept = [page.without(lines) for page, lines in zip(content.pages, running.lines, strict=True)]
    warnings = _warnings(one_line(blob.path), kept, strict=context.options.strict)
    texts = _texts(kept)
    pages = _located(texts, content.pages)
    marks = find_marks(content.outline or _guessed(kept), texts, kept, pages)
    text = "".join(texts)
    whole = Section("", blob.name, "file", Span(0, len(text)))
    root = nest(marks, whole, lambda span: page_leaves(span, pages))
    origin = Origin(blob.path, whole.span, tuple(pages))
    facts = _facts(blob.path, content.facts, kept, running)
    return finish(text, root, [origin], warnings=warnings, facts=[facts])


def page_ranges(pages: Sequence[int]) -> str:
    """Return ascending page numbers as short ranges: 4, 7-8."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _texts(pages: Sequence[PdfPage]) -> list[str]:
    """Return the pages' texts with whole words, ligatures spelled out and a newline at each end of text."""
    texts = []
    for page in rejoin(["\n".join(page.lines) for page in pages]):
        text = _spelled(page)
        texts.append(text if text.endswith("\n") or not text else text + "\n")
    return texts


def _guessed(pages: Sequence[PdfPage]) -> list[Entry]:
    """Return headings guessed by size or number, their titles spelled as the text is."""
    entries = guess_headings(pages) or numbered_headings(pages)
    titles = rejoin([entry.title for entry in entries])
    return [replace(entry, title=_spelled(title)) for entry, title in zip(entries, titles, strict=True)]


def _spelled(text: str) -> str:
    if not any(code in text for code in _TEX_LIGATURES):
        return text
    return _TEX_LIGATURE.sub(lambda match: _TEX_LIGATURES.get(match[0], ""), text).replace("\r", "\n")


def _numbers(pages: Sequence[PdfPage], state: str) -> list[int]:
    """Return the numbers, from 1, of the pages of one state that have no text."""
    return [number for number, page in enumerate(pages, 1) if page.empty and page.state == state]


def _warnings(shown: str, pages: Sequence[PdfPage], *, strict: bool) -> list[str]:
    """Return what the reader of the document must know of its pages.

    Raises InputError when no page has text, or when strict and one is scanned or unreadable.
    """
    scanned, unreadable = _numbers(pages, "picture"), _numbers(pages, "unreadable")
    if all(page.empty for page in pages):
        where = f"no text on {_named(len(pages))} {page_ranges(range(1, len(pages) + 1))}"
        if unreadable:
            raise InputError(f"{shown} is damaged: {where}", hint=_REPAIR)
        raise InputError(f"{shown} {'is scanned' if scanned else 'holds no text'}: {where}", hint=_RECOGNISE)
    found = []
    if scanned:
        found.append((f"{_share(scanned, pages)} no text (scanned?)", scanned, _RECOGNISE))
    if unreadable:
        found.append((f"{_share(unreadable, pages)} no readable text (damaged)", unreadable, _REPAIR))
    lines = [(f"{shown}: {what}: {_named(len(where))} {page_ranges(where)}", hint) for what, where, hint in found]
    if lines and strict:
        raise InputError(lines[0][0], hint=lines[0][1])
    return [f"{line}; {hint}" for line, hint in lines]


def _named(pages: int) -> str:
    return "pages" if pages > 1 else "page"


def _share(some: Sequence[int], pages: Sequence[PdfPage]) -> str:
    return f"{len(some)} of {len(pages)} {_named(len(pages))} {'has' if len(some) == 1 else 'have'}"


def _located(texts: Sequence[str], pages: Sequence[PdfPage]) -> list[Page]:
    located: list[Page] = []
    at = 0
    for index, (text, page) in enumerate(zip(texts, pages, strict=True), 1):
        located.append(Page(at, index, one_line(page.label, 20) or str(index)))
        at += len(text)
    return located


def _facts(path: str, found: Mapping[str, str], pages: Sequence[PdfPage], running: Running) -> Facts:
    values: list[tuple[str, str | int | float]] = [("pages", len(pages))]
    values += [(key, one_line(found[key], 120)) for key in _SHOWN_FACTS if found.get(key)]
    numbers = {
        "scanned pages": _numbers(pages, "picture"),
        "unreadable pages": _numbers(pages, "unreadable"),
        "empty pages": _numbers(pages, ""),
        "pages whose lines may be out of order": [n for n, page in enumerate(pages, 1) if _jumbled(page)],
    }
    values += [(name, page_ranges(where)) for name, where in numbers.items() if where]
    removed = sum(len(lines) for lines in running.lines)
    if not removed:
        return Facts(path, "pdf", tuple(values))
    values.append(("running headers and footers left out", removed))
    rows = [(one_line(wording), count, first + 1) for wording, count, first in running.wordings]
    title = "Running headers and footers left out of the text"
    table = Table(title, ("line", "pages", "first page"), tuple(rows[:_MOST_WORDINGS]), len(rows))
    return Facts(path, "pdf", tuple(values), (table,))


def _jumbled(page: PdfPage) -> bool:
    """Tell whether the lines go up the page more often than those of two or three columns do."""
    tops = [top for top in page.tops if top]
    jumps = sum(after > before + _JUMP_POINTS for before, after in pairwise(tops))
    return jumps > max(_MOST_JUMPS, _JUMPS_SHARE * len(tops))
