"""What documents and questions are alike in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.strategies.records import Applies, Range
from rao_cli.strategies.shape import WIDENING, Shape, closeness, document_kind, question_class, shape_of
from tests.agent.helpers import document, filler, made_ready, paged, reading_of

SHAPE = Shape("pdf", leaves=100, depth=3, fanout=8, titled=0.9)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who wrote Dune?", "fact"),
        ("Where was the author of Dune born?", "chain"),
        ("Who wrote Dune and where was Frank Herbert born?", "several"),
        ("How many lines contain ERROR?", "count"),
        ("Where is `parse` defined?", "where"),
        ("List all commands.", "list"),
        ("Summarize the chapter.", "summary"),
        ("", "fact"),
    ],
)
def test_questions_have_one_class(question, kind):
    """A question that is taken apart is of that class, any other of its kind."""
    assert question_class(question) == kind


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("a.py", "def f():\n    return 1\n", "code"),
        ("a.md", "# T\n\nText.\n", "markup"),
        ("a.csv", "a,b\n1,2\n3,4\n", "table"),
        ("a.txt", "Some prose.\n", "text"),
        ("a.log", "2026-01-01 00:00:01 ERROR disk full\n2026-01-01 00:00:02 INFO ok\n" * 9, "log"),
    ],
)
def test_documents_have_one_kind(path, text, kind):
    """What the loaders found, or else the name, says what a document is."""
    assert document_kind(document(text, path)) == kind


def test_a_paged_document_is_a_pdf():
    """A PDF is told by its name."""
    assert document_kind(paged(["One.\n", "Two.\n"])) == "pdf"


def test_a_shape_counts_the_leaves_of_the_packing():
    """More text of the same form has more leaves, and as many levels or more."""
    small, large = (shape_of(made_ready(filler(lines), view=100).reading) for lines in (40, 400))
    assert large.leaves > 5 * small.leaves
    assert large.depth >= small.depth >= 1


def test_titles_are_those_of_the_document():
    """Text under headings is titled, prose without any is not."""
    headed = document("".join(f"# Part {n}\n\n{filler(10)}\n" for n in range(5)), "a.md")
    assert shape_of(reading_of(headed)).titled > 0.5
    assert shape_of(reading_of(document(filler(60)))).titled == 0


def test_another_kind_is_nothing_like():
    """A strategy for other kinds of documents has no closeness."""
    assert closeness(Applies(classes=("fact",), kinds=("log",)), SHAPE) == 0
    assert closeness(Applies(classes=("fact",), kinds=("log", "pdf")), SHAPE) == 1


@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_closeness_falls_with_distance(near, far):
    """The further a document's number lies outside of a range, the less it is like; far enough counts nothing."""
    near, far = sorted((near, far))
    applies = Applies(classes=("fact",), leaves=Range(least=1, most=1))
    shapes = [Shape("pdf", leaves=leaves, depth=0, fanout=0, titled=0) for leaves in (near, far)]
    first, second = (closeness(applies, shape) for shape in shapes)
    assert 0.75 <= second <= first <= 1
    if far > 2 * WIDENING:
        assert second == 0.75
