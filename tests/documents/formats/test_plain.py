"""Plain text: chapters where they are plain to see, else one piece."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.boundaries import cut_before, first_words, pieces
from rao_cli.documents.context import Context
from rao_cli.documents.formats.plain import plain_marks, read_plain
from rao_cli.documents.model import Span
from rao_cli.documents.stored import IN_MEMORY, StoredText
from tests.documents.formats.reading import chapters, read
from tests.documents.making import check_partition, texts

BODY = "It was the best of times, it was the worst of times.\n" * 8


def titles(*headings: str) -> list[str]:
    """Return the chapter titles of a text with a body under each heading."""
    text = "".join(f"{heading}\n\n{BODY}\n" for heading in headings)
    return [title for _, title in chapters(read(read_plain, text))]


@pytest.mark.parametrize(
    "headings",
    [
        ("Chapter 1", "Chapter 2"),
        ("CHAPTER I.", "CHAPTER II."),
        ("PART ONE", "PART TWO"),
        ("Chapter 1: The Start", "Chapter 2: The End"),
        ("1. Introduction", "1.2 Background"),
        ("1.  Introduction", "12.  Security Considerations"),
        ("Appendix A", "Appendix B"),
        ("ACT I", "SCENE I. Elsinore. A platform before the castle.", "SCENE II. A room of state."),
        ("INTRODUCTION", "THE LONG WAY HOME"),
        ("        PREFACE TO THE BOOK", "        A SECOND PART"),
    ],
)
def test_headings_are_recognised(headings):
    """Short lines that name, number or stand out, between blank lines, are headings."""
    assert titles(*headings) == [" ".join(heading.split()) for heading in headings]


def test_underlined_lines_are_headings():
    """Lines with a rule below are headings, nested by the order of the rules; lists below them are none."""
    text = f"Title\n=====\n\n{BODY}\nPart\n----\n{BODY}\n1. Item of a list\n\n{BODY}\nPart two\n--------\n{BODY}"
    assert chapters(read(read_plain, text)) == [(1, "Title"), (2, "Part"), (2, "Part two")]


def test_man_pages_have_headings():
    """Lines in capitals over indented text are headings without a blank line between."""
    body = "       text of the manual, which is indented as they are\n" * 6
    text = "".join(f"{name}\n{body}\n" for name in ("NAME", "SYNOPSIS", "EXIT STATUS"))
    assert [title for _, title in chapters(read(read_plain, text))] == ["NAME", "SYNOPSIS", "EXIT STATUS"]


def test_a_title_may_run_over_two_lines():
    """A title below a chapter's number, or in capitals after it, belongs to it."""
    text = f"CHAPTER I.\nDown the Rabbit-Hole\n\n{BODY}\nCHAPTER II\n\nTHE POOL OF TEARS\n\n{BODY}\n"
    text += f"PART III\n\n{BODY}\n"
    text += f"NIGHT FALLS\n\n{BODY}\nMORNING COMES\n\n{BODY}"
    found = [title for _, title in chapters(read(read_plain, text))]
    assert found[:2] == ["CHAPTER I. Down the Rabbit-Hole", "CHAPTER II THE POOL OF TEARS"]
    assert found[2:] == ["PART III", "NIGHT FALLS", "MORNING COMES"]


def test_parts_hold_chapters():
    """A chapter after a part lies inside it, and its scenes inside that."""
    text = "".join(f"{heading}\n\n{BODY}\n" for heading in ("PART ONE", "Chapter 1", "Section 1", "PART TWO"))
    assert chapters(read(read_plain, text)) == [
        (1, "PART ONE"),
        (2, "Chapter 1"),
        (3, "Section 1"),
        (1, "PART TWO"),
    ]


def test_contents_are_no_chapters():
    """A table of contents before the chapters is not taken for them; what follows the book stands apart."""
    names = [f"Chapter {number}" for number in range(1, 6)]
    text = "\n\n".join(names) + "\n\n\n" + "".join(f"{name}\n\n{BODY}\n" for name in names)
    text += f"*** END OF THE PROJECT GUTENBERG EBOOK X ***\n\n{BODY}"
    document = read(read_plain, text)
    assert [title for _, title in chapters(document)] == [*names, "END OF THE PROJECT GUTENBERG EBOOK X"]
    first = next(section for section in document.root.walk() if section.title == "Chapter 1")
    assert first.span.start > text.index("Chapter 5")


@pytest.mark.parametrize(
    "headings",
    [
        ("Chapter 1",),
        ("Chapters of my life", "Part of the plan"),
        ("1. buy milk", "2. buy eggs"),
        ("HAMLET.", "OPHELIA.", "HAMLET.", "OPHELIA.", "HAMLET."),
        ("WHAT IS THIS?", "STOP!"),
        ("name    value\n-------------", "left    right\n-------------"),
    ],
)
def test_ordinary_lines_are_not_headings(headings):
    """A single heading, ordinary words, list items, speakers, shouting and tables make no chapters."""
    assert titles(*headings) == []


def test_a_table_of_contents_is_not_chapters():
    """Headings without text below them make no chapters."""
    text = "\n\n".join(f"Chapter {number}" for number in range(1, 40))
    assert plain_marks(text) == []


@given(
    st.lists(
        st.sampled_from(
            ["Chapter 1", "PART TWO", "", "CAPS HERE", "1. One", "=====", "text and more text. " * 20]
        ),
        min_size=1,
        max_size=20,
    )
)
def test_leaves_partition_any_text_with_headings(lines):
    """Whatever the order of headings and text, the leaves partition the text."""
    read(read_plain, "\n".join(lines) + "x")


def test_a_text_larger_than_memory_is_read_from_disk():
    """A large text lies on disk, and its headings are found across the windows it is searched in."""
    unit = "".join(f"Chapter {number}\n\n{BODY * 2600}\n" for number in range(1, 4))
    data = (unit * (IN_MEMORY // len(unit) + 1)).encode()
    document = read_plain(Blob("b.txt", "b.txt", len(data), lambda: io.BytesIO(data)), Context())
    assert isinstance(document.text, StoredText)
    check_partition(document, document.root)
    for section in document.root.children:
        assert document.read(section.span).startswith(f"{section.title}\n\nIt was")
    assert len(document.root.children) == 3 * (IN_MEMORY // len(unit) + 1)


@pytest.mark.parametrize("text", ["x" * 3_000_000, "\n" * 1_000_000 + "x", " \n" * 500_000 + "x", "." * 2_000_000])
def test_large_odd_texts_are_quick(text):
    """Megabytes of one character are sectioned in seconds."""
    start = time.process_time()
    read(read_plain, text)
    assert time.process_time() - start < 5


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


def test_first_words_skip_lines_without_words():
    """The first words come from the first line that has a letter or a digit."""
    assert first_words("\n---\n  Hello there\nmore", Span(0, 24)) == "Hello there"
    assert first_words("*** !!!", Span(0, 7)) == ""
