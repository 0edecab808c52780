"""Extract a PDF page by page: text, labels, outline, and how each line is set; pdfium reads.

pypdf takes over where pdfium fails or its text is damaged (pdf_fallback.py). A job may name a range of pages, so
that several workers share a long file. Limits: text in columns and tables comes in the order in which the file
holds it.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked
from rao_cli.documents.parsers.pdf_damage import DAMAGED, damage
from rao_cli.documents.parsers.pdf_fallback import Fallback, unreadable
from rao_cli.documents.parsers.pdf_lines import Lines, whole

_PASSWORD_ERROR = 4
_DEEPEST_OUTLINE = 15
_DEEPEST_PICTURE = 3
_MOST_ENTRIES = 20_000
# A page tree can be made to name one page over and over; no book has as many.
_MOST_PAGES = 100_000
# A page with less text than this may be a scan with a stamp on it.
_LITTLE_TEXT = 200


def parse(data: bytes, options: Options) -> Content:
    """Return ``total`` and ``pages`` (text, label, state, tops and styles of lines) of a PDF or a range of it.

    ``first`` and ``count`` in the options choose the range, ``styles`` whether lines tell their size. A job from
    the first page on also answers ``outline`` (level, title, page index, height on the page or -1) and ``facts``;
    there, without an outline, lines tell their size unasked. A page's state is "", "unreadable", or "picture" when
    it shows a picture and little or no text. Raises RefusedError for a PDF that is encrypted, damaged or larger
    than its limit.
    """
    password = options.get("password")
    fallback = Fallback(data, password)
    try:
        document = _opened(data, password)
    except RuntimeError:
        return fallback.parse(_range(options, fallback.total), options)
    total = len(document)
    if total > _MOST_PAGES:
        raise RefusedError("limit")
    content: Content = {"total": total}
    if not options.get("first"):
        content |= {"outline": _outline(document), "facts": _facts(document)}
    styles = bool(options.get("styles", not content.get("outline")))
    pages = _pages(document, fallback, _range(options, total), styles, options)
    content["pages"] = _undamaged(pages, fallback, _range(options, total), options, total)
    return content


def _opened(data: bytes, password: str | None) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as e:
        if e.err_code == _PASSWORD_ERROR:
            raise RefusedError("password" if password is None else "wrong password") from e
        raise


def _range(options: Options, total: int) -> range:
    first = int(options.get("first", 0))
    return range(min(first, total), min(first + int(options.get("count", total)), total))


def _pages(
    document: Any, fallback: Fallback, indexes: range, styles: bool, options: Options
) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    length = 0
    lines = Lines(styles)
    for index in indexes:
        try:
            page = _page(document, index, lines)
        except RuntimeError:
            page = fallback.page(index) if fallback.agrees(len(document)) else unreadable()
        pages.append(page)
        length = checked(length + len(page["text"]), options)
    return pages


def _page(document: Any, index: int, lines: Lines) -> dict[str, Any]:
    page = document[index]
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        state = "picture" if len(text) < _LITTLE_TEXT and _has_picture(page) else ""
        label = _said(document.get_page_label, index)
        return {"label": label, "state": state, **lines.measure(text_page, text)}
    finally:
        text_page.close()
        page.close()


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw

    return (
        next(iter(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST_PICTURE)), None)
        is not None
    )


def _undamaged(
    pages: list[dict[str, Any]], fallback: Fallback, indexes: range, options: Options, total: int
) -> list[dict[str, Any]]:
    """Return the pages as the other reader gives them, where these are damaged and those much less."""
    before = damage(page["text"] for page in pages)
    if before <= DAMAGED or not fallback.agrees(total):
        return pages
    with contextlib.suppress(RefusedError):
        others = fallback.pages(indexes, options)
        if damage(page["text"] for page in others) < before / 2:
            return [
                old if page["state"] else {**page, "state": old["state"]}
                for page, old in zip(others, pages, strict=True)
            ]
    return pages


def _outline(document: Any) -> list[tuple[int, str, int, int]]:
    entries: list[tuple[int, str, int, int]] = []
    # A damaged outline must not cost the text; what was read of it before the damage is kept.
    with contextlib.suppress(RuntimeError):
        for bookmark in _bookmarks(document):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                entries.append((bookmark.level, _said(bookmark.get_title), page, _height(target)))
    return entries


def _height(target: Any) -> int:
    """Return how high on its page an outline's entry points, -1 if it does not say."""
    import pypdfium2.raw

    mode, numbers = target.get_view()
    # Kinds of targets that name a height, and where in their numbers it stands.
    place = {pypdfium2.raw.PDFDEST_VIEW_XYZ: 1, pypdfium2.raw.PDFDEST_VIEW_FITH: 0}.get(mode, len(numbers))
    return whole(numbers[place]) if place < len(numbers) else -1


def _bookmarks(document: Any) -> Iterator[Any]:
    for number, bookmark in enumerate(document.get_toc(max_depth=_DEEPEST_OUTLINE)):
        if number >= _MOST_ENTRIES:
            return
        yield bookmark


def _facts(document: Any) -> dict[str, str]:
    import pypdfium2.raw

    found = {key.lower(): _said(document.get_metadata_value, key) for key in document.METADATA_KEYS}
    facts = {key: value for key, value in found.items() if value}
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
        facts["encrypted"] = "yes"
    return facts


def _said(read: Callable[..., str | None], *arguments: Any) -> str:
    """Return a title, label or name that pdfium reads, or nothing where it is no sound UTF-16."""
    try:
        return read(*arguments) or ""
    except UnicodeDecodeError:
        return ""
