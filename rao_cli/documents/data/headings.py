"""The headings of a text, and for each place those that it stands under, as values of columns.

Known are ``# Title`` of any depth and a word with a number that stands alone: ACT II, Scene 3. A camp., CHAPTER I.
A column is called by its headings' own word (act, scene), or by its depth (title, section). The value of a named
heading holds those above it: ACT II, SCENE I. Limits: texts up to LONGEST characters; MOST headings.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rao_cli.documents.data.model import Column
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Span

LONGEST = 64 << 20
MOST = 20_000
_NUMBER = r"(?:\d{1,4}|[IVXLCivxlc]{1,8}|[A-Z]|(?:[Tt]he |THE )?[A-Z][A-Za-z]{2,10}(?:[- ][A-Z]?[a-z]{2,8})?)"
_WORDS = "book|volume|season|part|act|chapter|appendix|episode|section|scene|stave|canto|letter|article|lesson|day"
_NAMED = re.compile(rf"(?P<label>(?P<word>(?i:{_WORDS}))[ \t]+{_NUMBER})(?![\w'’])(?P<rest>[^\n]{{0,80}})")
_MARKED = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<title>[^\n]{1,200})")
_ORDER = ("book", "volume", "season", "part", "act", "chapter", "episode", "section", "scene")
_TITLE = ("play", "book", "work", "document", "story", "part", "chapter", "section", "heading", "text")
_SECTION = ("heading", "part", "chapter", "topic")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its line, its depth, the word it is called by, its title, and its label if it has one."""

    span: Span
    depth: int
    word: str
    title: str
    label: str = ""


@dataclass(frozen=True)
class Headings:
    """The headings of a stretch in text order, and the columns that they make."""

    found: Sequence[Heading]
    columns: tuple[Column, ...]
    _values: Sequence[tuple[str, ...]]

    def under(self, at: int) -> tuple[str, ...]:
        """Return the value of each column at a place."""
        place = bisect_right(self.found, at, key=lambda heading: heading.span.start) - 1
        return self._values[place] if place >= 0 else ("",) * len(self.columns)

    def level(self, number: int) -> list[Heading]:
        """Return the headings of a column."""
        depth = sorted({heading.depth for heading in self.found})[number]
        return [heading for heading in self.found if heading.depth == depth]


def find_headings(stretch: Stretch) -> Headings:
    """Return the headings of a stretch; a single named heading is none."""
    if len(stretch.span) > LONGEST:
        return Headings((), (), ())
    found = list(_headings(stretch))[:MOST]
    # One line alone that starts with "Part two" may be anything.
    if sum(1 for heading in found if heading.word) < 2:
        found = [heading for heading in found if not heading.word]
    depths = sorted({heading.depth for heading in found})
    levels = [[heading for heading in found if heading.depth == depth] for depth in depths]
    columns = tuple(_column(level, number) for number, level in enumerate(levels))
    return Headings(found, columns, list(_running(found, depths)))


def _headings(stretch: Stretch) -> Iterator[Heading]:
    """Yield the lines that are headings: a marked one anywhere, a named one between blank lines."""
    before, waiting = "", None
    for at, line in stretch.lines():
        if waiting and not line.strip():
            yield waiting
        waiting = None
        span = Span(at, at + len(line.rstrip()))
        if line[:1] == "#" and (marked := _MARKED.fullmatch(line.rstrip())):
            yield Heading(span, len(marked["marks"]), "", marked["title"].rstrip(" #"))
        elif len(line) < 120 and not before.strip() and (named := _NAMED.fullmatch(line.strip())):
            word = named["word"].lower()
            depth = 10 + (_ORDER.index(word) if word in _ORDER else len(_ORDER))
            waiting = Heading(span, depth, word, line.strip(), " ".join(named["label"].split()))
        before = line
    if waiting:
        yield waiting


def _column(headings: Sequence[Heading], number: int) -> Column:
    """Return the column of all headings of one depth, called by the word that they start with."""
    words = Counter(heading.word or heading.title.split()[0].strip(".,:").lower() for heading in headings)
    word, count = words.most_common(1)[0]
    if headings[0].word or (count == len(headings) > 1 and word.isalpha() and len(word) > 3):
        return Column(word, "word", ())
    name = "title" if number == 0 else "section" if number == 1 else f"{'sub' * (number - 1)}section"
    return Column(name, "text", _TITLE if number == 0 else _SECTION)


def _running(found: Sequence[Heading], depths: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Yield for each heading the values of all columns from it to the next one."""
    current: dict[int, Heading] = {}
    for heading in found:
        current = {depth: above for depth, above in current.items() if depth < heading.depth}
        current[heading.depth] = heading
        yield tuple(_value(current, depth) for depth in depths)


def _value(current: dict[int, Heading], depth: int) -> str:
    heading = current.get(depth)
    if heading is None:
        return ""
    if not heading.label:
        return heading.title
    return ", ".join(above.label for at, above in sorted(current.items()) if above.label and at <= depth)
