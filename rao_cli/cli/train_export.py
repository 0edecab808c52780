"""``rao train export``: what a run learned, as an adapter file or merged into its base model."""

from dataclasses import dataclass
from pathlib import Path

from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_base import Base, find_base, load_network
from rao_cli.cli.train_options import Place
from rao_cli.errors import InputError, ModelError
from rao_cli.text import one_line
from rao_cli.training.checkpoints import NAME, restore_parameters
from rao_cli.training.export import ModelWeights, export_adapter, merge_and_quantize
from rao_cli.training.recipe import Recipe
from rao_cli.training.runs import ADAPTER, kept_recipe


@dataclass(frozen=True)
class Asked:
    """What the user wants to have written."""

    run: Path
    """A run's folder, or the checkpoint in it."""
    output: Path | None = None
    merge: Path | None = None
    weights: ModelWeights = "q8_0"
    vocabulary: Path | None = None


def write_adapter(asked: Asked, options: Options, streams: Streams, notices: Notices) -> int:
    """Write the adapter, and the merged model if it is wanted; return the exit code. Raises RaoError."""
    folder = asked.run if asked.run.is_dir() else asked.run.parent
    checkpoint = folder / NAME if asked.run.is_dir() else asked.run
    recipe = kept_recipe(folder)
    if not checkpoint.is_file():
        raise InputError(f"there is no checkpoint {one_line(str(checkpoint), 200)}", hint="train first")
    base = find_base(options.model or recipe.run.base, asked.vocabulary)
    _check_base(base, recipe)
    adapter = asked.output or folder / ADAPTER
    try:
        with Interrupts(streams.stderr) as interrupts:
            notices.status("loading the base model")
            interrupts.wait(lambda: _export(base, recipe, checkpoint, adapter))
            if asked.merge:
                notices.status("merging")
                merged, weights = asked.merge, asked.weights
                interrupts.wait(lambda: merge_and_quantize(base.gguf, adapter, merged, weights))
    finally:
        notices.clear()
    for path in filter(None, (adapter, asked.merge)):
        notices.line(f"wrote {path}")
    return 0


def _export(base: Base, recipe: Recipe, checkpoint: Path, adapter: Path) -> None:
    network = load_network(base, Place("cpu", "float32"), recipe.lora)
    restore_parameters(checkpoint, network)
    export_adapter(network, adapter)


def _check_base(base: Base, recipe: Recipe) -> None:
    """Refuse another base model than the run's. Raises ModelError."""
    if base.digests[0] != recipe.run.base_sha256:
        raise ModelError(
            f"{one_line(base.name, 100)} is not the model of this run, which was {one_line(recipe.run.base, 100)}",
            hint="name the file that was trained with --model",
        )
