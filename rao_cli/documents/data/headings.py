"""The headings of a text, and for each place those that it stands under, as values of columns.

Known are those that the file's reader found, ``# Title`` of any depth, and a word with a number that stands alone:
ACT II, Scene 3. A camp., CHAPTER I. A column is called by its headings' own word (act, scene), or by its depth
(title, section). The value of a named heading holds those above it: ACT II, SCENE I. Limits: texts up to LONGEST
characters; MOST headings.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from rao_cli.documents.data.model import Column, Records, Row
from rao_cli.documents.data.stretches import Stretch
from rao_cli.documents.model import Span

LONGEST = 64 << 20
MOST = 20_000
_NUMBER = r"(?:\d{1,4}|[IVXLCivxlc]{1,8}|[A-Z]|(?:[Tt]he |THE )?[A-Z][A-Za-z]{2,10}(?:[- ][A-Z]?[a-z]{2,8})?)"
_WORDS = "book|volume|season|part|act|chapter|appendix|episode|section|scene|stave|canto|letter|article|lesson|day"
_LABEL = rf"(?P<label>(?P<word>(?i:{_WORDS}))[ \t]+{_NUMBER})(?![\w'’])"
_NAMED = re.compile(rf"{_LABEL}(?P<rest>[^\n]{{0,80}})")
_INNER = re.compile(rf"[ \t.,:;–—-]{{1,5}}{_LABEL}")
_UNDERLINE = re.compile(r"[=~*_-]{3,}")
_MARKED = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<title>\S[^\n]{0,200})")
_ORDER = ("book", "volume", "season", "part", "act", "chapter", "episode", "section", "scene")
_NO_NAMES = frozenset({"the", "this", "what", "when", "where", "why", "how", "who", "with", "from", "for", "and"})
_PROSE = frozenset({"", ".txt", ".text", ".md", ".markdown"})
_NAMED_DEPTH = 10
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

    @property
    def depths(self) -> list[int]:
        """Return the depth of each column's headings."""
        return sorted({heading.depth for heading in self.found})

    def level(self, number: int) -> list[Heading]:
        """Return the headings of a column."""
        depth = self.depths[number]
        return [heading for heading in self.found if heading.depth == depth]


def find_headings(stretch: Stretch) -> Headings:
    """Return the headings of a stretch; a single named heading is none."""
    if len(stretch.span) > LONGEST:
        return Headings((), (), ())
    found = list(_headings(stretch))[:MOST] or list(_chapters(stretch))[:MOST]
    # One line alone that starts with "Part two" may be anything.
    if sum(1 for heading in found if heading.word) < 2:
        found = [heading for heading in found if not heading.word]
    depths = sorted({heading.depth for heading in found})
    levels = [[heading for heading in found if heading.depth == depth] for depth in depths]
    columns = tuple(_column(level, number) for number, level in enumerate(levels))
    return Headings(found, columns, list(_running(found, depths)))


def heading_records(stretch: Stretch) -> list[Records]:
    """Return the headings of each depth as records: the scenes of a play, the chapters of a book."""
    headings = find_headings(stretch)
    return [_level_records(stretch, headings, number) for number in range(len(headings.columns))]


def _level_records(stretch: Stretch, headings: Headings, number: int) -> Records:
    column = headings.columns[number]

    def read() -> Iterator[Row]:
        last: tuple[str, ...] = ()
        for heading in headings.level(number):
            above = headings.under(heading.span.start)[: number + 1]
            # "ACT I. SCENE II." names the same act once more.
            if above == last and heading.word:
                continue
            last = above
            title = Span(heading.span.end - len(heading.title), heading.span.end)
            whole = stretch.text[title.start : title.end] == heading.title
            yield Row(heading.span, (heading.title, *above), (title if whole else None, *(None for _ in above)))

    nouns = (column.name, *(alias for alias in column.aliases if alias not in ("document", "text")))
    columns = (Column("heading", "text", ("name",)), *headings.columns[: number + 1])
    return Records("headings", stretch.path, stretch.span, nouns, columns, read, stretch.names)


def _headings(stretch: Stretch) -> Iterator[Heading]:
    """Yield the lines that are headings: marked ones after a blank line, named ones between blank lines."""
    known = {chapter.span.start for chapter in stretch.chapters}
    # In files of settings such lines are comments.
    prose = PurePath(stretch.path).suffix.lower() in _PROSE
    marked_only = not prose or any(stretch.text[start : start + 1] == "#" for start in known)
    before = ""
    waiting: list[Heading] = []
    for at, line in stretch.lines():
        if waiting and (not line.strip() or _UNDERLINE.fullmatch(line.strip())):
            yield from waiting
        waiting = []
        alone = not before.strip()
        if line[:1] == "#" and (at in known or (alone and not marked_only)):
            if marked := _MARKED.fullmatch(line.rstrip()):
                yield Heading(_line(at, line), len(marked["marks"]), "", marked["title"].rstrip(" #"))
        elif alone and len(line) < 120:
            waiting = list(_named(at, line))
        before = line
    yield from waiting


def _line(at: int, line: str) -> Span:
    return Span(at, at + len(line.rstrip()))


def _named(at: int, line: str) -> Iterator[Heading]:
    """Yield the heading that a line is, and the one inside it: ACT I. SCENE II. A street."""
    named = _NAMED.fullmatch(line.strip())
    while named:
        word = named["word"].lower()
        depth = _NAMED_DEPTH + (_ORDER.index(word) if word in _ORDER else len(_ORDER))
        yield Heading(_line(at, line), depth, word, line.strip(), " ".join(named["label"].split()))
        inner = _INNER.match(line.strip(), named.end("label"))
        named = inner if inner and inner["word"].lower() != word else None


def _chapters(stretch: Stretch) -> Iterator[Heading]:
    """Yield the headings that the reader of the file found."""
    open_ends: list[int] = []
    for chapter in stretch.chapters:
        while open_ends and open_ends[-1] <= chapter.span.start:
            open_ends.pop()
        line = stretch.text[chapter.span.start : min(chapter.span.start + 300, chapter.span.end)].partition("\n")[
            0
        ]
        named = next(_named(chapter.span.start, chapter.title), None)
        heading = named or Heading(Span(0, 0), 0, "", chapter.title)
        yield replace(heading, span=_line(chapter.span.start, line), depth=len(open_ends))
        open_ends.append(chapter.span.end)


def _column(headings: Sequence[Heading], number: int) -> Column:
    """Return the column of all headings of one depth, called by the word that they start with."""
    words = Counter(heading.word or _first_word(heading.title) for heading in headings)
    word, count = words.most_common(1)[0]
    shared = 2 * count > len(headings) if headings[0].word else count == len(headings) > 1
    if word and shared:
        return Column(word, "word", ())
    name = "title" if number == 0 else "section" if number == 1 else f"{'sub' * (number - 1)}section"
    return Column(name, "text", _TITLE if number == 0 else _SECTION)


def _first_word(title: str) -> str:
    word = title.partition(" ")[0].strip(".,:").lower()
    # "The" is a word that titles share and nobody calls them by.
    return word if word.isalpha() and len(word) > 2 and word not in _NO_NAMES else ""


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
