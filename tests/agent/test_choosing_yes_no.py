"""Yes and no are answered from a sentence that says so, never from silence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.choosing_yes_no import judge
from rao_cli.agent.question.recognise import recognise
from tests.agent.helpers import document, filler, reading_of

TEXT = (
    filler(30)
    + "The pump of the north mill is covered by the warranty for 3 years.\n"
    + "The lid must not be opened while the drum turns.\n"
    + filler(30, 30)
    + "If the drum is wet, the alarm bell rings in the cellar.\n"
    + "The south gate opens at dawn.\n"
    + "On Sundays the south gate never opens at dawn.\n"
    + "Ada Krol repaired the weather vane.\n"
    + filler(30, 60)
)


@pytest.fixture(scope="module")
def reading():
    """Return a text that states and denies a few things."""
    return reading_of(document(TEXT))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is the pump of the north mill covered by the warranty?", "yes"),
        ("Isn't the pump of the north mill covered by the warranty?", "no"),
        ("May the lid be opened while the drum turns?", "no"),
        ("Did Ada Krol repair the weather vane?", "yes"),
    ],
)
def test_what_a_sentence_says(reading, question, answer):
    """A sentence with the question's words answers yes, and no where one of the two is negated."""
    found = judge(recognise(question), reading)
    assert found.answer == answer
    assert len(found.evidence) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Is the pump covered by the warranty for 5 years?",  # another number
        "Did Bob Krol repair the weather vane?",  # another name
        "Does the alarm bell ring in the cellar?",  # only if
        "Does the south gate open at dawn?",  # said and denied
        "Is the pump painted green?",  # not said
        "Is it so?",  # no words of its own
        "Who repaired the weather vane?",  # no such question
    ],
)
def test_what_no_sentence_settles(reading, question):
    """What is said of something else, under a condition, both ways or not at all is not answered."""
    assert judge(recognise(question), reading) is None


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_whatever_is_asked(reading, words):
    """Any question is answered yes, no, or not at all."""
    found = judge(recognise(f"Is {words}?"), reading)
    assert found is None or found.answer in ("yes", "no")
