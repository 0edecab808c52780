"""Read JSON and JSON lines into documents: sections with paths or record numbers, and facts about the records.

The text stays as it is, so everything is located by its lines. Numbers are taken as they are written, so no
digit is lost. Limits: records above 1 MB are not counted field by field; fields are counted for the outermost
two levels.
"""

import json
from typing import Any

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.formats.fields import Fields
from rao_cli.documents.formats.json_scan import Item, Survey, divide, survey, tokens
from rao_cli.documents.formats.lines import Lines
from rao_cli.documents.formats.plain import plain_marks
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.model import Document, Facts, Origin, Section, Span, Text
from rao_cli.documents.sections import finish
from rao_cli.text import one_line

_AS_WRITTEN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_LONGEST_RECORD = 1 << 20
_MOST_ARRAYS = 20
_BLOCK_CHARACTERS = 4000
_MOST_BLOCKS = 20_000
_Values = list[tuple[str, str | int | float]]


def read_json(blob: Blob, context: Context) -> Document:
    """Return the document of a JSON text; one that is not well formed is read as plain text, with a warning.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    counts = survey(text)
    shown = one_line(blob.path)
    if not counts.sound or not counts.depth:
        warning = f"{shown}: not well-formed JSON; read as plain text"
        return headed(blob, text, plain_marks(text), warnings=[*warnings, *([] if counts.sound else [warning])])
    if counts.unclosed:
        several = "s are" if counts.unclosed > 1 else " is"
        warnings = (*warnings, f"{shown}: JSON cut short, {counts.unclosed} bracket{several} not closed")
    records = _Records(text)
    whole = Span(0, len(text))
    start = next(a for sign, a, _ in tokens(text, 0, len(text)) if sign in "{[")
    parts = divide(text, whole, Span(start, len(text)), "$", records.add)
    root = Section("", blob.name, "file", whole, parts if len(parts) > 1 else ())
    facts = Facts(blob.path, "JSON", _values(text[start : start + 1], counts, records), records.tables())
    return finish(text, root, [Origin(blob.path, whole)], warnings=warnings, facts=[facts])


def read_jsonl(blob: Blob, context: Context) -> Document:
    """Return the document of JSON lines, a record on each.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    size = max(_BLOCK_CHARACTERS, len(text) // _MOST_BLOCKS)
    fields, records, damaged = Fields(), 0, 0
    sections: list[Section] = []
    start, first, lines = 0, 1, Lines(text)
    for line in lines:
        if line.strip():
            records += 1
            record = _loaded(line)
            if isinstance(record, dict):
                fields.add(record)
            else:
                damaged += record is None
        if lines.end - start >= size or lines.end == len(text):
            sections.append(_record_section(first, records, Span(start, lines.end)))
            start, first = lines.end, records + 1
    root = Section("", blob.name, "file", Span(0, len(text)), tuple(sections) if len(sections) > 1 else ())
    values: _Values = [("records", records), ("records with fields", fields.records)]
    if damaged:
        values.append(("lines that are not JSON, or too long", damaged))
    facts = Facts(blob.path, "JSON lines", tuple(values), fields.tables("fields") if fields.records else ())
    return finish(text, root, [Origin(blob.path, root.span)], warnings=warnings, facts=[facts])


class _Records:
    """Collects the objects of the outermost arrays, for their fields."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._arrays: dict[str, Fields] = {}
        self.members = 0
        """Members of the outermost value."""

    def add(self, path: str, item: Item, depth: int) -> None:
        """Take in a member of an array at a path, or of an object where that is empty."""
        self.members += depth == 0
        if not path or not 0 < len(item.value) <= _LONGEST_RECORD:
            return
        if path not in self._arrays and len(self._arrays) >= _MOST_ARRAYS:
            return
        value = self._text[item.value.start : item.value.end]
        record = _loaded(value) if value.startswith("{") else None
        if isinstance(record, dict):
            self._arrays.setdefault(path, Fields()).add(record)

    def tables(self) -> tuple[Any, ...]:
        """Return the tables of all arrays that hold several objects."""
        several = [(path, fields) for path, fields in self._arrays.items() if fields.records > 1]
        return tuple(table for path, fields in several for table in fields.tables(f"fields of {path}[…]"))


def _values(bracket: str, counts: Survey, records: _Records) -> tuple[tuple[str, str | int | float], ...]:
    return (
        ("top level", "object" if bracket == "{" else "array"),
        ("members", records.members),
        ("objects", counts.objects),
        ("arrays", counts.arrays),
        ("deepest nesting", counts.depth),
    )


def _loaded(text: str) -> Any:
    """Return a record with its numbers as they are written, or None for what is not JSON, too long or too deep."""
    if len(text) > _LONGEST_RECORD:
        return None
    try:
        return _AS_WRITTEN.decode(text)
    except (ValueError, RecursionError):
        return None


def _record_section(first: int, last: int, span: Span) -> Section:
    title = f"records {first}-{last}" if last > first else f"record {last}"
    return Section("", title, "records", span)
