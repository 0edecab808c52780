"""``rao models rm`` and ``rao models default``: what they change, and what they never touch."""

import io

import pytest

from rao_cli.models.registry import Entry, Registry, change_registry, read_registry
from tests.cli.console import Keyboard, Screen, rao
from tests.engine.tiny import write_tiny


@pytest.fixture
def data(tmp_path):
    """Return the folder where rao keeps what the user adds."""
    return tmp_path / "data" / "rao"


@pytest.fixture
def mine(tmp_path, data):
    """Return a file of the user's own that was added as ``mine``."""
    path = write_tiny(tmp_path / "tiny.gguf")
    change_registry(data, lambda own: own.with_entry("mine", Entry(path=str(path))))
    return path


@pytest.fixture
def fetched(data):
    """Return a file that rao downloaded as ``fetched``."""
    (data / "models").mkdir(parents=True)
    path = write_tiny(data / "models" / "fetched.gguf")
    entry = Entry(path=str(path), source="hf:org/repo/fetched.gguf@0123")
    change_registry(data, lambda own: own.with_entry("fetched", entry))
    return path


def test_a_file_of_ones_own_stays(mine, data):
    """Forgetting a model that the user brought along leaves its file, and asks nothing."""
    done = rao("models", "rm", "MINE")
    assert (done.code, done.out) == (0, "forgot mine; its file stays where it is\n")
    assert mine.exists()
    assert read_registry(data) == Registry()


def test_a_download_is_deleted(fetched, data):
    """What rao downloaded goes with its name."""
    done = rao("models", "rm", "fetched", "--yes", "--json")
    assert done.json["deleted"] == str(fetched)
    assert not fetched.exists()
    assert read_registry(data) == Registry()


@pytest.mark.parametrize(("reply", "code", "left"), [(b"y\n", 0, False), (b"n\n", 2, True), (b"", 2, True)])
def test_a_download_is_deleted_only_if_the_user_says_so(fetched, reply, code, left):
    """On a terminal rao asks, with the file and its size; anything but yes keeps both."""
    screen = Screen()
    done = rao("models", "rm", "fetched", stdin=Keyboard(reply), err=screen)
    assert (done.code, fetched.exists()) == (code, left)
    assert f"this deletes {fetched}" in done.err


def test_without_a_terminal_yes_must_be_said(fetched, data):
    """In a script the download stays unless --yes is given."""
    done = rao("models", "rm", "fetched", stdin=io.BytesIO(b"y\n"))
    assert (done.code, fetched.exists()) == (2, True)
    assert "hint: use --yes to go on" in done.err
    assert "fetched" in read_registry(data).models


def test_a_download_with_another_name_stays(fetched, data):
    """A file that a second name needs is not deleted."""
    entry = read_registry(data).models["fetched"]
    change_registry(data, lambda own: own.with_entry("second", entry))
    assert rao("models", "rm", "fetched").code == 0
    assert fetched.exists()


def test_nothing_outside_the_folder_of_downloads_is_deleted(tmp_path, data):
    """A registry that calls any file a download does not make rao delete it."""
    path = write_tiny(tmp_path / "precious.gguf")
    change_registry(data, lambda own: own.with_entry("x", Entry(path=str(path), source="hf:a/b/c.gguf@1")))
    assert rao("models", "rm", "x", "--yes").code == 0
    assert path.exists()
    dotted = str(data / "models" / ".." / ".." / "precious.gguf")
    change_registry(data, lambda own: own.with_entry("x", Entry(path=dotted, source="hf:a/b/c.gguf@1")))
    assert rao("models", "rm", "x", "--yes").code == 0
    assert path.exists()


def test_a_model_whose_file_is_gone_can_be_forgotten(mine, data):
    """Without its file a name can still be removed."""
    mine.unlink()
    assert rao("models", "rm", "mine").code == 0
    assert read_registry(data) == Registry()


def test_the_default_falls_back(mine, data):
    """Forgetting the default tells which one is in use again."""
    rao("models", "default", "mine")
    assert "the default is smollm2 again" in rao("models", "rm", "mine").err
    assert rao("models", "default").out == "smollm2\n"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("rm", "smollm2"), "it is in a package"),
        (("rm", "qwen3-4b"), "qwen3-4b is not installed"),
        (("rm", "other"), "you added no model called 'other'"),
        (("rm", "../../etc/passwd"), "you added no model called"),
        (("rm",), "rao models rm needs a model"),
        (("rm", "mine", "other"), "unexpected"),
        (("default", "a", "b"), "unexpected"),
    ],
)
def test_usage_errors(mine, data, argv, message):
    """What cannot be removed or chosen is told with exit code 2 and a hint; nothing changes."""
    done = rao("models", *argv)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "hint: " in done.err
    assert list(read_registry(data).models) == ["mine"]


def test_the_default_is_shown_and_chosen(mine, data):
    """The model in use can be read by a script, and changed."""
    assert rao("models", "default").out == "smollm2\n"
    assert rao("models", "default", "Mine").out == "the default is mine\n"
    done = rao("models", "default")
    assert (done.out, done.err) == ("mine\n", "")
    assert rao("models", "default", "--json").json["origin"] == "rao models default"
    assert read_registry(data).default == "mine"


@pytest.mark.model
def test_the_catalogues_default_can_be_chosen_again(mine, data):
    """Choosing what rao comes with leaves no choice of one's own behind."""
    rao("models", "default", "mine")
    assert rao("models", "default", "smollm2").code == 0
    assert read_registry(data).default is None


def test_what_goes_before_the_default_is_told(mine, data, monkeypatch, tmp_path):
    """A variable, then the settings file, go before the default; both are named."""
    (tmp_path / "config" / "rao").mkdir(parents=True)
    config = tmp_path / "config" / "rao" / "config.toml"
    config.write_text('model = "filed"\n')
    done = rao("models", "default", "mine")
    assert f"warning: {config} goes before it and names filed" in done.err
    monkeypatch.setenv("RAO_MODEL", "varied")
    done = rao("models", "default")
    assert (done.out, done.err) == ("varied\n", "rao: RAO_MODEL says so\n")


def test_a_default_must_be_there(data):
    """A model that is not installed, or that nothing is called, cannot be the default."""
    done = rao("models", "default", "qwen3-4b")
    assert (done.code, "hint: rao models add qwen3-4b" in done.err) == (4, True)
    done = rao("models", "default", "qwen")
    assert (done.code, "no model is called 'qwen'" in done.err) == (4, True)
    assert not data.exists()


def test_a_default_needs_a_name(mine):
    """A path must be given a name first."""
    done = rao("models", "default", mine)
    assert done.code == 2
    assert f"hint: give it one: rao models add {mine} --name NAME" in done.err


def test_a_damaged_model_is_no_default(mine):
    """A file that is no model any more is refused."""
    mine.write_bytes(b"GGUF")
    assert rao("models", "default", "mine").code == 4
