"""Lay out what a range changed as a document: its commits first, then the changed files below their folders.

A passage keeps the lines of the version that it cites: those of the new one by their path, those that are gone by
the path with the commit that still has them. Facts carry what was counted.
"""

from collections.abc import Sequence
from typing import Any

from rao_cli.documents.context import Context
from rao_cli.documents.history.model import SHORT, Changed, Passage, Piece, Range
from rao_cli.documents.model import Document, Facts, Origin, Page, Section, Skipped, Span, Table
from rao_cli.documents.sections import finish
from rao_cli.documents.stored import TextWriter
from rao_cli.documents.walk.gather import nested
from rao_cli.text import clean, one_line

KIND = "changes"
"""The kind of the facts of such a document."""
_SUBJECT = 200
_MOST_ROWS = 500


class _Writer:
    """Writes the text with the place of each of its pieces."""

    def __init__(self, writer: TextWriter) -> None:
        self._writer = writer
        self.origins: list[Origin] = []

    @property
    def end(self) -> int:
        """Return the length of the text so far."""
        return self._writer.length

    def add(self, piece: Piece, pages: tuple[Page, ...] = (), unit: str = "page") -> None:
        """Append the lines of a piece, the last one ended."""
        start, text = self.end, piece.text if piece.text.endswith("\n") else f"{piece.text}\n"
        self._writer.write(text)
        self.origins.append(Origin(piece.path, Span(start, self.end), pages, unit, piece.line))

    def finish(self, root: Section, **details: Any) -> Document:
        """Return the document."""
        return finish(self._writer.finish(), root, self.origins, **details)


def changes_document(
    about: Range, files: Sequence[Changed], skipped: Sequence[Skipped], context: Context
) -> Document:
    """Return the document of a range."""
    writer = _Writer(context.writer())
    commits = _commits(about, writer)
    placed = [(file.path, _file(file, about, writer)) for file in sorted(files, key=lambda file: file.path)]
    title = one_line(f"changes in {about.source} since {about.since}", 120)
    start = commits.span.end if commits else 0
    folders = nested(title, placed, Span(start, writer.end)).children if placed else ()
    children = (*((commits,) if commits else ()), *folders)
    root = Section("", title, "folder", Span(0, writer.end), children)
    return writer.finish(root, skipped=skipped, warnings=about.warnings, facts=[_facts(about, files)])


def _commits(about: Range, writer: _Writer) -> Section | None:
    """Write the messages of the commits, newest first, each a page of its own."""
    pages, at, lines = list[Page](), 0, list[str]()
    for number, commit in enumerate(about.found["commits"], 1):
        body = clean(commit["body"]).strip()
        text = f"{one_line(commit['subject'], _SUBJECT)}\n{body}{chr(10) if body else ''}\n"
        pages.append(Page(at, number, commit["id"][:SHORT]))
        lines.append(text)
        at += len(text)
    if not lines:
        return None
    start = writer.end
    writer.add(Piece(f"{about.source} {about.old}..{about.new}", 1, "".join(lines)), tuple(pages), "commit")
    return Section("", "Commits", "file", Span(start, writer.end))


def _file(file: Changed, about: Range, writer: _Writer) -> Section:
    """Write one file's passages."""
    start = writer.end
    passages = [_passage(passage, writer) for passage in file.passages if passage.pieces]
    title = f"{file.path} ({_told(file)})"
    if not passages:
        place = about.then(file.path, deleted=True) if file.change == "deleted" else about.now(file.path)
        writer.add(Piece(place, 1, f"{file.path}: {_told(file)}, no lines changed\n"))
    whole = Span(start, writer.end)
    return Section("", one_line(title, 160), "file", whole, tuple(passages) if len(passages) > 1 else ())


def _passage(passage: Passage, writer: _Writer) -> Section:
    start = writer.end
    for piece in passage.pieces:
        writer.add(piece)
    return Section("", one_line(passage.title, 120), "chapter", Span(start, writer.end))


def _told(file: Changed) -> str:
    return f"renamed from {file.before}" if file.before else file.change


def _facts(about: Range, files: Sequence[Changed]) -> Facts:
    """Return what was counted: commits, files and lines, and a row for each file."""
    rows = [
        (file.path, _told(file), file.added, file.removed, "; ".join(file.inside[:6]))
        for file in sorted(files, key=lambda file: (-file.added - file.removed, file.path))
    ]
    values = (
        ("since", about.old),
        ("commits", len(about.found["commits"]) + about.found["more"]),
        ("files", len(files)),
        ("lines added", sum(file.added for file in files)),
        ("lines removed", sum(file.removed for file in files)),
    )
    columns = ("file", "change", "added", "removed", "in")
    return Facts(
        about.source, KIND, values, (Table("changed files", columns, tuple(rows[:_MOST_ROWS]), len(rows)),)
    )
