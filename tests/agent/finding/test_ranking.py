import pytest

from rao_cli.agent.finding.ranking import SENTENCES, features_of, rank, score
from rao_cli.agent.finding.sentences import sentences_for
from rao_cli.agent.finding.weights import WEIGHTS
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


def test_only_the_best_sentences_are_ranked():
    """Candidates of sentences beyond the first eight are not looked at."""
    read = reading("".join(f"The mason Piet{n} built the chapel wall {n}.\n\n" for n in range(30)))
    question = asked("Who built the chapel wall?")
    sentences = sentences_for(question, read, 30)
    ranked = rank(question, sentences, 500)
    assert {one.sentence.span for one in ranked} <= {one.span for one in sentences[:SENTENCES]}


def test_the_same_words_come_once():
    """A candidate that stands in two sentences is told at its better place."""
    read = reading("The mason Piet Halm built it.\n\nThe chapel was built by Piet Halm.\n")
    question = asked("Who built the chapel?")
    texts = [one.text.lower() for one in rank(question, sentences_for(question, read))]
    assert len(texts) == len(set(texts))


def test_words_of_many_sentences_are_spread():
    """A word that stands in all sentences says less of one of them."""
    read = reading("".join(f"Norrow chapel has wall {name}.\n\n" for name in ("Ann", "Bob", "Cid", "Dan")))
    question = asked("What is at the chapel?")
    found = features_of(question, sentences_for(question, read))
    spread = {candidate.text: features["spread"] for _, candidate, features in found}
    assert spread["Norrow"] > spread["Ann"] == 0


def test_features_of_the_sentence_are_added():
    """Every candidate carries how well its sentence fits the question."""
    read = reading(TEXT)
    question = asked("When was the chapel at Norrow built?")
    sentences = sentences_for(question, read)
    features = features_of(question, sentences)[0][2]
    assert features["sentence:first"] == 1
    assert features["sentence:score"] == sentences[0].score
    assert features["sentence:gap"] == 0


def test_weights_are_finite_and_named():
    """Each weight is a number of reasonable size."""
    assert len(WEIGHTS) > 100
    assert all(abs(weight) < 20 for weight in WEIGHTS.values())
    assert "left" in WEIGHTS
