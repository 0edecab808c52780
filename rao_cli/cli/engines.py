"""From options to an engine: which model answers, and how it is run on this machine.

Finding a model is quick and reports what is wrong with its name at once; loading it takes its time and comes after
the sources were read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.agent.preparing import Settings
from rao_cli.cli.folders import user_folders
from rao_cli.cli.options import Options
from rao_cli.engine.base import Engine
from rao_cli.engine.fit import Fit
from rao_cli.models.catalogue import Card

if TYPE_CHECKING:
    from rao_cli.models.fits import FittedModel


@dataclass(frozen=True)
class Opened:
    """A loaded model and how it is best used."""

    engine: Engine
    settings: Settings


Wait = Callable[[Callable[[], Engine]], Engine]
"""Does work that blocks in such a way that Ctrl-C is heard."""
Load = Callable[[Wait], Opened]
FindModel = Callable[[Options], Load]
Say = Callable[[str], None]
"""Shows what is being done, in place of what was shown before."""


def find_engine(options: Options, say: Say) -> Load:
    """Find what the options name, a model here or a server's; return what opens it. Raises ModelError."""
    if options.base_url:
        return _find_server(options, say)
    return find_local(options, say)


def _find_server(options: Options, say: Say) -> Load:
    from rao_cli.cli.remote import find_remote, remote_settings

    connect = find_remote(options)

    def load(wait: Wait) -> Opened:
        say(f"asking {options.base_url}")
        engine = wait(connect)
        return Opened(engine, remote_settings(options, engine.window))

    return load


def find_local(options: Options, say: Say) -> Load:
    """Find a model file and its adapter; return what loads them as they run best here. Raises ModelError."""
    from rao_cli.models.adapters import is_policy, resolve_adapter
    from rao_cli.models.registry import read_registry
    from rao_cli.models.resolve import resolve

    folders = user_folders()
    file = resolve(options.model, own=read_registry(folders.data))
    adapter = resolve_adapter(options.adapter, file.card)
    policy = adapter is not None and is_policy(adapter)

    def load(wait: Wait) -> Opened:
        from rao_cli.models.tune import fit_model

        fitted = fit_model(file, folders.fits, adapter=adapter, status=say)
        say("loading the model")
        engine = wait(lambda: _load(fitted, None if fitted.merged else adapter, options, file.card))
        settings = _settings(file.card, engine.window, options)
        return Opened(engine, replace(settings, answers="chosen") if policy else settings)

    return load


def _load(fitted: "FittedModel", adapter: Path | None, options: Options, card: Card) -> Engine:
    from rao_cli.engine.adapters import Adapter
    from rao_cli.engine.llama import LlamaEngine
    from rao_cli.engine.states_on_disk import StateFiles

    return LlamaEngine(
        fitted.path,
        window=options.window or card.window,
        fit=_chosen(options, fitted.fit),
        chat=fitted.chat,
        adapters=(Adapter(adapter),) if adapter else (),
        states=None if options.no_cache else partial(StateFiles, user_folders().states),
        deterministic=options.deterministic,
    )


def _chosen(options: Options, fit: Fit) -> Fit:
    """Return how the model is run: as measured, except for what the user set."""
    return replace(
        fit,
        parallel=options.parallel or fit.parallel,
        threads=options.threads or fit.threads,
        gpu_layers=fit.gpu_layers if options.gpu_layers == "auto" else int(options.gpu_layers),
    )


def _settings(card: Card, window: int, options: Options) -> Settings:
    return Settings(
        window=window,
        view_tokens=card.view_tokens,
        delegation=card.delegation if options.delegation == "auto" else options.delegation,
        output_tokens=card.output_tokens,
        summary_tokens=card.summary_tokens,
        answers=card.answers,
    )
