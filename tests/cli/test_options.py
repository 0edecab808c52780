"""The shared options: declared once, checked once, the same on every command."""

import inspect
from dataclasses import fields

import pytest
import typer

from rao_cli.cli.config import KEYS
from rao_cli.cli.options import Options, takes_options, takes_summary_options
from tests.checkout import run_python


def wrapped(command):
    """Return a command with options as the parser would call it, with every default."""
    full = takes_options(command)
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(full).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    return lambda **values: full(**{**defaults, **values})


def test_a_command_gets_one_record():
    """The parser's loose values arrive as one record, beside the command's own arguments."""

    def command(name: str, *, options: Options):
        return name, options

    assert wrapped(command)(name="x", quiet=True) == ("x", Options(quiet=True))


def test_a_command_shows_the_parser_every_option():
    """The signature lists the command's own parameters first, then each field."""

    def command(name: str, *, options: Options):
        return name

    everything = ["name", *(field.name for field in fields(Options))]
    asked = list(inspect.signature(takes_options(command)).parameters)
    summed = list(inspect.signature(takes_summary_options(command)).parameters)
    assert asked == [name for name in everything if name != "since"]
    assert summed == [name for name in everything if name != "strategy"]


def test_defaults_of_the_record_are_those_of_the_parser():
    """A call without options gives the default record."""
    assert wrapped(lambda *, options: options)() == Options()


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_is_a_field(key):
    """What the settings file can set is an option of the record."""
    assert key.replace("-", "_") in {field.name for field in fields(Options)}


@pytest.mark.parametrize(
    ("typed", "names"),
    [("smollm2", ["smollm2", "smollm2-1.7b"]), ("smollm2-", ["smollm2-1.7b"]), ("x", []), ("./a.g", [])],
)
def test_model_names_are_completed(typed, names, monkeypatch):
    """The shell is told each known name that begins so; nothing for a path, which it completes itself."""
    monkeypatch.setenv("_RAO_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"rao ask a.pdf -m {typed}")
    monkeypatch.setenv("COMP_CWORD", "4")
    done = run_python("-m", "rao_cli")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == names


def test_short_names_are_unique():
    """No two options share a name on the command line."""
    names = []
    for field in fields(Options):
        info = next(extra for extra in field.type.__metadata__ if hasattr(extra, "param_decls"))
        names += [name for name in (info.default, *(info.param_decls or ())) if isinstance(name, str)]
    assert len(names) > len(fields(Options))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("value", ["auto", "0", "99"])
def test_gpu_layers_are_a_number_or_auto(value):
    """Good values pass as they are."""
    from rao_cli.cli.options import _layers

    assert _layers(value) == value


@pytest.mark.parametrize("value", ["", "-1", "1.5", "٣", "all", "9" * 12, "9" * 6000])
def test_other_gpu_layers_are_refused(value):
    """Signs, fractions, foreign digits and overlong numbers are refused."""
    from rao_cli.cli.options import _layers

    with pytest.raises(typer.BadParameter):
        _layers(value)
