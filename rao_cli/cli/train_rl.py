"""``rao train rl``: improve a policy by Recursive Agent Optimization, go on after a kill, and leave an adapter."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.cli.commands import print_text
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_base import Base, acting_settings, find_base, load_network, make_ready, recipe_of
from rao_cli.cli.train_options import Changes, Place
from rao_cli.cli.train_progress import Progress, curve, duration
from rao_cli.cli.train_sft import GO_ON
from rao_cli.cli.words import data_size
from rao_cli.engine.fit import default_fit
from rao_cli.training.actors import EngineActors, llama_engines, torch_engines
from rao_cli.training.checkpoints import Log
from rao_cli.training.episodes import Environment
from rao_cli.training.recipe import Recipe
from rao_cli.training.rl import Optimised, RlSettings, optimise
from rao_cli.training.runs import ADAPTER, check_run, open_run, with_run
from rao_cli.training.sources import load_quizzes, mixed

if TYPE_CHECKING:
    from rao_cli.training.base_model import LoraNetwork
    from rao_cli.training.tokens import Tokens


@dataclass(frozen=True)
class Asked:
    """What the user wants to have improved, and on what."""

    out: Path
    quizzes: tuple[Path, ...]
    recipe: Path | None
    changes: Changes
    actors: str = "torch"
    """What computes the attempts."""
    dry_run: bool = False


def improve(asked: Asked, place: Place, options: Options, streams: Streams, notices: Notices) -> int:
    """Improve a policy, or tell what it would take; return the exit code. Raises RaoError."""
    make_ready(place, options)
    base = find_base(options.model, place.vocabulary)
    recipe = recipe_of(asked.recipe, place)
    recipe = replace(recipe, rl=with_changes(recipe.rl, asked.changes))
    started_with = (place.adapter,) if place.adapter else ()
    recipe = with_run(recipe, "rl", base.name, base.digests, (*asked.quizzes, *started_with))
    check_run(asked.out, "rl", recipe)
    environment = mixed(recipe, load_quizzes(asked.quizzes, recipe.data).train)
    try:
        with Interrupts(streams.stderr, hint=GO_ON) as interrupts, closing(base.tokens()) as tokens:
            notices.status("loading the base model")
            network = interrupts.wait(lambda: load_network(base, place, recipe.lora))
            with closing(_actors(network, base, tokens, recipe, asked, options)) as actors:
                if asked.dry_run:
                    notices.status("measuring")
                    text = interrupts.wait(lambda: _plan(network, environment, actors, recipe.rl))
                else:
                    open_run(asked.out, "rl", recipe)
                    told = _Told(asked.out, Progress(notices, streams))
                    optimise(network, environment, actors, recipe.rl, asked.out, told, run=interrupts.run)
                    text = told.summary()
            if not asked.dry_run:
                _export(network, asked.out)
    finally:
        notices.clear()
    if not asked.dry_run:
        notices.line(f"wrote {asked.out / ADAPTER}")
    return print_text(streams, text)


def with_changes(settings: RlSettings, changes: Changes) -> RlSettings:
    """Return settings with what options change of them."""
    credit, limits = settings.credit, settings.limits
    if changes.bonus is not None:
        credit = replace(credit, bonus=changes.bonus)
    credit = replace(
        credit,
        sparse=credit.sparse or changes.sparse,
        depth_weighting=credit.depth_weighting and not changes.no_depth_weight,
        stratified=credit.stratified or changes.stratified,
    )
    if changes.alone:
        limits = limits.model_copy(update={"depth": 0})
    return replace(
        settings,
        seed=settings.seed if changes.seed is None else changes.seed,
        steps=changes.steps or settings.steps,
        prompts=changes.prompts or settings.prompts,
        attempts=changes.attempts or settings.attempts,
        credit=credit,
        limits=limits,
    )


def _actors(
    network: "LoraNetwork", base: Base, tokens: "Tokens", recipe: Recipe, asked: Asked, options: Options
) -> EngineActors:
    window = recipe.acting.window
    if asked.actors == "torch":
        engines = torch_engines(network, tokens, window)
    else:
        fit = default_fit()
        fit = replace(fit, threads=options.threads or fit.threads)
        engines = llama_engines(network, base.gguf, window, fit)
    return EngineActors(engines, tokens, acting_settings(recipe))


def _export(network: "LoraNetwork", out: Path) -> None:
    from rao_cli.training.export import export_adapter

    export_adapter(network, out / ADAPTER)


class _Told:
    """Shows and logs the steps of a run."""

    def __init__(self, out: Path, progress: Progress) -> None:
        self._log, self._progress = Log(out), progress

    def __call__(self, done: Optimised) -> None:
        """Take a step into account."""
        self._log.add(
            step=done.step,
            steps=done.steps,
            success=round(done.success, 4),
            seconds=round(done.seconds, 2),
            **{name: round(value, 6) for name, value in done.figures.items()},
        )
        self._progress.step("step", done.step, done.steps, f"success {done.success:.2f}")

    def summary(self) -> str:
        """Return the run's learning curve, that of earlier sittings included."""
        found = {int(line["step"]): float(line["success"]) for line in self._log.lines()}
        return curve([found[step] for step in sorted(found)], "success of the roots")


def _plan(network: "LoraNetwork", environment: Environment, actors: EngineActors, settings: RlSettings) -> str:
    from rao_cli.training.estimate import estimate_rl

    found = estimate_rl(network, environment, actors, settings)
    rows = {
        "trainable parameters": f"{found.parameters:,}",
        "steps": f"{found.steps:,}",
        "trees": f"{found.samples:,}",
        "tokens": f"about {found.tokens:,} to learn from",
        "memory": f"about {data_size(found.memory)} of {network.device.type}, {network.dtype}".replace(
            "torch.", ""
        ),
        "time": f"about {duration(found.seconds)}, by one question's attempts",
    }
    return "".join(f"{name:22}{value}\n" for name, value in rows.items())
