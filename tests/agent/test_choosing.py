"""An option is chosen by the words that stand near the question's; an untold one is never verified."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.agent.choosing import choose
from rao_cli.agent.question.model import Asked, Form, Option
from rao_cli.agent.question.recognise import recognise
from tests.agent.helpers import document, filler, reading_of

TEXT = (
    filler(40)
    + "The pump of the north mill burns peat, which is dug nearby.\n"
    + filler(40, 40)
    + "Coal was never brought so far. Gas came later, to the town alone.\n"
    + filler(40, 80)
)


@pytest.fixture(scope="module")
def reading():
    """Return a text that says once what the pump burns."""
    return reading_of(document(TEXT))


def test_the_option_beside_the_question_is_chosen(reading):
    """The option that stands in one sentence with the question's words is chosen, verified, and cited."""
    found = choose(recognise("Which fuel does the pump of the north mill burn: coal, peat or gas?"), reading)
    assert (found.answer, found.verified) == ("peat", True)
    assert reading.document.read(found.evidence[0]).startswith("The pump of the north mill burns peat")


def test_a_letter_is_answered_with_its_letter(reading):
    """Where letters stand before the options, the answer is a letter."""
    asked = recognise("What does the pump of the north mill burn?\n(A) coal\n(B) gas\n(C) peat\n")
    assert choose(asked, reading).answer == "C"


def test_a_likely_option_is_not_verified(reading):
    """An option of which some words stand near some of the question's is chosen, and not verified."""
    asked = recognise("Why was the owner glad?\n(A) He sold the peat bog\n(B) Gas came to the town\n")
    found = choose(asked, reading)
    assert (found.answer, found.verified) == ("B", False)
    assert 0.5 <= found.confidence < 0.7


def test_no_option_in_the_text(reading):
    """Where no option occurs nothing is chosen."""
    assert choose(recognise("Which bird sings: a lark, a wren or a finch?"), reading) is None


def test_a_question_without_options(reading):
    """A question that offers nothing is left alone."""
    assert choose(recognise("What does the pump burn?"), reading) is None


def test_options_that_are_the_same(reading):
    """Options that nothing tells apart are not chosen among."""
    asked = Asked(
        text="x", stem="x", form=Form(shape="option", options=(Option(text="peat"), Option(text="peat")))
    )
    assert choose(asked, reading) is None


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=60))
@settings(max_examples=60)
def test_whatever_is_asked(reading, texts, stem):
    """The answer to any options is one of them, or none."""
    options = tuple(Option(text=text) for text in texts)
    found = choose(Asked(text=stem, stem=stem, form=Form(shape="option", options=options)), reading)
    assert found is None or found.answer in texts
