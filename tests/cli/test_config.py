"""The settings file: where it is, what it may say, and that nobody else can write it."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.cli.config import KEYS, read_config, variable
from rao_cli.errors import UsageError
from tests.cli.console import long_text, rao


def config(tmp_path, text):
    """Write a settings file and return its path."""
    path = tmp_path / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_settings_are_text_by_parameter(tmp_path):
    """Values come as text, so that the options check them like any other."""
    path = config(tmp_path, 'model = "tiny"\nmax-seconds = 1.5\nwindow = 4096\n')
    assert read_config(path, named=True) == {"model": "tiny", "max_seconds": "1.5", "window": "4096"}


def test_a_missing_file_has_no_settings(tmp_path):
    """Most users have no settings file."""
    assert read_config(tmp_path / "none.toml", named=False) == {}


def test_a_named_file_must_exist(tmp_path):
    """A wrong RAO_CONFIG is not ignored."""
    with pytest.raises(UsageError, match="does not exist"):
        read_config(tmp_path / "none.toml", named=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("windw = 5", "no setting"),
        ("yes = true", "no setting"),
        ("window = [1]", "something else"),
        ("window = true", "something else"),
        ("window =", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
    ],
)
def test_a_wrong_file_is_a_usage_error(tmp_path, text, message):
    """Unknown keys, wrong types and broken TOML are explained."""
    with pytest.raises(UsageError, match=message):
        read_config(config(tmp_path, text), named=True)


def test_a_folder_is_not_a_settings_file(tmp_path):
    """An unreadable file is explained."""
    with pytest.raises(UsageError, match="cannot read"):
        read_config(tmp_path, named=True)


@given(st.binary(max_size=60))
def test_any_bytes_are_settings_or_a_usage_error(tmp_path_factory, data):
    """No content of the file causes any other error."""
    path = tmp_path_factory.mktemp("config") / "settings.toml"
    path.write_bytes(data)
    with suppress(UsageError):
        assert isinstance(read_config(path, named=True), dict)


def plan_window(*argv, source):
    """Return the window that a dry run plans with."""
    done = rao("ask", source, "what?", "-n", "--json", *argv)
    assert done.code == 0, done
    return done.json["window"]


def test_flags_beat_variables_beat_the_file(tmp_path, monkeypatch):
    """A flag goes first, then the variable, then the settings file, then the default."""
    source = tmp_path / "a.txt"
    source.write_text(long_text())
    assert plan_window(source=source) == 2048
    monkeypatch.setenv("RAO_CONFIG", str(config(tmp_path, "window = 1024")))
    assert plan_window(source=source) == 1024
    monkeypatch.setenv("RAO_WINDOW", "1536")
    assert plan_window(source=source) == 1536
    assert plan_window("--window", "4096", source=source) == 4096


def test_a_wrong_value_in_the_file_says_where_it_is(tmp_path, monkeypatch):
    """The hint leads to the settings file, not to the command line."""
    monkeypatch.setenv("RAO_CONFIG", str(config(tmp_path, 'window = "wide"')))
    done = rao("ask", "a.txt", "what?")
    assert done.code == 2
    assert "settings file" in done.err


def test_endless_settings_are_refused():
    """A settings file that never ends is an error, not a hang."""
    with pytest.raises(UsageError, match="larger than 1 MB"):
        read_config(Path("/dev/zero"), named=True)


def test_the_working_folder_is_never_read(tmp_path, monkeypatch):
    """Settings files in the working folder, under any name, change nothing."""
    for name in ("rao.toml", ".rao.toml", "config.toml", "pyproject.toml", ".env"):
        (tmp_path / name).write_text('window = "broken\nRAO_WINDOW=1')
    (tmp_path / "a.txt").write_text(long_text())
    monkeypatch.chdir(tmp_path)
    assert plan_window(source="a.txt") == 2048


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_is_an_option_with_a_variable(key):
    """Each key has its flag and its variable, as the help page says."""
    shown = " ".join(rao("help", "environment").out.split())
    assert f"{variable(key)} --{key}" in shown
