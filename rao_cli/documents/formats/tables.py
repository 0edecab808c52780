"""Read tables of separated values into a document: blocks of rows as sections, and facts about every column.

The text stays as it is, so a row is located by its lines, also where a quoted cell holds newlines. Limits: a cell
above 16 MB means that quotes do not match, and the text is read as plain text.
"""

import csv
from collections.abc import Iterator

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.formats.delimiters import delimiter_of, rows_of
from rao_cli.documents.formats.lines import Lines
from rao_cli.documents.formats.plain import plain_marks
from rao_cli.documents.formats.rows import Blocks, layout_of
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.model import Document, Origin, Section, Span, Text
from rao_cli.documents.sections import finish
from rao_cli.text import one_line

_SAMPLES = (1 << 16, 1 << 20)
"""Characters of the start that tell the columns: the more where the fewer hold no two rows."""
_LONGEST_CELL = 16 << 20


def read_table(blob: Blob, context: Context) -> Document:
    """Return the document of a table of comma, semicolon, tab or bar separated values.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    sample = _sample(text)
    delimiter = delimiter_of(sample)
    whole = Span(0, len(text))
    blocks = Blocks(whole, layout_of(rows_of(sample, delimiter or ","), delimiter))
    try:
        for start, end, row in rows(text, delimiter):
            blocks.add(start, end, row)
    except csv.Error:
        warning = f"{one_line(blob.path)}: a cell in quotes has no end, or over 16 MB; read as plain text"
        return headed(blob, text, plain_marks(text), warnings=[*warnings, warning])
    root = Section("", blob.name, "file", whole, tuple(blocks.finish()))
    facts = blocks.facts(blob.path)
    return finish(text, root, [Origin(blob.path, whole)], warnings=warnings, facts=[facts])


def _sample(text: Text) -> str:
    few, many = (text[:size] for size in _SAMPLES)
    return many if few.count("\n") < 2 <= many.count("\n") else few


def rows(text: Text, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each row that is not empty: where it starts and ends in the text, and its cells.

    Raises csv.Error for a cell that does not end.
    """
    # The library's limit holds for the whole process; it is there to notice quotes that never close.
    csv.field_size_limit(_LONGEST_CELL)
    lines = Lines(text)
    start = 0
    for row in csv.reader(lines, delimiter=delimiter or ","):
        if row:
            yield start, lines.end, row
        start = lines.end
