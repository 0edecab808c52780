"""The main parts of a text: they cover it, and are what a reader would call its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.summary.parts import MOST_HEADINGS, STRETCHES, main_parts, titled_parts
from rao_cli.documents.model import Section, Span
from tests.agent.helpers import document, filler, paged
from tests.agent.summary.helpers import BOATS
from tests.documents.reading import document_of


def titles(text, name="notes.txt"):
    """Return the titles of the main parts of a text that is read as a file of that name."""
    source = document_of(text.encode(), name)
    return [part.title for part in main_parts(source, source.root)]


def covers(source):
    """Tell whether the main parts of a document follow each other from its start to its end."""
    spans = [part.span for part in main_parts(source, source.root)]
    ends = [0, *(span.end for span in spans)]
    return all(span.start == end for span, end in zip(spans, ends, strict=False)) and ends[-1] == len(source)


@pytest.mark.parametrize("name", ["boats.md", "boats.txt"])
def test_headings_are_parts(name):
    """A text with headings has them as its parts, whether its format has headings or not."""
    assert titles(BOATS, name) == ["Hulls", "Sails", "Anchors"]


def test_words_for_parts_are_headings_of_plain_text():
    """Lines that begin with Chapter and a number are headings."""
    text = "".join(f"Chapter {n}\n\n{filler(30, 30 * n)}" for n in range(1, 4))
    assert titles(text) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_a_single_title_is_looked_into():
    """Where the whole has one title, the parts below it are the main parts."""
    assert titles(f"# Boats\n\n{BOATS.replace('# ', '## ')}", "boats.md") == ["Hulls", "Sails", "Anchors"]


def test_a_long_beginning_is_a_part():
    """Text before the first heading is a part of its own, named as the whole."""
    found = titles(f"{filler(40)}\n{BOATS}", "boats.md")
    assert found[1:] == ["Hulls", "Sails", "Anchors"]
    assert found[0] == "boats.md"


def test_a_text_without_headings_is_cut_into_stretches():
    """Where nothing is a heading, stretches of about equal length are the parts, named by their lines."""
    source = document(filler(900))
    parts = main_parts(source, source.root)
    assert len(parts) == STRETCHES
    assert parts[0].title.startswith("lines 1-")
    assert max(len(part.span) for part in parts) < 2 * min(len(part.span) for part in parts)


def test_pages_without_titles_are_stretches():
    """A paged text without headings is divided by pages."""
    source = paged([filler(60, 60 * n) for n in range(9)])
    assert all(part.title.startswith("p") for part in main_parts(source, source.root))
    assert covers(source)


def test_a_short_text_is_one_part():
    """A few lines are not divided."""
    assert titles("One line of text.\n") == ["lines 1-1"]


def test_thousands_of_headings_are_bounded():
    """A text of nothing but headings has a bounded number of parts, which cover it."""
    source = document("".join(f"# Part {n}\ntext\n" for n in range(5000)))
    assert len(main_parts(source, source.root)) <= max(MOST_HEADINGS, 64)


def test_what_lies_between_titled_parts_belongs_to_one():
    """Children without a title join the part before them."""
    leaf = Section("", "", "page", Span(0, 10))
    one, two = Section("", "One", "chapter", Span(10, 20)), Section("", "Two", "chapter", Span(30, 40))
    between = Section("", "", "page", Span(20, 30))
    found = titled_parts(Section("", "all", "file", Span(0, 40), (leaf, one, between, two)))
    assert [(part.title, part.span) for part in found] == [("One", Span(0, 30)), ("Two", Span(30, 40))]


@given(
    st.text(alphabet=st.sampled_from("ab #\n.é"), min_size=1, max_size=3000), st.sampled_from(["x.txt", "x.md"])
)
def test_parts_cover_any_text(text, name):
    """The main parts of any text follow each other from its start to its end."""
    from tests.documents.reading import text_document

    assert covers(text_document(text, name))


def test_a_hostile_text_takes_no_time():
    """Endless marks of headings are gone through at once."""
    for text in ("#" * 100_000, "# " * 50_000, "chapter " * 20_000, "\n# a" * 20_000):
        assert covers(document(text))
