"""An engine that has the calls of an earlier attempt: what came back then comes back now, to the bit."""

from collections.abc import Iterable, Mapping

from rao_cli.agent.events import Event, ModelCalled
from rao_cli.engine.base import Completion, Engine, OnProgress, Request
from rao_cli.engine.cache import request_key
from rao_cli.engine.keeping import KeepingEngine


class RecordedEngine(KeepingEngine):
    """Answer what was asked before from the record, and pass other requests on to an engine."""

    def __init__(self, engine: Engine, recorded: Mapping[str, Completion]) -> None:
        super().__init__(engine)
        self._recorded = recorded

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Return the completion of the record, or compute it; raises what the engine raises."""
        completion = self._recorded.get(request_key(self.identity, request))
        if completion is None:
            return await self._engine.generate(request, on_progress)
        return self._repeat(completion, on_progress)


def recorded_calls(identity: str, events: Iterable[Event]) -> dict[str, Completion]:
    """Return the completions of a run's calls by the key of their request."""
    calls = (event for event in events if isinstance(event, ModelCalled))
    return {request_key(identity, call.request): call.completion for call in calls}
