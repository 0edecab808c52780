"""Extract the cells of a Jupyter notebook: Markdown, code, and the outputs that are text.

Limits: pictures and widgets give no text; HTML is taken only where an output has no plain text.
"""

import json
import re
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MOST_OUTPUT = 1_000_000
"""Characters of one output; what is longer was not printed to be read."""


def parse(data: bytes, options: Options) -> Content:
    """Return ``language`` and ``cells``, each with ``kind`` (markdown, code, raw), ``text`` and ``outputs``.

    Raises RefusedError for what is no notebook, or holds more text than is allowed.
    """
    try:
        book = json.loads(data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as e:
        raise RefusedError("corrupt", "it is not the JSON of a notebook") from e
    cells = _cells(book)
    if cells is None:
        raise RefusedError("corrupt", "it holds no cells")
    found, length = [], 0
    for cell in cells:
        if isinstance(cell, dict):
            found.append(_cell(cell))
            length = checked(length + len(found[-1]["text"]) + sum(map(len, found[-1]["outputs"])), options)
    return {"language": _language(book), "cells": found}


def _cells(book: Any) -> list[Any] | None:
    if not isinstance(book, dict):
        return None
    if isinstance(book.get("cells"), list):
        return list(book["cells"])
    # Format 3 and older keep cells in worksheets.
    sheets = [sheet for sheet in _listed(book.get("worksheets")) if isinstance(sheet, dict)]
    return [cell for sheet in sheets for cell in _listed(sheet.get("cells"))] if sheets else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind = str(cell.get("cell_type") or "code")
    text = _joined(cell.get("source") if "source" in cell else cell.get("input"))
    if kind == "heading":
        kind, text = "markdown", f"# {text}"
    texts = [_output(output) for output in _listed(cell.get("outputs")) if isinstance(output, dict)]
    return {"kind": kind, "text": text, "outputs": [text for text in texts if text.strip()]}


def _output(output: dict[str, Any]) -> str:
    if "traceback" in output:
        text = _joined(output["traceback"], "\n")
    elif "text" in output:
        text = _joined(output["text"])
    else:
        data = output.get("data")
        text = _joined(data.get("text/plain")) if isinstance(data, dict) else ""
    text = _COLOURS.sub("", text)
    if len(text) > _MOST_OUTPUT:
        return f"{text[:_MOST_OUTPUT]}\n[{len(text) - _MOST_OUTPUT:,} more characters of output left out]"
    return text


def _joined(source: Any, between: str = "") -> str:
    if isinstance(source, str):
        return source
    return between.join(str(line) for line in source) if isinstance(source, list) else ""


def _language(book: dict[str, Any]) -> str:
    about = book.get("metadata")
    info = about.get("language_info") or about.get("kernelspec") if isinstance(about, dict) else None
    return str(info.get("name") or "") if isinstance(info, dict) else ""
