"""Read a PDF into a document: the text of its pages, its outline as chapters, its page labels.

The libraries run in a worker process (parsers/pdf.py), whose death is one clear line. Limits: pages without text
are reported, not recognised; running headers stay in the text; tables and columns come in the order in which the
library gives them; the offsets are those of the text made here, with hyphenated words joined again.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.formats.hyphens import rejoin
from rao_cli.documents.model import Document, Origin, Page, Section, Span
from rao_cli.documents.sections import Mark, distinct, finish, nest
from rao_cli.errors import InputError
from rao_cli.text import one_line

_TEX_LIGATURES = {"\x0b": "ff", "\x0c": "fi", "\r": "fl", "\x0e": "ffi", "\x0f": "ffl"}
_TEX_LIGATURE = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f]|[\x0b-\x0f](?=[a-z])")


def read_pdf(blob: Blob, context: Context) -> Document:
    """Return the document of a PDF.

    Raises InputError for a PDF that is encrypted, damaged or scanned, or that exceeds the limits of a worker.
    """
    shown = one_line(blob.path)
    options = {"password": context.options.password}
    content = context.workers.run("pdf", blob.read(), options, shown=blob.path)
    if not content["pages"]:
        raise InputError(f"{shown} has no pages", hint="open it in a viewer to check")
    texts = _cleaned(content["pages"])
    empty = [index for index, text in enumerate(texts, 1) if not text.strip()]
    warnings = _scanned(shown, empty, len(texts), strict=context.options.strict)
    text = "".join(texts)
    pages = _pages(texts, content["labels"])
    marks = _marks(content["outline"], texts, pages)
    whole = Section("", blob.name, "file", Span(0, len(text)))
    root = nest(marks, whole, lambda span: _page_leaves(span, pages))
    return finish(text, root, [Origin(blob.path, whole.span, tuple(pages))], warnings=warnings)


def page_ranges(pages: Sequence[int]) -> str:
    """Return ascending page numbers as short ranges: 4, 7-8."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _cleaned(pages: Sequence[str]) -> list[str]:
    """Return page texts with plain newlines, whole words and a newline at each end of text."""
    texts = []
    # Lone surrogates and NUL characters would break what reads the text later.
    sound = [page.encode("utf-8", "replace").decode("utf-8").replace("\0", "") for page in pages]
    for page in rejoin([page.replace("\r\n", "\n") for page in sound]):
        text = _TEX_LIGATURE.sub(lambda match: _TEX_LIGATURES.get(match[0], ""), page).replace("\r", "\n")
        texts.append(text if text.endswith("\n") or not text else text + "\n")
    return texts


def _scanned(shown: str, empty: Sequence[int], total: int, *, strict: bool) -> list[str]:
    if not empty:
        return []
    remedy = "run text recognition first, for example: ocrmypdf IN OUT"
    where = f"page{'s' if len(empty) > 1 else ''} {page_ranges(empty)}"
    if len(empty) == total:
        raise InputError(f"{shown} is scanned: no text on {where}", hint=remedy)
    have = "has" if len(empty) == 1 else "have"
    what = f"{shown}: {len(empty)} of {total} pages {have} no text (scanned?): {where}"
    if strict:
        raise InputError(what, hint=remedy)
    return [f"{what}; {remedy}"]


def _pages(texts: Sequence[str], labels: Sequence[str]) -> list[Page]:
    pages: list[Page] = []
    at = 0
    for index, text in enumerate(texts, 1):
        label = one_line(labels[index - 1], 20) if index <= len(labels) else ""
        pages.append(Page(at, index, label or str(index)))
        at += len(text)
    return pages


def _marks(outline: Sequence[Sequence[Any]], texts: Sequence[str], pages: Sequence[Page]) -> list[Mark]:
    """Return the outline's entries where their titles stand on their pages, in the outline's order."""
    marks: list[Mark] = []
    at = 0
    for level, title, index in outline:
        if not 0 <= index < len(pages):
            continue
        start = pages[index].start
        # Entries run forward through the text; one that points back is a cross-reference, not a chapter.
        if start + len(texts[index]) <= at:
            continue
        found = _title_at(texts[index], str(title), max(0, at - start))
        at = max(at, start + found)
        marks.append(Mark(at, int(level), str(title)))
    marks = distinct(marks)
    if marks and marks[0].start > 0:
        marks.insert(0, Mark(0, min(mark.level for mark in marks), "Front matter"))
    return marks


def _title_at(text: str, title: str, after: int) -> int:
    """Return where the line with the title starts, looking from ``after`` on; else ``after`` itself."""
    wanted = _letters(title)
    at = after
    while wanted and at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = _letters(text[at:end])
        if line and (line.endswith(wanted) and len(line) <= len(wanted) + 6):
            return at
        at = end + 1
    return after


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _page_leaves(span: Span, pages: Sequence[Page]) -> tuple[Section, ...]:
    inside = [page for page in pages if page.start < span.end]
    cuts = [span.start, *(page.start for page in inside if page.start > span.start), span.end]
    return tuple(
        Section("", "", "page", Span(start, end)) for start, end in pairwise(sorted(set(cuts))) if end > start
    )
