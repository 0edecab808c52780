"""``rao train data``: demonstrations of ideal work, in files that ``rao train sft`` learns from."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_base import find_base, recipe_of
from rao_cli.cli.train_progress import Progress
from rao_cli.cli.words import counted
from rao_cli.training.runs import open_run, with_run
from rao_cli.training.sources import TRAIN, VALID, load_quizzes, write_data


@dataclass(frozen=True)
class Asked:
    """What the user wants to have made."""

    out: Path
    quizzes: tuple[Path, ...] = ()
    recipe: Path | None = None
    vocabulary: Path | None = None
    seed: int | None = None


def make_data(asked: Asked, options: Options, streams: Streams, notices: Notices) -> int:
    """Write the files, unless they are there; return the exit code. Raises RaoError."""
    base = find_base(options.model, asked.vocabulary)
    recipe = recipe_of(asked.recipe)
    if asked.seed is not None:
        recipe = replace(recipe, data=replace(recipe.data, seed=asked.seed))
    # The vocabulary alone decides how text is split: the weights may be those of any quantization.
    recipe = with_run(recipe, "data", base.gguf.name, ("", base.splitting()), asked.quizzes)
    try:
        with (
            Interrupts(streams.stderr, hint="run the same command again") as stop,
            closing(base.tokens()) as tokens,
        ):
            quizzes = load_quizzes(asked.quizzes, recipe.data)
            known = open_run(asked.out, "data", recipe)
            if known and all((asked.out / name).exists() for name in (TRAIN, VALID)):
                notices.line(f"{asked.out} holds these demonstrations already")
                return 0
            shown = {name: Progress(notices, streams) for name in (TRAIN, VALID)}

            def told(name: str, done: int, total: int) -> None:
                if stop.stopping:
                    raise KeyboardInterrupt
                shown[name].step(f"{name}: episode", done, total)

            found = stop.let_end(lambda: write_data(recipe, quizzes, tokens, asked.out, told))
    finally:
        notices.clear()
    for name, kinds in found.items():
        listed = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
        notices.line(f"wrote {counted(sum(kinds.values()), 'demonstration')} to {asked.out / name}: {listed}")
    return 0
