"""Tables of constants, and names that are plain words."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import reading_of

SOURCE = """SETTINGS_BY_DEFAULT = {
    "pour_policy": "slow-first",  # then fast
    "cup_limit": 2**5,
    "lid_limit": compute(),
    "nested": {"cup_limit": 9},
}
OTHER = {"pour_colour": "green"}
content = 3
URL = 1
CUPS_PER_DAY = 40
"""


def asked(question, source=SOURCE):
    """Answer a question about one Python file."""
    reading = reading_of({"a.py": source})
    found = solve_code(recognise(question), reading)
    return (found.answer, *[str(reading.document.locate(span)) for span in found.evidence]) if found else None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the default pour policy?", ("slow-first", "a.py:2")),
        ("What is the default limit of cups?", ("32", "a.py:3")),
        ("What is the pour colour?", ("green", "a.py:7")),
        ("What is the default limit of lids?", None),
        ("What is the default limit of spoons?", None),
    ],
)
def test_a_table_is_asked(question, expected):
    """A key that the question describes has its value, with the line of the key."""
    assert asked(question) == expected


def test_tables_of_javascript_are_read():
    """A literal of keys in JavaScript is a table, too."""
    found = solve_code(
        recognise("What is the default pour speed?"),
        reading_of({"a.js": "const DEFAULTS = { pourSpeed: 12, lid: 1 }\n"}),
    )
    assert found.answer == "12"


@pytest.mark.parametrize("question", ["What is the content of the cup?", "How long may a URL be at most?"])
def test_a_plain_word_is_no_constant(question):
    """A word that happens to be a constant's name is not taken for it."""
    assert asked(question) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [("What is the value of URL?", "1"), ("What does the constant `content` hold?", "3")],
)
def test_a_plain_word_that_is_said_to_be_one_is(question, expected):
    """Where the question says constant or value of, a plain word is a name."""
    assert asked(question)[0] == expected


def test_a_rate_is_no_length_of_time():
    """What is counted by the day is not told in days."""
    assert asked("How many seconds do the cups take (CUPS_PER_DAY)?")[0] == "40"
