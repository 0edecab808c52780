"""Where something is defined, or a text stands."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, cited, found, reading_of


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "In which file is the function pour_water defined?", "kettle/heat.py"),
        ("kettle", "In the project kettle: In which file is the class DryError defined?", "kettle/heat.py"),
        ("kettle", "Which file defines HeatError?", "kettle/heat.py"),
        ("kettle", "Where is `build_parser` implemented?", "kettle/main.py"),
        ("kettle", "Which module contains the definition of _measure_rim?", "kettle/heat.py"),
        ("kettle", "Where can I find Heater.heat()? Where is it defined?", "kettle/heat.py"),
        ("kettle", "In which file is the constant BOILING_POINT declared?", "kettle/heat.py"),
        ("brook", "In which file is the trait Wet defined?", "src/flow.rs"),
        ("brook", "Which source file declares the enum FlowCode?", "src/flow.rs"),
        ("lantern", "In which file is the method Dim defined?", "lamp.go"),
        ("pebble", "In which file is isRound defined?", "lib/index.js"),
        ("flint", "In which file is the struct flint_reader defined?", "flint.h"),
    ],
)
def test_the_file_of_a_definition_is_named(project, question, expected):
    """The answer is the path inside of the project, bare."""
    assert answer(project, question) == expected


def test_a_definition_goes_before_its_prototype():
    """A function declared in a header is defined where its body is."""
    assert answer("flint", "In which file is the function flint_strike defined?") == "flint.c"


def test_the_projects_own_code_goes_before_its_tests():
    """A constant that a test defines, too, is that of the source."""
    assert cited("kettle", "Where is BOILING_POINT defined?") == ["kettle/heat.py:8"]


def test_what_only_tests_define_is_found_there():
    """A name that no source file defines is answered from a test."""
    assert answer("kettle", "In which file is the function pour_cold defined?") == "tests/test_heat.py"


def test_the_line_is_cited():
    """The evidence is the line of the definition."""
    assert cited("brook", "In which file is the function merge_streams defined?") == ["src/flow.rs:40"]


def test_the_how_names_the_line():
    """A person is told where the definition is."""
    computed = found("kettle", "In which file is the function pour_water defined?")
    assert computed.how == "pour_water is defined in kettle/heat.py on line 44"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("On which line of kettle/heat.py is pour_water defined?", "44"),
        ("On which line is pour_water defined?", "line 44 of kettle/heat.py"),
    ],
)
def test_the_line_is_told_where_it_is_asked_for(question, expected):
    """A question for a line gets its number, with the file if the question does not name it."""
    assert answer("kettle", question) == expected


def test_a_name_that_stands_nowhere_is_absent():
    """An empty answer says that the source does not have the name at all."""
    assert answer("kettle", "In which file is the function fly_away defined?") == ""


def test_a_name_that_is_only_used_is_left_to_the_readers():
    """What is mentioned, but defined elsewhere, is neither absent nor found."""
    assert answer("kettle", "In which file is the function add_subparsers defined?") is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which file registers the 'descale' subcommand with the argument parser?", "kettle/main.py"),
        ('Which file contains the string "no water is left"?', "kettle/main.py"),
        ("In which file does 'kettle_state.json' stand?", "kettle/heat.py"),
    ],
)
def test_the_file_of_a_quoted_text_is_named(question, expected):
    """A text in quotation marks is looked for as it is."""
    assert answer("kettle", question) == expected


def test_a_quoted_text_that_is_nowhere_is_absent():
    """A text that the source does not hold gives an empty answer."""
    assert answer("kettle", "Which file registers the 'samovar' subcommand?") == ""


def test_a_file_that_fits_the_words_goes_first():
    """Of several files with a text, the one whose lines say what the question says is answered."""
    files = {
        "a.py": "commands.add_parser('brew')\n" + "x = 1\n" * 9,
        "b.py": "print('brew')\n" + "y = 1\n" * 9,
        "tests/test_a.py": "parser.add_parser('brew')\n",
    }
    asked = recognise("Which file adds the 'brew' subcommand to the parser?")
    assert solve_code(asked, reading_of(files)).answer == "a.py"


def test_equal_definitions_are_all_named():
    """Where several files define a name alike, they are listed."""
    files = {"a.py": "def open_lid():\n    pass\n", "b.py": "def open_lid():\n    pass\n"}
    found = solve_code(recognise("In which file is open_lid defined?"), reading_of(files))
    assert found.answer == "a.py, b.py"


def test_at_most_three_files_are_named():
    """A name that many files define does not give an endless answer."""
    files = {f"{letter}.py": "def open_lid():\n    pass\n" for letter in "abcdef"}
    found = solve_code(recognise("In which file is open_lid defined?"), reading_of(files))
    assert (found.answer, len(found.evidence)) == ("a.py, b.py, c.py", 3)


def test_a_language_without_a_grammar_is_read_by_its_look():
    """A definition that no grammar finds is told by the line that makes it."""
    files = {"a.py": "x = 1\n", "lib/heat.lua": "local function warm_up(x)\n  return x\nend\nwarm_up(1)\n"}
    found = solve_code(recognise("In which file is the function warm_up defined?"), reading_of(files))
    assert (found.answer, found.how) == ("lib/heat.lua", "warm_up is defined in lib/heat.lua on line 1")


def test_a_hostile_name_is_no_expression():
    """What the question names is looked for letter by letter."""
    assert answer("kettle", "In which file is the function `(a+)+$` defined?") == ""


def test_what_was_made_of_a_source_is_not_its_place():
    """JavaScript beside TypeScript of the same name is not where a function is defined."""
    files = {
        "cup/heat.js": "function warm(a) { return a }\n",
        "src/cup/heat.ts": "function warm(a) { return a }\n",
    }
    found = solve_code(recognise("In which file is the function warm defined?"), reading_of(files))
    assert found.answer == "src/cup/heat.ts"


def test_a_function_goes_before_a_method():
    """Where a question says function, what is no member of a class is meant."""
    files = {"a.py": "class Cup:\n    def warm(self):\n        pass\n", "b.py": "def warm():\n    pass\n"}
    found = solve_code(recognise("In which file is the function warm defined?"), reading_of(files))
    assert found.answer == "b.py"


def test_an_acronym_is_no_missing_name():
    """Capitals that stand for words are not looked for as a name, so their absence says nothing."""
    assert answer("kettle", "Where is the GUI implemented?") is None


TILL = """\
def count(coins):
    return len(coins)


class Till:
    def shut(self):
        return 0
"""
PLAIN = {"shop/till.py": TILL}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Where is count defined?", "till.py"),
        ("In which file is the function count defined?", "till.py"),
        ("Where is Till.shut implemented?", "till.py"),
        ("Where is shut() defined?", "till.py"),
        ("Where is the function frobnicate defined?", ""),
        ("Where is the money of the shop defined?", None),
    ],
)
def test_a_bare_name_is_one_where_nothing_else_is_said(question, expected):
    """An everyday word is a name in a question of nothing else; one that stands nowhere is absent."""
    computed = solve_code(recognise(question), reading_of(PLAIN))
    told = computed.answer if computed else None
    assert told == expected or (expected and str(told).endswith(expected))
