"""Trees of crafting agents: many attempts advance together, and all that wait to decide are asked in one batch.

The rules are the paper's. Agents share one inventory; a child is told its targets and nothing else, and works
on them beside its siblings; its parent waits for all of them. Each agent has its own steps. An agent succeeds
when it reported and the inventory gained every one of its own targets since it began. Beyond the paper, a tree
has a greatest number of agents: a policy that is trained from scratch opens them without end at first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rao_cli.training.samples import NodeRollout, Sample, TreeRollout
from rao_cli.training.textcraft.actions import (
    Action,
    Craft,
    Delegate,
    Finish,
    Info,
    Situation,
    offered,
    written,
)
from rao_cli.training.textcraft.prompts import prompt, short_names
from rao_cli.training.textcraft.world import Items, Recipe, Task, World, lacking


@dataclass(frozen=True, slots=True)
class Limits:
    """What an attempt may use. The defaults are the paper's for training; evaluation goes to depth 12."""

    depth: int = 6
    """The depth of the deepest agents; the root's is 0."""
    steps: int = 25
    """Steps of each agent."""
    agents: int = 512
    """Agents of one tree."""


SINGLE = Limits(depth=0, steps=200, agents=1)
"""The paper's single agent: more steps, nobody to hand anything to."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A state in which an agent must act: what it is shown, the actions on offer, and the same as JSON."""

    prompt: str
    options: tuple[str, ...]
    situation: Situation
    actions: tuple[Action, ...]


class Policy(Protocol):
    """Whoever decides."""

    def decide(self, decisions: Sequence[Decision]) -> Sequence[Sample]:
        """Return a sample for each decision, in its own tokens, with what it chose and how likely that was."""
        ...


@dataclass
class Agent:
    """One agent of a tree; ``before`` is the inventory as it was when the agent began."""

    parent: int
    depth: int
    targets: Items
    before: Items
    known: list[Recipe] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    failed: set[int] = field(default_factory=set)
    steps: int = 0
    waiting: set[int] = field(default_factory=set)
    last: str = ""
    closed: bool = False
    finished: bool = False
    score: float = 0.0


class Attempt:
    """One tree that is being made; ``inventory`` is what all its agents share."""

    def __init__(self, world: World, task: Task, limits: Limits) -> None:
        self.world = world
        self.task = task
        self.limits = limits
        self.inventory = dict(task.inventory)
        self.agents: list[Agent] = []
        self._open(-1, 0, task.targets)

    def pending(self) -> list[tuple[int, Decision]]:
        """Return the agents that must decide now, by their place; those with one way only have gone it."""
        found = [(place, self._decision(agent)) for place, agent in self._ready()]
        return [(place, decision) for place, decision in found if not self._forced(place, decision)]

    def take(self, place: int, decision: Decision, sample: Sample) -> None:
        """Carry out what an agent chose; where that is no longer possible, its step has failed."""
        agent = self.agents[place]
        agent.samples.append(sample)
        refused = self._act(place, decision.actions[sample.chosen])
        if refused:
            agent.failed.add(len(agent.samples) - 1)

    def rollout(self) -> TreeRollout:
        """Return what the attempt leaves behind."""
        return TreeRollout(
            self.task.name,
            tuple(
                NodeRollout(
                    agent.parent,
                    agent.depth,
                    agent.score,
                    tuple(agent.samples),
                    finished=agent.finished,
                    failed_steps=frozenset(agent.failed),
                )
                for agent in self.agents
            ),
        )

    def _ready(self) -> Iterator[tuple[int, Agent]]:
        for place, agent in enumerate(self.agents):
            if not agent.closed and not agent.waiting:
                yield place, agent

    def _forced(self, place: int, decision: Decision) -> bool:
        """Act for an agent that has one way only; nothing is decided there, so it is no sample."""
        if len(decision.options) > 1:
            return False
        self._act(place, decision.actions[0])
        return True

    def _decision(self, agent: Agent) -> Decision:
        short = lacking(agent.targets, agent.before, self.inventory)
        situation = Situation(
            {item: short.get(item, 0) for item in agent.targets},
            tuple(agent.known),
            self.inventory,
            self.limits.agents - len(self.agents) if agent.depth < self.limits.depth else 0,
        )
        names = short_names(self.world, situation)
        actions = offered(self.world, situation)
        shown = prompt(situation, names, steps=self.limits.steps - agent.steps, last=agent.last)
        return Decision(shown, tuple(written(action, names) for action in actions), situation, tuple(actions))

    def _act(self, place: int, action: Action) -> str:
        """Do a step; return why it was refused, or an empty text."""
        agent = self.agents[place]
        agent.steps += 1
        refused = ""
        match action:
            case Craft(item, count):
                refused = self.world.craft(self.inventory, item, count)
            case Info(item):
                agent.known.append(self.world.recipes[item])
            case Delegate(to):
                refused = self._delegate(place, to)
            case Finish():
                self._finish(agent)
        agent.last = "refused" if refused else ""
        self._end(place)
        return refused

    def _delegate(self, place: int, to: Sequence[Items]) -> str:
        if len(self.agents) + len(to) > self.limits.agents:
            return "the tree has no room for so many agents"
        depth = self.agents[place].depth + 1
        self.agents[place].waiting = {self._open(place, depth, targets) for targets in to}
        return ""

    def _open(self, parent: int, depth: int, targets: Items) -> int:
        self.agents.append(Agent(parent, depth, targets, dict(self.inventory)))
        return len(self.agents) - 1

    def _finish(self, agent: Agent) -> None:
        agent.closed = agent.finished = True
        agent.score = float(not lacking(agent.targets, agent.before, self.inventory))

    def _end(self, place: int) -> None:
        """Close an agent that reported or has no step left, its children being done; then perhaps its parent."""
        agent = self.agents[place]
        agent.closed |= agent.steps >= self.limits.steps and not agent.waiting
        if agent.closed and agent.parent >= 0:
            parent = self.agents[agent.parent]
            parent.waiting.discard(place)
            if not agent.finished:
                parent.last = "a helper gave up"
            self._end(agent.parent)


def roll(world: World, tasks: Sequence[Task], policy: Policy, limits: Limits) -> list[TreeRollout]:
    """Return one tree for each task; all of them advance in lock-step, each round one batch of decisions."""
    attempts = [Attempt(world, task, limits) for task in tasks]
    live = attempts
    while live:
        asked = [(attempt, place, decision) for attempt in live for place, decision in attempt.pending()]
        chosen = policy.decide([decision for _, _, decision in asked]) if asked else ()
        for (attempt, place, decision), sample in zip(asked, chosen, strict=True):
            attempt.take(place, decision, sample)
        live = [attempt for attempt in live if not attempt.agents[0].closed]
    return [attempt.rollout() for attempt in attempts]
