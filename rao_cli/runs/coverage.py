"""Where in the source a run read, what code went through, and what its answer cites, by the events alone.

Runs that were kept before agents told their parts have no map.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rao_cli.agent.events import Ranges
from rao_cli.runs.tree import Tree

Mark = Literal["cited", "read", "examined", "skipped"]


@dataclass(frozen=True)
class Covered:
    """Parts of the source, each in text order without overlap; ``start`` to ``end`` is all of it."""

    start: int
    end: int
    cited: Ranges
    read: Ranges
    """Shown to a model as text that answered."""
    examined: Ranges
    """Gone through by code."""

    def marks(self, cells: int) -> list[Mark]:
        """Divide the source into so many cells and return what happened most tellingly in each."""
        marks: list[Mark] = ["skipped"] * cells
        told: tuple[tuple[Mark, Ranges], ...] = (
            ("examined", self.examined),
            ("read", self.read),
            ("cited", self.cited),
        )
        for mark, ranges in told:
            for first, last in self._cells(ranges, cells):
                marks[first:last] = [mark] * (last - first)
        return marks

    def _cells(self, ranges: Ranges, cells: int) -> list[tuple[int, int]]:
        length = self.end - self.start
        return [
            ((start - self.start) * cells // length, -((self.start - end) * cells // length))
            for start, end in ranges
        ]


def covered(tree: Tree) -> Covered | None:
    """Return what a run covered; None where its events do not tell."""
    given = [span for agent in tree.roots if agent.opened for span in agent.opened.spans]
    start, end = min((one[0] for one in given), default=0), max((one[1] for one in given), default=0)
    if start < 0 or end <= start:
        return None
    taken = [action for agent in tree.agents.values() for action in agent.actions]
    cited = tree.result.citations if tree.result else ()
    return Covered(
        start,
        end,
        cited=_within([(one.start, one.end) for one in cited], start, end),
        read=_within([span for action in taken if action.by == "model" for span in action.read], start, end),
        examined=_within([span for action in taken if action.by == "rules" for span in action.read], start, end),
    )


def _within(spans: Sequence[tuple[int, int]], start: int, end: int) -> Ranges:
    """Return the parts of spans between two places, in order, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted((max(start, one), min(end, other)) for one, other in spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        elif first < last:
            joined.append((first, last))
    return tuple(joined)
