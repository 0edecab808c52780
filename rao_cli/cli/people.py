"""Who takes part in teaching: a student and a teacher, each a model here or a server's."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices

if TYPE_CHECKING:
    from rao_cli.bench.transfer.ledger import Ledger
    from rao_cli.bench.transfer.working import Judge, Worker
    from rao_cli.cli.engines import FindModel
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.engine.base import Engine

PROGRAM = "program"
"""The teacher that is no model: it knows the answers of the questions to learn from."""


def teacher_options(options: Options, named: str) -> Options:
    """Return the options by which a teacher is opened: as it runs best, with its own adapter."""
    return model_options(replace(options, adapter=None, window=None, delegation="auto"), named)


def model_options(options: Options, named: str | None) -> Options:
    """Return options for a model by name or file, or for a server's by its address: ``http://…/v1#MODEL``."""
    if named is None or not named.startswith(("http://", "https://")):
        return replace(options, model=named, base_url=None)
    address, _, model = named.partition("#")
    return replace(options, base_url=address, model=model or None)


@dataclass(frozen=True)
class Opening:
    """Opens models when they are needed; all are closed with ``stack``."""

    notices: Notices
    interrupts: "Interrupts"
    stack: ExitStack
    ledger: "Ledger"
    find_model: "FindModel | None" = None

    def worker(self, options: Options, judge: "Judge | None" = None) -> "Worker":
        """Open a model. Raises RaoError."""
        from rao_cli.bench.transfer.working import Worker
        from rao_cli.cli.engines import find_engine

        load = (self.find_model or partial(find_engine, say=self.notices.status))(options)
        opened = load(self.interrupts.wait)
        engine = self.stack.enter_context(closing(self._keeping(opened.engine, options)))
        return Worker(engine, opened.settings, self.ledger, self.interrupts.run, judge)

    def _keeping(self, engine: "Engine", options: Options) -> "Engine":
        from rao_cli.cli.folders import cache_folder, user_folders
        from rao_cli.engine.cache import CachedEngine

        wanted = not options.no_cache
        folder = wanted and cache_folder(user_folders().completions, "finished work", self.notices.warning)
        return CachedEngine(engine, folder) if folder else engine
