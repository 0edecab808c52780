"""Words of questions compared with the words inside of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_words import joined, likeness, name_parts, stem, words_of


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("MAX_BUFFER_SIZE", ["max", "buffer", "size"]),
        ("maxBufferSize", ["max", "buffer", "size"]),
        ("max-buffer-size", ["max", "buffer", "size"]),
        ("HTTPServer", ["http", "server"]),
        ("__init__", ["init"]),
        ("", []),
    ],
)
def test_names_are_cut_into_words(name, parts):
    """Underscores, hyphens and capitals divide a name."""
    assert name_parts(name) == parts


@pytest.mark.parametrize(
    ("word", "part", "same"),
    [
        ("maximum", "max", True),
        ("minimum", "min", True),
        ("directory", "dir", True),
        ("message", "msg", True),
        ("configuration", "cfg", True),
        ("retries", "attempt", True),
        ("colour", "color", True),
        ("columns", "col", True),
        ("buffers", "buffer", True),
        ("parsing", "parse", True),
        ("maximum", "min", False),
        ("read", "write", False),
        ("source", "dest", False),
        ("cat", "category", False),
        ("1", "10", False),
        ("open", "close", False),
    ],
)
def test_words_that_mean_the_same(word, part, same):
    """Abbreviations and forms of a word are alike in a high degree; opposites and chance beginnings are not."""
    assert (likeness(word, part) >= 0.9) is same


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        ("What is the maximum buffer size?", ("maximum", "buffer", "size")),
        ("How many retries are allowed at most?", ("retries", "maximum")),
        ("What is the value of the constant?", ()),
        ("Which regular expression matches a colour?", ("regex", "matches", "colour")),
        ("", ()),
    ],
)
def test_words_that_a_name_should_hold(question, needed):
    """Small words and words for the sort of thing are left out, phrases are made plain."""
    assert words_of(question).needed == needed


def test_the_projects_own_name_is_no_needed_word():
    """Every question on a project may say its name."""
    assert words_of("What is the default port of kettle?", ("kettle",)).needed == ("default", "port")


@pytest.mark.parametrize(("word", "root"), [("configurations", "configur"), ("stopped", "stopp"), ("as", "as")])
def test_stems_are_not_too_short(word, root):
    """An ending is cut where enough of the word stays."""
    assert stem(word) == root


def test_two_words_written_as_one():
    """A part of a name may join two words of the question."""
    assert joined("filename", {"file": "file", "name": "name"}) == ("file", "name")
    assert joined("filename", {"file": "file"}) is None


@given(st.text(max_size=60))
def test_likeness_is_between_none_and_all(text):
    """Whatever is compared, the likeness is from 0 to 1, and a word is like itself."""
    assert 0 <= likeness(text, "buffer") <= 1
    assert likeness(text, text) == 1
