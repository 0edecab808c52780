"""Writing running text: spaces, lines, cells and headings, whatever the order of calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.parsers.base import RefusedError
from rao_cli.documents.parsers.html_writer import Writer


def written(*steps: str) -> str:
    """Return what is written for texts and the names of other calls, which start with a full stop."""
    writer = Writer({})
    for step in steps:
        if step == ".line":
            writer.end_line(1)
        elif step == ".paragraph":
            writer.end_line(2)
        elif step == ".break":
            writer.end_line(1, forced=True)
        elif step.startswith("."):
            getattr(writer, step[1:])()
        else:
            writer.text(step)
    return writer.finish()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["a ", " b"], "a b\n"),
        (["a", "b", " ", "c"], "ab c\n"),
        ([" ", ".line", "a", ".line", " ", ".line", "b"], "a\nb\n"),
        (["a", ".line", ".paragraph", ".line", "b"], "a\n\nb\n"),
        (["a", ".break", ".break", ".break", "b"], "a\n\nb\n"),
        ([".open_pre", " a\n\n\n\n", ".close_pre", "b"], " a\n\nb\n"),
        ([".open_pre", "a\n", "\n b", ".close_pre"], "a\n\n b\n"),
        ([".open_pre", "a", ".open_code", "b", ".close_pre"], "a\nb\n"),
        ([".open_row", ".open_cell", "a", ".open_cell", ".open_cell", "c", ".close_row", "d"], "a |  | c\nd\n"),
        ([".open_cell", "a", ".paragraph", "b", ".open_cell", "c"], "a b | c\n"),
        ([".open_row", ".open_cell", "a", ".open_row", ".open_cell", "b"], "a\nb\n"),
        ([], ""),
    ],
)
def test_text_is_laid_out(steps, expected):
    """Spaces are joined, lines end where they are told to, cells stand between bars on one line."""
    assert written(*steps) == expected


def test_a_prefix_stands_before_the_next_text():
    """A mark is written only if text follows, after the line end that comes before it."""
    writer = Writer({})
    writer.text("a")
    writer.end_line(1)
    writer.prefix("- ")
    writer.end_line(2)
    writer.text("b")
    writer.prefix("- ")
    assert writer.finish() == "a\n\n- b\n"


def test_headings_are_noted():
    """A heading is noted with its place and level if it has text and is not inside a row."""
    writer = Writer({})
    writer.text("intro")
    for level, text in ((2, "Title"), (3, " ")):
        writer.open_heading(level)
        writer.text(text)
        writer.close_heading()
    writer.open_cell()
    writer.open_heading(1)
    writer.text("cell")
    writer.close_heading()
    assert writer.headings == [(7, 2, "Title")]
    assert writer.finish()[7:12] == "Title"


steps = st.sampled_from(
    ["a", " b ", "\n", ".line", ".paragraph", ".break", ".open_row", ".open_cell", ".close_row", ".open_code"]
)


@given(st.lists(steps))
def test_any_order_of_calls_gives_clean_text(found):
    """Never three newlines in a row, no line ends in a space but after an empty cell, and no word is lost."""
    text = written(*found)
    assert "\n\n\n" not in text
    assert not any(line.endswith(" ") and not line.endswith("| ") for line in text.split("\n"))
    assert text.replace("|", " ").replace("\n", " ").count("a") == found.count("a")
    assert text.replace("|", " ").count("b") == found.count(" b ")


def test_the_limit_counts_every_character():
    """Spaces and line ends count towards the limit of text."""
    writer = Writer({"text_characters": 4})
    writer.text("ab")
    writer.end_line(1)
    with pytest.raises(RefusedError):
        writer.text("cd")
