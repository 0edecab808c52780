"""Guessing headings where a PDF has no outline."""

import pytest

from rao_cli.documents.formats.pdf_headings import guess_headings
from rao_cli.documents.formats.pdf_pages import Entry, PdfPage

TEXT = [("words of the text that fill a line of the page", 100)] * 20


def page(*lines: tuple[str, int]) -> PdfPage:
    """Return a page of lines with their styles."""
    return PdfPage(
        [line for line, _ in lines], [700 - n for n in range(len(lines))], [s for _, s in lines], "", ""
    )


def titles(*pages: PdfPage) -> list[tuple[int, str, int]]:
    """Return level, title and page of the headings guessed."""
    return [(entry.level, entry.title, entry.page) for entry in guess_headings(pages)]


def test_larger_lines_are_headings_and_sizes_are_levels():
    """The largest lines are on top, smaller ones below, each with its page and height."""
    pages = [
        page(("One", 170), *TEXT, ("Inner", 130), *TEXT),
        page(*TEXT, ("Two", 170), *TEXT),
    ]
    assert guess_headings(pages) == [Entry(0, "One", 0, 700), Entry(1, "Inner", 0, 679), Entry(0, "Two", 1, 680)]


def test_numbered_bold_lines_as_large_as_the_text_are_headings():
    """Bold with a number is enough; bold alone, a term for instance, is not."""
    pages = [page(("3.1 Reading", -100), *TEXT, ("a bold term", -100), *TEXT, ("3.2 Writing", -100), *TEXT)]
    assert titles(*pages) == [(0, "3.1 Reading", 0), (0, "3.2 Writing", 0)]


def test_a_title_over_two_lines_is_one_heading():
    """Lines of one style that follow each other are one title, unless the next has its own number."""
    pages = [
        page(("5 A long title", 150), ("that goes on", 150), *TEXT, ("6 First", 150), ("7 Second", 150), *TEXT)
    ]
    assert [title for _, title, _ in titles(*pages)] == ["5 A long title that goes on", "6 First", "7 Second"]


def test_what_is_large_on_the_first_page_only_is_no_heading():
    """The document's title and its authors are not chapters of it."""
    pages = [page(("The Title", 240), ("Its Author", 120), ("1 One", 140), *TEXT), page(("2 Two", 140), *TEXT)]
    assert [title for _, title, _ in titles(*pages)] == ["1 One", "2 Two"]


@pytest.mark.parametrize(
    "line", ["x = y + 2 (3)", "1 Introduction . . . . . . 7", "and so on,", "W" * 130, "∑", "12 345"]
)
def test_large_formulas_and_leaders_are_no_headings(line):
    """Formulas, lines of a table of contents, clauses and long lines are not headings, however large."""
    pages = [page(("Real one", 150), *TEXT, (line, 150), *TEXT, ("Real two", 150), *TEXT)]
    assert [title for _, title, _ in titles(*pages)] == ["Real one", "Real two"]


def test_plain_lines_a_little_larger_are_code():
    """A tenth larger is a heading if it is bold, and text if it is not."""
    pages = [page(("int main(void)", 110), *TEXT, ("Usage", -110), *TEXT, ("Files", -110), *TEXT)]
    assert [title for _, title, _ in titles(*pages)] == ["Usage", "Files"]


def test_one_size_is_one_level():
    """Bold or not, lines of one size are of one level."""
    pages = [page(("One", -150), *TEXT, ("Two", 150), *TEXT), page(("Three", -150), *TEXT, ("Four", 150), *TEXT)]
    assert [level for level, _, _ in titles(*pages)] == [0, 0, 0, 0]


def test_of_many_sizes_those_used_once_are_no_levels():
    """Where there are more sizes than levels, a size that is used once is decoration."""
    sizes = [300, 200, 160, 150, 140]
    pages = [page(*((f"Size {size}", size) for size in sizes[at:]), *TEXT) for at in (1, 0, 1)]
    assert {title for _, title, _ in titles(*pages)} == {"Size 200", "Size 160", "Size 150", "Size 140"}


def test_too_many_large_lines_are_no_headings():
    """Where every other line is larger, size means something else."""
    assert titles(*[page(*[("Large words", 130), ("text of the page here", 100)] * 20) for _ in range(5)]) == []


@pytest.mark.parametrize("style", [0, 100])
def test_no_sizes_no_headings(style):
    """Without sizes, or with one size, nothing is guessed."""
    assert titles(page(*[("Chapter One", style), ("text", style)] * 9)) == []


def test_a_single_heading_is_none():
    """One large line divides nothing."""
    assert titles(page(*TEXT, ("Alone", 160), *TEXT), page(*TEXT)) == []


def test_mostly_unknown_sizes_are_no_ground():
    """Where most of the text has no size, the rest says nothing."""
    unknown = [(line, 0) for line, _ in TEXT]
    assert titles(page(("H I", 150), *unknown, *unknown, ("J K", 150), *TEXT)) == []


def test_a_title_and_authors_alone_make_no_chapters():
    """Where nothing is large after the first of several pages, what is large there is the title."""
    front = page(("The Title", 240), ("Its Author", 150), *TEXT)
    assert titles(front, page(*TEXT), page(*TEXT)) == []
    assert len(titles(front, page(*TEXT))) == 2


def test_roman_numbers_are_numbers():
    """Bold lines numbered II. and III. are headings as those numbered 2. and 3. are."""
    pages = [page(("I. Aim", -100), *TEXT, ("II. Method", -100), *TEXT, ("VIII. Results", -100), *TEXT)]
    assert [title for _, title, _ in titles(*pages)] == ["I. Aim", "II. Method", "VIII. Results"]
