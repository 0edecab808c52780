"""The parser's errors in plain words, with the remedy."""

import pytest
import typer

from rao_cli.cli.main import app
from rao_cli.cli.usage import _COMMANDS
from tests.cli.console import long_text, rao


@pytest.fixture
def source(tmp_path):
    """Return a text file."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--window", "abc", "--window must be a whole number"),
        ("--window", "1.5", "--window must be a whole number"),
        ("--window", "-5", "--window must be at least 1"),
        ("--max-depth", "-1", "--max-depth must be at least 0"),
        ("--max-seconds", "soon", "--max-seconds must be a number"),
        ("--max-seconds", "nan", "--max-seconds must be a number of seconds above 0"),
        ("--gpu-layers", "foo", "--gpu-layers must be auto or a number of layers"),
        ("--color", "red", "--color: 'red' is not one of 'auto', 'always', 'never'"),
    ],
)
def test_a_wrong_value_is_told_plainly(source, option, value, message):
    """The message names the option and what it takes, in no programmer's words."""
    done = rao("ask", source, "q", option, value)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"rao: error: {message}\nhint: rao ask --help\n"


def test_a_wrong_variable_is_named(source, monkeypatch):
    """A value that came from the environment is not looked for on the command line."""
    monkeypatch.setenv("RAO_WINDOW", "foo")
    assert (
        rao("ask", source, "q").err.splitlines()[1] == "hint: the value is set in the environment, by RAO_WINDOW"
    )


@pytest.mark.parametrize("argument", ["-what is it", "-dash.txt"])
def test_text_that_starts_with_a_dash_has_its_remedy(source, argument):
    """What was hardly meant as an option gets the hint that helps."""
    assert rao("ask", source, argument).err.splitlines()[1].startswith("hint: put -- before a question")


@pytest.mark.parametrize("argument", ["--colour", "-x"])
def test_an_unknown_option_leads_to_the_help(source, argument):
    """What looks like an option is answered with the list of options."""
    assert rao("ask", source, "q", argument).err.splitlines()[1] == "hint: rao ask --help"


def test_a_missing_value_leads_to_the_command():
    """An option at the end of the line without its value leads to the command's own help."""
    assert rao("ask", "a", "q", "--window").err.splitlines()[1] == "hint: rao ask --help"


def test_hints_know_every_command():
    """The commands that a hint may name are those that there are."""
    assert set(_COMMANDS) == set(typer.main.get_command(app).commands)
