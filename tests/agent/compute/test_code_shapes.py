"""Signatures, exit codes, uses, counts and descriptions."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, cited, reading_of


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "Which class does DryError extend?", "HeatError"),
        ("kettle", "Which exception of the standard library is HeatError derived from?", "RuntimeError"),
        ("kettle", "Which classes extend HeatError?", "DryError"),
        ("kettle", "What type does heat return?", "bool"),
        ("kettle", "How many parameters does pour_water take?", "3"),
        ("kettle", "What are the parameters of pour_water?", "cups, speed, colorfmt"),
        ("kettle", "What is the second parameter of pour_water?", "speed"),
        ("kettle", "What is the type of the parameter degrees of heat?", "float"),
        ("brook", "What does merge_streams return?", "Option<&'a str>"),
        ("brook", "How many parameters does merge_streams take?", "2"),
        ("brook", "How many variants does FlowCode have?", "2"),
        ("brook", "Which traits does Wet extend?", "Send"),
        ("lantern", "What type does Dim return?", "(string, error)"),
        ("lantern", "How many fields does the struct Lamp have?", "2"),
        ("pebble", "Which class does Stone extend?", "Rock"),
        ("flint", "What type does flint_strike return?", "int"),
        ("flint", "What type does count_sparks return?", "long"),
    ],
)
def test_a_signature_is_asked(project, question, expected):
    """What a class extends and a function takes and returns is read from the definition."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "With which exit status does kettle end when no water is left in the tank?", "5"),
        ("kettle", "With which exit code does it stop when the time is negative?", "2"),
        ("brook", "Which exit code does brook use for FlowCode::Flooded?", "140"),
        ("flint", "With which exit code does flint stop when there are more than the most sparks?", "3"),
    ],
)
def test_an_exit_code_is_found(project, question, expected):
    """The code is the one near which the question's words stand, or that of the named arm."""
    assert answer(project, question) == expected


def test_an_exit_code_that_nothing_describes_is_not_guessed():
    """A case that no exit call stands near gets no answer."""
    assert answer("kettle", "With which exit code does kettle end when the moon is full?") is None


def test_a_constant_is_an_exit_code():
    """A call that names a constant ends with its value."""
    files = {"a.py": "import sys\nEX_DRY = 66\ndef f():\n    print('tank is dry')\n    sys.exit(EX_DRY)\n"}
    asked = recognise("With which exit code does it end when the tank is dry?")
    assert solve_code(asked, reading_of(files)).answer == "66"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which functions call pour_water?", "boil"),
        ("Which files import Heater?", "kettle/__init__.py, kettle/main.py"),
        ("Who calls build_parser?", "boil"),
        ("Where is build_parser called?", "kettle/main.py"),
        ("Which environment variable sets the log level?", "KETTLE_LOG_LEVEL"),
        ("Which environment variable gives the cache directory?", "KETTLE_CACHE_DIR"),
    ],
)
def test_users_are_named(question, expected):
    """Calls, imports and what is read from the environment are found by name, tests left out."""
    assert answer("kettle", question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many test functions are there?", "2"),
        ("How many functions are defined in kettle/heat.py?", "2"),
        ("How many classes are there in kettle/heat.py?", "3"),
        ("How many lines does kettle/__init__.py have?", "5"),
        ("How many Python files are there?", "4"),
        ("How many files does the project have?", "7"),
        ("What programming language is kettle written in?", "Python"),
    ],
)
def test_things_are_counted(question, expected):
    """Files, lines and definitions are counted, in the file that the question names."""
    assert answer("kettle", question) == expected


@pytest.mark.parametrize("question", ["How many lines does lid.py have?", "How many functions call boil?"])
def test_what_is_not_there_is_not_counted(question):
    """A file that does not exist has no number of lines."""
    assert answer("kettle", question) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which function measures the rim?", "_measure_rim"),
        ("What is the name of the function that builds the parser?", "build_parser"),
        ("Which file measures the rim of a kettle?", "kettle/heat.py"),
    ],
)
def test_a_described_function_is_named(question, expected):
    """A function whose name says what the question says is found."""
    assert answer("kettle", question) == expected


@pytest.mark.parametrize(
    "question", ["Which function plays the piano?", "Which function is recommended for beginners?"]
)
def test_a_function_that_nothing_describes_is_not_guessed(question):
    """A description that no name fits gets no answer."""
    assert answer("kettle", question) is None


def test_a_signature_is_cited():
    """The evidence is the line of the definition."""
    assert cited("kettle", "Which class does DryError extend?") == ["kettle/heat.py:25"]


@pytest.mark.parametrize(
    ("name", "source", "question", "expected"),
    [
        ("A.java", "class Cup extends Dish implements Hot, Round { }\n", "Which class does Cup extend?", "Dish"),
        ("A.java", "class Cup extends Dish implements Hot { }\n", "Which interface does Cup implement?", "Hot"),
        ("A.ts", "export class Cup<T> extends Dish<T> { a = 1 }\n", "Which class does Cup extend?", "Dish"),
        ("a.rb", "class Cup < Dish\nend\n", "Which class does Cup inherit from?", "Dish"),
        ("a.cpp", "class Cup : public Dish {\n int a;\n};\n", "Which class does Cup derive from?", "Dish"),
        ("A.cs", "class Cup : Dish, IHot {\n int a;\n}\n", "What does the class Cup extend?", "Dish, IHot"),
        ("a.php", "<?php\nclass Cup extends Dish {\n}\n", "Which class does Cup extend?", "Dish"),
        (
            "a.py",
            "class Cup(ware.Dish, metaclass=Meta):\n    a = 1\n",
            "Which class does Cup extend?",
            "ware.Dish",
        ),
    ],
)
def test_every_language_says_what_is_extended(name, source, question, expected):
    """Each language's own way to name a base is known."""
    assert solve_code(recognise(question), reading_of({name: source})).answer == expected
