"""Running headers and footers: found by place and repetition, never at the cost of other text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.formats.pdf_pages import PdfPage
from rao_cli.documents.formats.pdf_running import Running, find_running

HEAD, FOOT = 750, 40


def page(*lines: tuple[str, int]) -> PdfPage:
    """Return a page of lines with their heights."""
    return PdfPage([line for line, _ in lines], [top for _, top in lines], [], "", "")


def body(number: int, lines: int = 20) -> list[tuple[str, int]]:
    """Return the lines of a page's text, different on each page."""
    return [(f"sentence {number * 31 + line} of prose", 700 - 30 * line) for line in range(lines)]


def removed(pages: list[PdfPage]) -> list[list[str]]:
    """Return the lines that are taken out of each page."""
    found = find_running(pages).lines
    return [[one.lines[index] for index in sorted(lines)] for one, lines in zip(pages, found, strict=True)]


def test_headers_and_page_numbers_are_found():
    """A header that repeats and a number that grows with the page are running lines."""
    pages = [page(("The Guide", HEAD), *body(n), (f"Page {n + 3} of 90", FOOT)) for n in range(8)]
    assert removed(pages) == [["The Guide", f"Page {n + 3} of 90"] for n in range(8)]
    assert find_running(pages).wordings == (("The Guide", 8, 0), ("Page # of 90", 8, 0))


def test_roman_numbers_count_as_numbers():
    """Roman page numbers of front matter are running lines."""
    pages = [
        page(*body(n), (roman, FOOT)) for n, roman in enumerate(["iii", "iv", "v", "vi", "vii", "viii", "ix"])
    ]
    assert removed(pages) == [[one.lines[-1]] for one in pages]


def test_left_and_right_pages_may_differ():
    """Headers that alternate are found on both kinds of pages."""
    pages = [page(("A BOOK" if n % 2 else "ITS AUTHOR", HEAD), *body(n)) for n in range(12)]
    assert [len(lines) for lines in removed(pages)] == [1] * 12


def test_a_footer_that_the_file_holds_first_is_found():
    """A file may draw the footer before the text."""
    pages = [page((f"- {n + 1} -", FOOT), *body(n)) for n in range(6)]
    assert removed(pages) == [[f"- {n + 1} -"] for n in range(6)]


def test_chapter_titles_beside_the_page_number_are_found():
    """A header whose words change with short chapters is known by the page number at its end."""
    pages = [page((f"Chapter {n // 2}: Title {n // 2} {n + 1}", HEAD), *body(n)) for n in range(20)]
    assert all(len(lines) == 1 for lines in removed(pages))


@pytest.mark.parametrize(
    "lines",
    [
        ["return 0;"] * 3,
        [f"Table {n * n}" for n in range(12)],
        ["intro", "alpha", "beta", "gamma", "delta"],
    ],
    ids=["thrice", "other numbers", "unlike"],
)
def test_lines_that_do_not_repeat_stay(lines):
    """Three alike, numbers that do not grow with the page, and different lines are text."""
    assert not any(removed([page((line, HEAD), *body(n)) for n, line in enumerate(lines)]))


def test_a_line_that_repeats_amid_the_text_stays():
    """A first line that stands where text stands on other pages is text, however often it repeats."""
    pages = [page(("Example:", 700), *body(n)[1:]) for n in range(8)]
    pages += [page(*body(n)) for n in range(8, 40)]
    assert not any(removed(pages))


def test_nothing_is_taken_where_heights_are_unknown():
    """Pages without heights, as pypdf gives them, keep all lines."""
    pages = [PdfPage(["The Guide", "text"], [], [], "", "") for _ in range(9)]
    assert not any(removed(pages))


@pytest.mark.parametrize("lines", [1, 4, 6])
def test_a_page_keeps_what_is_all_it_says(lines):
    """Pages of few lines, and pages of which every line repeats, keep them all."""
    pages = [page(*((f"Repeated line {'abcdef'[k]}", 700 - 30 * k) for k in range(lines))) for _ in range(9)]
    assert not any(removed(pages))


def test_pages_of_few_lines_keep_their_footers():
    """A footer on pages of five lines stays, on pages of six it goes."""
    for lines, gone in ((4, 0), (5, 8)):
        pages = [page(*body(n, lines), (f"Page {n + 1}", FOOT)) for n in range(8)]
        assert sum(map(len, removed(pages))) == gone


def test_a_footer_joined_to_the_text_stays():
    """Where pdfium joins the footer to a hyphenated last line, the line is kept whole."""
    pages = [page(*body(n), (f"Guide {n + 1}", FOOT)) for n in range(20)]
    pages[9] = page(*body(9), ("a broken condi\ufffeGuide 10", FOOT))
    assert removed(pages)[9] == []
    assert removed(pages)[8] == ["Guide 9"]


WORDS = st.sampled_from(["Guide 1", "Guide 2", "", "x", "iv", "text 3 of 4"])
LINES = st.lists(st.tuples(WORDS, st.integers(0, 3)), min_size=4, max_size=9)


@given(st.lists(LINES.map(lambda lines: page(*lines)), max_size=9))
def test_every_line_taken_out_is_counted(pages):
    """Only lines with text at an edge go, as many as the wordings count, and some text stays on each page."""
    running: Running = find_running(pages)
    assert sum(count for _, count, _ in running.wordings) == sum(map(len, running.lines))
    for one, lines in zip(pages, running.lines, strict=True):
        filled = [index for index, line in enumerate(one.lines) if line]
        assert lines <= set(filled[:3] + filled[-3:])
        assert not filled or len(lines) < len(filled)
