"""Spans, sections and locations."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Location, Origin, Page, Section, Span, union
from rao_cli.documents.sections import finish, number
from tests.documents.making import texts, trees

spans = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: Span(min(ends), max(ends)))


@given(spans, spans)
def test_span_relations_equal_those_of_sets(one, other):
    """Overlap and containment are those of the sets of characters."""
    first, second = set(range(one.start, one.end)), set(range(other.start, other.end))
    if first and second:
        assert one.overlaps(other) == bool(first & second)
        assert one.contains(other) == (second <= first)
    assert len(one) == len(first)


@given(st.lists(spans, max_size=8))
def test_a_union_holds_the_same_characters_once(some):
    """Joined spans are apart, in order, and cover what the given ones cover."""
    joined = union(some)
    assert all(left.end < right.start for left, right in pairwise(joined))
    covered = [at for span in joined for at in range(span.start, span.end)]
    assert covered == sorted({at for span in some for at in range(span.start, span.end)})


@given(st.data(), texts)
def test_leaves_are_those_of_the_walk(data, text):
    """Leaves are the walked sections without children, in text order."""
    root = number(data.draw(trees(Span(0, len(text)))))
    leaves = list(root.leaves())
    assert leaves == [section for section in root.walk() if not section.children]
    assert [leaf.span for leaf in leaves] == sorted(leaf.span for leaf in leaves)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (Location("a.pdf", first_page=3, last_page=3), "a.pdf p. 3"),
        (Location("a.pdf", first_page=3, last_page=5), "a.pdf pp. 3-5"),
        (Location("a.py", first_line=7, last_line=7), "a.py:7"),
        (Location("a.py", first_line=7, last_line=9), "a.py:7-9"),
    ],
)
def test_locations_are_shown_as_one_opens_them(location, shown):
    """A location names its path with a page, pages, a line or lines."""
    assert str(location) == shown


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.data())
def test_pages_are_those_that_hold_the_characters(lengths, data):
    """A span's pages are those that its first and last characters were written on; empty pages are passed over."""
    owner = [index for index, length in enumerate(lengths, 1) for _ in range(length)]
    if not owner:
        return
    pages, at = [], 0
    for index, length in enumerate(lengths, 1):
        pages.append(Page(at, index, f"L{index}"))
        at += length
    whole = Span(0, at)
    document = Document("d", "x" * at, Section("0", "d", "file", whole), (Origin("d", whole, tuple(pages)),), "0")
    start = data.draw(st.integers(0, at - 1))
    end = data.draw(st.integers(start + 1, at))
    location = document.locate(Span(start, end))
    assert (location.first_page, location.last_page) == (owner[start], owner[end - 1])
    assert location.page_label == f"L{owner[start]}"


def test_a_span_over_two_files_is_located_in_the_first():
    """A span that reaches into the next file ends, in its location, with the first file."""
    origins = (Origin("a", Span(0, 4)), Origin("b", Span(4, 8)))
    document = Document("d", "1\n2\n1\n2\n", Section("0", "d", "corpus", Span(0, 8)), origins, "0")
    assert document.locate(Span(2, 8)) == Location("a", first_line=2, last_line=2)
    assert document.locate(Span(4, 8)) == Location("b", first_line=1, last_line=2)


def test_a_span_is_cut_at_the_borders_of_files():
    """The pieces of a span lie in one file each and follow one another."""
    text = "aaaa\nbb\ncccccc\n"
    origins = [Origin("a", Span(0, 5)), Origin("b", Span(5, 8)), Origin("c", Span(8, 15))]
    whole = finish(text, Section("", "all", "folder", Span(0, 15)), origins)
    assert whole.by_file(Span(2, 10)) == [Span(2, 5), Span(5, 8), Span(8, 10)]
    assert whole.by_file(Span(5, 8)) == [Span(5, 8)]


def test_headings_lead_from_the_file_down_to_the_place():
    """The headings of a place are the titles around it, without folders and files."""
    inner = Section("", "Linux", "chapter", Span(4, 8))
    outer = Section("", "Install", "chapter", Span(2, 8), (Section("", "", "paragraph", Span(2, 4)), inner))
    file = Section("", "a.md", "file", Span(0, 8), (Section("", "", "paragraph", Span(0, 2)), outer))
    document = finish("x" * 8, Section("", "d", "folder", Span(0, 8), (file,)), [Origin("a.md", Span(0, 8))])
    assert [document.headings(at) for at in (0, 3, 7)] == [[], ["Install"], ["Install", "Linux"]]


@pytest.mark.parametrize(
    ("unit", "label", "pages", "words"),
    [
        ("page", "iv", (3, 3), "a p. 3"),
        ("page", "iv", (3, 5), "a pp. 3-5"),
        ("slide", "2", (2, 2), "a slide 2"),
        ("cell", "2", (2, 4), "a cells 2-4"),
        ("section", "Install › Linux", (7, 7), "a § Install › Linux"),
    ],
)
def test_places_are_named_in_their_own_unit(unit, label, pages, words):
    """A location speaks of pages, slides, cells or headings, as its file does."""
    assert str(Location("a", *pages, label, unit=unit)) == words


@given(st.text(alphabet="a\nb", max_size=300), st.integers(0, 300))
def test_lines_are_counted_by_newlines(text, at):
    """The line of a place is one more than the newlines before it."""
    at = min(at, len(text))
    document = finish(text, Section("", "t", "file", Span(0, len(text))), [Origin("t", Span(0, len(text)))])
    assert document.locate(Span(at, at)).first_line == text[:at].count("\n") + 1


def test_lines_of_a_long_text_are_exact():
    """Lines are right on both sides of the places where newlines were counted ahead."""
    text = "ab\n" * 100_000
    document = finish(text, Section("", "t", "file", Span(0, len(text))), [Origin("t", Span(0, len(text)))])
    for at in (0, 65_535, 65_536, 65_537, 131_072, len(text) - 1):
        assert document.locate(Span(at, at + 1)).first_line == text[:at].count("\n") + 1


def test_a_part_of_a_file_is_located_by_its_own_first_line():
    """Lines of an origin that begins further down are counted from there."""
    text = "one\ntwo\nthree\n"
    whole = Span(0, len(text))
    document = finish(text, Section("", "d", "file", whole), [Origin("a.py", whole, line=40)])
    assert str(document.locate(Span(4, 13))) == "a.py:41-42"
