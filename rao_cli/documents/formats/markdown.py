"""Read Markdown into a document: its headings, as markdown-it-py finds them, become nested chapters.

Limits: a text above 5 MB, or nested too deeply for the parser, is read as plain text; headings inside quotes and
lists are left as text.
"""

import re

from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.formats.plain import plain_section
from rao_cli.documents.sections import Mark, distinct, finish, nest, paragraphs

_MOST_CHARACTERS = 5_000_000
_DEEPEST = 20
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:(?!---)[^\n]*\n){0,200}(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_MARKUP = re.compile(r"[`*]|<[^<>\n]{1,200}>")


def read_markdown(text: str, name: str, path: str) -> Document:
    """Return the document of a Markdown text; ``name`` is its title, ``path`` what its locations show."""
    return finish(text, markdown_section(text, name), [Origin(path, Span(0, len(text)))])


def markdown_section(text: str, title: str) -> Section:
    """Return the section tree of a Markdown text."""
    if len(text) > _MOST_CHARACTERS:
        return plain_section(text, title)
    try:
        marks = _headings(text)
    except RecursionError:
        return plain_section(text, title)
    whole = Section("", title, "file", Span(0, len(text)))
    return nest(distinct(marks), whole, lambda span: paragraphs(text, span))


def _headings(text: str) -> list[Mark]:
    from markdown_it import MarkdownIt

    # Front matter between dashes would read as a heading.
    front = _FRONT_MATTER.match(text)
    skipped = front.end() if front else 0
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).disable(
        ["inline", "text_join"], ignoreInvalid=True
    )
    tokens = parser.parse(text[skipped:])
    starts = _line_starts(text, skipped)
    return [
        Mark(starts[token.map[0]], int(token.tag[1]), _title(tokens[at + 1].content))
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def _line_starts(text: str, at: int) -> list[int]:
    starts = [at]
    while (at := text.find("\n", at) + 1) > 0:
        starts.append(at)
    return starts


def _title(content: str) -> str:
    return _MARKUP.sub("", _LINK.sub(r"\1", content))
