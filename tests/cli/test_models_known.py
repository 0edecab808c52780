"""What the commands about models share: which model is in use by the order of precedence, and what is printed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.cli.folders import Folders
from rao_cli.cli.models_known import Chosen, hanging, models_at_hand, notices_for, screen_width, show
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError
from rao_cli.models.registry import Entry, Registry, change_registry
from tests.cli.console import Keyboard, Screen

SETTINGS = st.fixed_dictionaries({"variable": st.booleans(), "file": st.booleans(), "registry": st.booleans()})


def folders_of(tmp_path):
    """Return folders below one of the test's own."""
    return Folders(tmp_path / "config.toml", tmp_path / "cache", tmp_path / "data", tmp_path / "state")


def streams():
    """Return streams that say they are terminals."""
    return Streams(Keyboard(), Screen(), Screen())


@given(SETTINGS)
def test_the_model_in_use_follows_the_order_of_precedence(tmp_path_factory, given_by):
    """The variable goes before the settings file, this before the user's default, this before rao's."""
    folders = folders_of(tmp_path_factory.mktemp("user"))
    if given_by["file"]:
        folders.config.write_text('model = "by-file"\n')
    if given_by["registry"]:
        entry = Entry(path="/x.gguf")
        change_registry(folders.data, lambda _: Registry(default="by-registry", models={"by-registry": entry}))
    environment = {"RAO_MODEL": "by-variable"} if given_by["variable"] else {}
    order = [
        (given_by["variable"], Chosen("by-variable", "RAO_MODEL")),
        (given_by["file"], Chosen("by-file", str(folders.config))),
        (given_by["registry"], Chosen("by-registry", "rao models default")),
        (True, Chosen("smollm2", "rao")),
    ]
    found = models_at_hand(folders, environment).chosen
    assert found == next(chosen for present, chosen in order if present)
    assert found.overrides == (given_by["variable"] or given_by["file"])


def test_an_empty_variable_counts_as_none(tmp_path):
    """As for every option, a variable without a value says nothing."""
    assert models_at_hand(folders_of(tmp_path), {"RAO_MODEL": ""}).chosen.origin == "rao"


def test_a_wrong_settings_file_is_an_error(tmp_path):
    """Settings that cannot be read are told, not passed over."""
    folders = folders_of(tmp_path)
    folders.config.write_text("model = \n")
    with pytest.raises(UsageError, match="is not TOML"):
        models_at_hand(folders, {})


def test_places_lie_in_the_users_folders(tmp_path):
    """Downloads are data; looking creates no folder."""
    models = models_at_hand(folders_of(tmp_path), {})
    assert models.downloads == tmp_path / "data" / "models"
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=200), st.integers(24, 120))
def test_hanging_text_keeps_its_words(text, width):
    """Text that is wrapped has the same words, and no line is wider than the screen but for one long word."""
    lines = hanging("ab  ", text, width).splitlines()
    assert "".join(line[4:] for line in lines).split() == text.split()
    assert all(len(line) <= width or " " not in line[4:] for line in lines)


def test_quiet_leaves_the_result_only():
    """With --quiet nothing but errors is said on standard error."""
    to = streams()
    notices_for(Options(quiet=True), to).line("news")
    notices_for(Options(), to).line("more news")
    assert to.stderr.getvalue() == "rao: more news\n"


def test_a_file_has_no_width(tmp_path, monkeypatch):
    """What goes to a file is not cut to the screen."""
    monkeypatch.setenv("COLUMNS", "40")
    assert screen_width(Options(), streams()) == 40
    assert screen_width(Options(output=str(tmp_path / "x")), streams()) is None


def test_a_record_is_versioned_json():
    """With --json the record is one object that names its schema; without it the text is printed."""
    to = streams()
    assert show("list", "text\n", {"a": "\x1b[2J"}, Options(json=True), to) == 0
    assert json.loads(to.stdout.getvalue()) == {"schema": "rao.models.list/1", "a": "\x1b[2J"}
    assert "\x1b" not in to.stdout.getvalue()
    to = streams()
    show("list", "text\n", {}, Options(), to)
    assert to.stdout.getvalue() == "text\n"
