"""Where files go, who can read them, and what clearing the cache deletes."""

from pathlib import Path

import pytest

from rao_cli.cli.folders import Folders, clear_cache, private_folder, user_folders
from rao_cli.errors import RaoError
from tests.cli.console import rao


def test_variables_move_the_folders(tmp_path, monkeypatch):
    """RAO_CONFIG and RAO_CACHE_DIR go before the system's places."""
    monkeypatch.setenv("RAO_CONFIG", "/x/y.toml")
    folders = user_folders()
    assert folders.config == Path("/x/y.toml")
    assert folders.cache == tmp_path / "cache"


def test_folders_are_private(tmp_path):
    """Only the owner can look into a new folder."""
    assert private_folder(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    """A file in the way is an error with a remedy."""
    (tmp_path / "a").write_text("x")
    with pytest.raises(RaoError, match="cannot create") as caught:
        private_folder(tmp_path / "a" / "b")
    assert "--no-cache" in caught.value.hint


def test_clearing_leaves_other_files_alone(tmp_path):
    """A cache folder that was set to a wrong place loses nothing of the user's."""
    (tmp_path / "thesis.txt").write_text("precious")
    folders = Folders(tmp_path, tmp_path, tmp_path, tmp_path)
    private_folder(folders.completions)
    (folders.completions / "notes.txt").write_text("precious too")
    for ending in ("sqlite3", "sqlite3-wal", "damaged"):
        (folders.completions / f"completions.{ending}").write_text("12345")
    assert clear_cache(folders) == (3, 15)
    assert [path.name for path in folders.completions.iterdir()] == ["notes.txt"]
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_clearing_deletes_what_a_run_stored(tmp_path):
    """After a run and ``rao cache clear`` no file of the cache is left, whatever the store calls them."""
    (tmp_path / "log.txt").write_text("the code is 7431\n")
    rao("ask", tmp_path / "log.txt", "What is the code?")
    folder = tmp_path / "cache" / "completions"
    assert list(folder.iterdir())
    assert rao("cache", "clear").code == 0
    assert not list(folder.iterdir())


def test_clearing_deletes_what_was_measured(tmp_path):
    """Answers that a benchmark kept go, and other files beside them stay."""
    folders = Folders(tmp_path, tmp_path, tmp_path, tmp_path)
    private_folder(folders.bench)
    (folders.bench / "quality-0123.jsonl").write_text("12345")
    (folders.bench / "mine.jsonl").write_text("precious")
    assert clear_cache(folders) == (1, 5)
    assert [path.name for path in folders.bench.iterdir()] == ["mine.jsonl"]


def test_clearing_nothing_is_fine(tmp_path):
    """A cache that was never used has nothing to delete."""
    assert clear_cache(Folders(tmp_path, tmp_path, tmp_path, tmp_path)) == (0, 0)


def test_paths_are_printed(tmp_path):
    """``rao paths`` prints each folder with its name."""
    lines = rao("paths").out.splitlines()
    assert [line.split()[0] for line in lines] == ["config", "cache", "data", "state"]
    assert lines[1].split()[1] == str(tmp_path / "cache")


def test_cache_clear_says_what_went():
    """``rao cache clear`` counts what it deleted."""
    assert rao("cache", "clear").out == "deleted 0 files, 0.0 MB\n"
