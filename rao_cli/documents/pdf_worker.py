"""Extract a PDF's text in a process of its own, with limits on memory, time and output.

Run by pdf.py as a plain script, so it imports nothing of rao: standard input holds one line of JSON (limits,
password, where the libraries lie) and then the PDF; standard output receives one JSON object, either ``error``
or ``pages``, ``labels`` and ``outline``. Limits: the memory limit has no effect where the system lacks it.
"""

import contextlib
import json
import os
import re
import sys
from typing import Any

_PASSWORD_ERROR = 4
_DEEPEST_OUTLINE = 15
_MOST_ENTRIES = 20_000
_WORD = re.compile(r"[A-Za-zÀ-ɏͰ-ӿ]+")
_GLUED_LETTERS = 25
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
# Share of all letters that lie in words too long to be words, above which the text is taken to be damaged.
_DAMAGED = 0.05

Content = dict[str, Any]


class _RefusedError(Exception):
    """The PDF cannot be read; the message is one of the codes that pdf.py explains."""


def main() -> None:
    """Read the request from standard input and write the result to standard output."""
    # The libraries may print; what they print must not mix with the result.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.readline())
    _limit(int(request["memory_bytes"]), int(request["cpu_seconds"]))
    sys.path.extend(request["library_paths"])
    try:
        data = sys.stdin.buffer.read()
        result = extract(data, request["password"], int(request["text_characters"]))
    except _RefusedError as refusal:
        result = {"error": str(refusal)}
    except (MemoryError, RecursionError):
        result = {"error": "limit"}
    with out:
        json.dump(result, out)


def extract(data: bytes, password: str | None, most: int) -> Content:
    """Return pages, labels and outline as pdfium reads them, or as pypdf does where pdfium's text is damaged."""
    try:
        content = _with_pdfium(data, password, most)
    except RuntimeError:
        return _with_pypdf(data, password, most)
    damage = _damage(content["pages"])
    if damage > _DAMAGED:
        with contextlib.suppress(_RefusedError):
            other = _with_pypdf(data, password, most)
            if _damage(other["pages"]) < damage / 2:
                content["pages"] = other["pages"]
    return content


def _with_pdfium(data: bytes, password: str | None, most: int) -> Content:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as e:
        if e.err_code == _PASSWORD_ERROR:
            raise _RefusedError("password" if password is None else "wrong password") from e
        raise
    pages: list[str] = []
    length = 0
    for page in document:
        text_page = page.get_textpage()
        pages.append(text_page.get_text_range())
        text_page.close()
        page.close()
        length = _checked(length + len(pages[-1]), most)
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


def _with_pypdf(data: bytes, password: str | None, most: int) -> Content:
    import io
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(password or ""):
            raise _RefusedError("password" if password is None else "wrong password")
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length = _checked(length + len(pages[-1]), most)
        labels = list(reader.page_labels)
    except FileNotDecryptedError as e:
        raise _RefusedError("wrong password") from e
    # A parser meets damage of every kind, and does not promise which error it answers with.
    except (DependencyError, PyPdfError, *_DAMAGE_ERRORS) as e:
        raise _RefusedError("corrupt") from e
    return {"pages": pages, "labels": labels, "outline": []}


def _checked(length: int, most: int) -> int:
    if length > most:
        raise _RefusedError("limit")
    return length


def _damage(pages: list[str]) -> float:
    letters = glued = 0
    for page in pages:
        for word in _WORD.findall(page):
            letters += len(word)
            glued += len(word) if len(word) >= _GLUED_LETTERS else 0
    return glued / letters if letters else 0.0


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_CORE, 0))
    for kind, value in limits:
        # Some systems refuse a limit on memory; the others still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
