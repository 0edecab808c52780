"""Markdown headings become nested chapters; nothing in a text can break that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.markdown import read_markdown
from rao_cli.documents.model import Document
from tests.documents.making import check_partition

SAMPLE = """---
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


def titles(document: Document) -> list[tuple[int, str]]:
    """Return depth and title of each chapter."""
    found = [section for section in document.root.walk() if section.kind == "chapter"]
    return [(section.id.count("."), section.title) for section in found]


def read(text: str) -> Document:
    """Read a Markdown text."""
    return read_markdown(text, "m.md", "m.md")


def test_headings_nest():
    """Headings become chapters by level, without markup; code, quotes and front matter do not."""
    assert titles(read(SAMPLE)) == [(0, "First one"), (1, "Inner link"), (0, "Second")]


def test_chapters_start_at_their_heading():
    """A chapter's text starts with its heading's line."""
    document = read(SAMPLE)
    inner = next(section for section in document.root.walk() if section.title == "Inner link")
    assert document.read(inner.span).startswith("## Inner")
    assert document.locate(inner.span).first_line == 10


markdown = st.lists(
    st.sampled_from(
        ["# A\n", "### B\n", "text\n", "\n", "Under\n---\n", "```\n", "> # q\n", "- x\n", "é漢", "---\n"]
    ),
    min_size=1,
    max_size=30,
).map("".join)


@given(markdown)
def test_leaves_partition_the_text(text):
    """Whatever the Markdown, the leaves partition the text."""
    document = read(text)
    check_partition(document, document.root)


@pytest.mark.parametrize("text", [">" * 10_000 + " # deep", "* " * 5_000 + "x", "[" * 20_000, "# \n" * 3_000])
def test_pathological_nesting_is_read(text):
    """Thousands of nested quotes, lists or brackets are read as text."""
    document = read(text)
    check_partition(document, document.root)


def test_large_markdown_is_read_as_text():
    """Above 5 MB the text is sectioned as plain text, still exactly."""
    document = read("# heading\n\n" + "word " * 1_100_000)
    assert titles(document) == []
    check_partition(document, document.root)
