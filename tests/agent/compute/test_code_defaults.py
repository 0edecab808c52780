"""Defaults of parameters, fields, keys and options."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, cited, reading_of


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "What is the default speed of the pour_water function?", "slow"),
        ("kettle", "What is the default colorfmt of the pour_water function?", "hex"),
        ("kettle", "What is the default step of the heat method?", "0.5"),
        ("kettle", "What is the default value of the parameter `lid_open` of Heater?", "False"),
        ("kettle", "What is the default label of the Heater class?", "kettle, no. 1"),
        ("kettle", "What is the default mode of a Heater?", "gentle"),
        ("brook", "What is the default depth of River?", "12"),
        ("brook", "What does muddy default to in the River?", "false"),
        ("lantern", "What is the default Usage text of a lamp made with NewLamp?", "A small lamp"),
        ("lantern", "What is the default width of a lamp made by NewLamp?", "17"),
        ("pebble", "What is the default of times in the method skip?", "40"),
        ("pebble", "What is the default weight of a Stone?", "9"),
    ],
)
def test_the_default_of_what_is_named_is_read(project, question, expected):
    """A parameter, a field or a key of the function or class that the question names has its default."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "What is the default of the --minutes option?", "4"),
        ("kettle", "Which tea does the option --tea choose by default?", "green"),
        ("lantern", "What is the default of the --wicks flag?", "6"),
    ],
)
def test_the_default_of_an_option_is_read(project, question, expected):
    """The call that declares an option gives its default by keyword or by its place."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("program.option('-d, --depth <n>', 'how deep', 12)\n", "12"),
        ("yargs.option('depth', { type: 'number', default: 7 })\n", "7"),
    ],
)
def test_options_of_javascript_are_read(source, expected):
    """The default stands after the description, or under its key."""
    found = solve_code(recognise("What is the default of the --depth option?"), reading_of({"a.js": source}))
    assert found.answer == expected


def test_options_of_clap_are_read():
    """The default stands in a call that is chained to the option's."""
    source = 'fn cli() { Arg::new("depth").long("depth").default_value("9").help("how deep"); }\n'
    found = solve_code(recognise("What is the default of the --depth option?"), reading_of({"a.rs": source}))
    assert found.answer == "9"


def test_the_line_of_the_default_is_cited():
    """The evidence is the line of the parameter, not that of the function."""
    source = "def brew(\n    cups,\n    minutes=4,\n):\n    pass\n"
    asked = recognise("What is the default of minutes in the function brew?")
    reading = reading_of({"a.py": source})
    found = solve_code(asked, reading)
    assert (found.answer, str(reading.document.locate(found.evidence[0]))) == ("4", "a.py:3")


def test_a_parameter_alone_is_enough_where_all_agree():
    """A named parameter has its default where every function gives it the same."""
    files = {"a.py": "def f(max_cups=6): pass\ndef g(max_cups=6): pass\n"}
    asked = recognise("What is the default of the parameter `max_cups`?")
    assert solve_code(asked, reading_of(files)).answer == "6"


def test_a_default_that_is_nothing_is_not_told():
    """A described parameter that defaults to None has no default worth telling."""
    files = {"a.py": "def brew(cups, tea_sort=None): pass\n"}
    assert solve_code(recognise("What is the default tea sort of the brew function?"), reading_of(files)) is None


def test_a_type_is_no_default():
    """What a field is declared to be is not what it is by default."""
    files = {"a.rs": "pub struct Cup { depth: Depth, }\n"}
    assert solve_code(recognise("What is the default depth of Cup?"), reading_of(files)) is None


def test_options_are_cited():
    """The evidence of an option is the line that declares it."""
    assert cited("kettle", "What is the default of the --minutes option?") == ["kettle/main.py:13"]
