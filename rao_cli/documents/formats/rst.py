"""Read reStructuredText into a document: its sections, found by their adornments, become nested chapters.

As docutils has it, a title is one line with a rule of the same character below it, or above and below, and
levels follow the order in which the styles occur. Limits: titles inside directives and quotes are left as text,
and so are those with a rule that is shorter than they are.
"""

import re

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.model import Document
from rao_cli.documents.sections import Mark
from rao_cli.text import one_line

_RULE = r"[!-/:-@\[-`{-~]"
_OVERLINED = rf"(?P<over>(?P<a>{_RULE})(?P=a)*)[ \t]*\n[ \t]*(?P<inner>\S[^\n]*)\n(?P=over)"
_UNDERLINED = rf"(?P<title>\S[^\n]*)\n(?P<under>(?P<b>{_RULE})(?P=b)*)"
_SECTION = re.compile(
    rf"(?:\A(?:[ \t]*\n)*|\n[ \t]*\n|(?:\A|\n)\.\. [^\n]*\n)(?:{_OVERLINED}|{_UNDERLINED})[ \t]*(?=\n|\Z)"
)
_MARKUP = re.compile(r"`{1,2}|\*{1,2}|:[a-z:]+:(?=`)|\s<[^<>]*>(?=`)")
_MOST_CHARACTERS = 64 << 20
"""Larger texts are not written by hand; they are cut without looking for titles."""


def read_rst(blob: Blob, context: Context) -> Document:
    """Return the document of a reStructuredText.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    marks = rst_marks(text[0 : len(text)]) if len(text) <= _MOST_CHARACTERS else []
    return headed(blob, text, marks, warnings=warnings)


def rst_marks(text: str) -> list[Mark]:
    """Return the section titles of a reStructuredText with their levels."""
    styles: list[tuple[str, bool]] = []
    marks = []
    for match in _SECTION.finditer(text):
        title, rule = match["inner"] or match["title"], match["over"] or match["under"]
        # Docutils takes a rule shorter than its title only from four characters on, and warns.
        if len(rule) < min(4, len(title.rstrip())) or len(title.rstrip()) > len(rule) + 8 or _is_rule(title):
            continue
        style = rule[0], bool(match["over"])
        if style not in styles:
            styles.append(style)
        start = match.start("over") if match["over"] else match.start("title")
        marks.append(Mark(start, styles.index(style) + 1, one_line(_MARKUP.sub("", title))))
    return marks


def _is_rule(title: str) -> bool:
    return bool(re.fullmatch(rf"({_RULE})\1*\s*", title))
