"""What the rows of the table share: the model, how it is run, how much is measured, and who is told."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from rao_cli.agent.preparing import Settings
from rao_cli.engine.base import Engine
from rao_cli.engine.fit import Fit
from rao_cli.engine.template import ChatFormat

Say = Callable[[str], None]
_WIDTH = 8


@dataclass(frozen=True)
class Sizes:
    """How much is measured: about a quarter of an hour with a small model on two idle cores."""

    repeats: int = 3
    """Pairs of runs, where one takes seconds."""
    pairs: int = 2
    """Pairs of runs, where one takes half a minute."""
    long_repeats: int = 1
    """Pairs of runs, where one takes minutes."""
    widths: tuple[int, ...] = (1, 4, 8, 16)
    """How many sequences decode together, compared with the bare loop."""
    steps: int = 48
    """Tokens that each of them writes."""
    agents: int = 16
    """Agents of the comparison with the server, and of reading and writing in the loop."""
    tree: int = 64
    """Agents of the tree."""
    answers: tuple[int, int] = (24, 128)
    """Tokens of short and long answers."""
    document: int = 30_000
    """Tokens of the document that is read twice."""
    lengths: tuple[int, ...] = (8_000, 32_000, 128_000, 512_000)
    """Tokens of the inputs whose cost is compared."""
    affordable: int = 8_000
    """Tokens of the longest of them that is also read whole."""
    crowds: tuple[int, ...] = (1, 4, 16, 64)
    """How many agents are computed together."""
    window: int = 1024
    """Tokens that one made prompt and its answer may have."""
    decode: int = 16
    """Tokens that stock code writes while the machine is busy."""

    @classmethod
    def quick(cls) -> "Sizes":
        """Return sizes for a look: one pair of runs of smaller trees."""
        return cls(
            repeats=1,
            pairs=1,
            widths=(1, 8),
            steps=32,
            agents=8,
            tree=8,
            answers=(24, 64),
            document=4_000,
            lengths=(8_000, 32_000),
            affordable=0,
            crowds=(1, 8),
            decode=8,
        )


class OpenEngine(Protocol):
    """Load the model with room for prompts of a window; states are kept in a folder where one is given."""

    def __call__(
        self, model: Path, fit: Fit, window: int, chat: ChatFormat | None, states: Path | None = None
    ) -> Engine:
        """Return the engine. Raises ModelError."""
        ...


def open_llama(model: Path, fit: Fit, window: int, chat: ChatFormat | None, states: Path | None = None) -> Engine:
    """Load the model into llama.cpp. Raises ModelError."""
    from rao_cli.engine.llama import LlamaEngine
    from rao_cli.engine.states_on_disk import StateFiles

    files = partial(StateFiles, states) if states else None
    return LlamaEngine(model, window=window, fit=fit, chat=chat, states=files)


def _silent(line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Setup:
    """What is measured, and with what."""

    model: Path
    """The file that rao loads: the user's, or what was made of it for this machine."""
    original: Path
    """The user's file, which stock code loads."""
    fit: Fit
    settings: Settings
    folder: Path
    """An empty folder for what the measurements write."""
    chat: ChatFormat | None = None
    peer_python: str | None = None
    """The Python in which the other server is installed, if any."""
    sizes: Sizes = field(default_factory=Sizes)
    say: Say = _silent
    """Is told what goes on."""
    open: OpenEngine = open_llama
    rao: tuple[str, ...] = (sys.executable, "-m", "rao_cli")
    """The command that starts rao."""

    @property
    def on_gpu(self) -> bool:
        """Tell whether the model is computed on a GPU, which has targets of its own."""
        return self.fit.gpu_layers > 0

    @property
    def width(self) -> int:
        """Return how many requests everyone computes together."""
        return max(_WIDTH, self.fit.parallel)

    def target(self, on_processor: float, on_gpu: float | None) -> float | None:
        """Return the target that counts here."""
        return on_gpu if self.on_gpu else on_processor

    def engine(self, *, parallel: int, window: int | None = None, states: Path | None = None) -> Engine:
        """Load the model for so many requests together; ``states`` is where it keeps its states, if anywhere."""
        fit = replace(self.fit, parallel=parallel)
        return self.open(self.model, fit, window or self.settings.window, self.chat, states)
