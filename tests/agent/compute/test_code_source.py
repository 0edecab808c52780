"""A document's source files as the solvers of code questions see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.compute.code_source import Repository, coded_names, names_in, spoken_of
from tests.agent.compute.code_projects import KETTLE, reading_of, repository


def test_paths_are_those_inside_of_the_project():
    """The folders that all files share are left out of their paths."""
    files = {"/home/ada/cup-1.2/a.py": "x = 1\n", "/home/ada/cup-1.2/src/b.py": "y = 1\n"}
    assert Repository(reading_of(files)).paths == ("a.py", "src/b.py")


def test_the_top_folder_is_where_the_title_says():
    """Where the title is a folder of the paths, what stands below that is kept, even if all files share it."""
    files = {"/home/repo/src/a.py": "x = 1\n", "/home/repo/src/b.py": "y = 1\n"}
    assert Repository(reading_of(files)).paths == ("src/a.py", "src/b.py")


def test_one_file_has_its_name():
    """A single file is shown by its own name."""
    assert Repository(reading_of({"/home/ada/a.py": "x = 1\n"})).paths == ("a.py",)


def test_full_paths_are_shown_short():
    """A location's path has its short form; another path stays as it is."""
    shown = Repository(reading_of({"/x/a.py": "x = 1\n", "/x/b/c.py": "y = 1\n"})).shown
    assert (shown("/x/b/c.py"), shown("/elsewhere")) == ("b/c.py", "/elsewhere")


@pytest.mark.parametrize(
    ("path", "standing"),
    [
        ("src/cup.py", 0),
        ("cup/latest.py", 0),
        ("tests/cup.py", 3),
        ("src/cup_test.go", 3),
        ("test_cup.py", 3),
        ("spec/cup.rb", 3),
        ("examples/cup.py", 2),
        ("vendor/cup/cup.go", 2),
        ("include/cup.h", 1),
        ("typings/cup.d.ts", 1),
    ],
)
def test_tests_and_samples_stand_further_away(path, standing):
    """The project's own sources go before headers, samples and tests."""
    assert repository("kettle").standing(path) == standing


def test_symbols_are_sorted_by_where_they_stand():
    """Of definitions with one name, a test's comes last."""
    kettle = repository("kettle")
    assert [kettle.path(one.file) for one in kettle.named("BOILING_POINT")] == [
        "kettle/heat.py",
        "tests/test_heat.py",
    ]


def test_names_are_found_in_any_case():
    """A name written in another case finds what it means."""
    assert [one.symbol.name for one in repository("kettle").named("pourwater")] == ["pour_water"]


def test_words_alone_name_nothing():
    """A word that is only a part of names finds none of them."""
    assert repository("kettle").named("water") == []


def test_data_has_no_symbols():
    """Keys of manifests are no definitions."""
    assert repository("pebble").named("license") == []


def test_a_line_is_found_by_a_place():
    """The span is that of the whole line without its newline."""
    kettle = repository("kettle")
    at = kettle.document.text[:].index("BOILING_POINT = 100")
    assert kettle.document.read(kettle.line(at + 3)) == "BOILING_POINT = 100"


def test_the_file_of_a_place_is_told():
    """A place in a source file has its number; one in no source file has none."""
    kettle = repository("kettle")
    text = kettle.document.text[:]
    assert kettle.path(kettle.file_at(text.index("def boil"))) == "kettle/main.py"
    assert kettle.file_at(text.index("Kettle boils water")) == -1


def test_the_function_around_a_place_is_the_innermost():
    """A place in a method belongs to that, not to its class."""
    kettle = repository("kettle")
    at = kettle.document.text[:].index("return degrees <")
    assert kettle.enclosing(kettle.files[kettle.file_at(at)], at).name == "heat"


def test_the_projects_name_is_that_of_its_folder():
    """The version behind a name is no part of it."""
    reading = reading_of(KETTLE)
    assert Repository(reading).project == ("repo",)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("In which file is the function brew defined?", ["brew"]),
        ("What is the value of MAX_CUPS in tea?", ["MAX_CUPS"]),
        ("What does parseCup() return?", ["parseCup"]),
        ("What is `cup`?", ["cup"]),
        ("Which code stands for ExitCode::Dry?", ["ExitCode::Dry"]),
        ("What is the brew method for?", ["brew"]),
        ("In which file is the function that boils defined?", []),
        ("What is the default parameter?", []),
        ("Which file is the main file?", []),
        ("Which URLs are used?", []),
    ],
)
def test_sure_names_are_told_by_their_form_or_place(question, expected):
    """Capitals inside, underscores, brackets, quotation marks and a word such as function show a name."""
    assert [name.text for name in names_in(question) if name.sure] == expected


def test_coded_names_are_identifiers_by_form():
    """A plain word or a short acronym is none; what qualifies a name is left out."""
    assert coded_names("Which HTTP code of ErrorKind::NotFound does function brew of max_cups use?") == [
        "NotFound",
        "max_cups",
    ]


@pytest.mark.parametrize(
    ("question", "word", "expected"),
    [
        ("What is the default cup of kettle?", "kettle", True),
        ("What is the default cup of the Kettle?", "Kettle", True),
        ("What does brew return?", "brew", True),
        ("What are kettle's cups?", "kettle", True),
        ("Which cup is hot?", "cup", False),
    ],
)
def test_a_plain_word_may_be_spoken_of_as_a_name(question, word, expected):
    """Words before and behind, and a capital, show that something in code is meant."""
    name = next(name for name in names_in(question) if name.text == word)
    assert spoken_of(question, name) is expected


@given(st.text(max_size=100))
def test_names_are_where_they_say(question):
    """Each name stands at its place in the question."""
    assert all(question[name.start : name.end] == name.text for name in names_in(question))
