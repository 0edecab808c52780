"""Extract a PowerPoint presentation slide by slide: texts from top to bottom, tables, notes.

Limits: pictures, charts and diagrams give no text; groups deeper than DEEPEST are left out.
"""

import io
from collections.abc import Iterator
from typing import Any

from rao_cli.documents.parsers.base import Content, Options, RefusedError, checked
from rao_cli.documents.parsers.zips import check_zip

DEEPEST = 50
_DAMAGE_ERRORS = (ArithmeticError, AttributeError, EOFError, LookupError, OSError, TypeError, ValueError)


def parse(data: bytes, options: Options) -> Content:
    """Return ``slides``, each with ``title``, ``text`` and whether it is ``hidden``.

    Raises RefusedError for a presentation that is damaged, encrypted or too large, or without python-pptx.
    """
    check_zip(data)
    try:
        import pptx
        from pptx.exc import PythonPptxError
    except ImportError as e:
        raise RefusedError("missing") from e
    import zipfile
    import zlib

    try:
        presentation = pptx.Presentation(io.BytesIO(data))
        slides, length = [], 0
        for slide in presentation.slides:
            slides.append(_slide(slide))
            length = checked(length + len(slides[-1]["text"]), options)
    # A parser meets damage of every kind, and does not promise which error it answers with.
    except (PythonPptxError, zipfile.BadZipFile, zlib.error, SyntaxError, *_DAMAGE_ERRORS) as e:
        raise RefusedError("corrupt") from e
    return {"slides": slides}


def _slide(slide: Any) -> dict[str, Any]:
    title = slide.shapes.title
    lines = list(_lines(slide.shapes, 0))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        lines += ["", f"Notes: {notes}"] if notes else []
    return {
        "title": title.text_frame.text if title is not None and title.has_text_frame else "",
        "text": "\n".join(lines).replace("\x0b", "\n"),
        "hidden": slide._element.get("show") in {"0", "false"},
    }


def _lines(shapes: Any, depth: int) -> Iterator[str]:
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if getattr(shape, "shapes", None) is not None:
            if depth < DEEPEST:
                yield from _lines(shape.shapes, depth + 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield " | ".join(" ".join(cell.text.split()) for cell in row.cells)
        elif shape.has_text_frame and shape.text_frame.text.strip():
            yield shape.text_frame.text
