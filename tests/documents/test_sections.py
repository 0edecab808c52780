"""Trees: nesting headings, joining documents, and mapping spans back to files and lines."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.model import Document, Page, Section, Span
from rao_cli.documents.sections import Mark, distinct, join, page_leaves, stretched
from tests.documents.making import check_partition, texts
from tests.documents.reading import text_document


def joined(parts: list[str]) -> Document:
    """Return a corpus of plain texts called f0, f1, …."""
    return join("all", "corpus", [text_document(text, f"f{at}") for at, text in enumerate(parts)])


@given(st.lists(texts, min_size=1, max_size=5))
def test_a_joined_document_is_partitioned(parts):
    """Joined documents keep their text, one section each, and partition the whole."""
    document = joined(parts)
    check_partition(document, document.root)
    assert document.text == "".join(text if text.endswith("\n") else text + "\n" for text in parts)
    assert [section.title for section in document.root.children] == [f"f{at}" for at in range(len(parts))]


@given(st.lists(texts, min_size=1, max_size=4), st.data())
def test_spans_locate_to_their_file_and_lines(parts, data):
    """A span inside a file maps to that file and to the lines counted there."""
    document = joined(parts)
    chosen = data.draw(st.integers(0, len(parts) - 1))
    text = parts[chosen]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    base = document.origins[chosen].span.start
    location = document.locate(Span(base + start, base + end))
    assert location.path == f"f{chosen}"
    assert location.first_line == text[:start].count("\n") + 1
    assert location.last_line == text[: end - 1].count("\n") + 1


@given(texts, texts)
def test_digests_tell_texts_apart(one, other):
    """Two documents have one digest exactly if they have one text."""
    first, second = text_document(one), text_document(other)
    assert (first.digest == second.digest) == (one == other)


def test_digests_tell_divisions_apart():
    """The same text divided into other files has another digest."""
    assert joined(["a\n", "b\nc\n"]).digest != joined(["a\nb\n", "c\n"]).digest


def test_marks_at_one_place_are_joined():
    """Two headings at one place become one with both titles; a repeated title is not said twice."""
    marks = [Mark(5, 2, "B"), Mark(0, 1, "A"), Mark(5, 1, "C"), Mark(5, 3, "C"), Mark(9, 1, " \n")]
    assert distinct(marks) == [Mark(0, 1, "A"), Mark(5, 1, "B / C"), Mark(9, 1, "(untitled)")]


def test_long_titles_are_shortened():
    """A title of a thousand characters is shortened."""
    assert len(distinct([Mark(0, 1, "x" * 1000)])[0].title) == 120


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.data())
def test_page_leaves_partition_any_span_at_the_pages(lengths, data):
    """The leaves of a span are cut where pages start and nowhere else; pages without text give none."""
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    pages = [Page(start, number, "") for number, start in enumerate(starts, 1)]
    end = data.draw(st.integers(1, max(1, sum(lengths))))
    span = Span(data.draw(st.integers(0, end - 1)), end)
    leaves = page_leaves(span, pages)
    assert [leaf.span.start for leaf in leaves] == [span.start, *(one.span.end for one in leaves[:-1])]
    assert leaves[-1].span.end == span.end
    assert all(leaves), "no leaf is empty"
    inner = {leaf.span.start for leaf in leaves[1:]}
    assert inner == {start for start in starts if span.start < start < span.end}


def test_a_stretched_section_ends_with_its_last_leaf():
    """What is added at the end of a section belongs to the last sections at every level, and to no other."""
    leaf = Section("", "", "page", Span(3, 5))
    inner = Section("", "inner", "chapter", Span(2, 5), (Section("", "", "page", Span(2, 3)), leaf))
    longer = stretched(Section("", "all", "file", Span(0, 5), (Section("", "", "page", Span(0, 2)), inner)), 9)
    assert [section.span for section in longer.walk()] == [
        Span(0, 9),
        Span(0, 2),
        Span(2, 9),
        Span(2, 3),
        Span(3, 9),
    ]
