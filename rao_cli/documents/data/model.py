"""Rows and columns that code finds in a text: the lines of a log, rows of a table, blocks that begin alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from rao_cli.documents.model import Span


@dataclass(frozen=True, slots=True)
class Column:
    """A named column. ``aliases`` are further words that people use for it ("client", "ip", "address")."""

    name: str
    kind: Literal["number", "time", "word", "text"]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its place in the text, and its values as they are written, one for each column.

    ``spans`` are where the values stand, in the order of the columns; None for a value that is not written in the
    record itself, such as the heading it stands under.
    """

    span: Span
    values: tuple[str, ...]
    spans: tuple[Span | None, ...]


@dataclass(frozen=True)
class Records:
    """All records of one shape in one stretch of text. ``nouns`` are what people call one ("request", "line")."""

    shape: str
    path: str
    span: Span
    nouns: tuple[str, ...]
    columns: tuple[Column, ...]
    read: Callable[[], Iterator[Row]] = field(repr=False)
    """Reads the rows from the beginning, one at a time: a log may have millions."""
    names: tuple[str, ...] = ()
    """What people call this stretch of text: its file's name, its heading, "web access log"."""
