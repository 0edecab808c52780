"""What code knows of a question: rows of facts that it names, and texts that are counted."""

import pytest

from rao_cli.bench.counts import in_counts, in_facts, quotations
from rao_cli.documents.model import Facts, Table
from tests.bench.making import asked
from tests.documents.search.making import index_of

STATUS = Table("values of status", ("status", "records"), (("200", 97), ("404", 3)), 2)
TEMPLATES = Table("templates", ("template", "records"), (("Failed password for <*>", 41),), 1)
CLIENTS = Table("values of client", ("client", "records"), (("10.0.0.9", 60), ("10.0.0.1", 40)), 2)
FACTS = (Facts("a.log", "log", (("lines", 100), ("errors", 5)), (STATUS, TEMPLATES, CLIENTS)),)


@pytest.mark.parametrize(
    ("question", "answer", "known"),
    [
        ("How many requests got status 404?", "3", True),
        ("How many requests got status 404?", "97", False),
        ("How many requests got status 500?", "3", False),
        ("How many lines are there?", "100", True),
        ("How many pages are there?", "100", False),
        ("How many 'Failed password' lines are there?", "41", True),
        ("Which client made the most requests?", "10.0.0.9", True),
        ("Which client made the most requests?", "10.0.0.1", False),
        ("Which colour is it?", "10.0.0.9", False),
    ],
)
def test_facts_answer_what_names_their_row(question, answer, known):
    """A number counts where the question names its row, a text in the first row of a table that it is about."""
    assert in_facts(asked(question, answer), FACTS) is known


def test_a_tolerance_counts():
    """A number within the tolerance of the task is right."""
    question = "How many requests got status 404?"
    assert in_facts(asked(question, "4", tolerance=1), FACTS)
    assert not in_facts(asked(question, "5", tolerance=1), FACTS)


@pytest.mark.parametrize(
    ("question", "answer", "known"),
    [
        ("How many lines contain 'Failed password'?", "3", True),
        ("How many lines contain 'Failed password'?", "4", False),
        ("How many lines contain 'failed password'?", "3", False),
        ("How often was a session opened for root?", "2", True),
        ("How often was nothing of that said?", "0", True),
        ("Who failed?", "session", False),
    ],
)
def test_texts_of_the_question_are_counted(question, answer, known):
    """What is in quotation marks is counted as it is written, else the longest run of words that occurs."""
    text = "Failed password\n" * 3 + "a session opened for root\n" * 2 + "session opened for me\n" * 5
    assert in_counts(asked(question, answer), index_of(text)[1]) is known


def test_quotations_are_found():
    """Single and double quotation marks hold texts."""
    assert quotations("""Are 'one two' and "three" in it?""") == ["one two", "three"]
    assert quotations("none") == []
