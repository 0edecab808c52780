"""Everything a run does, as typed, append-only events.

The store, the live tree, ``--jsonl`` and every viewer read this one stream; nothing else is a source of truth.
``at`` is seconds since the run started.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from rao_cli.agent.records import Handoff, Record, Report, RunResult, TaskKind, Usage
from rao_cli.engine.base import Completion, Request
from rao_cli.errors import Limit

Ranges = tuple[tuple[int, int], ...]
"""Parts of the source in text order: the offsets of each one's first character and of the one behind its last."""


class RunStarted(Record):
    """The first event: what is asked of what."""

    type: Literal["run_started"] = "run_started"
    at: float
    run: str
    task: TaskKind
    question: str
    document: str
    digest: str
    sections: int
    tokens: int
    model: str
    window: int
    strategy: str = ""
    """Name and id of the strategy that is followed; empty for none."""


class AgentOpened(Record):
    """An agent exists: its place in the tree, its handoff and the kind of view it is shown."""

    type: Literal["agent_opened"] = "agent_opened"
    at: float
    agent: str
    parent: str
    depth: int
    handoff: Handoff
    titles: tuple[str, ...]
    location: str
    view: Literal["text", "outline"]
    spans: Ranges = ()
    """What the agent was given of the source."""


class AgentProgress(Record):
    """An agent waits, reads its prompt or writes: ``done`` of ``total`` tokens."""

    type: Literal["agent_progress"] = "agent_progress"
    at: float
    agent: str
    phase: Literal["waiting", "reading", "writing"]
    done: int
    total: int


class ModelCalled(Record):
    """A call of the model came back: all that was asked and written; no agent means the run itself."""

    type: Literal["model_called"] = "model_called"
    at: float
    agent: str
    request: Request
    completion: Completion

    # A log-probability may be infinite, and comes back from JSON as it was.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class ActionTaken(Record):
    """An agent chose an action; ``by`` says whether the model, the rules of the policy or a strategy chose it."""

    type: Literal["action_taken"] = "action_taken"
    at: float
    agent: str
    step: int
    action: dict[str, Any]
    by: Literal["model", "rules", "strategy"]
    usage: Usage
    read: Ranges = ()
    """What was read of the source for it: by the model as text, or gone through by code where rules chose."""
    fell_back: str = ""
    """Why a strategy does not decide for the agent any more; empty otherwise."""


class AgentClosed(Record):
    """An agent returned its report; usage is its own, without its children's."""

    type: Literal["agent_closed"] = "agent_closed"
    at: float
    agent: str
    report: Report
    usage: Usage


class BudgetHit(Record):
    """A tree-wide limit stopped a step before it was taken."""

    type: Literal["budget_hit"] = "budget_hit"
    at: float
    agent: str
    limit: Limit
    message: str


class RunFinished(Record):
    """The last event of a run that was not interrupted."""

    type: Literal["run_finished"] = "run_finished"
    at: float
    result: RunResult


Event = Annotated[
    RunStarted | AgentOpened | AgentProgress | ModelCalled | ActionTaken | AgentClosed | BudgetHit | RunFinished,
    Field(discriminator="type"),
]
TypedEvent: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads an event of whatever type back from JSON."""
Emit = Callable[[Event], None]
