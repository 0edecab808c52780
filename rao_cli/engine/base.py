"""The engine contract: a request goes in, a completion comes out.

Anything with ``generate``, ``count_tokens``, ``count_prompt``, ``window`` and ``identity`` plugs in. Callers
never see batches, sequences or KV cells. Requests and completions are plain frozen records so that they can be
hashed, stored and replayed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from rao_cli.errors import ModelError

Role = Literal["system", "user", "assistant"]
Phase = Literal["waiting", "reading", "writing"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a prompt; each part is tokenised by itself, so equal leading parts share KV state."""

    role: Role
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen; temperature 0 takes the most probable one."""

    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What one agent asks of the model for one step.

    ``grammar`` is GBNF with a rule named root, or empty for free text. ``max_tokens`` bounds what is generated.
    With ``choices`` nothing is written: each of them, none with a control character, is weighed as what might be.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    grammar: str = ""
    stop: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token: its text and its log-probability under the model before any constraint."""

    text: str
    logprob: float
    id: int = -1
    """Its number in the model's vocabulary; -1 where that is not known."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote and what it cost; ``cached_tokens`` of the prompt needed no computation."""

    text: str
    tokens: tuple[Token, ...]
    prompt_tokens: int
    cached_tokens: int
    finish: Literal["stop", "length"]
    choices: tuple[tuple[Token, ...], ...] = ()
    """The tokens of each choice that was to be weighed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a request stands: ``done`` of ``total`` prompt tokens read, or generated tokens of the maximum.

    ``text`` is what was written since the last report; together they are the completion's text, where it was
    computed and not taken from a store. A request set aside for want of room goes back to waiting and reading.
    """

    phase: Phase
    done: int
    total: int
    text: str = ""


OnProgress = Callable[[Progress], None]


class Engine(Protocol):
    """Turn requests into completions, many at a time.

    ``identity`` names everything besides the request that determines a completion (file, adapter, version).
    ``window`` is the largest prompt plus output, in tokens, that one request may have.
    """

    @property
    def identity(self) -> str:
        """Name what determines the output besides the request."""
        ...

    @property
    def window(self) -> int:
        """Return the largest number of tokens a request may take, prompt and output together."""
        ...

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Run one request; cancelling the awaiting task frees its place at once.

        ``on_progress`` is called on the caller's event loop. Raises ModelError when the model cannot run it.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of text as the model's tokenizer splits it, special tokens not parsed."""
        ...

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the tokens of a whole prompt, the chat template's own included."""
        ...

    def close(self) -> None:
        """Free the model; waiting requests fail."""
        ...


def check_window(prompt: int, output: int, window: int) -> None:
    """Raise ModelError when a request of so many prompt and output tokens cannot be run in a window."""
    if output < 1 or prompt < 1:
        raise ModelError("a request needs a prompt and room for at least one token of output")
    if prompt + output > window:
        raise ModelError(
            f"the request needs {prompt} prompt and {output} output tokens, but the window is {window}",
            hint="use a larger --window",
        )


def ignore_progress(progress: Progress) -> None:
    """Drop a progress report that nobody asked for."""
