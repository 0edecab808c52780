"""What the commands of ``rao train`` share: the base model that is trained, and the recipe of a run."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.agent.preparing import Settings
from rao_cli.cli.folders import user_folders
from rao_cli.cli.options import Options
from rao_cli.cli.train_options import Place
from rao_cli.errors import UsageError
from rao_cli.models.registry import read_registry
from rao_cli.models.resolve import resolve
from rao_cli.text import one_line
from rao_cli.training.base_model import LoraNetwork, LoraSettings, choose_device, load_base
from rao_cli.training.recipe import Recipe, read_recipe
from rao_cli.training.runs import digest

if TYPE_CHECKING:
    from rao_cli.training.tokens import Tokens

OUTPUT_TOKENS = 64


@dataclass(frozen=True)
class Base:
    """A base model: a GGUF file, or a Hugging Face folder, which has no vocabulary of its own here."""

    name: str
    path: Path
    vocabulary: Path | None

    @property
    def gguf(self) -> Path:
        """Return the file that llama.cpp reads. Raises UsageError for a folder that none was given for."""
        if self.vocabulary is None:
            raise UsageError(
                f"{one_line(str(self.path), 200)} is a folder: its text is split by its GGUF file",
                hint="give that file with --vocabulary",
            )
        return self.vocabulary

    @property
    def digests(self) -> tuple[str, str]:
        """Return the digests of the model and of its vocabulary, empty where that is not known."""
        return digest(self.path), self.splitting() if self.vocabulary else ""

    def splitting(self) -> str:
        """Return the digest of what splits text."""
        with closing(self.tokens()) as tokens:
            return tokens.digest

    def tokens(self) -> "Tokens":
        """Open the vocabulary."""
        from rao_cli.training.tokens import Tokens

        return Tokens(self.gguf)


def find_base(named: str | None, vocabulary: Path | None) -> Base:
    """Find a base model by name, file or folder. Raises ModelError and UsageError."""
    folder = Path(named).expanduser() if named else None
    if folder and folder.is_dir():
        return Base(str(folder), folder, vocabulary)
    if vocabulary:
        raise UsageError(
            "--vocabulary goes with a --model that is a folder", hint="a GGUF file has its vocabulary in it"
        )
    file = resolve(named, own=read_registry(user_folders().data))
    return Base(named or file.card.name, file.path, file.path)


def load_network(base: Base, place: Place, settings: LoraSettings) -> LoraNetwork:
    """Load a base model with a new adapter, or with one to go on with. Raises RaoError."""
    model = load_base(base.path, cache=user_folders().bases, device=place.device, precision=place.precision)
    if place.adapter is None:
        return LoraNetwork(model, settings)
    from rao_cli.training.export import import_adapter

    network = LoraNetwork(model, settings)
    import_adapter(network, place.adapter)
    return network


def recipe_of(path: Path | None, place: Place | None = None) -> Recipe:
    """Return a file's recipe, or the default one; an adapter to go on with keeps its size. Raises RaoError."""
    recipe = read_recipe(path) if path else Recipe()
    if place is None or place.adapter is None:
        return recipe
    from rao_cli.training.export import adapter_settings

    found = adapter_settings(place.adapter)
    return replace(recipe, lora=replace(found, seed=recipe.lora.seed))


def make_ready(place: Place, options: Options) -> None:
    """Keep torch to the threads that the user allows; UsageError without torch, or without the device."""
    choose_device(place.device)
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)


def acting_settings(recipe: Recipe) -> Settings:
    """Return how texts are prepared for a trained policy, in rollouts and in evaluations."""
    return Settings(
        window=recipe.acting.window,
        view_tokens=recipe.acting.view_tokens,
        delegation="model",
        output_tokens=OUTPUT_TOKENS,
        computes=False,
        answers="chosen",
    )
