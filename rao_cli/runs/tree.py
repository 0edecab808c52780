"""A kept run as those who look at it need it: one record for each agent, in the order of the tree.

Only events make it; what damage took away is missing here too and counted in ``damaged``. How agents hang together
is told by their ids alone, so that no file can make a circle of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rao_cli.agent.events import (
    ActionTaken,
    AgentClosed,
    AgentOpened,
    BudgetHit,
    Event,
    ModelCalled,
    RunFinished,
    RunStarted,
)
from rao_cli.agent.records import Report, RunResult, Usage
from rao_cli.runs.library import Library
from rao_cli.runs.records import Kept, State
from rao_cli.runs.store import Contents, DamageError, RunFile

Standing = Literal["found", "absent", "partial", "failed", "interrupted", "unfinished"]
"""How an agent stands: its report's status, stopped with the run, or without a report."""


@dataclass
class Agent:
    """What is known of one agent; ``opened`` is None only where damage took it, ``closed`` also while it works."""

    id: str
    opened: AgentOpened | None = None
    calls: list[ModelCalled] = field(default_factory=list)
    actions: list[ActionTaken] = field(default_factory=list)
    limits: list[BudgetHit] = field(default_factory=list)
    closed: AgentClosed | None = None
    parent: str = ""
    """The nearest agent above it that is known; empty for a root."""
    children: list[str] = field(default_factory=list)
    """In the order of their numbers."""

    @property
    def depth(self) -> int:
        """Return its level; the root's is 0."""
        return self.opened.depth if self.opened else self.id.count(".")

    @property
    def goal(self) -> str:
        """Return what it was asked."""
        return self.opened.handoff.goal if self.opened else ""

    @property
    def report(self) -> Report | None:
        """Return what it told its parent."""
        return self.closed.report if self.closed else None

    @property
    def standing(self) -> Standing:
        """Return how it stands."""
        if self.closed is None:
            return "unfinished"
        report = self.closed.report
        return "interrupted" if report.reason == "interrupted" and report.status == "failed" else report.status

    @property
    def usage(self) -> Usage:
        """Return what it cost so far, without its children."""
        if self.closed:
            return self.closed.usage
        done = [call.completion for call in self.calls]
        return Usage(
            prompt_tokens=sum(one.prompt_tokens for one in done),
            cached_tokens=sum(one.cached_tokens for one in done),
            output_tokens=sum(len(one.tokens) for one in done),
            agents=1,
        )

    @property
    def begins(self) -> float:
        """Return when it was first heard of, in seconds since the run started."""
        return min(self._times(), default=0.0)

    @property
    def ends(self) -> float:
        """Return when it was last heard of."""
        return max(self._times(), default=0.0)

    def _times(self) -> list[float]:
        events = (self.opened, *self.calls, *self.actions, *self.limits, self.closed)
        return [event.at for event in events if event is not None]


@dataclass(frozen=True)
class Tree:
    """One attempt at a run, the one that came to its end or else the last one, with all its events."""

    events: tuple[Event, ...]
    started: RunStarted | None
    agents: Mapping[str, Agent]
    """By id; a parent stands before its children, and children by their numbers."""
    calls: tuple[ModelCalled, ...]
    """What the run itself asked the model, for no agent."""
    limits: tuple[BudgetHit, ...]
    finished: RunFinished | None
    attempt: int
    attempts: int
    damaged: int
    """Events of all attempts that cannot be read or are missing."""

    @property
    def result(self) -> RunResult | None:
        """Return the run's result; None where it did not come to its end."""
        return self.finished.result if self.finished else None

    @property
    def roots(self) -> tuple[Agent, ...]:
        """Return the agents that none stands above: the root, and those whose parents damage took."""
        return tuple(agent for agent in self.agents.values() if not agent.parent)

    @property
    def usage(self) -> Usage:
        """Return what all of it cost so far."""
        if self.finished:
            return self.finished.result.usage
        own = [*(agent.usage for agent in self.agents.values()), Agent("", calls=list(self.calls)).usage]
        return Usage(
            prompt_tokens=sum(one.prompt_tokens for one in own),
            cached_tokens=sum(one.cached_tokens for one in own),
            output_tokens=sum(one.output_tokens for one in own),
            agents=len(self.agents),
            depth=max((agent.depth for agent in self.agents.values()), default=0),
            seconds=max((agent.ends for agent in self.agents.values()), default=0.0),
        )


@dataclass(frozen=True)
class Run:
    """A kept run: what it was asked, how it stands, and what happened."""

    path: Path
    kept: Kept
    state: State
    tree: Tree


def read_run(runs: Library, path: Path) -> Run:
    """Read a run, also one that is being worked on. Raises DamageError where it is so as a whole."""
    with runs.open(path) as file:
        return run_of(runs, path, file)


def run_of(runs: Library, path: Path, file: RunFile) -> Run:
    """Read a run from its open file. Raises DamageError where it is so as a whole."""
    kept, tree = file.kept(), tree_of(file.contents())
    if kept.run != path.name:
        raise DamageError(f"the run in {path} is that of {kept.run[:80]}", hint="rao runs prune removes it")
    return Run(path, kept, runs.state(path, finished=tree.finished is not None), tree)


def tree_of(contents: Contents) -> Tree:
    """Group a run's events by agent, those of the attempt that finished, or else of the last one."""
    attempts = max((stored.attempt for stored in contents.events), default=0)
    ended = [stored.attempt for stored in contents.events if isinstance(stored.event, RunFinished)]
    attempt = max(ended, default=attempts)
    events = tuple(stored.event for stored in contents.events if stored.attempt == attempt)
    return Tree(
        events=events,
        started=next((event for event in events if isinstance(event, RunStarted)), None),
        agents=_agents(events),
        calls=tuple(event for event in events if isinstance(event, ModelCalled) and not event.agent),
        limits=tuple(event for event in events if isinstance(event, BudgetHit)),
        finished=next((event for event in events if isinstance(event, RunFinished)), None),
        attempt=attempt,
        attempts=attempts,
        damaged=contents.damaged,
    )


def _agents(events: Iterable[Event]) -> dict[str, Agent]:
    found: dict[str, Agent] = {}
    for event in events:
        name = getattr(event, "agent", "")
        if name:
            _add(found.setdefault(name, Agent(name)), event)
    ordered = {name: found[name] for name in sorted(found, key=_by_number)}
    for agent in ordered.values():
        agent.parent = _above(agent.id, ordered)
        if agent.parent:
            ordered[agent.parent].children.append(agent.id)
    return ordered


def _add(agent: Agent, event: Event) -> None:
    match event:
        case AgentOpened():
            agent.opened = agent.opened or event
        case ModelCalled():
            agent.calls.append(event)
        case ActionTaken():
            agent.actions.append(event)
        case BudgetHit():
            agent.limits.append(event)
        case AgentClosed():
            agent.closed = agent.closed or event
        case _:
            pass


def _above(name: str, known: Mapping[str, Agent]) -> str:
    """Return the nearest of the known agents above one, or an empty string."""
    while name:
        name = name.rpartition(".")[0]
        if name in known:
            break
    return name


def _by_number(name: str) -> list[tuple[int, str]]:
    return [(len(part), part) for part in name.split(".")]
