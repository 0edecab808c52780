"""The values of constants, named or described, and what source lines give to other names."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, cited, reading_of


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "What is the value of BOILING_POINT?", "100"),
        ("kettle", "What is BOILING_POINT set to in kettle?", "100"),
        ("kettle", "How many bytes is HALF_SIZE?", "12288"),
        ("kettle", "Which word does the constant _DEFAULT_COLORFMT hold?", "hex"),
        ("kettle", "What is the default of RETRIES?", "3"),
        ("kettle", "What exit code is EXIT_CODE_DRY?", "7"),
        ("brook", "What is the value of MAX_SHOAL_LENGTH in brook?", "2500"),
        ("brook", "What is the value of MEGA?", "1000000"),
        ("lantern", "What does the constant defaultGlow hold?", "amber"),
        ("lantern", "What is the value of FlickerPeriod?", "3 seconds"),
        ("pebble", "What is the value of MAX_SKIPS?", "40"),
        ("flint", "What is the value of FLINT_MAX_SPARKS?", "1024"),
    ],
)
def test_a_named_constant_is_read(project, question, expected):
    """The value of what the question names is told without quotation marks, sums computed."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "What is the default color format of kettle?", "hex"),
        ("kettle", "After how many days does the lifetime of a temporary directory end?", "21"),
        ("kettle", "How many columns at least does a terminal need for kettle's chart?", "44"),
        ("kettle", "After how many days is the descale too old?", "90"),
        ("kettle", "What is the name of the state file that kettle writes?", "kettle_state.json"),
        ("brook", "How many milliseconds is brook's default rain pause?", "250"),
        ("brook", "How many seconds is the default rain pause?", "0.25"),
        ("brook", "What is the default rain pause?", "250 milliseconds"),
        ("brook", "What is the maximum length of a shoal?", "2500"),
        ("lantern", "How many seconds is the flicker period?", "3"),
        ("lantern", "What is the name of the hidden switch that turns the night mode on?", "night-mode"),
        ("flint", "What is the maximum number of sparks?", "1024"),
    ],
)
def test_a_described_constant_is_found(project, question, expected):
    """Words, their stems and short forms lead to the one name that they describe, in the asked unit."""
    assert answer(project, question) == expected


def test_the_line_of_the_value_is_cited():
    """The evidence is the line that holds the value."""
    assert cited("kettle", "How many columns at least does a terminal need for kettle's chart?") == [
        "kettle/heat.py:11"
    ]


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("pebble", "What is the value of FLAG_WET?", "0b10"),
        ("pebble", "What is the value of the 'smooth edge' setting?", "11"),
        ("flint", "What does PREFIX default to in the Makefile?", "/opt/flint"),
        ("brook", "What is the value that FlowCode::Flooded stands for?", "140"),
    ],
)
def test_a_key_is_read_from_its_line(project, question, expected):
    """A name that no grammar lists has the literal that its line gives it."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is the color of the lid?",
        "What sound does boiling make?",
        "What is the value of NEVER_DEFINED?",
        "Why is BOILING_POINT a constant?",
        "What is the maximum number of guests?",
        "How many cups does the author drink?",
        "Which database does kettle use?",
        "What is the purpose of STATE_FILENAME?",
    ],
)
def test_what_needs_reading_is_left_alone(question):
    """A question that no name fits clearly gets no computed answer."""
    assert answer("kettle", question) is None


def test_no_number_is_made_of_a_text():
    """A question for a number is not answered with a word."""
    assert answer("kettle", "How many is STATE_FILENAME?") is None


def test_two_equally_described_names_are_not_told_apart():
    """Where two constants fit as well and differ, nothing is said."""
    files = {"a.py": "LID_TIMEOUT = 3\nTIMEOUT_LID = 4\n"}
    assert solve_code(recognise("What is the lid timeout?"), reading_of(files)) is None


def test_two_names_with_one_value_agree():
    """Where two constants fit as well and have the same value, it is told."""
    files = {"a.py": "LID_TIMEOUT = 3\nTIMEOUT_LID = 3\n"}
    assert solve_code(recognise("What is the lid timeout?"), reading_of(files)).answer == "3"


def test_a_constant_of_two_values_tells_both():
    """A name that equally near files give different values has them all."""
    files = {"a.py": "MAX_LIDS = 3\n", "b.py": "MAX_LIDS = 5\n"}
    found = solve_code(recognise("What is the value of MAX_LIDS?"), reading_of(files))
    assert (found.answer, found.confidence < 1) == ("3, 5", True)


def test_lines_that_differ_give_no_value():
    """A key to which lines give different literals is left to the readers."""
    files = {"a.js": "f({ lid_tone: 1 })\ng({ lid_tone: 2 })\n"}
    assert solve_code(recognise("What is the value of lid_tone?"), reading_of(files)) is None


def test_text_without_code_is_not_looked_at():
    """A folder of prose and data is no repository."""
    files = {"notes.md": "MAX_LIDS = 3\n", "data.json": '{"MAX_LIDS": 3}'}
    assert solve_code(recognise("What is the value of MAX_LIDS?"), reading_of(files)) is None


def test_yes_or_no_is_for_others():
    """A question that is answered yes or no is not answered with a value."""
    assert answer("brook", "Is a River muddy by default?") is None


def test_an_option_is_chosen():
    """Where the question lists options, the computed one is answered."""
    assert answer("kettle", "Is the default tea of the option --tea green, black or white?") in (None, "green")
