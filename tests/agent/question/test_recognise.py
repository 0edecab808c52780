"""A question is parted from its options and the words on its form, whatever it is made of."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.question.model import choices_of
from rao_cli.agent.question.recognise import LONGEST, recognise


def options_of(question):
    """Return the options of a question as pairs of key and text."""
    return [(option.key, option.text) for option in recognise(question).form.options]


KEYED = {
    "Who won?\n(A) Ada\n(B) Bob\n(C) nobody\nAnswer with the letter of the correct option.": "ABC",
    "Who won?\nA. Ada\nB. Bob\nC. nobody": "ABC",
    "Who won?\n  a) Ada\n  b) Bob\n  c) nobody\n": "abc",
    "Who won?\n1) Ada\n2) Bob\n3) nobody": "123",
    "Who won?\n1. Ada\n2. Bob\n3. nobody\n\nChoose one.": "123",
    "Who won?\nOptions:\nA: Ada\nB: Bob\nC: nobody": "ABC",
    "Who won? (A) Ada (B) Bob (C) nobody": "ABC",
    "Who won? A) Ada B) Bob C) nobody. Answer with a letter.": "ABC",
    "Who won? (a) Ada, (b) Bob, (c) nobody": "abc",
    "Who won? [1] Ada; [2] Bob; [3] nobody": "123",
}


@pytest.mark.parametrize(("question", "keys"), KEYED.items())
def test_lettered_options(question, keys):
    """Lettered or numbered options are told from the question, however they are written."""
    asked = recognise(question)
    assert [(option.key, option.text.rstrip(".")) for option in asked.form.options] == list(
        zip(keys, ("Ada", "Bob", "nobody"), strict=True)
    )
    assert (asked.stem, asked.kind, asked.sure, asked.form.shape) == ("Who won?", "choice", True, "letter")


LISTED = {
    "Which colour is rarest? Answer with one of: red, dark green, blue.": ["red", "dark green", "blue"],
    "Which colour is rarest? Choose one of the following: red; green; blue.": ["red", "green", "blue"],
    "Which colour is rarest? Options: 'red', 'green, pale', 'blue'": ["red", "green, pale", "blue"],
    "Was it dated before May 1, 2020 or on or after it? Answer 'before' or 'after'.": ["before", "after"],
    "Which of these is the rarest: 'red', 'green', 'blue'?": ["red", "green", "blue"],
    "Which of the following burns: wood, stone or water?": ["wood", "stone", "water"],
    "Which fuel (coal, gas or oil) does it burn?": ["coal", "gas", "oil"],
    "Which is heavier, lead or gold?": ["lead", "gold"],
    "Who came first, Ada, Bob, or Cleo?": ["Ada", "Bob", "Cleo"],
    "Between north and south, which has more lines?": ["north", "south"],
    "Are there more rows with 'x y' or with 'z'?": ["x y", "z"],
    "Did Ada Krol or Bob Stone sign it?": ["Ada Krol", "Bob Stone"],
    "Is the valve open or closed?": ["open", "closed"],
    "Was she born before or after 1500?": ["before", "after"],
    "What is it?\n- a lamp\n- a bell\n": ["a lamp", "a bell"],
    "Pick from north, east and south: where is the door?": ["north", "east", "south"],
}


@pytest.mark.parametrize(("question", "options"), LISTED.items())
def test_listed_options(question, options):
    """Options without letters are found in a list, after a colon, in brackets, or around "or"."""
    asked = recognise(question)
    assert options_of(question) == [("", option) for option in options]
    assert asked.form.shape == "option"


@pytest.mark.parametrize(
    "question",
    [
        "Who signed it, and when?",
        "In 1755, what fort did they take?",
        "What is in the box: the north one?",
        "Is there a way to stop or to restart it?",
        "Was it repaired or not?",
        "Which files (see the list) are read?",
        "See section 1. What follows? See 2. for more.",
        "What does (A) mean?",
        "What did A. Smith tell B. Jones and C. Krol?",
        "Is (a) or (b) in force?",
        "How is a or b computed when the text says more than that and goes on and on for long?",
    ],
)
def test_no_options(question):
    """What only looks like a list of options is none."""
    assert options_of(question) == []


STEMS = {
    "How many rows are red? Answer with a number.": "How many rows are red?",
    "Which day had most rows? Answer as in the log, e.g. '17/May/2015'.": "Which day had most rows?",
    "Who won? Answer in one word. No explanation.": "Who won?",
    "In one word, who won?": "who won?",
    "Who won (answer with the name)?": "Who won?",
    "Who has most scenes? A scene is a block that starts with a star.": "Who has most scenes?",
    "The text is a log. Which user is named first?": "Which user is named first?",
    "I turned the pump off. What happens to the tank?": "I turned the pump off. What happens to the tank?",
    "Some lines set names, such as 'SET x 5.' List all names.": "List all names.",
    "What did J. R. Weber, i.e. the brewer, build?": "What did J. R. Weber, i.e. the brewer, build?",
    "Who won?\nPlease answer briefly.": "Who won?",
    "Please respond with only the number: how many rows are red?": "how many rows are red?",
    "default port": "default port",
    "Choose one.": "Choose one.",
    "What is the answer to the riddle?": "What is the answer to the riddle?",
}


@pytest.mark.parametrize(("question", "stem"), STEMS.items())
def test_the_stem_is_the_question_alone(question, stem):
    """Words on the answer's form and definitions are not of the stem; the text has them all."""
    asked = recognise(question)
    assert asked.stem == stem
    assert asked.text == question


SHAPES = {
    "How many rows are red?": "number",
    "Which user wrote most rows? Answer with the user number.": "number",
    "How long was the longest pause, in seconds?": "number",
    "When was it built?": "time",
    "In which year was it built?": "time",
    "What is the time stamp of the first line?": "time",
    "Who built it?": "name",
    "Please tell me who built it.": "name",
    "I want to know when it was built": "time",
    "What is the name of the ship?": "name",
    "Where was it built?": "place",
    "In which file is run defined?": "place",
    "In which city was it built?": "place",
    "List all ships.": "list",
    "Is it open?": "yes-no",
    "Is it open? Answer 'yes' or 'no'.": "yes-no",
    "Are there more errors than warnings in this log?": "yes-no",
    "Why did it burn?": "text",
    "What is the boiling point?": "text",
    "Which play has most scenes? Answer with the play's title.": "name",
    "Which towns? Answer with a comma-separated list.": "list",
}


@pytest.mark.parametrize(("question", "shape"), SHAPES.items())
def test_the_shape_of_the_answer(question, shape):
    """The shape follows the words on the form, else the question word."""
    assert recognise(question).form.shape == shape


def test_options_of_a_count_leave_its_kind():
    """A list of options does not hide that code can count; letters make a choice."""
    assert recognise("Which colour is rarest among the rows? Answer with one of: red, blue.").kind == "extreme"
    assert recognise("Which colour is rarest?\n(A) red\n(B) blue").kind == "choice"


@pytest.mark.parametrize(
    "question", ["The valve is open. Answer true or false.", "True or false: the valve is open."]
)
def test_true_and_false_stand_for_yes_and_no(question):
    """True and false are what yes and no are called."""
    asked = recognise(question)
    assert (asked.kind, asked.form.shape) == ("yes-no", "yes-no")
    assert choices_of(asked.form) == ("true", "false")
    assert "valve is open" in asked.stem


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("Is it open?", ("yes", "no")),
        ("Who?\n(A) Ada\n(B) Bob", ("A", "B")),
        ("Who, Ada or Bob?", ("Ada", "Bob")),
        ("Who?", ()),
    ],
)
def test_what_an_answer_must_be_one_of(question, choices):
    """Letters, options, or yes and no; anything where nothing is offered."""
    assert choices_of(recognise(question).form) == choices


@given(st.text(max_size=300))
def test_any_text_is_recognised(text):
    """Whatever the question is, it is kept whole and given a kind."""
    assert recognise(text).text == text


@pytest.mark.parametrize(
    "piece",
    [
        "more ",
        "the a of ",
        "what and ",
        "'",
        "(A) ",
        "A. x ",
        "a or b, ",
        "in the b that ",
        "x: ",
        ". ",
        "what are the a for b ",
    ],
)
def test_hostile_questions_take_no_time(piece):
    """A question made to be slow is recognised within half a second."""
    question = (piece * LONGEST)[: LONGEST - 1] + "?"
    start = time.perf_counter()
    recognise(question)
    assert time.perf_counter() - start < 0.5


def test_an_endless_question_is_a_fact():
    """A question longer than any person's is not looked at."""
    assert recognise("How many lines are there? " * LONGEST).kind == "fact"
