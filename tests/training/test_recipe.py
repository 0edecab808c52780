"""A recipe says what it means: what is written is read back, and what is wrong is named with its file."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.errors import InputError, UsageError
from rao_cli.training.credit import CreditSettings
from rao_cli.training.recipe import DataSettings, Mix, Recipe, Run, changed, read_recipe, written
from rao_cli.training.runs import SECTIONS
from tests.training.quizzes import write_recipe

EVERY = ("run", "texts", "data", "shown", "lora", "sft", "acting", "episodes", "rl")


def read(tmp_path: Path, text: str) -> Recipe:
    """Read a recipe of this text."""
    path = tmp_path / "r.toml"
    path.write_text(text)
    return read_recipe(path)


def refused(tmp_path: Path, text: str) -> UsageError:
    """Return the error that a recipe is refused with."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert "r.toml" in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value


def test_an_empty_recipe_is_the_defaults(tmp_path):
    """What is not set has its default."""
    assert read(tmp_path, "") == Recipe()


def test_defaults_come_back(tmp_path):
    """The whole default recipe is TOML that reads as itself."""
    assert read(tmp_path, written(Recipe(), EVERY)) == Recipe()


def test_settings_are_read_at_every_level(tmp_path):
    """Settings of sections, and of sections in them, are set; the others stay."""
    recipe = read(
        tmp_path,
        '[data]\nleft_out = ["A", "B"]\n[data.train]\ncode = 7\n[rl]\nrate = 1\n[rl.credit]\nbonus = 0.0\n'
        "discount = 0.5\n[rl.limits]\ndepth = 0\n[shown]\nviews = [100, 200]\n",
    )
    assert recipe.data.left_out == ("A", "B")
    assert recipe.data.train == Mix(code=7)
    assert recipe.rl.rate == 1.0
    assert recipe.rl.credit == CreditSettings(bonus=0.0, discount=0.5)
    assert recipe.rl.limits.depth == 0
    assert recipe.shown.views == (100, 200)
    assert recipe.rl.steps == Recipe().rl.steps


@given(
    st.text(max_size=30),
    st.floats(min_value=1e-9, max_value=1e6),
    st.lists(st.text(max_size=8), max_size=3),
    st.none() | st.floats(min_value=0, max_value=2),
)
def test_any_values_come_back(tmp_path_factory, name, rate, titles, discount):
    """Whatever is in a text or a number, it is the same after writing and reading."""
    recipe = Recipe()
    recipe = replace(
        recipe,
        run=Run(command="sft", base=name),
        sft=replace(recipe.sft, rate=rate),
        data=DataSettings(left_out=tuple(titles)),
        rl=replace(recipe.rl, credit=CreditSettings(discount=discount)),
    )
    text = written(recipe, EVERY)
    tomllib.loads(text)
    assert read(tmp_path_factory.mktemp("r"), text) == recipe


def test_only_asked_sections_are_written(tmp_path):
    """A run keeps the sections that it depends on."""
    text = written(Recipe(), SECTIONS["sft"])
    assert set(tomllib.loads(text)) == set(SECTIONS["sft"])


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("[sft]\nrates = 1\n", "sft.rates", "did you mean rate?"),
        ("[stf]\nrate = 1\n", "stf", "did you mean sft?"),
        ("[rl.limits]\ntoken = 3\n", "rl.limits.token", "did you mean tokens?"),
        ("[data.train]\nbooks = 3\n", "data.train.books", "known here are reading"),
        ("rate = 1\n", "rate", "known here are"),
    ],
)
def test_unknown_settings_are_refused(tmp_path, text, name, hint):
    """A name that is not known is told with its section and the file, and with the closest one."""
    error = refused(tmp_path, text)
    assert f"no setting {name}" in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[sft]\nrate = "fast"\n', "sft.rate"),
        ("[sft]\nepochs = 1.5\n", "sft.epochs"),
        ("[sft]\nepochs = true\n", "sft.epochs"),
        ("[sft]\nepochs = 0\n", "sft.epochs"),
        ("[sft]\nrate = nan\n", "sft.rate"),
        ("[sft]\nrate = -1.0\n", "sft.rate"),
        ("[sft]\nrate = 2020-01-01\n", "sft.rate"),
        ("[texts.statements]\nabsent = 1.5\n", "texts.statements.absent"),
        ("[shown]\nviews = [0.5]\n", "shown.views"),
        ("[data]\nleft_out = [3]\n", "data.left_out"),
        ("[rl.credit]\nbonus = -1.0\n", "rl.credit.bonus"),
        ('[rl.credit]\nmass = "weight"\n', "rl.credit.mass"),
        ("[rl.limits]\ntokens = 0\n", "rl.limits"),
        ("sft = 3\n", "sft is no section"),
        ("[[sft]]\nrate = 1\n", "sft is no section"),
    ],
)
def test_impossible_values_are_refused(tmp_path, text, name):
    """A value of another kind, or out of range, is told with its name and the file."""
    assert name in refused(tmp_path, text).message


@pytest.mark.parametrize("content", [b"[sft", b"\xff\xfe", None])
def test_a_file_that_is_no_recipe_is_refused(tmp_path, content):
    """What is not TOML, not text or not there is an input that cannot be read."""
    path = tmp_path / "r.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"r\.toml"):
        read_recipe(path)


def test_a_change_is_told(tmp_path):
    """The first setting that differs is named with both values; other sections do not count."""
    before = read_recipe(write_recipe(tmp_path / "r.toml"))
    after = replace(before, sft=replace(before.sft, epochs=9))
    assert changed(before, after, ("sft",)) == "sft.epochs was 1 and is now 9"
    assert changed(before, after, ("lora", "rl")) == ""
    sparse = replace(before, rl=replace(before.rl, credit=CreditSettings(discount=0.5)))
    assert changed(before, sparse, ("rl",)) == "rl.credit.discount was not set and is now 0.5"
