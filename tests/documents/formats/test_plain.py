"""Plain text: chapters where they are plain to see, else groups of paragraphs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.boundaries import cut_before, first_words, pieces
from rao_cli.documents.model import Span
from rao_cli.documents.formats.plain import read_plain
from tests.documents.making import check_partition, texts

BODY = "It was the best of times, it was the worst of times.\n" * 8


def titles(*headings: str) -> list[str]:
    """Return the chapter titles of a text with a body under each heading."""
    document = read_plain("".join(f"{heading}\n\n{BODY}\n" for heading in headings), "t", "t")
    return [section.title for section in document.root.walk() if section.kind == "chapter"]


@pytest.mark.parametrize(
    "headings",
    [
        ("Chapter 1", "Chapter 2"),
        ("CHAPTER I.", "CHAPTER II."),
        ("PART ONE", "PART TWO"),
        ("Chapter 1: The Start", "Chapter 2: The End"),
        ("1. Introduction", "1.2 Background"),
        ("Appendix A", "Appendix B"),
    ],
)
def test_headings_are_recognised(headings):
    """Short lines that name a chapter, between blank lines, are headings."""
    assert titles(*headings) == list(headings)


def test_parts_hold_chapters():
    """A chapter after a part lies inside it."""
    text = "".join(f"{heading}\n\n{BODY}\n" for heading in ("PART ONE", "Chapter 1", "Chapter 2", "PART TWO"))
    root = read_plain(text, "t", "t").root
    assert [section.title for section in root.children] == ["PART ONE", "PART TWO"]
    assert [child.title for child in root.children[0].children if child.title] == ["Chapter 1", "Chapter 2"]


@pytest.mark.parametrize(
    "headings", [("Chapter 1",), ("Chapters of my life", "Part of the plan"), ("1. buy milk", "2. buy eggs")]
)
def test_ordinary_lines_are_not_headings(headings):
    """A single heading, ordinary words and list items make no chapters."""
    assert titles(*headings) == []


def test_a_table_of_contents_is_not_chapters():
    """Headings without text below them make no chapters."""
    text = "\n\n".join(f"Chapter {number}" for number in range(1, 40))
    assert not [section for section in read_plain(text, "t", "t").root.walk() if section.kind == "chapter"]


@given(
    st.lists(st.sampled_from(["Chapter 1", "PART TWO", "", "text and more text. " * 20]), min_size=1, max_size=20)
)
def test_leaves_partition_any_text_with_headings(lines):
    """Whatever the order of headings and text, the leaves partition the text."""
    document = read_plain("\n".join(lines) + "x", "t", "t")
    check_partition(document, document.root)


@given(texts, st.integers(1, 50))
def test_pieces_partition(text, size):
    """Pieces partition a span and none is larger than the size."""
    found = list(pieces(text, Span(0, len(text)), size))
    assert "".join(text[span.start : span.end] for span in found) == text
    assert all(0 < len(span) <= size for span in found)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a\n\nbbbb bbbb\ncc cc\n\nddd dddd", "a\n\nbbbb bbbb\ncc cc\n\n"),
        ("aaaa\nbbbb bbbb\ncccc ccc ccc", "aaaa\nbbbb bbbb\n"),
        ("Aaa bbb. Ccc ddd ee. Fff ggg", "Aaa bbb. Ccc ddd ee. "),
        ("aaaa bbbb cccc dddd eeee fff", "aaaa bbbb cccc dddd eeee "),
        ("漢" * 30, "漢" * 26),
    ],
)
def test_cuts_are_at_the_largest_boundary(text, first):
    """A text is cut at blank lines before lines, sentences, words and characters."""
    assert text[: cut_before(text, 0, 26, len(text))] == first


@given(texts, st.data())
def test_a_cut_makes_progress(text, data):
    """A cut lies after the start and not after the limit or the end."""
    start = data.draw(st.integers(0, len(text) - 1))
    limit = data.draw(st.integers(start + 1, len(text) + 5))
    assert start < cut_before(text, start, limit, len(text)) <= min(limit, len(text))


@pytest.mark.parametrize("text", ["x" * 3_000_000, "\n" * 1_000_000, " \n" * 500_000 + "x", "." * 2_000_000])
def test_large_odd_texts_are_quick(text):
    """Megabytes of one character are sectioned in seconds."""
    start = time.monotonic()
    check_partition(read_plain(text, "t", "t"), read_plain(text, "t", "t").root)
    assert time.monotonic() - start < 5


def test_first_words_skip_lines_without_words():
    """The first words come from the first line that has a letter or a digit."""
    assert first_words("\n---\n  Hello there\nmore", Span(0, 24)) == "Hello there"
    assert first_words("*** !!!", Span(0, 7)) == ""
