"""Cut running text into whole sentences that can stand alone, each with its place.

Lines that a page broke are joined; headings, tables, lists of contents and code are no sentences. Limits: rules
for text in sentences that end in a mark; abbreviations are known for English; a text in verse or without full
stops gives none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rao_cli.documents.model import Span
from rao_cli.text import one_line

FEWEST_WORDS = 5
MOST_WORDS = 60
LEAST_LETTERS = 0.7
"""Share of letters and spaces in a sentence; code, tables and formulas have fewer."""
SHORT_LINE = 0.6
"""A line without a full stop that is shorter than this share of the usual one is a heading or an item."""

LONGEST_HEADING = 60

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MARKER = re.compile(r"\s*(?:[-*•‣▪◦–+>]|#{1,6}|\(?\d{1,3}[.)]|\(?[a-z]\))\s+")
_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s|$|[A-Z][a-z])|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|al|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|No|Nos|Fig|Figs|Eq|Sec|Ch|Vol|pp|p|approx|Inc|Ltd|Co"
    r"|Gen|Col|Lt|Sgt|Rev|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|U\.S|a\.m|p\.m)|\b[A-Z])\.$"
)
_ODD = re.compile(
    r"[|{}<>=\\←→↪�␣]|\.{4,}|(?:\. ){4,}|__|//|/\*|\S@\S"  # code, contents, addresses
    r"| [.!?]$|^[⁰¹²³⁴⁵⁶⁷⁸⁹]|^(?:[A-Z]\.)?\d+(?:\.\d+)+\.? |^\d+ [\dA-Z]"  # numbers of pages, notes, headings
)
_OPENS = re.compile(r"[\"'“‘]*[^\W_a-zà-öø-ÿ]")
_NAMES_ITSELF = re.compile(r"[`*]{0,2}[a-z][\w.+-]*[`*]{0,2} (?:is|are) (?:an?|the) ")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence on one line, and where it stands."""

    text: str
    span: Span
    opens: bool = False
    """It stands right below a heading."""


def count_words(text: str) -> int:
    """Return how many words a text has; what is written without spaces counts two characters a word."""
    return len(text.split()) + len(_IDEOGRAPH.findall(text)) // 2


def sentences(text: str, offset: int = 0) -> list[Sentence]:
    """Return the sentences of a text that can stand alone; ``offset`` is where the text starts."""
    found = []
    below_heading = False
    for start, end in _units(text):
        opens, below_heading = below_heading, _is_heading(text[start:end])
        for first, last in _split(text, start, end):
            told = one_line(text[first:last])
            # A project's name may be written small: "pipx is a tool to ...".
            if _stands(told) or (first == start and _NAMES_ITSELF.match(told) and _stands(told.capitalize())):
                found.append(Sentence(told, Span(offset + first, offset + last), opens))
            opens = False
    return found


def _is_heading(unit: str) -> bool:
    line = unit.strip()
    return len(line) <= LONGEST_HEADING and line[:1].isupper() and line[-1:].isalnum() and "\n" not in line


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield runs of lines that belong together: paragraphs and items, without markers; headings stay alone."""
    lines = [(match.start(), match.end()) for match in _LINE.finditer(text)]
    widths = sorted(end - start for start, end in lines if text[start:end].strip())
    usual = widths[len(widths) * 3 // 4] if widths else 0
    start = end = -1
    for first, last in lines:
        line, goes_on = text[first:last], text[last : last + 1].islower()
        marker = _MARKER.match(line)
        if start >= 0 and (marker or not line.strip()):
            yield start, end
            start = -1
        if line.strip():
            if start < 0:
                start = first + (marker.end() if marker else len(line) - len(line.lstrip()))
            end = last
            if len(line) < usual * SHORT_LINE and line.rstrip()[-1] not in ",;-–" and not goes_on:
                yield start, end
                start = -1
    if start >= 0:
        yield start, end


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        if match.group()[0] == "." and _ABBREVIATION.search(text, max(at, match.start() - 12), match.start() + 1):
            continue
        yield _trimmed(text, at, match.end())
        at = match.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _stands(told: str) -> bool:
    """Tell whether a sentence reads as one: whole, of some length, and made of words."""
    if not _OPENS.match(told) or _ODD.search(told) or told.endswith(("?", "..", "…")):
        return False
    if not FEWEST_WORDS <= count_words(told) <= MOST_WORDS:
        return False
    letters = sum(character.isalpha() or character == " " for character in told)
    balanced = (
        told.count("(") == told.count(")") and told.count("“") == told.count("”") and told.count('"') % 2 == 0
    )
    return balanced and letters >= LEAST_LETTERS * len(told)
