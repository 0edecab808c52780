"""Columns fit the screen or are whole, and nothing in them is interpreted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from rao_cli.cli.columns import columns, crop, prose, rendered

ROWS = [["a long title of a chapter", "pp. 1-20", "~400"], ["short", "p. 3", "~12,345"]]


def plain(rows, aligned, width=None):
    """Return the lines of some columns."""
    return [line.plain.rstrip() for line in columns(rows, aligned, width)]


def test_columns_are_aligned():
    """Words stand at the left of their column and numbers at its right."""
    assert plain(ROWS, "llr") == [
        "a long title of a chapter  pp. 1-20     ~400",
        "short                      p. 3      ~12,345",
    ]


def test_the_widest_column_gives_way():
    """On a narrow screen the title is cut, and says so, before a number is."""
    assert plain(ROWS, "llr", 30)[0] == "a long tit…  pp. 1-20     ~400"


def test_without_a_width_nothing_is_cut():
    """In a pipe a long title is whole."""
    assert "x" * 5000 in plain([["x" * 5000, "1"]], "lr")[0]


@given(
    st.lists(st.lists(st.text("ab 日é[]", max_size=60), min_size=3, max_size=3), min_size=1, max_size=5),
    st.integers(25, 100),
)
def test_no_line_is_wider_than_the_screen(rows, width):
    """Whatever the cells hold, also characters of double width, the lines fit."""
    assert all(cell_len(line.plain) <= width for line in columns(rows, "lrl", width))


@pytest.mark.parametrize(("text", "cells", "cut"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 5, "日本…")])
def test_a_cut_is_marked(text, cells, cut):
    """A cut text ends with an ellipsis and takes no more cells than it may."""
    assert crop(text, cells) == cut


def test_plain_lines_have_no_codes():
    """Without colour only the text is written, without spaces at line ends."""
    assert rendered([Text("a [red]b[/red]  ", style="bold"), Text()], color=False) == "a [red]b[/red]\n\n"


def test_coloured_lines_hold_the_same_text():
    """Colour adds codes around the text; markup and emoji codes in it are not interpreted, nor is it wrapped."""
    line = Text("[red]:smile:[/red] " + "x" * 300, style="bold")
    assert rendered([line], color=True) == f"\x1b[1m[red]:smile:[/red] {'x' * 300}\x1b[0m\n"


def test_running_text_is_wrapped_between_words():
    """On a screen lines end at spaces; in a pipe the text is one line."""
    assert [line.plain for line in prose("one two-three four", 9)] == ["one", "two-three", "four"]
    assert [line.plain for line in prose("one two three", None)] == ["one two three"]
