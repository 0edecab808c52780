"""Markdown: headings become nested chapters."""

import pytest
from hypothesis import given

from rao_cli.documents.formats.markdown import markdown_marks, read_markdown
from rao_cli.documents.model import Span
from tests.documents.formats.reading import chapters, read
from tests.documents.making import texts

TEXT = """---
title: not a heading
---
intro

# First *one*

text

## Inner [link](http://x)

more

```
# not a heading
```

Second
======

> # quoted
"""


def test_headings_nest():
    """Headings of both kinds nest by level, without their marks; code, quotes and front matter hold none."""
    assert chapters(read(read_markdown, TEXT)) == [(1, "First one"), (2, "Inner link"), (1, "Second")]


def test_chapters_start_at_their_heading():
    """A chapter starts with its heading line and runs to the next of its level."""
    document = read(read_markdown, TEXT)
    first = next(section for section in document.root.walk() if section.title == "First one")
    assert document.read(first.span).startswith("# First *one*\n")
    assert document.text[first.span.end :].startswith("Second\n===")


def test_places_are_lines():
    """A place in Markdown is a path with lines."""
    document = read(read_markdown, TEXT, "a.md")
    at = document.text.index("more")
    assert str(document.locate(Span(at, at + 4))) == "dir/a.md:12"


@given(texts)
def test_leaves_partition_the_text(text):
    """Whatever the text, the leaves partition it."""
    read(read_markdown, text + "x")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("+++\na = 1\n# no\n+++\n# yes", ["yes"]),
        ("---\n# yes", ["yes"]),
        ("# `code` <b>bold</b> ![alt](x.png)", ["code bold alt"]),
        ("# Title {#anchor}", ["Title"]),
        ("# [text][ref] and [alone]", ["text and [alone]"]),
    ],
)
def test_titles_are_plain(text, titles):
    """Titles lose links, code marks, tags and anchors; front matter of both kinds is skipped, a rule is none."""
    assert [mark.title for mark in markdown_marks(text)] == titles


def test_a_heading_without_text_is_untitled():
    """An empty heading still divides the text."""
    assert chapters(read(read_markdown, "# a\n\ntext\n\n#\n\nmore")) == [(1, "a"), (1, "(untitled)")]
