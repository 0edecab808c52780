"""What manifests name, and what change logs list."""

import pytest

from rao_cli.agent.compute.code import solve_code
from rao_cli.agent.question.recognise import recognise
from tests.agent.compute.code_projects import answer, cited, reading_of


@pytest.mark.parametrize(
    ("project", "question", "expected"),
    [
        ("kettle", "Which license does pyproject.toml name?", "MIT"),
        ("kettle", "Under which licence is kettle released?", "MIT"),
        ("kettle", "Which function is the entry point of the kettle command line program?", "kettle.main:boil"),
        ("kettle", "Which Python version does kettle require?", ">=3.9"),
        ("kettle", "What is the minimum Python version?", "3.9"),
        ("kettle", "Which version of spout does kettle require?", "==2.0.3"),
        ("kettle", "Who is the author?", "Ada Brook"),
        ("kettle", "What email address does the author have?", "ada@example.org"),
        ("kettle", "What line length does pyproject.toml set?", "97"),
        ("kettle", "What is the build backend?", "flit_core.buildapi"),
        ("kettle", "What is the version of kettle?", "2.7.1"),
        ("kettle", "How many dependencies does pyproject.toml list?", "2"),
        ("brook", "Which edition of Rust does the crate use?", "2021"),
        ("brook", "What is the minimum Rust version?", "1.64"),
        ("brook", "Which version of pebbles does brook depend on?", "3.1"),
        ("brook", "Which version of foam does Cargo.toml require?", "0.9"),
        ("brook", "Which dev-dependencies does Cargo.toml list?", "splash"),
        ("lantern", "Which version of example.org/wick/v2 does go.mod require?", "v2.3.4"),
        ("lantern", "Which Go version does go.mod name?", "1.19"),
        ("lantern", "What is the module path?", "example.org/lantern"),
        ("pebble", "Which license does pebble's package.json name?", "ISC"),
        ("pebble", "Which version of gravel does pebble depend on?", "~4.0.0"),
        ("pebble", "How many dependencies does package.json list?", "2"),
        ("pebble", "Which test runner (mocha, marble or jest) is in the devDependencies?", "marble"),
        ("pebble", "What is the main file?", "lib/index.js"),
        ("pebble", "What is the minimum version of Node?", "16.2"),
        ("pebble", "What command does the npm script lint run?", "polish src"),
        ("pebble", "Which file does the bin entry pebble point to?", "bin/pebble.js"),
        ("flint", "Which license does flint have?", "MIT"),
    ],
)
def test_a_manifest_is_asked(project, question, expected):
    """What the question is about is read from the manifest's keys."""
    assert answer(project, question) == expected


@pytest.mark.parametrize(
    ("project", "question", "place"),
    [
        ("kettle", "Which version of spout does kettle require?", "pyproject.toml:11"),
        ("pebble", "Which license does package.json name?", "package.json:4"),
        ("lantern", "Which version of example.org/wick/v2 does go.mod require?", "go.mod:6"),
        ("kettle", "On which date was version 2.7.0 released?", "CHANGELOG.md:7"),
        ("kettle", "When was 2.6.0 released, according to the change log?", "CHANGELOG.md:11"),
    ],
)
def test_the_line_of_a_manifest_is_cited(project, question, place):
    """The evidence is the line that names it."""
    assert cited(project, question) == [place]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("On which date was version 2.7.0 released?", "2023-11-30"),
        ("When was 2.6.0 released, according to the change log?", "12 May 2022"),
        ("Which version was released on 2024-03-05?", "2.7.1"),
        ("What is the latest version in the change log?", "2.7.1"),
        ("Which is the first release that the change log lists?", "2.6.0"),
    ],
)
def test_a_change_log_is_asked(question, expected):
    """A release has the date in its heading or below it."""
    assert answer("kettle", question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "When was version 9.9.9 released?",
        "Which version of water does kettle require?",
        "Who drinks the tea?",
        "When was the lid repaired?",
        "Which version of the tea standard does it follow?",
    ],
)
def test_what_is_not_there_is_not_made_up(question):
    """A version, a dependency or a person that no manifest names gets no answer."""
    assert answer("kettle", question) is None


@pytest.mark.parametrize(
    ("heading", "date"),
    [
        ("## 1.2.3 (2020-01-31)", "2020-01-31"),
        ("1.2.3 (Aug 25, 2021)", "Aug 25, 2021"),
        ("Version 1.2.3 (12/26/2022)", "12/26/2022"),
        ("# v1.2.3 - 3rd March 2019", "3rd March 2019"),
        ("1.2.3\n=====\n\nReleased 2018-07-06", "2018-07-06"),
    ],
)
def test_dates_are_read_as_they_are_written(heading, date):
    """Numbers and English months make dates."""
    files = {"a.py": "x = 1\n", "CHANGES": f"Changes\n\n{heading}\n\n- all\n"}
    found = solve_code(recognise("On which date was 1.2.3 released?"), reading_of(files))
    assert found.answer == date


def test_the_date_of_the_next_version_is_not_taken():
    """A version without a date has none, whatever stands below the next one."""
    files = {"a.py": "x = 1\n", "CHANGES.md": "## 1.2.3\n## 1.2.2 - 2020-01-01\n"}
    assert solve_code(recognise("On which date was 1.2.3 released?"), reading_of(files)) is None


def test_the_manifest_at_the_top_goes_first():
    """A manifest in a folder below does not speak for the project."""
    files = {"sub/package.json": '{"license": "BSD"}', "package.json": '{"license": "MIT"}', "a.js": "f()\n"}
    assert solve_code(recognise("Which license does the project have?"), reading_of(files)).answer == "MIT"


def test_a_damaged_manifest_gives_nothing():
    """A manifest that cannot be parsed is no reason to fail."""
    files = {"package.json": '{"license": "MI', "a.js": "f()\n"}
    assert solve_code(recognise("Which license does package.json name?"), reading_of(files)) is None
