"""Guessing headings by their numbers."""

import pytest

from rao_cli.documents.formats.pdf_numbers import numbered_headings
from rao_cli.documents.formats.pdf_pages import PdfPage

BOOK = [
    "Chapter 1. Names\nprose\n1.1 Scopes\nprose\n1.2 Rules of use\nprose",
    "prose\nChapter 2. Values\n2.1 Numbers\n2.1.1 Whole ones\nprose",
    "Appendix A. Syntax\nprose\nA.1 Tokens\nprose",
]


def found(*pages: str) -> list[tuple[int, str, int]]:
    """Return level, title and page of the headings guessed."""
    entries = numbered_headings([PdfPage(page.split("\n"), [], [], "", "") for page in pages])
    return [(entry.level, entry.title, entry.page) for entry in entries]


def test_numbers_in_sequence_are_headings():
    """Chapters, sections and appendices are found with their depth as level."""
    assert found(*BOOK) == [
        (1, "Chapter 1. Names", 0),
        (2, "1.1 Scopes", 0),
        (2, "1.2 Rules of use", 0),
        (1, "Chapter 2. Values", 1),
        (2, "2.1 Numbers", 1),
        (3, "2.1.1 Whole ones", 1),
        (1, "Appendix A. Syntax", 2),
        (2, "A.1 Tokens", 2),
    ]


def test_a_table_of_contents_is_not_the_chapters():
    """Lines with leaders or page numbers are passed over; the headings after them count."""
    contents = "Chapter 1. Names 5\n1.1 Scopes . . . . 5\n1.2 Rules of use 6\nChapter 2. Values 8"
    assert found(contents, *BOOK) == [(level, title, page + 1) for level, title, page in found(*BOOK)]


@pytest.mark.parametrize(
    "page",
    [
        "1.1 Alpha\n1.3 Gamma\n2.5 Delta",
        "1 Alpha\n2 Beta\n3 Gamma\n4 Delta",
        "1.1 see the rules above.\n1.2 and below,\n1.3 or here:",
        "3.1 Third\n3.2 Comes\n3.3 First",
        "1.1 Alpha\n1.2 Beta",
        "12:30 Lunch\n13:30 Talk\n14:30 End",
    ],
)
def test_other_numbers_are_no_headings(page):
    """Numbers out of sequence, lists, clauses, versions, times, or too few of them are text."""
    assert found(page) == []


def test_a_section_may_open_a_chapter_without_a_heading():
    """Sections go on to the next chapter where its own line has no word for it."""
    assert [title for _, title, _ in found("1.1 Alpha\n1.2 Beta\n2 Next\n2.1 Gamma")] == [
        "1.1 Alpha",
        "1.2 Beta",
        "2.1 Gamma",
    ]
