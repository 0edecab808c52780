"""Read plain text into a document: chapters where headings are plain to see, else paragraphs or lines.

Limits: a heading is a short line between blank lines such as "Chapter 3", "PART ONE" or "1.2 Title"; anything
subtler is left as text.
"""

import re

from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.sections import Mark, distinct, finish, nest, paragraphs

_NUMBER = r"(?:\d{1,3}|[IVXLC]{1,8}|[A-Z]|(?:THE )?[A-Z][A-Za-z]{2,10}(?:[- ][A-Z]?[a-z]{2,8})?)"
_NAMED = rf"(?P<word>(?i:book|volume|part|act|chapter|appendix|section|scene))[ \t]+{_NUMBER}\b[^\n]{{0,70}}"
_NUMBERED = r"(?P<digits>\d{1,2}(?:\.\d{1,2}){0,3})\.?[ \t]+[A-Z][^\n]{1,70}"
_HEADING = re.compile(rf"(?:\A|\n[ \t]*\n)[ \t]*(?P<line>{_NAMED}|{_NUMBERED})(?=\n[ \t]*\n)")
_LEVELS = {"book": 1, "volume": 1, "part": 2, "act": 2, "chapter": 3, "appendix": 3, "section": 4, "scene": 4}
_NUMBERED_LEVEL = 5
_LEAST_SECTION = 200


def read_plain(text: str, name: str, path: str) -> Document:
    """Return the document of a plain text; ``name`` is its title, ``path`` what its locations show."""
    return finish(text, plain_section(text, name), [Origin(path, Span(0, len(text)))])


def plain_section(text: str, title: str) -> Section:
    """Return the section tree of a plain text."""
    whole = Section("", title, "file", Span(0, len(text)))
    return nest(_marks(text), whole, lambda span: paragraphs(text, span))


def _marks(text: str) -> list[Mark]:
    marks = []
    for match in _HEADING.finditer(text):
        line = match["line"].rstrip()
        if line[-1] in ",;?!":
            continue
        word = match["word"]
        level = _LEVELS[word.lower()] if word else _NUMBERED_LEVEL + match["digits"].count(".")
        marks.append(Mark(match.start("line"), level, line))
    # A table of contents or a numbered list also looks like headings, but has no text below them.
    if len(marks) < 2 or len(text) < _LEAST_SECTION * len(marks):
        return []
    return distinct(marks)
