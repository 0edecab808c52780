"""Options are taken from a question whole, in order, and only where they are offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.options import keyed, listed, offered
from rao_cli.agent.question.wanted import split_form, wanted_options, wanted_shape


def texts(options):
    """Return what options say."""
    return [option.text for option in options]


def test_what_stands_around_the_options_is_kept():
    """The question before the options and the words after them come back, apart."""
    rest, options = keyed("Who won?\n(A) Ada\n(B) Bob\nGive the letter only.")
    assert rest == "Who won?\n\nGive the letter only."
    assert [(option.key, option.text) for option in options] == [("A", "Ada"), ("B", "Bob")]


@pytest.mark.parametrize(
    "text",
    [
        "Who won?\nB) Ada\nC) Bob",  # no first key
        "Who won?\nA) Ada\nC) Bob",  # one left out
        "Who won?\nA) Ada",  # one alone
        "Who won?\nA)\nB)",  # nothing said
        "Who won in 1) 1990",
    ],
)
def test_keys_that_are_no_list(text):
    """Keys that do not follow each other from the first are part of the question."""
    assert keyed(text) == (text, ())


def test_long_options_are_kept_whole():
    """An option may be a sentence with commas, quotation marks and numbers."""
    long = 'He said, "1) no", and left; (later) he came back.'
    _, options = keyed(f"What happened?\n(A) {long}\n(B) Nothing, nothing at all.")
    assert texts(options) == [long, "Nothing, nothing at all."]


def test_a_heading_of_the_options_is_dropped():
    """A line that only announces the options is none of the question."""
    assert keyed("Who won?\nOptions:\nA. Ada\nB. Bob")[0] == "Who won?"
    assert keyed("Who won? Choices: A) Ada B) Bob")[0] == "Who won?"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("red, green, blue", ["red", "green", "blue"]),
        ("red, green, or blue.", ["red", "green", "blue"]),
        ("red, green and blue", ["red", "green", "blue"]),
        ("Red, Black and White Cinema, green", ["Red", "Black and White Cinema", "green"]),
        ("Red, green, Black and White Cinema", ["Red", "green", "Black and White Cinema"]),
        ("Oslo, Springfield, Illinois, Rome", ["Oslo", "Springfield, Illinois", "Rome"]),
        ("Oregon, Illinois, Rhode Island", ["Oregon", "Illinois", "Rhode Island"]),
        ("red or blue", ["red", "blue"]),
        ("either red or blue", ["red", "blue"]),
        ("'a, b' or 'c'", ["a, b", "c"]),
        ("Weber, Sons; Krol", ["Weber, Sons", "Krol"]),
        ("red; blue", ["red", "blue"]),
        ("red/blue", ["red", "blue"]),
        ("red", []),
        ("red, red", []),
        ("one thing that is told at a length that no option has, or another", []),
        ("who, what", []),
    ],
)
def test_a_list(text, options):
    """Quotations, semicolons, commas and "or" part the items; long ones and questions are none."""
    assert texts(listed(text)) == options


@pytest.mark.parametrize(
    "sentence",
    [
        "Who is it?",
        "Is there a way to stop or restart it again?",
        "In the project a or b: who wrote it?",
        "What is the ratio a:b, or the difference, of the two numbers that were told before all the others came?",
    ],
)
def test_nothing_is_offered(sentence):
    """A question without alternatives offers nothing."""
    assert texts(offered(sentence)) == []


@pytest.mark.parametrize(
    ("text", "asked", "form"),
    [
        ("Who won? Answer with a name.", ["Who won?"], ["Answer with a name."]),
        ("Answer in one word: who won?", ["who won?"], ["Answer in one word"]),
        ("Who won (answer with a name)?", ["Who won?"], ["answer with a name"]),
        ("Only give the final answer. Who won?", ["Who won?"], ["Only give the final answer."]),
        ("Who won? One word only.", ["Who won?"], ["One word only."]),
        ("Give the name of the ship.", ["Give the name of the ship."], []),
        ("Answer the question of the riddle.", ["Answer the question of the riddle."], []),
        ("Use of the pump?", ["Use of the pump?"], []),
    ],
)
def test_words_on_the_form(text, asked, form):
    """Sentences, brackets and beginnings that only say how to answer stand apart from the question."""
    assert split_form(text) == (asked, form)


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        ("Answer with the letter only.", "letter"),
        ("Reply yes or no.", "yes-no"),
        ("Answer with a comma-separated list.", "list"),
        ("Answer with an integer.", "number"),
        ("Answer with the date.", "time"),
        ("Answer with the title.", "name"),
        ("Answer 'the letter'.", None),
        ("Answer briefly.", None),
    ],
)
def test_the_shape_that_is_asked_for(words, shape):
    """The form's own words name the shape; what is quoted does not."""
    assert wanted_shape([words]) == shape


def test_options_of_the_form():
    """The list of a sentence on the form is found after "one of", a colon, or around "or"."""
    assert texts(wanted_options(["Answer briefly.", "Answer with one of: red, blue."])) == ["red", "blue"]
    assert texts(wanted_options(["Answer 'red' or 'blue'."])) == ["red", "blue"]
    assert texts(wanted_options(["Answer with a number, and nothing else."])) == []


@given(st.text("AB()1. \n?ab,;:'\"or", max_size=150))
def test_options_are_of_the_question(text):
    """Whatever a question looks like, its options are words of its own."""
    rest, options = keyed(text)
    for option in (*options, *offered(text), *listed(text)):
        assert option.text
        assert all(word in text for word in option.text.split())
    assert len(rest) <= len(text) + 2
