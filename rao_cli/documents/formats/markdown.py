"""Read Markdown into a document: its headings, as CommonMark defines them, become nested chapters.

Limits: headings inside quotes and lists, and those written as HTML tags, are left as text; a text above 64 million
characters is read as plain text.
"""

import re

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.encoding import read_text
from rao_cli.documents.formats.blocks import headings
from rao_cli.documents.formats.plain import plain_marks
from rao_cli.documents.formats.tree import headed
from rao_cli.documents.model import Document
from rao_cli.documents.sections import Mark

_MOST_CHARACTERS = 64 << 20
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?:(?!---)[^\n]*\n){0,500}?(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
    r"|\+\+\+[ \t]*\n(?:[^\n]*\n){0,500}?\+\+\+[ \t]*(?:\n|\Z)"
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,300}\])")
_MARKUP = re.compile(r"[`*]|<[^<>\n]{1,200}>|[ \t]*\{#[\w-]{1,100}\}$")


def read_markdown(blob: Blob, context: Context) -> Document:
    """Return the document of a Markdown text.

    Raises NoTextError for white space only, InputError for binary data.
    """
    context.progress(f"reading {blob.name}")
    text, warnings = read_text(blob, context)
    whole = len(text) <= _MOST_CHARACTERS
    marks = markdown_marks(text[0 : len(text)]) if whole else plain_marks(text)
    return headed(blob, text, marks, warnings=warnings)


def markdown_marks(text: str) -> list[Mark]:
    """Return the headings of a Markdown text; front matter between dashes is none."""
    front = _FRONT_MATTER.match(text)
    found = headings(text, front.end() if front else 0)
    return [Mark(heading.start, heading.level, _title(heading.text)) for heading in found]


def _title(content: str) -> str:
    return _MARKUP.sub("", _LINK.sub(r"\1", content)).strip()
