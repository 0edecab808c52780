"""Finding the places of headings in the text of their pages."""

import time

import pytest

from rao_cli.documents.formats.pdf_marks import TitleLines, find_marks
from rao_cli.documents.formats.pdf_pages import Entry, PdfPage
from rao_cli.documents.model import Page

TEXT = "see also Names\nNames\nfirst words\n2.1 Names and\nplaces\nlast words\n"
TOPS = [700, 650, 600, 550, 530, 500]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (Entry(0, "Names", 0), "Names"),
        (Entry(0, "Names and places", 0), "2.1 Names and"),
        (Entry(0, "NAMES  and-places", 0), "2.1 Names and"),
        (Entry(0, "Missing", 0), "see also Names"),
        (Entry(0, "Missing", 0, 610), "first words"),
        (Entry(0, "Missing", 0, 10), "see also Names"),
        (Entry(0, "", 0, 560), "2.1 Names and"),
    ],
)
def test_a_title_is_found_on_its_line(entry, line):
    """A title is found as a line of its own or over several, with a number or not; else its height decides."""
    at = TitleLines(TEXT, TOPS).find(entry, 0)
    assert TEXT[at:].startswith(line + "\n")
    assert at == 0 or TEXT[at - 1] == "\n"


def test_the_nearest_of_several_lines_is_taken():
    """Of lines with the same words, the one nearest to the entry's height is the heading."""
    text, tops = "Numbers\nprose\nNumbers\nprose\n", [700, 650, 300, 250]
    assert TitleLines(text, tops).find(Entry(0, "Numbers", 0, 310), 0) == text.rindex("Numbers")
    assert TitleLines(text, tops).find(Entry(0, "Numbers", 0), 0) == 0


def test_nothing_before_the_given_place_is_taken():
    """A search that starts further down does not go back up."""
    after = TEXT.index("first")
    assert TitleLines(TEXT, TOPS).find(Entry(0, "see also Names", 0, 700), after) == after


def marks(*entries: Entry) -> list[tuple[int, str]]:
    """Find entries in two pages and return the places and titles."""
    texts = ["Alpha\none\nBeta\ntwo\n", "three\nGamma\n"]
    pages = [PdfPage(text.split("\n"), [], [], "", "") for text in texts]
    located = [Page(0, 1, "1"), Page(len(texts[0]), 2, "2")]
    return [(mark.start, mark.title) for mark in find_marks(entries, texts, pages, located)]


def test_entries_become_marks_in_order():
    """Entries are found on their pages; text before the first is front matter."""
    assert marks(Entry(0, "Beta", 0), Entry(0, "Gamma", 1)) == [(0, "Front matter"), (10, "Beta"), (25, "Gamma")]


def test_entries_that_point_back_or_nowhere_are_left_out():
    """An entry before the one read last, or to a page that is not there, is no chapter."""
    found = marks(Entry(0, "Gamma", 1), Entry(0, "Alpha", 0), Entry(0, "Off", 9), Entry(0, "Off", -1))
    assert [title for _, title in found] == ["Front matter", "Gamma"]


def test_entries_at_one_place_are_joined():
    """Two entries whose titles are not found on a page share its start and one mark."""
    assert marks(Entry(0, "Part", 0), Entry(1, "Chapter", 0)) == [(0, "Part / Chapter")]


def test_thousands_of_entries_on_one_long_page_take_little_time():
    """An outline made to point at one page over and over, at titles that stand there or do not, is no burden."""
    lines = [f"line {number} of the page" for number in range(2000)] + ["same"] * 2000
    text = "\n".join(lines) + "\n"
    page = PdfPage(lines, list(range(1000, 0, -1)), [], "", "")
    entries = [Entry(0, f"{'line' if number % 2 else 'word'} {number}", 0, 500) for number in range(4000)]
    entries += [Entry(0, "same", 0, 1)] * 4000
    start = time.process_time()
    found = find_marks(entries, [text], [page], [Page(0, 1, "1")])
    assert time.process_time() - start < 3
    assert found[-1].start >= text.index("same")
