"""What the settings in force are, and what set them."""

import pytest

from rao_cli.cli.config import KEYS, variable
from rao_cli.cli.effective import effective_settings, settings_text
from rao_cli.cli.options import Options
from tests.cli.console import long_text, rao


@pytest.fixture
def config(tmp_path):
    """Return a settings file of two settings."""
    path = tmp_path / "settings.toml"
    path.write_text("window = 1024\nmax-seconds = 1.5\n")
    return path


def shown(config, environment=None):
    """Return value and origin of each setting."""
    found = effective_settings(config, environment or {})
    return {setting.key: (setting.value, setting.origin) for setting in found}


def test_every_setting_is_shown_with_its_default(tmp_path):
    """Without file and variables each setting has the default of its option."""
    found = shown(tmp_path / "none.toml")
    assert tuple(found) == KEYS
    for key, (value, origin) in found.items():
        default = getattr(Options(), key.replace("-", "_"))
        assert (value, origin) == ("not set" if default is None else str(default), "default")


def test_the_file_beats_the_default_and_variables_beat_both(config):
    """The order is the one that the options have."""
    found = shown(config, {"RAO_WINDOW": "512", "RAO_MODEL": "tiny"})
    assert found["window"] == ("512", "RAO_WINDOW")
    assert found["model"] == ("tiny", "RAO_MODEL")
    assert found["max-seconds"] == ("1.5", str(config))
    assert found["max-depth"] == ("12", "default")


@pytest.mark.parametrize("value", ["", "2048"])
def test_the_shown_window_is_the_planned_one(config, value, tmp_path, monkeypatch):
    """What is shown is what a run takes, also where a variable is set but empty."""
    (tmp_path / "a.txt").write_text(long_text())
    monkeypatch.setenv("RAO_CONFIG", str(config))
    monkeypatch.setenv("RAO_WINDOW", value)
    planned = rao("ask", tmp_path / "a.txt", "what?", "-n", "--json").json["window"]
    line = next(line for line in rao("config", "show").out.splitlines() if line.startswith("window "))
    assert line.split() == ["window", str(planned)]


@pytest.mark.parametrize("key", KEYS)
def test_every_variable_is_seen(key, tmp_path):
    """Each setting's variable is shown as where its value comes from."""
    assert shown(tmp_path / "none.toml", {variable(key): "7"})[key] == ("7", variable(key))


def test_origins_are_shown_on_request_only(config, monkeypatch):
    """``rao config show`` prints values; --origin adds where they come from."""
    monkeypatch.setenv("RAO_CONFIG", str(config))
    monkeypatch.setenv("RAO_THREADS", "3")
    plain, full = rao("config", "show"), rao("config", "show", "--origin")
    assert (plain.code, full.code) == (0, 0)
    assert "threads       3\n" in plain.out
    assert str(config) not in plain.out
    rows = {line.split()[0]: line.split()[1:] for line in full.out.splitlines()}
    assert rows["threads"] == ["3", "RAO_THREADS"]
    assert rows["window"] == ["1024", str(config)]
    assert rows["color"] == ["auto", "default"]


@pytest.mark.parametrize("origins", [True, False])
def test_hostile_values_stay_on_their_line(tmp_path, origins):
    """A value with line breaks and escapes is one clean line."""
    text = settings_text(effective_settings(tmp_path / "none", {"RAO_MODEL": "a\nb\x1b[2J"}), origins=origins)
    assert len(text.splitlines()) == len(KEYS)
    assert "\x1b" not in text


def test_a_wrong_settings_file_is_an_error(tmp_path, monkeypatch):
    """A settings file that no run would take is not shown as if it were in force."""
    monkeypatch.setenv("RAO_CONFIG", str(tmp_path / "none.toml"))
    done = rao("config", "show")
    assert (done.code, done.out) == (2, "")
    assert "does not exist" in done.err


def test_the_help_names_the_command():
    """The page on the settings file says how to see what is in force."""
    assert "rao config show" in rao("help", "config").out
