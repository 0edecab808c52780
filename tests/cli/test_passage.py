"""A cited passage on a screen."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.passages import surroundings
from rao_cli.cli.passage import AROUND, passage_text
from tests.agent.helpers import cited, document, paged
from tests.cli.stream import nasty

TEXT = "one\ntwo and a half\nthree\n"


def test_the_cited_lines_are_marked():
    """Cited lines begin with a mark, those around them with a space, below the place."""
    source = document(TEXT)
    assert passage_text(source, cited(source, "and a")) == (
        "notes.txt:2\n\n  one\n> two and a half\n  three\n",
        4,
    )


def test_the_first_and_the_last_line():
    """At the ends of a text there is nothing before, or nothing after."""
    source = document(TEXT)
    assert passage_text(source, cited(source, "one"))[0].splitlines()[2] == "> one"
    assert passage_text(source, cited(source, "three"))[0].splitlines()[-1] == "> three"


def test_long_lines_are_wrapped():
    """A line wider than the screen goes on below itself, with the same mark."""
    source = document("word " * 60 + "\n")
    lines = passage_text(source, cited(source, "word"))[0].splitlines()[2:]
    assert len(lines) > 3
    assert all(line.startswith("> word") and len(line) < 80 for line in lines)
    narrow = passage_text(source, cited(source, "word"), 40)[0].splitlines()[2:]
    assert len(narrow) > len(lines)
    assert max(map(len, narrow)) < 40


def test_no_more_than_the_surroundings():
    """Of a large text only some thousand characters are shown."""
    source = document("".join(f"line {n}\n" for n in range(9000)))
    shown, number = passage_text(source, cited(source, "line 4500"))
    lines = shown.splitlines()
    assert len(shown) < 4 * AROUND
    assert lines[number - 1] == "> line 4500"
    assert all(line.strip(" >").startswith("line ") for line in lines[2:])


def test_another_file_is_not_shown(tmp_path):
    """What stands in the next file of a folder is no surrounding."""
    from rao_cli.documents.load import ReadOptions, open_sources

    (tmp_path / "a.txt").write_text("alpha\n")
    (tmp_path / "b.txt").write_text("beta\n")
    source = open_sources((str(tmp_path),), ReadOptions(), None, lambda _: None)
    shown, _ = passage_text(source, cited(source, "beta"))
    assert "alpha" not in shown


def test_controls_are_taken_out():
    """What would steer a terminal is not in the passage."""
    source = document("a\x1b[2J\u202eb\x07\n")
    shown, _ = passage_text(source, cited(source, "b"))
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}


@given(nasty, st.integers(0, 40), st.integers(0, 40))
def test_any_span_is_shown(text, start, size):
    """Whatever a citation says of its place, the three parts are text of the document in order."""
    source = paged([f"word\n{text}word"])
    citation = cited(source, "word", start=start, end=start + size)
    parts = surroundings(source, citation, 10)
    at = 0
    for part in parts:
        at = source.text.index(part, at)
    passage_text(source, citation)
