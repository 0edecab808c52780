"""Read a PDF with pypdf, where pdfium cannot or reads it badly.

pypdf is pure Python and ten times slower. Limits: it gives no sizes, places or outline here.
"""

import io
from functools import cached_property
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked

# A parser meets damage of every kind, and does not promise which error it answers with.
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


class Fallback:
    """One PDF as pypdf sees it; nothing is read before it is needed."""

    def __init__(self, data: bytes, password: str | None) -> None:
        self._data, self._password = data, password

    def parse(self, indexes: range, options: Options) -> Content:
        """Return what pdf.parse returns. Raises RefusedError for a PDF that pypdf cannot read either."""
        content: Content = {"total": self.total, "outline": [], "facts": {"reader": "pypdf"}}
        return content | {"pages": self.pages(indexes, options)}

    def pages(self, indexes: range, options: Options) -> list[dict[str, Any]]:
        """Return a range of pages. Raises RefusedError when the file is beyond reading or its text too long."""
        pages: list[dict[str, Any]] = []
        length = 0
        for index in indexes:
            pages.append(self.page(index))
            length = checked(length + len(pages[-1]["text"]), options)
        return pages

    def agrees(self, total: int) -> bool:
        """Tell whether pypdf counts as many pages, so that its pages are the same ones."""
        try:
            return self.total == total
        except RefusedError:
            return False

    def page(self, index: int) -> dict[str, Any]:
        """Return one page, its state "unreadable" where pypdf fails on it."""
        page = unreadable() | {"state": ""}
        try:
            page["text"] = self._reader.pages[index].extract_text()
            page["label"] = self._labels[index]
        except _errors(RefusedError):
            return unreadable()
        return page

    @property
    def total(self) -> int:
        """Return the number of pages. Raises RefusedError when the file cannot be opened."""
        try:
            return len(self._reader.pages)
        except _errors() as e:
            raise RefusedError("corrupt") from e

    @cached_property
    def _reader(self) -> Any:
        import logging

        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        import pypdf
        from pypdf.errors import FileNotDecryptedError

        try:
            reader = pypdf.PdfReader(io.BytesIO(self._data))
            if reader.is_encrypted and not reader.decrypt(self._password or ""):
                raise RefusedError("password" if self._password is None else "wrong password")
        except FileNotDecryptedError as e:
            raise RefusedError("wrong password") from e
        except _errors() as e:
            raise RefusedError("corrupt") from e
        return reader

    @cached_property
    def _labels(self) -> list[str]:
        return list(self._reader.page_labels)


def unreadable() -> dict[str, Any]:
    """Return what is known of a page that no reader can read."""
    return {"text": "", "label": "", "state": "unreadable", "tops": [], "styles": []}


def _errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    from pypdf.errors import DependencyError, PyPdfError

    return (*more, DependencyError, PyPdfError, *_DAMAGE_ERRORS)
