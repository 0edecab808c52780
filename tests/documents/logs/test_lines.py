"""Lines of a log by their number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.logs.lines import Lines
from rao_cli.documents.logs.summary import Summary
from rao_cli.documents.parsers.log import read_part
from tests.documents.logs.lines import LOGS


def lines_of(text, parts=1):
    """Return the lines of a log read in parts."""
    summary, lines = Summary(), text.splitlines(keepends=True)
    size = -(-len(lines) // parts)
    for start in range(0, len(lines), size):
        summary.add(read_part("".join(lines[start : start + size])))
    return Lines(text, summary)


@given(st.integers(1, 5), st.integers(1, 120))
def test_a_line_is_the_one_of_its_number(parts, times):
    """Each line is found, whatever block and part it lies in."""
    text = "".join(f"{number} {line}\n" for number, line in enumerate((LOGS["hadoop"] * times).splitlines()))
    lines, written = lines_of(text, parts), text.split("\n")
    for number in {0, 1, len(written) // 2, len(written) - 2}:
        assert lines.line(number) == written[number]


@pytest.mark.parametrize("form", LOGS)
def test_stamps_are_as_written(form):
    """The time of a record is the text that stands in its line."""
    stamp = lines_of(LOGS[form]).stamp(0, form)
    assert stamp
    assert stamp in LOGS[form].split("\n")[0]


def test_long_lines_are_shortened():
    """A line is shown in part, with a mark, and without what a terminal would act on."""
    shown = lines_of("a\x1b[31m" + "x" * 5000 + "\n").shown(0)
    assert len(shown) == 300
    assert shown.startswith("a[31mx")
    assert shown.endswith("…")


def test_a_line_beyond_the_end_is_empty():
    """A number that no line has gives nothing."""
    assert lines_of("one\ntwo\n").line(99) == ""


def test_a_stamp_that_is_missing_is_empty():
    """A line without a time has none."""
    assert lines_of("compiling\n").stamp(0, "plain") == ""
