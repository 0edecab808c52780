"""Blocks of rows: they cover their span whatever the rows are, and count each row once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.rows import Blocks, layout_of
from rao_cli.documents.model import Span


def blocks(widths: list[int], shift: int = 0, found: list[list[str]] | None = None, after: int = 0):
    """Return the blocks for rows of these widths one after another, and their sections."""
    table = found or [["name", "n"], *[[f"r{number}", str(number)] for number in range(len(widths) - 1)]]
    made = Blocks(Span(shift, shift + sum(widths) + after), layout_of(table, ","))
    at = shift
    for width, row in zip(widths, table, strict=True):
        made.add(at, at + width, row)
        at += width
    return made, made.finish()


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_blocks_cover_their_span(widths, shift, after):
    """Sections follow each other from the start of the span to its end, none empty."""
    _, sections = blocks(widths, shift, after=after)
    assert sections[0].span.start == shift
    assert sections[-1].span.end == shift + sum(widths) + after
    for first, second in pairwise(sections):
        assert first.span.end == second.span.start
        assert len(first.span) > 0


@given(st.lists(st.integers(1, 3000), min_size=3, max_size=30))
def test_rows_are_numbered_without_a_gap(widths):
    """The numbers in the titles run from 1 to the number of rows."""
    made, sections = blocks(widths)
    numbers = [
        title.split(":")[0].removeprefix("rows ").removeprefix("row ") for title in (s.title for s in sections)
    ]
    ends = [int(number.split("-")[-1]) for number in numbers]
    starts = [int(number.split("-")[0]) for number in numbers]
    assert starts == [1, *(end + 1 for end in ends[:-1])]
    assert ends[-1] == len(widths) - 1
    assert dict(made.facts("p").values)["rows"] == len(widths) - 1


def test_a_title_names_the_columns():
    """A block of a single row says so; long lists of names are shortened."""
    _, (section,) = blocks([9, 9])
    assert section.title == "row 1: name, n"
    names = [f"a long name of a column {number}" for number in range(20)]
    _, (wide,) = blocks([9, 9], found=[names, ["1"] * 20])
    assert len(wide.title) <= 120
    assert wide.title.endswith("…")


@pytest.mark.parametrize(
    ("table", "header", "names"),
    [
        ([["a", "b"], ["1", "2"]], True, ("a", "b")),
        ([["a", ""], ["1", "2"]], False, ("column 1", "column 2")),
        ([["a", "2024-01-01"], ["1", "2"]], False, ("column 1", "column 2")),
        ([["a", "b"]], False, ("column 1", "column 2")),
    ],
)
def test_a_row_of_names_holds_names_only(table, header, names):
    """The first row names the columns if rows follow and none of its cells is empty, a number or a date."""
    layout = layout_of(table)
    assert (layout.header, layout.names) == (header, names)
