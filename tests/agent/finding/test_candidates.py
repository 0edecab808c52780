import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.finding.candidates import LONGEST, candidates, kind_of
from rao_cli.agent.finding.tokens import tokens
from tests.agent.finding.helpers import asked

TEXT = "In 1742 the glazier Tom Reed sold 40 blue panes (of lead) to York for £3 6s."


def found(question, sentence=TEXT):
    """Return the candidates' texts."""
    return [candidate.text for candidate in candidates(asked(question), sentence)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When did the glazier sell panes?", "1742"),
        ("Who sold the panes?", "Tom Reed"),
        ("How many panes were sold?", "40"),
        ("To which town were the panes sold?", "York"),
        ("What did the glazier sell?", "40 blue panes"),
        ("For how much were they sold?", "£3 6s"),
    ],
)
def test_the_answer_is_among_the_candidates(question, answer):
    """Names, numbers, prices and phrases of the sentence are candidates."""
    assert answer in found(question)


def test_the_question_is_no_answer():
    """What only repeats the question's words is left out."""
    assert not {"panes", "glazier", "glazier sold"} & set(found("Who was the glazier that sold panes?"))


def test_strong_punctuation_is_not_crossed():
    """No candidate goes across a bracket."""
    assert not any("panes (of" in text for text in found("What was sold?"))


def test_clauses_are_crossed_only_where_one_is_asked_for():
    """Why and how may be answered by a clause; who may not."""
    sentence = "The well dried because miners were digging below."
    assert "miners were digging" in found("Why did the well dry?", sentence)
    assert "miners were digging" not in found("Who dried the well?", sentence)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1987", "year"),
        ("3 May 1987", "date"),
        ("the 1990s", "dated"),
        ("17", "number"),
        ("two hundred", "number"),
        ("17 miles", "quantity"),
        ("$4 million", "money"),
        ("12%", "percent"),
        ("--quiet", "code"),
        ("debian/rules", "code"),
        ("set_mode", "code"),
        ("v2.0.1", "code"),
        ("Anna Bell", "name"),
        ("Anna", "capital"),
        ("NATO", "capitals"),
        ("House of Anna", "title"),
        ("blue glass", "lower"),
        ("blue Anna", "mixed"),
    ],
)
def test_kinds(text, kind):
    """What a run of words looks like is told by its form."""
    assert kind_of(tokens(text)) == kind


def test_a_place_in_the_sentence_is_kept():
    """A candidate's span holds its text, white space aside."""
    sentence = "It was Tom\nReed."
    for candidate in candidates(asked("Who was it?"), sentence):
        assert " ".join(sentence[candidate.span.start : candidate.span.end].split()) == candidate.text


def test_features_name_the_kind_and_the_neighbours():
    """Features say what is sought, what the candidate looks like and what stands beside it."""
    reed = next(each for each in candidates(asked("Who sold the panes?"), TEXT) if each.text == "Tom Reed")
    assert {"person:name", "size:2", "subject:verb-next", "before:asked"} & set(reed.features) >= {
        "person:name",
        "size:2",
        "subject:verb-next",
    }


@given(st.text(alphabet=st.sampled_from("abAB1 .,()$%-\n\"'’"), max_size=200), st.text(max_size=60))
def test_any_sentence_and_question(sentence, question):
    """Whatever is asked of whatever text, candidates lie inside it and are short."""
    for candidate in candidates(asked(question), sentence):
        assert 0 <= candidate.span.start < candidate.span.end <= len(sentence)
        assert len(candidate.text.split()) <= 2 * LONGEST


@pytest.mark.timeout(10)
def test_hostile_sentences_take_bounded_time():
    """A sentence of a hundred thousand words costs no more than its beginning."""
    assert len(candidates(asked("What is it?"), "Word " * 100_000)) < 2_000
