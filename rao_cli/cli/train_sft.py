"""``rao train sft``: learn demonstrations, go on after a kill, and leave an adapter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.cli.commands import print_text
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_base import find_base, load_network, make_ready, recipe_of
from rao_cli.cli.train_options import Place
from rao_cli.cli.train_progress import Progress, curve, duration
from rao_cli.cli.words import counted, data_size
from rao_cli.errors import InputError
from rao_cli.text import one_line
from rao_cli.training.checkpoints import Log
from rao_cli.training.demonstrations import Line, read_lines
from rao_cli.training.recipe import Recipe
from rao_cli.training.runs import ADAPTER, RECIPE, check_run, kept_recipe, open_run, with_run
from rao_cli.training.sft import Learned, SftSettings, accuracy, train

if TYPE_CHECKING:
    from rao_cli.training.base_model import LoraNetwork

GO_ON = "run the same command again to go on"
MAKE = "make them for this model: rao train data --model"
MEASURED = 10
"""Times that a run is measured with the demonstrations for validation."""


@dataclass(frozen=True)
class Asked:
    """What the user wants to have learned."""

    data: tuple[Path, ...]
    out: Path
    valid: Path | None = None
    recipe: Path | None = None
    seed: int | None = None
    dry_run: bool = False


def learn(asked: Asked, place: Place, options: Options, streams: Streams, notices: Notices) -> int:
    """Learn, or tell what it would take; return the exit code. Raises RaoError."""
    make_ready(place, options)
    base = find_base(options.model, place.vocabulary)
    recipe = recipe_of(asked.recipe, place)
    if asked.seed is not None:
        recipe = replace(recipe, sft=replace(recipe.sft, seed=asked.seed))
    lines = read_demonstrations(asked.data)
    valid = read_demonstrations([asked.valid]) if asked.valid else []
    started_with = (place.adapter,) if place.adapter else ()
    recipe = with_run(recipe, "sft", base.name, base.digests, (*asked.data, *started_with))
    check_vocabulary(asked.data, recipe)
    check_run(asked.out, "sft", recipe)
    try:
        with Interrupts(streams.stderr, hint=GO_ON) as interrupts:
            notices.status("loading the base model")
            network = interrupts.wait(lambda: load_network(base, place, recipe.lora))
            check_tokens(network, (*lines, *valid))
            if asked.dry_run:
                notices.status("measuring")
                text = interrupts.wait(lambda: _plan(network, lines, recipe.sft))
            else:
                open_run(asked.out, "sft", recipe)
                told = _Told(asked.out, network, valid, Progress(notices, streams))
                _train(network, lines, recipe, asked.out, told, interrupts)
                text = told.summary()
    finally:
        notices.clear()
    if not asked.dry_run:
        notices.line(f"wrote {asked.out / ADAPTER}")
    return print_text(streams, text)


def read_demonstrations(paths: Sequence[Path]) -> list[Line]:
    """Return the demonstrations of files. Raises InputError for a file that holds none."""
    found: list[Line] = []
    for path in paths:
        try:
            found += read_lines(path)
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"cannot read the demonstrations in {one_line(str(path), 200)}: {one_line(str(error), 120)}",
                hint="give a file that rao train data wrote",
            ) from error
    if not found:
        raise InputError("there are no demonstrations to learn", hint="make some with rao train data")
    return found


def check_tokens(network: "LoraNetwork", lines: Sequence[Line]) -> None:
    """Refuse demonstrations of another vocabulary. Raises InputError."""
    size = int(network.config.vocab_size)
    most = max(max(map(max, (line.sample.prompt, *line.sample.options)), default=0) for line in lines)
    if most >= size:
        raise InputError(
            f"the demonstrations have a token {most}, and the model knows {size:,}",
            hint=MAKE,
        )


def check_vocabulary(paths: Sequence[Path], recipe: Recipe) -> None:
    """Refuse demonstrations that were split by another vocabulary, where both are known. Raises InputError."""
    wanted = recipe.run.vocabulary_sha256
    for path in paths:
        if wanted and (path.parent / RECIPE).is_file():
            found = kept_recipe(path.parent).run.vocabulary_sha256
            if found not in ("", wanted):
                raise InputError(
                    f"the demonstrations in {one_line(str(path), 200)} were made with another vocabulary",
                    hint=MAKE,
                )


def _train(
    network: "LoraNetwork",
    lines: Sequence[Line],
    recipe: Recipe,
    out: Path,
    told: Callable[[Learned], None],
    interrupts: Interrupts,
) -> None:
    from rao_cli.training.export import export_adapter

    samples = [line.sample for line in lines]
    interrupts.let_end(
        lambda: train(network, samples, recipe.sft, out, told, stopping=lambda: interrupts.stopping)
    )
    export_adapter(network, out / ADAPTER)


class _Told:
    """Shows, logs and measures the steps of a run."""

    def __init__(self, out: Path, network: "LoraNetwork", valid: Sequence[Line], progress: Progress) -> None:
        self._log, self._network, self._valid, self._progress = Log(out), network, valid, progress

    def __call__(self, learned: Learned) -> None:
        """Take a step into account."""
        step, steps = learned.step, learned.steps
        self._log.add(step=step, steps=steps, loss=round(learned.loss, 5), seconds=round(learned.seconds, 2))
        self._progress.step("step", step, steps, f"loss {learned.loss:.3f}")
        if self._valid and (step == steps or step * MEASURED // steps > (step - 1) * MEASURED // steps):
            self._measure(step)

    def _measure(self, step: int) -> None:
        kinds = [f"{line.family}/{line.kind}" for line in self._valid]
        found = accuracy(self._network, [line.sample for line in self._valid], kinds)
        shares = {f"accuracy/{kind}": round(found.share(kind), 4) for kind in sorted(found.asked)}
        self._log.add(step=step, **shares)

    def summary(self) -> str:
        """Return the run's learning curve and its last measures, those of earlier sittings included."""
        losses: dict[int, float] = {}
        shares: dict[str, float] = {}
        for line in self._log.lines():
            if "loss" in line:
                losses[int(line["step"])] = float(line["loss"])
            else:
                shares |= {name.partition("/")[2]: value for name, value in line.items() if name != "step"}
        text = curve([losses[step] for step in sorted(losses)], "loss")
        return text + "".join(f"right of {name}: {100 * share:.1f} %\n" for name, share in shares.items())


def _plan(network: "LoraNetwork", lines: Sequence[Line], settings: SftSettings) -> str:
    from rao_cli.training.estimate import estimate

    found = estimate(network, [line.sample for line in lines], settings)
    rows = {
        "trainable parameters": f"{found.parameters:,}",
        "demonstrations": f"{found.samples:,}",
        "steps": f"{found.steps:,}",
        "tokens": f"{found.tokens:,}",
        "memory": f"about {data_size(found.memory)} of {network.device.type}, {network.dtype}".replace(
            "torch.", ""
        ),
        "time": f"about {duration(found.seconds)}, by {counted(2, 'pack')} that were learned",
    }
    return "".join(f"{name:22}{value}\n" for name, value in rows.items())
