"""The delegation tree as a screen needs it: built from events alone, cut to a number of rows.

Knows nothing of colours or terminals. An event costs the same however many agents there are, and so does
``rows``, because only as many agents as fit are looked at.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from rao_cli.agent.events import (
    ActionTaken,
    AgentClosed,
    AgentOpened,
    AgentProgress,
    BudgetHit,
    Event,
    RunStarted,
)
from rao_cli.cli.words import counted
from rao_cli.text import one_line

State = Literal["waiting", "reading", "writing", "delegated", "found", "absent", "partial", "failed", "more"]
_BUSY: tuple[Literal["writing", "reading"], ...] = ("writing", "reading")
_REMEMBERED = 200  # finished agents that may still be shown; more never fit a screen
_MISSES = 20  # agents that did not fit before the search for smaller ones ends


@dataclass(slots=True)
class Node:
    """One agent as last heard of; ``tokens`` and ``agents`` include the finished agents below it.

    ``running`` are the tokens of the step it is at, ``prompt`` those of its prompt.
    """

    id: str
    parent: str
    title: str
    opened: float
    state: State = "waiting"
    done: int = 0
    total: int = 0
    prompt: int = 0
    running: int = 0
    own_tokens: int = 0
    tokens_below: int = 0
    agents: int = 1
    closed: float | None = None
    children: list[str] = field(default_factory=list)
    children_closed: int = 0

    @property
    def tokens(self) -> int:
        """Return the tokens of this agent and of the finished ones below it."""
        return self.own_tokens + self.running + self.tokens_below

    @property
    def shown_state(self) -> State:
        """Return the state, with an agent that waits for its children marked as delegated."""
        waits = self.closed is None and self.children_closed < len(self.children)
        return "delegated" if waits else self.state

    @property
    def percent(self) -> int:
        """Return how much of the current phase is done."""
        return min(100, 100 * self.done // self.total) if self.total > 0 else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: how it hangs, its state, what it is about, and how it stands."""

    prefix: str
    state: State
    title: str
    detail: str


class TreeState:
    """All agents of a run, kept up to date by ``apply``."""

    def __init__(self) -> None:
        self.title = ""
        self.limits: list[str] = []
        self.strategy = ""
        self.fell_back = ""
        """Why the strategy was first left; empty while it is followed."""
        self._nodes: dict[str, Node] = {}
        self._goals: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._root = ""
        self._open: dict[str, dict[str, None]] = {"writing": {}, "reading": {}, "waiting": {}}
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        self._tokens = 0
        self._closed = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def node(self, agent: str) -> Node | None:
        """Return an agent, or None if it was never opened."""
        return self._nodes.get(agent)

    def apply(self, event: Event) -> None:
        """Take one event into account; events about unknown agents are ignored."""
        match event:
            case RunStarted():
                self.title = one_line(event.question or f"summary of {event.document}", 200)
                self.strategy = event.strategy
            case AgentOpened():
                self._opened(event)
            case AgentProgress():
                self._progressed(event)
            case ActionTaken():
                self.fell_back = self.fell_back or event.fell_back
                self._acted(event)
            case AgentClosed():
                self._finished(event)
            case BudgetHit():
                self.limits.append(event.limit)
            case _:
                pass

    def totals(self) -> str:
        """Describe the whole tree in a few words."""
        running = len(self._nodes) - self._closed
        waiting = len(self._open["waiting"])
        parts = [counted(len(self._nodes), "agent"), f"{self._closed:,} done", f"{running - waiting:,} at work"]
        parts += [f"{waiting:,} waiting"] if waiting else []
        parts += [f"limit reached: {self.limits[-1]}"] if self.limits else []
        return ", ".join([*parts, f"{self._tokens:,} tokens"])

    def rows(self, room: int, now: float) -> list[Row]:
        """Return at most ``room`` rows: agents at work first, then finished ones, the rest counted."""
        if not self._root or room < 1:
            return []
        picked = self._pick(room)
        return list(self._draw(self._nodes[self._root], picked, now, "", ""))

    def _opened(self, event: AgentOpened) -> None:
        node = Node(event.agent, event.parent, self._describe(event), event.at)
        self._nodes[node.id] = node
        self._root = self._root or node.id
        self._open["waiting"][node.id] = None
        parent = self._nodes.get(event.parent)
        if parent is not None:
            parent.children.append(node.id)

    def _describe(self, event: AgentOpened) -> str:
        """Name what the agent reads and is asked; goal and path only where they differ from its parent's.

        The goal comes last, since siblings often share it and a line is cropped at its end; the root's is first.
        """
        goal = one_line(event.handoff.goal, 160)
        place = one_line(event.location, 80)
        self._goals[event.agent], self._places[event.agent] = goal, place
        titles = one_line(", ".join(event.titles[:4]), 120)
        own_goal = "" if goal == self._goals.get(event.parent) else goal
        where = (_place_within(place, self._places.get(event.parent, "")), titles)
        parts = (*where, own_goal) if event.parent else (own_goal, *where)
        return " · ".join(part for part in parts if part) or one_line(event.agent, 80)

    def _progressed(self, event: AgentProgress) -> None:
        node = self._nodes.get(event.agent)
        if node is None or node.closed is not None:
            return
        if node.state != event.phase:
            self._open.get(node.state, {}).pop(node.id, None)
            self._open[event.phase][node.id] = None
        node.state, node.done, node.total = event.phase, event.done, event.total
        if event.phase == "reading":
            node.prompt = event.done
        running = node.prompt + (event.done if event.phase == "writing" else 0)
        self._tokens += running - node.running
        node.running = running

    def _acted(self, event: ActionTaken) -> None:
        node = self._nodes.get(event.agent)
        if node is not None and node.closed is None:
            self._spend(node, event.usage.tokens)

    def _spend(self, node: Node, tokens: int) -> None:
        self._tokens += tokens - node.own_tokens - node.running
        node.own_tokens, node.running, node.prompt = tokens, 0, 0

    def _finished(self, event: AgentClosed) -> None:
        node = self._nodes.get(event.agent)
        if node is None or node.closed is not None:
            return
        self._open.get(node.state, {}).pop(node.id, None)
        self._spend(node, event.usage.tokens)
        node.state, node.closed = event.report.status, event.at
        self._closed += 1
        self._recent.appendleft(node.id)
        parent = self._nodes.get(node.parent)
        if parent is not None:
            parent.children_closed += 1
            parent.tokens_below += node.tokens
            parent.agents += node.agents

    def _pick(self, room: int) -> "_Picked":
        picked = _Picked(self._nodes, room)
        picked.add(self._root)
        for phase in _BUSY:
            picked.add_all(self._open[phase])
        picked.add_all(islice(self._open["waiting"], 3))
        picked.add_all(islice(self._recent, max(1, (room - picked.rows) // 2)))
        picked.add_all(self._open["waiting"])
        picked.add_all(self._recent)
        return picked

    def _draw(self, node: Node, picked: "_Picked", now: float, prefix: str, below: str) -> Iterator[Row]:
        yield Row(prefix, node.shown_state, node.title, _detail(node, now))
        if node.closed is not None:
            return
        shown = picked.children(node.id)
        hidden = len(node.children) - len(shown)
        for at, child in enumerate(shown):
            last = at == len(shown) - 1 and not hidden
            branch, under = ("└─", "  ") if last else ("├─", "│ ")
            yield from self._draw(self._nodes[child], picked, now, below + branch, below + under)
        if hidden:
            done = node.children_closed - sum(self._nodes[child].closed is not None for child in shown)
            yield Row(below + "└─", "more", f"{hidden:,} more ({done:,} done)", "")


class _Picked:
    """The agents that are shown, and the rows they take.

    An unfinished agent with children that are not shown takes one row more, which counts them.
    """

    def __init__(self, nodes: dict[str, Node], room: int) -> None:
        self._nodes = nodes
        self._room = room
        self._hidden: dict[str, int] = {}
        self._children: dict[str, list[str]] = {}
        self._ids: set[str] = set()
        self.rows = 0

    def children(self, agent: str) -> list[str]:
        """Return the shown children of an agent in the order they were opened."""
        return sorted(self._children.get(agent, ()), key=_by_number)

    def add_all(self, agents: Iterable[str]) -> None:
        """Show as many of the agents as fit."""
        misses = 0
        for agent in agents:
            misses += not self.add(agent)
            if self.rows >= self._room or misses > _MISSES:
                return

    def add(self, agent: str) -> bool:
        """Show an agent with those above it; tell whether that fits."""
        chain = self._missing(agent)
        if chain is None or self.rows + self._cost(chain) > self._room:
            return False
        for node in chain:
            self._show(node)
        return True

    def _missing(self, agent: str) -> list[Node] | None:
        """Return the agents to show from the top down; None below a finished agent, which shows no children."""
        chain = []
        while agent in self._nodes and agent not in self._ids:
            chain.append(self._nodes[agent])
            agent = self._nodes[agent].parent
        above = [*chain[1:], *([self._nodes[agent]] if agent in self._nodes else [])]
        return None if any(node.closed is not None for node in above) else chain[::-1]

    def _cost(self, chain: list[Node]) -> int:
        """Count the rows that showing the chain takes at most."""
        if not chain:
            return 0
        rows = sum(1 + _has_open_children(node) for node in chain)
        rows -= sum(len(node.children) == 1 for node in chain[:-1])
        return rows - (self._hidden.get(chain[0].parent) == 1)

    def _show(self, node: Node) -> None:
        self._ids.add(node.id)
        self.rows += 1
        if node.parent in self._hidden:
            self._hidden[node.parent] -= 1
            self.rows -= self._hidden[node.parent] == 0
            self._children.setdefault(node.parent, []).append(node.id)
        if _has_open_children(node):
            self._hidden[node.id] = len(node.children)
            self.rows += 1


def _place_within(place: str, above: str) -> str:
    """Return a place without the file or folder that the place above it shares."""
    for mark, word in ((" p", "p"), (":", "line " if place.rpartition(":")[2].isdigit() else "lines ")):
        path, found, rest = place.rpartition(mark)
        if found and above.startswith(path + mark):
            return word + rest
    folder = above.rpartition("/")[0] + "/"
    return place.removeprefix(folder) if folder != "/" else place


def _has_open_children(node: Node) -> bool:
    return node.closed is None and bool(node.children)


def _by_number(agent: str) -> tuple[int, str]:
    return len(agent), agent


def _detail(node: Node, now: float) -> str:
    seconds = max(0.0, (now if node.closed is None else node.closed) - node.opened)
    parts = [_state_text(node)]
    if node.closed is not None and node.agents > 1:
        parts.append(f"{node.agents:,} agents")
    if node.tokens:
        parts.append(f"{node.tokens:,} tokens")
    return " · ".join([*parts, f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"])


def _state_text(node: Node) -> str:
    state = node.shown_state
    if state == "reading":
        return f"reading {node.percent} %"
    return "done" if state == "found" else state
