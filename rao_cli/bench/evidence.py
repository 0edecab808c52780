"""Find in a document what a task names as evidence for its answer.

Limits: characters are counted in the UTF-8 text file as it lies on disk; a quotation is compared without white
space, so that it does not matter how the reader joined lines.
"""

import re
from pathlib import Path

from rao_cli.bench.tasks import Evidence
from rao_cli.documents.model import Document, Origin, Span
from rao_cli.errors import InputError
from rao_cli.text import one_line

_SPACE = re.compile(r"\s+")


def evidence_spans(document: Document, source: Path, evidence: Evidence) -> list[Span]:
    """Return where evidence stands in a document, every place that fits; none where it was not read.

    Raises InputError when the source cannot be read as text to count its characters.
    """
    if evidence.characters is not None:
        return _characters(document, source, *evidence.characters)
    if evidence.page:
        return _quoted(document, evidence.page, evidence.quote)
    return _line(document, evidence.file, evidence.line)


def _characters(document: Document, source: Path, start: int, end: int) -> list[Span]:
    """Find the characters by themselves, and by how often they stood before, where the reader shifted them."""
    try:
        raw = source.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot count characters in {one_line(str(source))}") from error
    wanted = raw[start:end]
    if document.text[start:end] == wanted:
        return [Span(start, end)]
    places = [match.start() for match in re.finditer(re.escape(wanted), document.text[:])] if wanted else []
    before = raw.count(wanted, 0, start) if wanted else 0
    return [Span(at, at + len(wanted)) for at in places[before : before + 1]]


def _quoted(document: Document, page: int, quote: str) -> list[Span]:
    words = re.compile(r"\s*".join(re.escape(letter) for letter in _SPACE.sub("", quote)))
    found: list[Span] = []
    for file in document.origins:
        borders = [*(each.start for each in file.pages), file.span.end]
        for number, each in enumerate(file.pages):
            if each.index == page:
                start = each.start
                text = document.text[start : borders[number + 1]]
                found += [Span(start + m.start(), start + m.end()) for m in words.finditer(text) if m.group()]
    return found


def _line(document: Document, name: str, line: int) -> list[Span]:
    """Find a line of the file with this path, with or without the folder that holds the whole archive."""
    files = [file for file in document.origins if file.path == name or file.path.endswith(f"/{name}")]
    if not files:
        return []
    file = min(files, key=lambda each: len(each.path))
    return _line_of(document, file, line)


def _line_of(document: Document, file: Origin, line: int) -> list[Span]:
    lines = document.read(file.span).split("\n")
    if not 1 <= line <= len(lines):
        return []
    start = file.span.start + sum(len(each) + 1 for each in lines[: line - 1])
    return [Span(start, start + len(lines[line - 1]))]
