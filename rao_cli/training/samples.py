"""What a rollout leaves behind: every decision of every node, in the tokens that the policy saw and wrote.

A tree's nodes are a flat tuple, the root first; a node names its parent by its place. Nothing is tokenised again
later, so what is trained is what was done.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One decision. ``prompt`` and each of ``options`` are token ids.

    Where several actions were on offer, ``chosen`` is the place of the one that was taken, and ``logprobs`` has
    one number: its log-probability among those offered. Where the action was written freely it is the only option,
    and ``logprobs`` has the log-probability of each of its tokens. Both are those of the policy that acted.
    """

    prompt: tuple[int, ...]
    options: tuple[tuple[int, ...], ...]
    chosen: int
    logprobs: tuple[float, ...]

    @property
    def written(self) -> bool:
        """Tell whether the action was written, not chosen among several."""
        return len(self.options) == 1


@dataclass(frozen=True, slots=True)
class NodeRollout:
    """One agent of a tree: who opened it, how deep it is, how well it did by itself, and its decisions.

    ``score`` is its own success between 0 and 1. ``finished`` is false where it ended without a report;
    ``counted`` is false for agents that serve another's judgement (verifiers), which neither train nor count.
    """

    parent: int
    depth: int
    score: float
    samples: tuple[Sample, ...] = ()
    finished: bool = True
    failed_steps: frozenset[int] = frozenset()
    """Samples, by their place, whose action was refused or failed."""
    counted: bool = True
    holds: bool = True
    """Its sections hold what it is asked for."""


@dataclass(frozen=True, slots=True)
class TreeRollout:
    """One attempt at one episode; ``nodes[0]`` is the root, and a parent stands before its children.

    ``episode`` is the same for all attempts at the same episode: they are one another's baseline.
    """

    episode: str
    nodes: tuple[NodeRollout, ...]
