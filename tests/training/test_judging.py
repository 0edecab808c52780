"""Success by program: the right answer from the right place, or absence where nothing lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.records import Citation, Report
from rao_cli.documents.model import Span
from rao_cli.training.episodes import Episode
from rao_cli.training.judging import agrees, f1, holds, success
from tests.training.trees import close

TEXT = "It rained. The key is kept by Martha Quill. It rained again."
KEY = Span(30, 42)
EPISODE = Episode("e", "f", TEXT, "Who keeps the key?", ("Martha Quill", "Quill the keeper"), (KEY,))
INSIDE, OUTSIDE = (Span(11, 43),), (Span(0, 10), Span(44, 60))


def reported(answer, span=KEY, *, status="found", verified=True):
    """Return a report that cites a span."""
    cited = Citation(
        path="", start=span.start, end=span.end, label="", quote="", verified=verified, first_line=1, last_line=1
    )
    return Report(status=status, answer=answer, citations=(cited,))


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [
        ("Martha Quill", True),
        ("the martha QUILL.", True),
        ("Quill, Martha", True),
        ("by Martha Quill", True),  # two of three words: F1 is 0.8
        ("Martha", False),
        ("it is kept by Martha Quill", False),
        ("", False),
        ("the", False),
    ],
)
def test_an_answer_agrees_by_its_words(answer, agreed):
    """Case, articles and punctuation do not count; words beside the answer do."""
    assert agrees(answer, EPISODE) is agreed


@pytest.mark.parametrize(
    ("mine", "true", "value"), [("a b", "b c", 2 / 3), ("x x y", "x y y", 2 / 3), ("", "", 0)]
)
def test_f1_is_that_of_shared_words(mine, true, value):
    """F1 is twice the shared words by all, repeated ones counted; articles are left out of both."""
    assert f1(mine, true) == close(value)


@given(st.text(), st.text())
def test_f1_is_a_share(one, other):
    """F1 lies between 0 and 1 and is the same either way; the same text has 1 or no words."""
    assert 0 <= f1(one, other) == f1(other, one) <= 1
    assert f1(one, one) in (0, 1)


def test_evidence_must_lie_in_a_span_whole():
    """A stretch that holds a part of the evidence does not hold it."""
    assert holds(Span(30, 42), EPISODE)
    assert not holds(Span(0, 41), EPISODE)
    assert not holds(Span(31, 60), EPISODE)


@pytest.mark.parametrize(
    ("report", "score"),
    [
        (reported("Martha Quill"), 1),
        (reported("Martha Quill", Span(20, 31)), 1),
        (reported("Martha Quill", Span(0, 30)), 0),
        (reported("Martha Quill", verified=False), 0),
        (reported("Jan Weber"), 0),
        (reported("Martha Quill", status="partial"), 0),
        (Report(status="found", answer="Martha Quill"), 0),
        (Report(status="absent"), 0),
        (Report(status="failed"), 0),
    ],
)
def test_where_the_evidence_lies_it_is_to_be_told(report, score):
    """An agent that was given the evidence succeeds by the true answer with a verified citation of it."""
    assert success(report, INSIDE, EPISODE) == score


@pytest.mark.parametrize(
    ("report", "score"),
    [(Report(status="absent"), 1), (reported("Martha Quill"), 0), (Report(status="failed"), 0)],
)
def test_elsewhere_absence_is_right(report, score):
    """An agent that was not given the evidence succeeds by saying absent, and by nothing else."""
    assert success(report, OUTSIDE, EPISODE) == score
    nothing = Episode("e", "f", TEXT, "Who?", (), ())
    assert success(report, INSIDE, nothing) == score
