"""A run's folder knows its run: the same one goes on, another one is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from rao_cli.errors import InputError, RaoError, UsageError
from rao_cli.training.recipe import Recipe
from rao_cli.training.runs import check_run, digest, kept_recipe, open_run, with_run, write_whole


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Return the recipe of a run on one file."""
    (tmp_path / "in.jsonl").write_text("one")
    return with_run(Recipe(), "sft", "model", ("a", "b"), [tmp_path / "in.jsonl"])


def test_a_new_folder_gets_the_recipe(tmp_path, recipe):
    """The first time the recipe is kept, with what the run is of; the second time it is known."""
    assert not open_run(tmp_path / "out", "sft", recipe)
    kept = kept_recipe(tmp_path / "out")
    assert (kept.run, kept.sft, kept.lora) == (recipe.run, recipe.sft, recipe.lora)
    assert open_run(tmp_path / "out", "sft", recipe)


@pytest.mark.parametrize("change", ["setting", "model", "data", "command"])
def test_another_run_is_refused(tmp_path, recipe, change):
    """Another setting, model, input or command is another run; the folder stays as it was."""
    open_run(tmp_path / "out", "sft", recipe)
    other, command = recipe, "sft"
    if change == "setting":
        other = replace(recipe, sft=replace(recipe.sft, rate=1.0))
    if change == "model":
        other = replace(recipe, run=replace(recipe.run, base_sha256="c"))
    if change == "data":
        (tmp_path / "in.jsonl").write_text("two")
        other = with_run(Recipe(), "sft", "model", ("a", "b"), [tmp_path / "in.jsonl"])
    if change == "command":
        other, command = with_run(recipe, "rl", "model", ("a", "b"), [tmp_path / "in.jsonl"]), "rl"
    with pytest.raises(UsageError, match="holds another run") as caught:
        open_run(tmp_path / "out", command, other)
    assert "--out" in caught.value.hint
    assert kept_recipe(tmp_path / "out").sft == recipe.sft


def test_another_version_goes_on(tmp_path, recipe):
    """A run that an older version began, on the same model by another name, is still the same run."""
    older = replace(recipe, run=replace(recipe.run, version="0.0.1", base="/tmp/model.gguf"))
    open_run(tmp_path / "out", "sft", older)
    assert check_run(tmp_path / "out", "sft", recipe)


def test_checking_writes_nothing(tmp_path, recipe):
    """To look whether a run is known makes no folder."""
    assert not check_run(tmp_path / "out", "sft", recipe)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_run_is_refused(tmp_path):
    """Where no recipe is, nothing was trained."""
    with pytest.raises(InputError, match="no training run"):
        kept_recipe(tmp_path)


def test_digests_follow_content(tmp_path):
    """A file's digest is its content's; a folder's is that of its configuration and weights."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text("{}")
    before = digest(tmp_path / "m")
    (tmp_path / "m" / "README").write_text("hello")
    assert digest(tmp_path / "m") == before
    (tmp_path / "m" / "model.safetensors").write_bytes(b"w")
    assert digest(tmp_path / "m") != before
    with pytest.raises(InputError):
        digest(tmp_path / "none")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file in the way of the folder is one clear error."""
    (tmp_path / "out").write_text("")
    with pytest.raises(RaoError, match="cannot write") as caught:
        write_whole(tmp_path / "out" / "recipe.toml", "")
    assert caught.value.hint
