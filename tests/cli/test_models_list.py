"""``rao models list``: what there is, what is in use, and how to get the rest."""

import pytest

from rao_cli.cli.models import model_names
from rao_cli.models.catalogue import catalogue
from rao_cli.models.registry import Entry, change_registry
from tests.cli.console import Screen, rao
from tests.engine.tiny import write_tiny


def cells(done):
    """Return the words of each line by the model's name."""
    rows = [line.lstrip("* ").split() for line in done.out.splitlines()]
    return {row[0]: row for row in rows if row}


@pytest.fixture
def tiny(tmp_path):
    """Return a model file that was added as ``mine``."""
    path = write_tiny(tmp_path / "tiny.gguf")
    assert rao("models", "add", path, "--name", "mine").code == 0
    return path


def registry(tmp_path):
    """Return the folder that holds the registry of these tests."""
    return tmp_path / "data" / "rao"


def test_every_model_of_the_catalogue_is_listed():
    """Each known model has a line with its window and licence; what is not here has the command that gets it."""
    done = rao("models", "list")
    assert done.code == 0
    rows = cells(done)
    assert set(catalogue().models) <= set(rows)
    assert rows["qwen3-4b"][1:] == ["no", "2.5", "GB", "3.7", "GB", "~8,192", "Apache-2.0"]
    assert "rao models add NAME" in done.out


def test_the_default_is_marked(tiny):
    """A star stands at the model that is used when no option names one."""
    assert "*  smollm2 " in rao("models", "list").out
    rao("models", "default", "mine")
    out = rao("models", "list").out
    assert "*  mine" in out
    assert "rao models default says so" in out


def test_a_variable_decides_before_the_default(tiny, monkeypatch):
    """Where RAO_MODEL names a model, the star and the legend follow it; a path is told below."""
    monkeypatch.setenv("RAO_MODEL", "mine")
    assert "RAO_MODEL says so" in rao("models", "list").out
    monkeypatch.setenv("RAO_MODEL", str(tiny))
    assert f"in use when no option names a model: {tiny} (RAO_MODEL says so)" in rao("models", "list").out


def test_ones_own_models_are_listed(tiny):
    """What the user added has the figures of its header."""
    row = cells(rao("models", "list"))["mine"]
    assert row[1] == "yes"
    assert row[-1] == "unknown"


def test_json_lists_everything(tiny, tmp_path):
    """The object has each model with its path, or with why it cannot be used and what to do."""
    done = rao("models", "list", "--json").json
    assert (done["schema"], done["default"]) == ("rao.models.list/1", {"name": "smollm2", "origin": "rao"})
    models = {model["name"]: model for model in done["models"]}
    assert models["mine"]["path"] == str(tiny)
    assert models["mine"]["own"]
    assert models["qwen3-4b"]["get"] == "rao models add qwen3-4b"
    assert models["qwen3-4b"]["memory"] > models["qwen3-4b"]["size"] > 2_000_000_000


def test_a_file_that_is_gone_is_told(tiny):
    """A model whose file was deleted is not installed, with the reason and the remedy."""
    tiny.unlink()
    done = rao("models", "list")
    assert cells(done)["mine"][1] == "no"
    assert f"mine: the file of the model mine is gone: {tiny}; put it back" in done.out


def test_a_damaged_file_is_told(tiny):
    """A model that is no GGUF file any more does not break the list."""
    tiny.write_bytes(b"GGUF" + b"\xff" * 100)
    done = rao("models", "list")
    assert done.code == 0
    assert "mine: the model file" in done.out


def test_a_name_that_stands_for_two_is_told(tmp_path):
    """A model of the user's with the name of a known one is told as such."""
    entry = Entry(path=str(write_tiny(tmp_path / "tiny.gguf")))
    change_registry(registry(tmp_path), lambda own: own.with_entry("qwen3-4b", entry))
    assert "qwen3-4b: qwen3-4b is a model that rao knows, and also one of your own" in rao("models", "list").out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_screen(tiny, monkeypatch, width):
    """On a terminal no row of the table is wider than it."""
    monkeypatch.setenv("COLUMNS", str(width))
    rows = rao("models", "list", out=Screen()).out.split("\n\n")[0].splitlines()
    assert max(map(len, rows)) <= width


def test_hostile_text_in_a_file_stays_out(tmp_path):
    """Names and licences inside a file reach the terminal cleaned."""
    path = write_tiny(tmp_path / "tiny.gguf", pairs={"general.license": "\x1b[2Jfree\nnot installed"})
    rao("models", "add", path, "--name", "mine")
    assert cells(rao("models", "list"))["mine"][-3:] == ["[2Jfree", "not", "installed"]


def test_the_shell_completes_names(tiny, tmp_path):
    """Known models and those that were added are offered; a damaged registry offers none, and no error."""
    assert model_names("qwen3-") == ["qwen3-30b", "qwen3-4b"]
    assert model_names("mi") == ["mine"]
    (registry(tmp_path) / "models.json").write_text("{")
    assert model_names("mi") == []


def test_a_damaged_registry_is_one_line(tmp_path):
    """A list of models that cannot be read ends with exit code 4 and a way out."""
    registry(tmp_path).mkdir(parents=True)
    (registry(tmp_path) / "models.json").write_text("{")
    done = rao("models", "list")
    assert (done.code, done.out) == (4, "")
    assert "is damaged" in done.err
    assert "hint: correct it, or move it away" in done.err


def test_the_list_goes_to_a_file(tmp_path):
    """With -o the list is written to a file."""
    done = rao("models", "list", "-o", tmp_path / "list.txt")
    assert (done.code, done.out) == (0, "")
    assert "qwen3-4b" in (tmp_path / "list.txt").read_text()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("models", "list", "smollm2"), "unexpected"),
        (("models", "lst"), "lst"),
        (("models", "list", "--sort"), "--sort"),
    ],
)
def test_usage_errors(argv, message):
    """An argument too many, an unknown command and an unknown option are refused with exit code 2."""
    done = rao(*argv)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
