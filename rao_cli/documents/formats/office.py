"""Read office files into documents: Word by headings, PowerPoint by slides, workbooks by sheets and rows.

They are parsed in worker processes (parsers/docx.py, slides.py, sheets.py). Limits: the libraries are the optional
extra "office"; pictures and charts give no text.
"""

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.formats.html import page_document
from rao_cli.documents.formats.rows import Blocks, layout_of
from rao_cli.documents.formats.tree import Parts
from rao_cli.documents.model import Document, Facts, Section, Span
from rao_cli.text import one_line

_SAMPLE_ROWS = 200


def read_docx(blob: Blob, context: Context) -> Document:
    """Return the document of a Word file.

    Raises NoTextError for one without text, InputError for one that is damaged, encrypted or too large.
    """
    context.progress(f"reading {blob.name}")
    return page_document(blob, context.workers.run("docx", blob.read(), {}, shown=blob.path), [])


def read_pptx(blob: Blob, context: Context) -> Document:
    """Return the document of a PowerPoint file, a section for each slide.

    Raises NoTextError for one without text, InputError for one that is damaged, encrypted or too large.
    """
    context.progress(f"reading {blob.name}")
    content = context.workers.run("slides", blob.read(), {}, shown=blob.path)
    parts = Parts()
    empty = 0
    for slide in content["slides"]:
        empty += not slide["text"].strip()
        title = one_line(slide["title"]) or "(untitled)"
        parts.add(f"{title} (hidden)" if slide["hidden"] else title, slide["text"])
    if empty == len(content["slides"]):
        parts = Parts()
    facts = Facts(blob.path, "presentation", (("slides", len(content["slides"])), ("slides without text", empty)))
    return parts.finish(blob, "slide", facts=[facts])


def read_sheets(blob: Blob, context: Context) -> Document:
    """Return the document of a workbook, a section for each sheet and facts about its columns.

    Raises NoTextError for one without cells, InputError for one that is damaged, encrypted or too large.
    """
    context.progress(f"reading {blob.name}")
    content = context.workers.run("sheets", blob.read(), {}, shown=blob.path)
    parts = Parts()
    facts = []
    for sheet in content["sheets"]:
        rows = sheet["rows"]
        if not rows:
            continue
        name = one_line(sheet["name"]) or "(unnamed)"
        table = _Sheet(rows)
        parts.add(f"{name} (hidden)" if sheet["hidden"] else name, table.text, table.sections)
        facts.append(table.facts(f"{blob.path} › {name}"))
    return parts.finish(blob, "sheet", facts=facts)


class _Sheet:
    """The rows of one sheet as lines of text with bars between cells."""

    def __init__(self, rows: list[list[str]]) -> None:
        self._rows = rows
        self._lines = [" | ".join(row) + "\n" for row in rows]
        self.text = "".join(self._lines)
        self._layout = layout_of(rows[:_SAMPLE_ROWS])
        self._blocks = Blocks(Span(0, 0), self._layout)

    def sections(self, span: Span) -> list[Section]:
        """Return the blocks of rows where the text now stands."""
        self._blocks = Blocks(span, self._layout)
        at = span.start
        for row, line in zip(self._rows, self._lines, strict=True):
            self._blocks.add(at, at + len(line), row)
            at += len(line)
        return self._blocks.finish()

    def facts(self, path: str) -> Facts:
        """Return what is in the columns."""
        return self._blocks.facts(path)
