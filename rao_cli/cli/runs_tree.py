"""The tree of a kept run's agents, one line each: the most telling ones where there are too many to read."""

from collections.abc import Iterator

from rich.text import Text

from rao_cli.cli.runs_shown import duration
from rao_cli.cli.tree import WIDEST, draw_row
from rao_cli.cli.treestate import Row, State, TreeState
from rao_cli.runs.tree import Agent, Standing, Tree
from rao_cli.text import one_line

WHOLE = 40
"""Agents up to which a tree is shown whole."""
SHOWN = 16
"""Agents that are shown of a larger one."""
_RANK: dict[Standing, int] = {
    "found": 0,
    "partial": 1,
    "failed": 2,
    "interrupted": 3,
    "unfinished": 3,
    "absent": 4,
}
_STATE: dict[Standing, State] = {
    "found": "found",
    "absent": "absent",
    "partial": "partial",
    "failed": "failed",
    "interrupted": "waiting",
    "unfinished": "waiting",
}


def tree_lines(tree: Tree, width: int, *, everything: bool) -> Iterator[Text]:
    """Yield a line for each agent, or for those that tell most with the others counted."""
    if not tree.agents:
        return
    picked = set(tree.agents) if everything else _picked(tree)
    drawing = _Drawing(tree, picked, width)
    yield Text(f"{'tokens · time':>{min(width, WIDEST)}}", style="dim")
    for root in tree.roots:
        if root.id in picked:
            yield from (draw_row(row, width) for row in drawing.rows(root))
    lost = [root for root in tree.roots if root.id not in picked]
    if lost:
        yield draw_row(Row("", "more", _counts(lost), ""), width)


def _picked(tree: Tree) -> set[str]:
    """Return the agents to show: those behind the answer, then those that tell most, with all above them."""
    if len(tree.agents) <= WHOLE:
        return set(tree.agents)
    cited = {(one.start, one.end) for one in tree.result.citations} if tree.result else set()

    def order(agent: Agent) -> tuple[bool, int, int]:
        places = agent.report.citations if agent.report else ()
        behind = any((one.start, one.end) in cited for one in places)
        return not behind, _RANK[agent.standing], agent.depth

    picked: set[str] = set()
    for agent in sorted(tree.agents.values(), key=order):
        chain = [name for name in _chain(tree, agent) if name not in picked]
        if len(picked) + len(chain) <= SHOWN:
            picked.update(chain)
    return picked


def _chain(tree: Tree, agent: Agent) -> Iterator[str]:
    name = agent.id
    while name:
        yield name
        name = tree.agents[name].parent


class _Drawing:
    """A tree of which some agents are shown, in lines so wide."""

    def __init__(self, tree: Tree, picked: set[str], width: int) -> None:
        self._tree, self._picked, self._width = tree, picked, width
        self._names = TreeState()
        for agent in tree.agents.values():
            if agent.opened:
                self._names.apply(agent.opened)

    def rows(self, root: Agent) -> Iterator[Row]:
        """Yield the rows of an agent and those below it; a loop, since a file may be deeper than the stack."""
        waiting: list[tuple[str, str, Agent | Row]] = [("", "", root)]
        while waiting:
            branch, below, one = waiting.pop()
            if isinstance(one, Row):
                yield one
                continue
            yield Row(branch, _STATE[one.standing], self._title(one), _detail(one))
            waiting += reversed(self._below(one, below))

    def _below(self, agent: Agent, below: str) -> list[tuple[str, str, Agent | Row]]:
        children = [self._tree.agents[child] for child in agent.children]
        shown = [child for child in children if child.id in self._picked]
        hidden = [child for child in children if child.id not in self._picked]
        under: list[tuple[str, str, Agent | Row]] = [(below + "├─", below + "│ ", child) for child in shown]
        if hidden:
            under.append(("", "", Row(below + "└─", "more", _counts(hidden), "")))
        elif shown:
            under[-1] = (below + "└─", below + "  ", shown[-1])
        return under

    def _title(self, agent: Agent) -> str:
        """Return what an agent read and was asked, and what it found."""
        node, report, name = self._names.node(agent.id), agent.report, one_line(agent.id, 80)
        about = node.title if node else "(its beginning is lost)"
        if not agent.parent and agent.opened:
            return f"{name} {one_line(agent.goal, 200)}"
        said = one_line(report.answer or report.reason, 200) if report and agent.standing != "interrupted" else ""
        return f"{name} {one_line(about, self._width * 2 // 5)}: {said}" if said else f"{name} {about}"


def _counts(agents: list[Agent]) -> str:
    kinds = [agent.standing for agent in agents]
    told = [f"{kinds.count(kind):,} {kind}" for kind in _RANK if kind in kinds]
    return f"{len(agents):,} more {kinds[0]}" if len(told) == 1 else f"{len(agents):,} more: {', '.join(told)}"


def _detail(agent: Agent) -> str:
    tokens = agent.usage.tokens
    return " · ".join(
        part for part in (f"{tokens:,}" if tokens else "", duration(agent.ends - agent.begins)) if part
    )
