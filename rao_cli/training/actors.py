"""Who acts in rollouts: the product's llama.cpp engine with the adapter as it is now, or the network itself."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.agent.records import Limits
from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.kinds import read_blob
from rao_cli.documents.model import Document
from rao_cli.documents.workers import Workers
from rao_cli.engine.base import Engine
from rao_cli.engine.fit import Fit
from rao_cli.training.episodes import Episode
from rao_cli.training.rollouts import Attempt, Tokenizer, attempts

if TYPE_CHECKING:
    from rao_cli.training.base_model import LoraNetwork
    from rao_cli.training.tokens import Tokens


def read_episode(episode: Episode) -> Document:
    """Read an episode's text as the product reads a file of it."""
    name = f"text{episode.suffix}"
    with Workers(1) as workers:
        return read_blob(Blob.of(episode.text.encode(), name, name), Context(ReadOptions(), workers))


class Desk:
    """Keeps the last text prepared: episodes on one text come one after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: tuple[str, Engine, Prepared] | None = None

    def prepared(self, episode: Episode, engine: Engine) -> Prepared:
        """Return an episode's text, ready for agents on an engine."""
        if not self._last or self._last[0] != episode.text:
            made = prepare(read_episode(episode), engine, self._settings)
            self._last = episode.text, engine, made
        _, known, made = self._last
        return made if known is engine else replace(made, engine=engine)


class EngineActors:
    """Act with engines: ``make`` returns one that computes as the policy is now; the one before is closed."""

    def __init__(self, make: Callable[[], Engine], tokens: Tokenizer, settings: Settings) -> None:
        self._make, self._tokens, self._desk = make, tokens, Desk(settings)
        self._engine: Engine | None = None

    async def attempts(self, episode: Episode, count: int, seed: int, limits: Limits) -> list[Attempt]:
        """Return independent attempts at an episode."""
        assert self._engine is not None, "refresh comes first"  # noqa: S101
        prepared = self._desk.prepared(episode, self._engine)
        return await attempts(episode, prepared, self._tokens, count, seed=seed, limits=limits)

    def refresh(self) -> None:
        """Act from now on as the policy is now."""
        self.close()
        self._engine = self._make()

    def close(self) -> None:
        """Close the engine in use."""
        if self._engine:
            self._engine.close()
            self._engine = None


def llama_engines(network: "LoraNetwork", base: Path, window: int, fit: Fit | None = None) -> Callable[[], Engine]:
    """Return what makes llama.cpp engines of a base model with the adapter that a network has at the time."""

    def make() -> Engine:
        from rao_cli.engine.adapters import Adapter
        from rao_cli.engine.llama import LlamaEngine
        from rao_cli.training.export import export_adapter

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "adapter.gguf"
            export_adapter(network, path, "f32")
            return LlamaEngine(base, window=window, fit=fit, adapters=(Adapter(path),))

    return make


def torch_engines(network: "LoraNetwork", tokens: "Tokens", window: int) -> Callable[[], Engine]:
    """Return what makes engines that compute with a network itself."""

    def make() -> Engine:
        from rao_cli.training.torch_engine import TorchEngine

        return TorchEngine(network, tokens, window)

    return make
