"""An engine that has the calls of an earlier attempt: what came back then comes back now, to the bit."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rao_cli.agent.events import Event, ModelCalled
from rao_cli.engine.base import Completion, Engine, Message, OnProgress, Progress, Request
from rao_cli.engine.cache import request_key


class RecordedEngine:
    """Answer what was asked before from the record, and pass other requests on to an engine.

    ``repeated`` counts the requests that cost nothing, ``computed`` the others.
    """

    def __init__(self, engine: Engine, recorded: Mapping[str, Completion]) -> None:
        self.repeated = self.computed = 0
        self._engine, self._recorded = engine, recorded

    @property
    def identity(self) -> str:
        """Return the engine's identity."""
        return self._engine.identity

    @property
    def window(self) -> int:
        """Return the engine's window."""
        return self._engine.window

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Return the completion of the record, or compute it; raises what the engine raises."""
        completion = self._recorded.get(request_key(self.identity, request))
        if completion is None:
            self.computed += 1
            return await self._engine.generate(request, on_progress)
        self.repeated += 1
        if on_progress:
            on_progress(Progress("reading", completion.prompt_tokens, completion.prompt_tokens))
        return replace(completion, cached_tokens=completion.prompt_tokens)

    def count_tokens(self, text: str) -> int:
        """Count as the engine does."""
        return self._engine.count_tokens(text)

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count as the engine does."""
        return self._engine.count_prompt(messages)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


def recorded_calls(identity: str, events: Iterable[Event]) -> dict[str, Completion]:
    """Return the completions of a run's calls by the key of their request."""
    calls = (event for event in events if isinstance(event, ModelCalled))
    return {request_key(identity, call.request): call.completion for call in calls}
