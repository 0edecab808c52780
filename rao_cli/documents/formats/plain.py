"""Read plain text into a document: chapters where headings are plain to see, else one piece.

Four kinds of heading are known, each a short line after a blank one: named ("Chapter 3", "PART ONE", "Act I"),
numbered ("1.2 Title"), underlined, and in capitals. A kind counts only if it occurs twice and has text below it,
so that tables of contents, lists and shouting make no chapters. Limits: anything subtler is left as text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.model import Document, Text
from rao_cli.documents.sections import Mark
from rao_cli.documents.stored import windows

_CANDIDATE = re.compile(
    r"\n[ \t\f]*\n(?P<indent>[ \t]*)(?P<line>\S[^\n]{0,79})"
    r"(?=\n(?P<next>[^\n]{0,120})(?P<apart>\n[ \t]*(?:\n|\Z))?|\Z)"
)
_NUMBER = r"(?:\d{1,3}|[IVXLC]{1,8}|[A-Z]|(?:THE )?[A-Z][A-Za-z]{2,10}(?:[- ][A-Z]?[a-z]{2,8})?)"
_NAMED = re.compile(
    r"(?P<word>(?i:book|volume|part|act|chapter|appendix|section|scene|stave|canto|letter))[ \t]+"
    rf"{_NUMBER}\b[^\n]{{0,70}}"
)
_NUMBERED = re.compile(r"(?P<digits>\d{1,2}(?:\.\d{1,3}){0,4})(?:\.[ \t]+|[ \t]{1,4})(?P<title>[A-Z][^\n]{1,70})")
_CAPITALS = re.compile(r"(?=[^\n]*[A-Z]{3})[A-Z][A-Z0-9 ,.:'’&/()-]{2,60}")
_RULE = re.compile(r"([=\-~*#_^+\"'.`:])\1{2,}")
_GUTENBERG_END = re.compile(r"\*{3} ?END OF TH(?:E|IS) PROJECT GUTENBERG EBOOK")
_LEVELS = {"book": 1, "volume": 1, "part": 2, "act": 2, "section": 4, "scene": 4}
_NAMED_LEVEL = 3
_CAPITALS_LEVEL = 5
_UNDERLINED_LEVEL = 6
_NUMBERED_LEVEL = 20
_LEAST_SECTION = 200
"""Characters that a kind of heading must have below it on average."""
_LONGEST_SUBTITLE = 70
_OVERLAP = 400


@dataclass(frozen=True, slots=True)
class _Heading:
    """A line that may be a heading: its kind, its place, where its text starts, its level and its title."""

    kind: str
    start: int
    end: int
    level: int
    title: str


def read_plain(blob: Blob, context: Context) -> Document:
    """Return the document of a plain text, which may be larger than memory.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    return headed(blob, text, plain_marks(text), warnings=warnings)


def plain_marks(text: Text) -> list[Mark]:
    """Return the headings of a plain text."""
    found = _without_contents([heading for heading in _headings(text) if heading.title[-1] not in ",;?!"])
    kinds = Counter(heading.kind for heading in found)
    kept = {kind for kind, count in kinds.items() if count >= 2 and len(text) >= _LEAST_SECTION * count}
    if "underlined" in kept:
        kept -= {"numbered", "capitals"}
    if "capitals" in kept and _repeats(found):
        kept.discard("capitals")
    return _joined([heading for heading in found if heading.kind in kept or (kept and heading.kind == "end")])


def _headings(text: Text) -> Iterator[_Heading]:
    styles: list[str] = []
    for at, piece in windows(text):
        before = max(0, at - _OVERLAP)
        # Two newlines before the start of the text, so that its first line is no exception.
        window = ("" if at else "\n\n") + text[before : at + len(piece) + _OVERLAP]
        shift = before - (0 if at else 2)
        for match in _CANDIDATE.finditer(window):
            start = match.start("line") + shift
            if at <= start < at + len(piece) and (heading := _heading(match, start, styles)):
                yield heading


def _heading(match: re.Match[str], start: int, styles: list[str]) -> _Heading | None:
    """Return the heading that a line is, if any; ``styles`` are the characters of rules seen so far."""
    line, below = match["line"].rstrip(), match["next"] or ""
    end = start + len(line)
    rule = _RULE.fullmatch(below.strip())
    if rule and _is_underlined(line, rule[0]):
        if rule[1] not in styles:
            styles.append(rule[1])
        level = _UNDERLINED_LEVEL + styles.index(rule[1])
        return _Heading("underlined", start, end + len(below) + 1, level, line)
    if named := _NAMED.fullmatch(line):
        return _named(match, start, line, _LEVELS.get(named["word"].lower(), _NAMED_LEVEL))
    if not below.strip():
        if _GUTENBERG_END.match(line):
            return _Heading("end", start, end, 0, line.strip("* "))
        numbered = _NUMBERED.fullmatch(line)
        # Wide gaps inside a line are those of a table.
        if numbered and "  " not in line[numbered.start("title") :]:
            return _Heading("numbered", start, end, _NUMBERED_LEVEL + numbered["digits"].count("."), line)
    indented = len(below) - len(below.lstrip()) > len(match["indent"])
    if (indented or not below.strip()) and _CAPITALS.fullmatch(line):
        return _Heading("capitals", start, end, _CAPITALS_LEVEL, line)
    return None


def _is_underlined(line: str, rule: str) -> bool:
    """Tell whether a rule below a line makes it a title: long enough, and not that of a table with columns."""
    return len(line) - 2 <= len(rule) and line != rule and "  " not in line and "\t" not in line


def _named(match: re.Match[str], start: int, line: str, level: int) -> _Heading | None:
    """Return a named heading, with the line below it where that is short and alone."""
    end, below = start + len(line), match["next"] or ""
    if not below.strip():
        return _Heading("named", start, end, level, line)
    if match["apart"] and len(below) <= _LONGEST_SUBTITLE:
        return _Heading("named", start, end + len(below) + 1, level, f"{line} {below.strip()}")
    return None


def _without_contents(headings: Sequence[_Heading]) -> list[_Heading]:
    """Leave out headings with no text below them whose title comes again later: a table of contents."""
    last = {heading.title.casefold(): heading.start for heading in headings}
    kept = []
    for heading, after in zip_longest(headings, headings[1:]):
        bare = after is not None and after.start - heading.end < _LEAST_SECTION
        if not (bare and last[heading.title.casefold()] > heading.start):
            kept.append(heading)
    return kept


def _repeats(headings: Sequence[_Heading]) -> bool:
    """Tell whether lines in capitals come again and again, as the speakers of a play do."""
    titles = [heading.title for heading in headings if heading.kind == "capitals"]
    return len(set(titles)) * 2 < len(titles)


def _joined(headings: Sequence[_Heading]) -> list[Mark]:
    """Return the marks; a line in capitals right below a named heading is the rest of its title."""
    marks: list[Mark] = []
    end = -1
    for heading in headings:
        if marks and heading.kind == "capitals" and heading.start - end <= 3:
            marks[-1] = Mark(marks[-1].start, marks[-1].level, f"{marks[-1].title} {heading.title}")
        else:
            marks.append(Mark(heading.start, heading.level, heading.title))
        end = heading.end if heading.kind == "named" else -10
    return marks
