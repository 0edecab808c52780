"""Documents from headings and from parts: pages with labels, sections that fill the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.blob import Blob
from rao_cli.documents.failures import NoTextError
from rao_cli.documents.formats.tree import Parts, heading_pages, one_leaf
from rao_cli.documents.model import Section, Span
from rao_cli.documents.sections import Mark
from tests.documents.making import check_partition

BLOB = Blob.of(b"", "a", "dir/a")


def test_pages_are_labelled_with_the_path_of_headings():
    """A label names the headings above; what stands before the first one has the title."""
    marks = [Mark(5, 1, "Install"), Mark(9, 3, "Linux"), Mark(12, 2, "Mac"), Mark(20, 1, "Use")]
    pages = heading_pages(marks, "Guide")
    assert [(page.start, page.index, page.label) for page in pages] == [
        (0, 1, "Guide"),
        (5, 2, "Install"),
        (9, 3, "Install › Linux"),
        (12, 4, "Install › Mac"),
        (20, 5, "Use"),
    ]


def test_a_heading_at_the_start_is_the_first_page():
    """Where the text starts with a heading there is no page before it."""
    assert [page.label for page in heading_pages([Mark(0, 1, "One")], "Guide")] == ["One"]
    assert [page.label for page in heading_pages([], "Guide")] == ["Guide"]


def test_labels_are_short_and_clean():
    """A long title is shortened, a title with escapes cleaned."""
    (page,) = heading_pages([Mark(0, 1, "a\x1b[31m\n" + "b" * 500)], "")
    assert len(page.label) <= 120
    assert page.label.isprintable()


@given(st.lists(st.tuples(st.text(alphabet="ab\n", max_size=9), st.booleans()), min_size=1, max_size=8))
def test_parts_fill_the_text(found):
    """Whatever the parts and the sections inside them, the leaves partition the text."""
    parts = Parts()

    def halves(span: Span) -> tuple[Section, ...]:
        middle = (span.start + span.end) // 2
        return (*one_leaf(Span(span.start, middle)), *one_leaf(Span(middle, span.end)))

    for text, divided in found:
        parts.add("title", text + "xx", halves if divided else None)
    document = parts.finish(BLOB, "slide")
    check_partition(document, document.root)
    pages = document.origins[0].pages
    assert [page.index for page in pages] == list(range(1, len(found) + 1))
    assert document.text.count("xx\n") == len(found)


def test_no_parts_are_no_text():
    """A file without a single part holds no text."""
    with pytest.raises(NoTextError):
        Parts().finish(BLOB, "slide")
