import pytest

from rao_cli.agent.finding.ranking import rank, score
from rao_cli.agent.finding.sentences import sentences_for
from tests.agent.finding.helpers import asked, reading
from tests.agent.helpers import filler

TEXT = (
    filler(60)
    + "The chapel at Norrow was built in 1634 by the mason Piet Halm. It holds 210 people.\n"
    + filler(60, 60)
)


def answers(question, limit=20):
    """Return the ranked candidates for a question."""
    read = reading(TEXT)
    return rank(asked(question), sentences_for(asked(question), read), limit), read


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the chapel at Norrow built?", "1634"),
        ("Who built the chapel at Norrow?", "Piet Halm"),
        ("How many people does the chapel at Norrow hold?", "210"),
    ],
)
def test_the_answer_is_ranked_high(question, answer):
    """A name, a year and a number are among the first three where their sort is asked for."""
    ranked, _ = answers(question)
    assert answer in [one.text for one in ranked[:3]]


def test_shares_of_belief():
    """Shares fall with the rank and stay below one together."""
    ranked, _ = answers("Who built the chapel at Norrow?", limit=5)
    shares = [one.share for one in ranked]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-9


def test_spans_are_of_the_document():
    """A ranked candidate can be cited."""
    ranked, read = answers("Who built the chapel at Norrow?")
    assert all(" ".join(read.document.read(one.span).split()) == one.text for one in ranked)


def test_nothing_is_ranked_of_nothing():
    """Without sentences there are no candidates."""
    assert rank(asked("Who?"), []) == []


def test_unknown_features_are_worth_nothing():
    """A feature without a weight does not change a score."""
    assert score({"no such feature": 5.0}) == 0
