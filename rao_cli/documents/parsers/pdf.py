"""Extract a PDF's text page by page, its page labels and its outline.

pdfium reads; pypdf is the fallback where pdfium fails or its text is damaged. Limits: text in columns and tables
comes in the order in which the library gives it.
"""

import contextlib
import re
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked

_PASSWORD_ERROR = 4
_DEEPEST_OUTLINE = 15
_MOST_ENTRIES = 20_000
_WORD = re.compile(r"[A-Za-zÀ-ɏͰ-ӿ]+")
_GLUED_LETTERS = 25
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
# Share of all letters that lie in words too long to be words, above which the text is taken to be damaged.
_DAMAGED = 0.05


def parse(data: bytes, options: Options) -> Content:
    """Return ``pages``, ``labels`` and ``outline`` (level, title, page index) of a PDF.

    Raises RefusedError for one that is encrypted, damaged or larger than its limit.
    """
    return extract(data, options.get("password"), options)


def extract(data: bytes, password: str | None, options: Options) -> Content:
    """Return pages, labels and outline as pdfium reads them, or as pypdf does where pdfium's text is damaged."""
    try:
        content = _with_pdfium(data, password, options)
    except RuntimeError:
        return _with_pypdf(data, password, options)
    damage = _damage(content["pages"])
    if damage > _DAMAGED:
        with contextlib.suppress(RefusedError):
            other = _with_pypdf(data, password, options)
            if _damage(other["pages"]) < damage / 2:
                content["pages"] = other["pages"]
    return content


def _with_pdfium(data: bytes, password: str | None, options: Options) -> Content:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as e:
        if e.err_code == _PASSWORD_ERROR:
            raise RefusedError("password" if password is None else "wrong password") from e
        raise
    pages: list[str] = []
    length = 0
    for page in document:
        text_page = page.get_textpage()
        pages.append(text_page.get_text_range())
        text_page.close()
        page.close()
        length = checked(length + len(pages[-1]), options)
    labels = [document.get_page_label(index) or "" for index in range(len(pages))]
    return {"pages": pages, "labels": labels, "outline": _pdfium_outline(document)}


def _pdfium_outline(document: Any) -> list[tuple[int, str, int]]:
    entries: list[tuple[int, str, int]] = []
    # A damaged outline must not cost the text; what was read of it before the damage is kept.
    with contextlib.suppress(RuntimeError):
        for bookmark in document.get_toc(max_depth=_DEEPEST_OUTLINE):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                entries.append((bookmark.level, bookmark.get_title(), page))
            if len(entries) >= _MOST_ENTRIES:
                break
    return entries


def _with_pypdf(data: bytes, password: str | None, options: Options) -> Content:
    import io
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(password or ""):
            raise RefusedError("password" if password is None else "wrong password")
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length = checked(length + len(pages[-1]), options)
        labels = list(reader.page_labels)
    except FileNotDecryptedError as e:
        raise RefusedError("wrong password") from e
    # A parser meets damage of every kind, and does not promise which error it answers with.
    except (DependencyError, PyPdfError, *_DAMAGE_ERRORS) as e:
        raise RefusedError("corrupt") from e
    return {"pages": pages, "labels": labels, "outline": []}


def _damage(pages: list[str]) -> float:
    letters = glued = 0
    for page in pages:
        for word in _WORD.findall(page):
            letters += len(word)
            glued += len(word) if len(word) >= _GLUED_LETTERS else 0
    return glued / letters if letters else 0.0
