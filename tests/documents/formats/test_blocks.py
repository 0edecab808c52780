"""Markdown's blocks: the headings that are found are those that markdown-it-py finds."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rao_cli.documents.formats.blocks import headings

# The other parser as the judge: blocks only, as CommonMark defines them.
JUDGE = MarkdownIt("commonmark").disable(["inline", "text_join"], ignoreInvalid=True)
LINES = [
    *[
        "# a",
        "## b #",
        "#c",
        "####### x",
        "# ",
        "#",
        "   # i",
        "text",
        "===",
        "---",
        "=",
        "--",
        "   ===",
        "    ===",
    ],
    *["- x", "- ", "-", "* y", "+ p", "1. z", "2. w", "10) q", "1.", "1.  a", "-\tx", "-     c", "  - n", "- - a"],
    *["> q", ">", "> - b", "> ```", ">    c", "***", "* * *", "    code", "  in", "   y", "      z", "\t", "\tx"],
    *["```", "~~~", "````` x", "  ```", "``` a`b", "<div>", "</div>", "<a>", "<b> x", "<!-- c", "-->", "<pre>"],
    *[
        "</pre>",
        "<?php",
        "?>",
        "[a]: b",
        "[a]: b 't'",
        "\n\n\n",
        "[a]: b 't",
        "'x\"",
        "x | y",
        "--|--",
        "\\",
        "",
        "",
        "",
    ],
]


def judged(text: str) -> list[tuple[int, int, str]]:
    """Return place, level and text of the headings that markdown-it-py finds outside quotes and lists."""
    starts = [0]
    while at := text.find("\n", starts[-1]) + 1:
        starts.append(at)
    tokens = JUDGE.parse(text)
    return [
        (starts[token.map[0]], int(token.tag[1]), tokens[at + 1].content)
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


def found(text: str) -> list[tuple[int, int, str]]:
    """Return place, level and text of the headings that are found."""
    return [(heading.start, heading.level, heading.text) for heading in headings(text)]


@given(st.lists(st.sampled_from(LINES), max_size=12))
@example(["- a", "", "  # in", "# out"])
@example(["- ```", "bar", "==="])
@example(["[a]: b", "===", "x", "==="])
@example(["- a", "b", "==="])
def test_headings_are_those_of_the_judge(lines):
    """On any mixture of lines the places and levels of headings are the judge's."""
    text = "\n".join(lines)
    assert [heading[:2] for heading in found(text)] == [heading[:2] for heading in judged(text)]


@given(st.text(alphabet="#-=>*`~ ab1.\n\t<[]:'", max_size=60))
def test_headings_of_any_characters_are_those_of_the_judge(text):
    """On any text of Markdown's characters, too, unless it defines links in a way that parsers disagree on."""
    if "]:" not in text:
        assert [heading[:2] for heading in found(text)] == [heading[:2] for heading in judged(text)]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("# a b # ", (0, 1, "a b")),
        ("# a#", (0, 1, "a#")),
        ("# #", (0, 1, "")),
        ("x\n\none\n two\n===", (3, 1, "one two")),
        ("[a]: b\ntitle\n---", (7, 2, "title")),
    ],
)
def test_titles_are_clean(text, heading):
    """A title has no closing marks and no line breaks, and starts after the links defined above it."""
    assert found(text) == [heading]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " a\n# b\n",
        (">" * 10_000 + " a\n") * 20,
        "- " * 10_000 + "a\n" + "\n" * 10_000 + "# b",
        ("|" + " a |" * 200 + "\n") * 2000,
        "[" * 200_000,
        "[" + "\\]" * 100_000 + "\n===\n",
        ("[" + "a" * 990 + "\n===\n") * 200,
        "# a" + " " * 300_000 + "x",
        "<div " + "a " * 200_000,
        "<a " + 'b="' * 100_000,
        "*" * 100_000 + "x\n" + "`" * 100_000 + "x`",
        "\t" * 200_000 + "x",
        "[a]: b '" + "x\n" * 100_000 + "===",
    ],
)
def test_hostile_markdown_is_quick(text):
    """Depth, width and half-finished marks cost time in proportion to their size."""
    start = time.process_time()
    headings(text)
    # Each takes less than 0.2 s alone; the rest is for a busy machine.
    assert time.process_time() - start < 3
