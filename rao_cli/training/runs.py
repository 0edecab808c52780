"""The folder of a training run: its recipe, its checkpoint and its log, and who may go on with them.

A run of another recipe is never mixed into a folder. What was learned from is known by digest, so that a file with
the same name and other content is another run.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rao_cli import __version__
from rao_cli.errors import InputError, RaoError, UsageError
from rao_cli.text import one_line
from rao_cli.training.recipe import Recipe, changed, read_recipe, written

RECIPE = "recipe.toml"
ADAPTER = "adapter.gguf"
SECTIONS = {
    "data": ("run", "texts", "data", "shown"),
    "sft": ("run", "lora", "sft"),
    "rl": ("run", "texts", "data", "lora", "acting", "episodes", "rl"),
    "eval": ("run", "texts", "data", "acting", "episodes"),
}
"""The sections that a command's results depend on."""


def open_run(folder: Path, command: str, recipe: Recipe) -> bool:
    """Keep a recipe in the folder of its run, or check that the run there is the same; tell whether it was.

    Raises UsageError for a folder that holds another run, and RaoError where it cannot be written.
    """
    kept = check_run(folder, command, recipe)
    if not kept:
        write_whole(folder / RECIPE, written(recipe, SECTIONS[command]))
    return kept


def check_run(folder: Path, command: str, recipe: Recipe) -> bool:
    """Tell whether the folder holds this run. Raises UsageError where it holds another."""
    path = folder / RECIPE
    if not path.exists():
        return False
    kept = read_recipe(path)
    # Another version of rao may go on with a run, and the model may be named otherwise: its digest tells.
    wanted = replace(recipe, run=replace(recipe.run, version=kept.run.version, base=kept.run.base))
    difference = changed(kept, wanted, SECTIONS[command])
    if difference:
        raise UsageError(
            f"{one_line(str(folder), 200)} holds another run: {difference}",
            hint="give another --out, or the same settings to go on with it",
        )
    return True


def kept_recipe(folder: Path) -> Recipe:
    """Return the recipe of a run; raises InputError where there is none."""
    if not (folder / RECIPE).is_file():
        raise InputError(
            f"{one_line(str(folder), 200)} holds no training run",
            hint=f"give a folder that rao train sft or rl wrote, with its {RECIPE}",
        )
    return read_recipe(folder / RECIPE)


def with_run(recipe: Recipe, command: str, base: str, digests: tuple[str, str], inputs: Sequence[Path]) -> Recipe:
    """Return a recipe that says what the run is of; ``digests`` are the base model's and the vocabulary's."""
    named = tuple(f"{digest(path)} {one_line(path.name, 80)}" for path in inputs)
    run = replace(recipe.run, command=command, version=__version__, base=base, inputs=named)
    return replace(recipe, run=replace(run, base_sha256=digests[0], vocabulary_sha256=digests[1]))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files that a model's folder holds. Raises InputError."""
    try:
        if path.is_dir():
            whole = hashlib.sha256()
            for part in sorted((*path.glob("*.json"), *path.glob("*.safetensors"))):
                whole.update(f"{part.name} {digest(part)}\n".encode())
            return whole.hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {one_line(str(path), 200)}: {error.strerror}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file that appears only when it is whole, and its folder. Raises RaoError."""
    made = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text, "utf-8")
        made.replace(path)
    except OSError as error:
        raise RaoError(
            f"cannot write {one_line(str(path), 200)}: {error.strerror}", hint="give another --out"
        ) from error
    finally:
        if made.parent.is_dir():
            made.unlink(missing_ok=True)
