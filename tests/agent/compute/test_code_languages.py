"""Questions on projects in Java, TypeScript, C#, Ruby, PHP, C++ and shell: answers, places, and what is left."""

from collections import Counter

import pytest

from rao_cli.agent.compute.code_source import Repository
from tests.agent.compute.code_languages import PROJECTS, answer, cited, found, reading

ANSWERED = [
    ("orchard", "In which file is the class Picker defined?", "src/main/java/org/example/Picker.java"),
    ("orchard", "What is the value of BASKET_CAPACITY?", "48"),
    ("orchard", "How many apples fit in a basket?", "48"),
    ("orchard", "How many milliseconds is REST_MILLIS?", "90000"),
    ("orchard", "How many seconds is REST_MILLIS?", "90"),
    ("orchard", "What is the value of HAT_COLOUR?", "straw"),
    ("orchard", "Which class does Picker extend?", "Worker"),
    ("orchard", "Which interface does Picker implement?", "Climber"),
    ("orchard", "Which class implements Climber?", "Picker"),
    ("orchard", "What is the return type of pickApple?", "boolean"),
    ("orchard", "What are the parameters of pickApple?", "tree, reach"),
    ("orchard", "How many parameters does pickApple take?", "2"),
    ("orchard", "With which exit code does the program end when no orchard was given?", "64"),
    ("orchard", "How many values does the enum Season have?", "3"),
    ("orchard", "In which file is the interface Climber declared?", "src/main/java/org/example/Climber.java"),
    ("orchard", "Which version of ladder is required?", "1.9.4"),
    ("orchard", "In which programming language is it written?", "Java"),
    ("ferry", "What is the value of MAX_CARS?", "36"),
    ("ferry", "What is the most cars on deck?", "36"),
    ("ferry", "How many seconds is the boarding timeout?", "45"),
    ("ferry", "What is the default route?", "north-south"),
    ("ferry", "What is the default of --route?", "north-south"),
    ("ferry", "What is the short form of --route?", "-r"),
    ("ferry", "What is the default value of the --speed option?", "14"),
    ("ferry", "What is the help text of --speed?", "how fast to sail"),
    ("ferry", "Which license does ferry have?", "BSD-3-Clause"),
    ("ferry", "Who is the author of the package?", "Mia Strand"),
    ("ferry", "What is the author's e-mail address?", "mia@example.org"),
    ("ferry", "Which version of anchor does ferry depend on?", "^3.1.0"),
    ("ferry", "What is the version of @harbour/rope?", "~0.4.2"),
    ("ferry", "Which version of typescript is used?", "5.2.2"),
    ("ferry", "What is the minimum Node version?", "18.4"),
    ("ferry", "What command does the npm script build run?", "tsc -p ."),
    ("ferry", "What does the npm script 'watch' run?", "tsc -w"),
    ("ferry", "What is the homepage of the project?", "https://ferry.example.org"),
    ("ferry", "What is the entry point?", "dist/cli.js"),
    ("ferry", "What is the main file of the package?", "dist/ferry.js"),
    ("ferry", "What is the module type?", "module"),
    ("ferry", "How many dependencies does it have?", "2"),
    ("ferry", "How many dev dependencies are there?", "2"),
    ("ferry", "Which peer dependencies are there?", "quay"),
    ("ferry", "Which class does Deck extend?", "Platform"),
    ("ferry", "What is the default value of lane in loadCar?", "3"),
    ("ferry", "What does fareOf return?", "number"),
    ("ferry", "What is the return type of fareOf?", "number"),
    ("ferry", "What is the type of the parameter distance of fareOf?", "number"),
    ("ferry", "Which function calls fareOf?", "printFare"),
    ("ferry", "In which file is fareOf used?", "src/cli.ts"),
    ("ferry", "Which file imports fareOf?", "src/cli.ts"),
    ("ferry", "In which file is the type Ticket defined?", "src/deck.ts"),
    ("ferry", "In which file is the interface Passenger defined?", "src/deck.ts"),
    ("ferry", "In which programming language is the project written?", "TypeScript"),
    ("ferry", "What is the value of gangwayWidth?", "2.5"),
    ("quarry", "What is the value of MaxLoadTons?", "75"),
    ("quarry", "What is the value of the constant Brand?", "Hoistwell"),
    ("quarry", "What is SwingDegrees set to?", "270.5"),
    ("quarry", "Which class does Crane extend?", "Machine, ILifter"),
    ("quarry", "What is the default of metres in Lift?", "4"),
    ("quarry", "What is the return type of the method Lift?", "int"),
    ("quarry", "In which file is the struct Stone defined?", "Crane.cs"),
    ("quarry", "How many values does the enum Rock have?", "3"),
    ("mill", "What is the value of SAILS?", "4"),
    ("mill", "What is STONE_NAME?", "old blue"),
    ("mill", "What is the value of GRIND_SECONDS?", "900"),
    ("mill", "How many minutes is GRIND_SECONDS?", "15"),
    ("mill", "What is the default of fineness in grind_sack?", "3"),
    ("mill", "What is the default speed of the Wheel?", "12"),
    ("mill", "What is the default cover of Wheel?", "canvas"),
    ("mill", "Which class does Wheel inherit from?", "Grain::Rotor"),
    ("mill", "Which class does StuckError extend?", "StandardError"),
    ("mill", "Which license does the gem have?", "Zlib"),
    ("mill", "Which version of grain is required?", "~> 2.3"),
    ("mill", "What is the version of the gem?", "1.12.0"),
    ("mill", "Who is the author of mill?", "Jan Molen"),
    ("mill", "In which file is grind_sack defined?", "lib/mill.rb"),
    ("mill", "With which exit code does it end when the sack is empty?", "77"),
    ("loom", "What is the value of THREADS_PER_CM?", "22"),
    ("loom", "What is the default of colour in throwAcross?", "red"),
    ("loom", "What is the return type of throwAcross?", "bool"),
    ("loom", "Which class does Shuttle extend?", "Tool"),
    ("loom", "Which interface does Shuttle implement?", "Thrown"),
    ("loom", "Which version of weave/yarn is required?", "^4.5"),
    ("loom", "What is the license?", "MPL-2.0"),
    ("anvil", "What is the value of kMaxBlows?", "120"),
    ("anvil", "What is the value of kHeatFactor?", "1.75"),
    ("anvil", "What is the value of ANVIL_FACE_MM?", "320"),
    ("anvil", "In which file is cool_down defined?", "src/anvil.cpp"),
    ("anvil", "In which file is the class Hammer defined?", "include/anvil.hpp"),
    ("anvil", "Which class does Hammer extend?", "Handheld"),
    ("anvil", "What is the return type of cool_down?", "unsigned long"),
    ("anvil", "What is the minimum CMake version?", "3.17"),
    ("anvil", "What is the value of SPARK_LIMIT in CMakeLists.txt?", "500"),
    ("anvil", "How many values does the enum Metal have?", "2"),
    ("anvil", "What is the default weight of the Hammer?", "2"),
    ("kiln", "What is the value of FIRING_HOURS?", "18"),
    ("kiln", "What is the value of GLAZE?", "celadon"),
    ("kiln", "What is the value of SHELF_COUNT?", "7"),
    ("kiln", "In which file is heat_up defined?", "fire.sh"),
    ("kiln", "On which line of fire.sh is the function cool_off defined?", "10"),
    ("kiln", "With which exit code does it end when no kiln was named?", "33"),
    ("kiln", "What is CLAY_BODY?", "stoneware"),
]
LEFT = [
    ("orchard", "How does the picker pick apples?"),
    ("orchard", "Why is the basket so small?"),
    ("orchard", "Who wrote the orchard?"),
    ("orchard", "What is the value of LADDER_LENGTH?"),
    ("orchard", "What is the colour of the tree?"),
    ("orchard", "How many trees are in the orchard?"),
    ("orchard", "What happens if no orchard is given?"),
    ("orchard", "Which function prunes trees in winter?"),
    ("orchard", "What is the default of reach in pickApple?"),
    ("orchard", "Explain the class Picker."),
    ("orchard", "Summarize the orchard project."),
    ("orchard", "How many apples were picked in May?"),
    ("orchard", "Which season is the warmest?"),
    ("orchard", "What does the interface Climber do?"),
    ("orchard", "Is Picker a subclass of Worker?"),
    ("ferry", "What is the fare of a child?"),
    ("ferry", "How fast is the ferry?"),
    ("ferry", "Which environment variable sets the route?"),
    ("ferry", "When was ferry 0.8.3 released?"),
    ("ferry", "What is the version of lodash?"),
    ("ferry", "What is the default of --tide?"),
    ("ferry", "What is the short form of --speed?"),
    ("ferry", "How many passengers are aboard?"),
    ("ferry", "Which function calls loadCar?"),
    ("ferry", "What is the return type of sinkShip?"),
    ("ferry", "Which class extends Deck?"),
    ("ferry", "Where does the ferry sail?"),
    ("ferry", "What is the weight of the anchor?"),
    ("quarry", "How many stones are lifted?"),
    ("quarry", "What is the default of stone in Lift?"),
    ("quarry", "What is the licence of quarry?"),
    ("quarry", "Which version of quarry is this?"),
    ("mill", "How many sacks are ground each day?"),
    ("mill", "Which exit code means success?"),
    ("mill", "What is the wind speed?"),
    ("loom", "What is the value of THREADS_PER_INCH?"),
    ("loom", "How many looms are there?"),
    ("anvil", "How hot is the anvil?"),
    ("anvil", "What is the value of kMinBlows?"),
    ("anvil", "What is the value of the variable force?"),
    ("kiln", "How long does glazing take?"),
    ("kiln", "What is the temperature of the kiln?"),
    ("kiln", "What is the price of the clay?"),
    ("kiln", "Which function paints the pots?"),
]


def single_names(project):
    """Return the symbols whose name stands for one definition only, with their path and line."""
    repository = Repository(reading(project))
    counts = Counter(one.symbol.name for one in repository.symbols())
    return [
        (one.symbol, repository.path(one.file), repository.line_number(one.symbol.span.start))
        for one in repository.symbols()
        if counts[one.symbol.name] == 1
    ]


@pytest.mark.parametrize(("project", "question", "expected"), ANSWERED)
def test_questions_in_many_languages(project, question, expected):
    """What is defined, declared or named in a manifest is told as it is written."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(("project", "question"), LEFT)
def test_what_source_does_not_say(project, question):
    """What no definition or manifest tells is left to the readers, or told as absent."""
    assert not answer(project, question)


@pytest.mark.parametrize("project", PROJECTS)
def test_every_single_name_is_found(project):
    """Each symbol whose name is defined once is told with its path, and the cited line holds its name."""
    names = single_names(project)
    assert len(names) >= 4
    for symbol, path, _ in names:
        question = f"In which file is the {symbol.kind} `{symbol.name}` defined?"
        assert answer(project, question) == path
        assert all(symbol.name in line for line in cited(project, question))


@pytest.mark.parametrize("project", PROJECTS)
def test_the_line_of_every_single_name(project):
    """Asked for the line, its number is told with the file."""
    for symbol, path, line in single_names(project):
        told = answer(project, f"On which line is the {symbol.kind} `{symbol.name}` defined?")
        assert told.endswith(f" of {path}")
        assert 0 <= int(told.split()[1]) - line <= 1


@pytest.mark.parametrize("project", PROJECTS)
def test_names_with_a_letter_more_are_absent(project):
    """A name that differs in one letter from a defined one is not taken for it."""
    for symbol, _, _ in single_names(project):
        assert answer(project, f"In which file is the {symbol.kind} `{symbol.name}Zq` defined?") == ""


@pytest.mark.parametrize(("project", "question", "expected"), ANSWERED[::3])
def test_evidence_is_single_lines(project, question, expected):
    """What is cited is one to three lines of the source."""
    lines = cited(project, question)
    assert 1 <= len(lines) <= 3
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize(("project", "question", "expected"), ANSWERED[1::3])
def test_answers_are_short(project, question, expected):
    """No answer has more than twelve words, and how it was found is told in one line."""
    computed = found(project, question)
    assert len(computed.answer.split()) <= 12
    assert computed.how
    assert "\n" not in computed.how


@pytest.mark.parametrize(
    ("project", "question", "evidence"),
    [
        ("orchard", "What is the value of BASKET_CAPACITY?", "int BASKET_CAPACITY = 48;"),
        ("orchard", "What is the value of HAT_COLOUR?", 'HAT_COLOUR = "straw"'),
        ("ferry", "What is the value of MAX_CARS?", "MAX_CARS = 36"),
        ("ferry", "What is the short form of --route?", "'-r, --route <name>'"),
        ("ferry", "Which license does ferry have?", '"license": "BSD-3-Clause"'),
        ("ferry", "Which version of anchor does ferry depend on?", '"anchor": "^3.1.0"'),
        ("ferry", "What is the minimum Node version?", '"node": ">=18.4"'),
        ("quarry", "What is the value of MaxLoadTons?", "MaxLoadTons = 75;"),
        ("mill", "What is the value of SAILS?", "SAILS = 4"),
        ("mill", "Which version of grain is required?", '"grain", "~> 2.3"'),
        ("loom", "What is the value of THREADS_PER_CM?", "THREADS_PER_CM = 22"),
        ("anvil", "What is the value of kMaxBlows?", "kMaxBlows = 120"),
        ("kiln", "What is the value of GLAZE?", 'GLAZE="celadon"'),
    ],
)
def test_the_cited_line_shows_the_value(project, question, evidence):
    """The first line that is cited holds the name with its value."""
    assert evidence in cited(project, question)[0]


@pytest.mark.parametrize(
    "question",
    [
        "What is the value of MAX_CARS?",
        "What value does MAX_CARS have?",
        "What is MAX_CARS?",
        "What is MAX_CARS set to?",
        "What number is the constant MAX_CARS?",
        "Give the value of `MAX_CARS`.",
        "What is the value of the constant 'MAX_CARS'?",
        "In the project ferry: what is the value of MAX_CARS?",
        "What is the value of MAX_CARS? Answer with a number.",
        "what is the value of MAX_CARS",
    ],
)
def test_one_constant_in_many_words(question):
    """However the value is asked for, it is the same."""
    assert answer("ferry", question) == "36"


@pytest.mark.parametrize(
    "question",
    [
        "In which file is fareOf defined?",
        "Which file defines fareOf?",
        "Where is the function fareOf implemented?",
        "What file contains the definition of fareOf?",
        "Find the file that defines the function fareOf.",
        "In what module is `fareOf` declared?",
        "Which source file does the function fareOf live in?",
        "Where can I find the definition of fareOf?",
        "Name the file in which fareOf is defined.",
        "In which file is fareOf() located?",
    ],
)
def test_one_place_in_many_words(question):
    """However the file is asked for, it is the same."""
    assert answer("ferry", question) == "src/deck.ts"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many milliseconds is BOARDING_TIMEOUT_MS?", "45000"),
        ("How many seconds is BOARDING_TIMEOUT_MS?", "45"),
        ("How many minutes is BOARDING_TIMEOUT_MS?", "0.75"),
        ("What is BOARDING_TIMEOUT_MS in seconds?", "45"),
        ("What is the boarding timeout in milliseconds?", "45000"),
    ],
)
def test_times_are_told_in_the_asked_unit(question, expected):
    """A length of time is converted to the unit that the question names."""
    assert answer("ferry", question) == expected


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize(
    "question",
    [
        "",
        "?" * 500,
        "What is the value of " + "A" * 5000 + "?",
        "What is the value of " + "9" * 1000 + "?",
        "In which file is the function (((((((((( defined?",
        "In which file is the function `[a-z]+(.*)*$` defined?",
        "What is the value of 'unclosed?",
        'What is the value of "unclosed?',
        "What is the default of --" + "-" * 300 + "?",
        "Which version of \x00\x07\x1b[31m is required?",
        "\u202eWhat is the value of MAX_CARS?\u202c",
        "What is the value of \ud83d\ude00\ud83d\ude00?".encode("utf-16", "surrogatepass").decode("utf-16"),
        "What is the value of ÄÖÜ_ßÇ?",
        "which which what where " * 200,
        "In which file is " + "the function " * 300 + "defined?",
        "What is the value of A::B->C.D#E?",
        "Which class extends extends extends?",
        "What is the value of \\\\\\?",
        "What is the value of {0} %s $1 #{x}?",
        "How many how many how many functions files lines?",
    ],
)
@pytest.mark.timeout(10)
def test_hostile_questions(project, question):
    """Questions that are made to break a parser are answered or left, without a control character."""
    computed = found(project, question)
    assert computed is None or computed.answer.isprintable()
