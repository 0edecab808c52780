"""What an outline shows of a document: chosen here once, written as text or as JSON elsewhere.

Everything is counted by code from what the loaders found. Limits: tokens are estimated from characters, because no
model is loaded.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from rao_cli.cli.outline_code import Code, code_of
from rao_cli.cli.outline_tree import Shown, choose, titled
from rao_cli.cli.words import counted
from rao_cli.documents.model import Document, Facts, Location, Span
from rao_cli.text import one_line

CHARACTERS_A_TOKEN = 4
"""What tokenizers make of English text, on average; code and logs have fewer characters a token."""
_HEAD_LINES = 7
_LEAST_TREE = 8
_LEAST_USED = 3
_LEAST_REASONS = 3
_LEAST_FACTS = 3
_TABLE_LINES = 6  # of a table that is cut: its head, some rows, how many more there are
_SAMPLES = 8
_SAMPLE_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked to see."""

    depth: int | None = None
    """Show every section down to this level; None: what fits."""
    files: bool = False
    """Show every file."""
    symbols: bool = False
    """Show every definition that other files use."""
    facts: bool = False
    """Show every row of every table of facts."""
    symbol: str = ""
    """Show only where this name is defined and what uses it."""
    rows: int = 40
    """How many lines the outline should have about, where nothing is asked for whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """A section of the tree."""

    id: str
    title: str
    kind: str
    depth: int
    where: str
    location: Location | None
    """Where it can be opened; None for several files."""
    characters: int
    tokens: int
    hidden: int
    """How many of its parts are not shown."""
    last: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was read."""

    path: str
    kind: str
    extent: str
    """Its pages or lines in words."""
    characters: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Kind:
    """The files of one language or kind."""

    name: str
    files: int
    characters: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why files were left out, and how many for this reason."""

    reason: str
    count: int
    failed: bool
    example: str


@dataclass(frozen=True, slots=True)
class Sample:
    """How the text begins at some place, for a text without titles."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What is shown of a document; ``more_…`` count what is not."""

    folder: str
    """What all paths begin with."""
    name: str
    extent: str
    characters: int
    tokens: int
    sections: tuple[Row, ...]
    samples: tuple[Sample, ...]
    kinds: tuple[Kind, ...]
    files: tuple[FileRow, ...]
    code: Code
    facts: tuple[Facts, ...]
    more_facts: int
    reasons: tuple[Reason, ...]
    more_reasons: int
    """Files that were left out for other reasons."""
    seconds: float
    """How long reading took."""


def select(document: Document, wanted: Wanted, seconds: float) -> Outline:
    """Choose what to show of a document that was read in some seconds."""
    places = _Places(document)
    reasons = _reasons(document)
    shown_reasons = reasons[: max(_LEAST_REASONS, wanted.rows // 8)]
    used_files = max(_LEAST_USED, wanted.rows // 6) if document.code else 0
    lines = wanted.rows - _HEAD_LINES - sum(count + 2 for count in (used_files, len(shown_reasons)) if count)
    tree = choose(document.root, max(_LEAST_TREE, lines - _fact_lines(document.facts, lines)), wanted.depth)
    rows = tuple(_row(places, shown) for shown in tree)
    facts = _facts(document.facts, lines - len(rows), wanted)
    return Outline(
        folder=_folder(document),
        name=document.name,
        extent=places.extent(document.root.span),
        characters=len(document),
        tokens=tokens(len(document)),
        sections=rows,
        samples=() if titled(document.root) or document.facts else _samples(places),
        kinds=_kinds(document),
        files=_files(places) if wanted.files else (),
        code=code_of(document, used_files, None if wanted.symbols else wanted.rows // 2),
        facts=facts,
        more_facts=len(document.facts) - len(facts),
        reasons=shown_reasons,
        more_reasons=sum(reason.count for reason in reasons[len(shown_reasons) :]),
        seconds=seconds,
    )


def _folder(document: Document) -> str:
    """Return the folder that all files are in, with a slash at its end, or nothing."""
    folders = {str(PurePath(origin.path).parent) for origin in document.origins}
    common = os.path.commonpath(folders) if len({PurePath(one).is_absolute() for one in folders}) == 1 else ""
    return f"{common.rstrip('/')}/" if len(document.origins) > 1 and common not in ("", ".") else ""


def tokens(characters: int) -> int:
    """Return about how many tokens a text of so many characters has."""
    return -(-characters // CHARACTERS_A_TOKEN)


class _Places:
    """Says in words where a span of a document is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._whole = {origin.span: origin for origin in document.origins}

    def location(self, span: Span) -> Location | None:
        """Return where a span can be opened, or None when it lies in several files."""
        return self.document.locate(span) if len(self.document.by_file(span)) == 1 else None

    def extent(self, span: Span) -> str:
        """Return the size of whole files, and the place in its file of anything smaller."""
        files = len(self.document.by_file(span))
        if files > 1:
            return counted(files, "file")
        location = self.document.locate(span)
        origin = self._whole.get(span)
        if origin and origin.pages:
            return counted(len(origin.pages), origin.unit)
        return counted(location.last_line, "line") if origin else place(location)


def place(location: Location) -> str:
    """Return where in its file something is: pages, lines, or nothing where a heading says it already."""
    if location.first_page:
        return "" if location.unit == "section" else location.pages
    if location.last_line > location.first_line:
        return f"lines {location.first_line:,}-{location.last_line:,}"
    return f"line {location.first_line:,}"


def _row(places: _Places, shown: Shown) -> Row:
    section = shown.section
    size = len(section.span)
    return Row(
        id=section.id,
        title=shown.title,
        kind=section.kind,
        depth=shown.depth,
        where=places.extent(section.span),
        location=places.location(section.span),
        characters=size,
        tokens=tokens(size),
        hidden=shown.hidden,
        last=shown.last,
    )


def _samples(places: _Places) -> tuple[Sample, ...]:
    """Return how the text begins at places that are spread evenly over its leaves."""
    leaves = list(places.document.root.leaves())
    step = max(1, -(-len(leaves) // _SAMPLES))
    return tuple(_sample(places, leaf.span) for leaf in leaves[::step])


def _sample(places: _Places, span: Span) -> Sample:
    head = Span(span.start, min(span.end, span.start + _SAMPLE_CHARACTERS))
    text = one_line(places.document.read(head), _SAMPLE_CHARACTERS // 2)
    return Sample(place(places.document.locate(Span(span.start, span.start + 1))), text)


def _files(places: _Places) -> tuple[FileRow, ...]:
    languages = _languages(places.document)
    return tuple(
        FileRow(
            path=origin.path,
            kind=languages.get(number) or _ending(origin.path),
            extent=places.extent(origin.span),
            characters=len(origin.span),
            tokens=tokens(len(origin.span)),
        )
        for number, origin in enumerate(places.document.origins)
    )


def _kinds(document: Document) -> tuple[Kind, ...]:
    """Return the languages and kinds of the files, the most text first."""
    languages = _languages(document)
    files: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for number, origin in enumerate(document.origins):
        name = languages.get(number) or _ending(origin.path)
        files[name] += 1
        characters[name] += len(origin.span)
    return tuple(Kind(name, files[name], size) for name, size in characters.most_common())


def _languages(document: Document) -> dict[int, str]:
    return {file.origin: file.language for file in document.code}


def _ending(path: str) -> str:
    return PurePath(path).suffix.lower() or "no ending"


def _fact_lines(facts: Sequence[Facts], lines: int) -> int:
    """Return how many of the lines are kept for facts: up to half for one file's tables, less for several."""
    if len(facts) > 1:
        return min(lines // 4, len(facts) + 2)
    return min(lines // 2, sum(min(_TABLE_LINES, table.total + 2) for one in facts for table in one.tables))


def _facts(facts: Sequence[Facts], lines: int, wanted: Wanted) -> tuple[Facts, ...]:
    """Return what fits of the facts: the first rows of one file's first tables, or no rows of several files'."""
    if wanted.facts or not facts:
        return tuple(facts)
    if len(facts) > 1:
        return tuple(_cut(one, 0, 0) for one in facts[: max(_LEAST_FACTS, lines)])
    tables = max(1, min(len(facts[0].tables), lines // _TABLE_LINES))
    return (_cut(facts[0], tables, max(2, lines // tables - 3)),)


def _cut(facts: Facts, tables: int, rows: int) -> Facts:
    """Return the facts with so many rows of the first tables, and no rows of the others."""
    kept = [rows if number < tables else 0 for number in range(len(facts.tables))]
    cut = (replace(table, rows=table.rows[:count]) for table, count in zip(facts.tables, kept, strict=True))
    return replace(facts, tables=tuple(cut))


def _reasons(document: Document) -> tuple[Reason, ...]:
    """Return why files were left out: failures first, then the most frequent reason first."""
    counts = Counter((skipped.failed, skipped.reason) for skipped in document.skipped)
    examples = {(skipped.failed, skipped.reason): skipped.path for skipped in reversed(document.skipped)}
    ordered = sorted(counts.items(), key=lambda item: (not item[0][0], -item[1], item[0][1]))
    return tuple(Reason(key[1], count, key[0], examples[key]) for key, count in ordered)
