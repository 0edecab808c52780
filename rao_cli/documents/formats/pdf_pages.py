"""Take a PDF's pages out of it in worker processes; a long file is shared between them by ranges of pages."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.parsers.base import MOST_CHARACTERS
from rao_cli.documents.workers import waiting_threads
from rao_cli.errors import InputError
from rao_cli.text import one_line

# The first job also finds out how many pages there are; most files need no other.
_FIRST_PAGES = 64
# A job's answer is held in memory at once.
_MOST_PAGES_EACH = 256
# Each job has the limit of its worker; this one is for all jobs together.
_MOST_SECONDS = 600.0

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading that is to be found in the text."""

    level: int
    """Smaller is higher."""
    title: str
    page: int
    """Index of its page."""
    top: int = -1
    """How high on the page it stands in points, -1 where that is not known."""


@dataclass(slots=True)
class PdfPage:
    """A page: its lines, and for each of the first of them its height and style (parsers/pdf_lines.py)."""

    lines: list[str]
    tops: list[int]
    styles: list[int]
    label: str
    state: str
    """Empty, "unreadable", or "picture" for a page with a picture and little text."""

    def without(self, removed: frozenset[int]) -> "PdfPage":
        """Return the page without some of its lines, named by their numbers from 0."""
        if not removed:
            return self
        tops, styles = _kept(self.tops, removed), _kept(self.styles, removed)
        return PdfPage(_kept(self.lines, removed), tops, styles, self.label, self.state)

    @property
    def empty(self) -> bool:
        """Tell whether there is no text on it."""
        return not any(line.strip() for line in self.lines)


@dataclass(frozen=True, slots=True)
class PdfContent:
    """What was taken out of a PDF."""

    pages: list[PdfPage]
    outline: list[Entry]
    facts: Mapping[str, str]
    """Title, author, producer and such, in lower case, as far as the file names them."""


def extract(blob: Blob, context: Context) -> PdfContent:
    """Return the pages, outline and facts of a PDF.

    Raises InputError for one that is encrypted, damaged, without pages, or exceeds the limits of a worker or those
    on all its pages together.
    """
    job = _Job(blob, context, time.monotonic() + _MOST_SECONDS)
    first = job.run({"first": 0, "count": _FIRST_PAGES})
    total = int(first["total"])
    if not total:
        raise InputError(f"{job.shown} has no pages", hint="open it in a viewer to check")
    pages = _pages(first)
    characters = 0
    for part in job.rest(total, styles=not first["outline"]):
        pages += _pages(part)
        characters += sum(len(page["text"]) for page in part["pages"])
        if characters > MOST_CHARACTERS:
            raise InputError(f"{job.shown} holds more text than is allowed", hint="split it into smaller files")
        context.progress(f"reading {job.shown}, page {len(pages)} of {total}")
    outline = [Entry(*entry) for entry in first["outline"]]
    return PdfContent(pages, outline, first["facts"])


class _Job:
    """The reading of one file."""

    def __init__(self, blob: Blob, context: Context, end: float) -> None:
        self.shown = one_line(blob.path)
        self._data, self._context, self._end = blob.read(), context, end

    def run(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a worker finds in a range of pages."""
        if time.monotonic() > self._end:
            raise InputError(f"{self.shown}: the PDF reader took too long", hint="split it into smaller files")
        asked = {"password": self._context.options.password, **options}
        return self._context.workers.run("pdf", self._data, asked, shown=self.shown)

    def rest(self, total: int, *, styles: bool) -> Iterator[dict[str, Any]]:
        """Yield what workers find in the pages after the first job's, in order, several at work at once."""
        size = self._context.workers.size
        each = max(1, min(_MOST_PAGES_EACH, -(-(total - _FIRST_PAGES) // size)))
        jobs = [{"first": at, "count": each, "styles": styles} for at in range(_FIRST_PAGES, total, each)]
        with waiting_threads(size) as threads:
            yield from threads.map(self.run, jobs)


def _pages(content: Mapping[str, Any]) -> list[PdfPage]:
    return [
        PdfPage(_sound(page["text"]).split("\n"), page["tops"], page["styles"], page["label"], page["state"])
        for page in content["pages"]
    ]


def _sound(text: str) -> str:
    """Return a text without lone surrogates and NUL characters, which would break what reads it later."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _kept(items: list[_Item], removed: frozenset[int]) -> list[_Item]:
    return [item for number, item in enumerate(items) if number not in removed]
