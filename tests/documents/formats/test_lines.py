"""Lines of a text: whole, in order, wherever the text lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.lines import Lines
from rao_cli.documents.stored import TextWriter


@given(st.text(alphabet="ab\n\u2028\x0b"))
def test_only_newlines_end_lines(text):
    """Lines put together are the text, each ends with its newline, and the end of the last one is known."""
    lines = Lines(text)
    found = list(lines)
    assert "".join(found) == text
    assert all(line.endswith("\n") for line in found[:-1])
    assert all("\n" not in line[:-1] for line in found)
    assert lines.end == len(text)


@pytest.mark.parametrize("unit", ["word " * 1_000_000 + "\n", "a\n" * 300_000])
def test_lines_longer_than_a_window_are_whole(unit):
    """Lines are whole in a text on disk, too, whether they are longer than a window or many."""
    writer = TextWriter(in_memory=10)
    writer.write(unit * 3)
    stored = writer.finish()
    assert list(Lines(stored)) == (unit * 3).splitlines(keepends=True)
