"""From options to an engine: which model answers, and how it is run on this machine.

Finding a model is quick and reports what is wrong with its name at once; loading it takes its time and comes after
the sources were read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rao_cli.agent.run import Settings
from rao_cli.cli.options import Options
from rao_cli.engine.base import Engine
from rao_cli.engine.fit import Fit, default_fit
from rao_cli.models.catalogue import Card


@dataclass(frozen=True)
class Opened:
    """A loaded model and how it is best used."""

    engine: Engine
    settings: Settings


Load = Callable[[], Opened]
FindModel = Callable[[Options], Load]
Say = Callable[[str], None]
"""Shows what is being done, in place of what was shown before."""


def find_engine(options: Options, say: Say) -> Load:
    """Find the model that the options name; return what loads it into llama.cpp. Raises ModelError."""
    from rao_cli.models.resolve import resolve

    file = resolve(options.model)
    card = file.card
    window = options.window or card.window

    def load() -> Opened:
        from rao_cli.engine.llama import LlamaEngine

        say("loading the model")
        engine = LlamaEngine(file.path, window=window, fit=_chosen(options, default_fit()))
        return Opened(engine, _settings(card, window, options))

    return load


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
    )
