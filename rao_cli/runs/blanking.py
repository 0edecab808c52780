"""Take out of a run whatever a document, a user or a model wrote, and keep how it went, for a page that is shared.

A list says which words are kept, so that a field nobody thought of is left out.
"""

from typing import Any

from rao_cli.agent.events import Event, ModelCalled, RunFinished, TypedEvent
from rao_cli.agent.records import Task
from rao_cli.engine.base import Completion, Request, Token
from rao_cli.runs.records import Kept

_WORDS = frozenset(
    {
        "type",
        "agent",
        "parent",
        "id",
        "run",
        "task",
        "digest",
        "schema",
        "view",
        "status",
        "phase",
        "limit",
        "limits_hit",
    }
    | {"by", "action", "combine", "returns", "unit", "sections", "model"}
)
"""Fields of events whose text rao wrote itself: names of its own, ids and digests."""


def blanked(event: Event) -> Event:
    """Return an event without the texts in it; lists keep their length."""
    if isinstance(event, ModelCalled):
        return event.model_copy(
            update={"request": Request((), event.request.max_tokens), "completion": _silent(event)}
        )
    if isinstance(event, RunFinished):  # the names in an answer's JSON are the user's own
        # Agents stand there by the titles of their sections; what they did are events of their own.
        event = event.model_copy(update={"result": event.result.model_copy(update={"data": None, "agents": ()})})
    return TypedEvent.validate_python(_without(event.model_dump(by_alias=True)))


def blanked_kept(kept: Kept) -> Kept:
    """Return what a run was asked, without the words."""
    task = Task(kind=kept.task.kind, words=kept.task.words, style=kept.task.style, thorough=kept.task.thorough)
    return kept.model_copy(update={"task": task, "sources": (), "folder": "", "options": {}, "key": ""})


def _silent(event: ModelCalled) -> Completion:
    done = event.completion
    tokens = tuple(Token("", one.logprob) for one in done.tokens)
    return Completion("", tokens, done.prompt_tokens, done.cached_tokens, done.finish)


def _without(value: Any, *, kept: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, kept=key in _WORDS) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(one, kept=kept) for one in value]
    return "" if isinstance(value, str) and not kept else value
