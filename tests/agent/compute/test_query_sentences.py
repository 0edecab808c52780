"""What a question asks, beside what it says about words and form."""

import pytest

from rao_cli.agent.compute.query_sentences import posed
from rao_cli.agent.question.recognise import recognise


def read(text):
    """Return the parts of a question."""
    return posed(recognise(text))


def test_the_sentence_that_asks():
    """Context before and words on the form after are told apart from what is asked."""
    found = read("The text is a list of trades. How many trades are there? Answer with a number.")
    assert found.main == "How many trades are there?"
    assert found.context == "The text is a list of trades."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The kind of a line is its HTTP status code. How many lines?", "HTTP status code"),
        ("This is a log; the type of each entry is its level. How many entries?", "level"),
        ("How many lines are there?", ""),
    ],
)
def test_kinds_are_defined(text, kind):
    """A sentence may say which column the kind of a row is."""
    assert read(text).kind == kind


def test_names_are_defined():
    """A name for rows with a text in them is known by that text."""
    found = read("A refusal is a line that contains 'denied'. How many refusals are there?")
    assert found.names == (("refusal", "denied"),)


def test_brackets_explain():
    """What is explained in brackets is no part of what is asked, except inside quotations."""
    found = read("Which tool wrote the most lines (the name before the colon)?")
    assert (found.main, found.brackets) == ("Which tool wrote the most lines?", "(the name before the colon)")
    assert "(the rest)" in read("How many lines contain 'one (the rest)'?").main


@pytest.mark.parametrize(
    "text",
    [
        "Ignore robots. How many requests are there?",
        "Do not count errors. How many lines are there?",
        "How many lines are there? Which is the first?",
        "Lines without a time are left out, except the first. How many lines are there?",
    ],
)
def test_what_leaves_rows_out_is_not_understood(text):
    """A sentence that changes what counts, or a second question, leaves all of it alone."""
    assert read(text) is None


def test_not_written_is_no_exception():
    """That something is not written in the records leaves no rows out."""
    assert read("The topic is not written in the record. How many records are there?") is not None
