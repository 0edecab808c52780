"""What the engines share that answer from what was computed before and pass everything else on to another."""

from dataclasses import replace

from rao_cli.engine.base import Completion, Engine, Message, OnProgress, Progress


class KeepingEngine:
    """Stand before an engine; ``hits`` counts the requests that were answered from what is kept."""

    def __init__(self, engine: Engine) -> None:
        self.hits = 0
        self._engine = engine

    @property
    def identity(self) -> str:
        """Return the engine's identity."""
        return self._engine.identity

    @property
    def window(self) -> int:
        """Return the engine's window."""
        return self._engine.window

    def count_tokens(self, text: str) -> int:
        """Count as the engine does."""
        return self._engine.count_tokens(text)

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count as the engine does."""
        return self._engine.count_prompt(messages)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    def _repeat(self, completion: Completion, on_progress: OnProgress | None) -> Completion:
        """Count and report a completion that is there already, and return it as one."""
        self.hits += 1
        if on_progress:
            on_progress(Progress("reading", completion.prompt_tokens, completion.prompt_tokens))
        return replace(completion, cached_tokens=completion.prompt_tokens)
