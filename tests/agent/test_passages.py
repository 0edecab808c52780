"""The passage of a citation is its lines and a few around them, of its own file, and never much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.passages import MOST_CHARACTERS, MOST_LINES, passage, with_passages
from tests.agent.helpers import cited, document
from tests.documents.reading import document_of

LINES = "".join(f"line {n}\n" for n in range(1, 41))


def test_a_cited_line_and_those_around_it():
    """Two lines stand before the cited one and two after it."""
    source = document(LINES)
    assert passage(source, cited(source, "line 20\n")).splitlines() == [f"line {n}" for n in range(18, 23)]


@pytest.mark.parametrize(("words", "lines"), [("line 1\n", [1, 2, 3]), ("line 40\n", [38, 39, 40])])
def test_the_ends_of_a_text(words, lines):
    """At the beginning and the end of a text there is less around."""
    source = document(LINES)
    assert passage(source, cited(source, words)).splitlines() == [f"line {n}" for n in lines]


def test_blank_lines_are_passed_over():
    """Lines around that say nothing are not shown."""
    source = document("before\n\n\nthe bell rings\n\n\nafter\n")
    assert passage(source, cited(source, "the bell")).splitlines() == ["before", "the bell rings", "after"]


def test_a_part_of_a_line_is_shown_with_its_line():
    """A citation inside a line shows the whole line."""
    source = document("one\nthe bell rings at noon\nthree\n")
    assert "the bell rings at noon" in passage(source, cited(source, "bell rings")).splitlines()


def test_a_long_line_is_cut_at_words():
    """Of an endless line the words around the citation are shown, with marks where it goes on."""
    source = document("word " * 500 + "the bell rings " + "tail " * 500)
    shown = passage(source, cited(source, "the bell rings"))
    assert "the bell rings" in shown
    assert shown.startswith("…word")
    assert shown.endswith("tail…")
    assert len(shown) < MOST_CHARACTERS


def test_another_file_is_not_shown(tmp_path):
    """What stands beside the citation in another file is none of its passage."""
    from rao_cli.documents.load import ReadOptions, open_sources

    (tmp_path / "a.txt").write_text("alpha one\nalpha two\n")
    (tmp_path / "b.txt").write_text("beta one\nbeta two\n")
    source = open_sources([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], ReadOptions())
    assert passage(source, cited(source, "beta one")) == "beta one\nbeta two"
    assert passage(source, cited(source, "alpha two")) == "alpha one\nalpha two"


def test_a_passage_is_clean():
    """No character of a source that moves the cursor is in a passage."""
    source = document("safe\nthe \x1b[2Jbell\x07 rings\n")
    assert "\x1b" not in passage(source, cited(source, "rings"))


def test_citations_keep_what_they_are():
    """A citation gains its passage and nothing else."""
    source = document(LINES)
    one = cited(source, "line 20\n")
    (found,) = with_passages(source, [one])
    assert found.model_copy(update={"passage": ""}) == one
    assert found.passage


@given(st.text("ab .\n\té漢", max_size=2_000), st.integers(-5, 2_500), st.integers(-5, 2_500))
def test_any_place_has_a_short_passage(text, start, end):
    """Whatever a citation points at, its passage has few lines, and never fails."""
    source = document_of(f"x{text}".encode(), "notes.txt")
    one = cited(source, "x", start=start, end=end)
    lines = passage(source, one).split("\n")
    assert len(lines) <= MOST_LINES
