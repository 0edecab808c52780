"""Credit: what each decision of a batch of trees was worth, as in Recursive Agent Optimization (arXiv 2605.06639).

Score, bonus, baseline, centring, mask, depth weight: each stage is a function of plain numbers, and ``assign``
applies them in this order. Nothing is divided by a deviation, and no stage needs torch.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal, TypeVar

from rao_cli.errors import UsageError
from rao_cli.training.samples import NodeRollout, Sample, TreeRollout

Mass = Literal["nodes", "decisions", "tokens"]
"""What depth weights leave the sum of as it was: each node once, its decisions, or its policy tokens."""

Kind = TypeVar("Kind", int, tuple[int, bool])
"""A depth, or a stratum."""

SAME = 1e-9
"""Rewards nearer than this are equal: they are sums of a few fractions."""


@dataclass(frozen=True, slots=True)
class CreditSettings:
    """How rewards become credit. The defaults are the published method; the other values are its ablations."""

    bonus: float = 0.4
    """Lambda: what the mean success of the direct children adds. 0: nothing."""
    sparse: bool = False
    """Every node is rewarded with its root's success, without a bonus."""
    depth_weighting: bool = True
    """Each depth gets the same weight in all, however many nodes it has."""
    discount: float | None = None
    """Gamma: weights fall as gamma to the power of the depth instead."""
    mass: Mass = "nodes"
    stratified: bool = False
    """Not the published method: a node's baseline and weight are those of its stratum, nodes of one depth that are
    all asked for what their sections hold, or none of them."""

    def __post_init__(self) -> None:
        if not 0 <= self.bonus < math.inf:
            raise UsageError(
                f"the delegation bonus is {self.bonus}", hint="it is a number from 0, 0.4 as published"
            )
        if self.stratified and (self.sparse or self.discount is not None or not self.depth_weighting):
            raise UsageError(
                "stratified credit has baselines and weights of its own",
                hint="leave out sparse, discount and depth_weighting = false, or stratified",
            )
        if self.discount is not None and not 0 <= self.discount < math.inf:
            raise UsageError(f"the depth discount is {self.discount}", hint="it is a number from 0, such as 0.5")


@dataclass(frozen=True, slots=True)
class NodeCredit:
    """One node's credit with the value of each stage.

    ``tree`` is the place of its tree in the group and ``place`` its own in the tree. ``baseline`` is none where no
    root of the group finished. ``kept`` are the samples that train, by their place; without any ``weight`` is 0.
    """

    node: NodeRollout
    episode: str
    tree: int
    place: int
    score: float
    bonus: float
    baseline: float | None
    kept: tuple[int, ...] = ()
    weight: float = 0.0

    @property
    def stratum(self) -> tuple[int, bool]:
        """Return its depth, and whether its sections hold what it is asked for."""
        return self.node.depth, self.node.holds

    @property
    def reward(self) -> float:
        """Return R, the node's success and what its children add to it."""
        return self.score + self.bonus

    @property
    def advantage(self) -> float:
        """Return A, the reward without the baseline."""
        return 0.0 if self.baseline is None else self.reward - self.baseline

    @property
    def credit(self) -> float:
        """Return w A, which every policy token of the kept samples gets."""
        return self.weight * self.advantage

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Return the samples that train."""
        return tuple(self.node.samples[place] for place in self.kept)

    @property
    def tokens(self) -> int:
        """Count the policy tokens that train; a decision chosen among offered ones is one token."""
        return sum(len(sample.logprobs) for sample in self.samples)


def by_episode(trees: Iterable[TreeRollout]) -> list[list[TreeRollout]]:
    """Gather the attempts at each episode, in order of their first one."""
    groups: dict[str, list[TreeRollout]] = {}
    for tree in trees:
        groups.setdefault(tree.episode, []).append(tree)
    return list(groups.values())


def scores(tree: TreeRollout, *, sparse: bool = False) -> list[float]:
    """Return s of each node: its own success, or its root's."""
    return [tree.nodes[0].score if sparse else node.score for node in tree.nodes]


def counted(tree: TreeRollout) -> list[bool]:
    """Tell of each node whether it counts: no judge does, and nobody whom a judge opened."""
    result: list[bool] = []
    for place, node in enumerate(tree.nodes):
        result.append(node.counted and (place == 0 or result[node.parent]))
    return result


def bonuses(tree: TreeRollout, bonus: float) -> list[float]:
    """Return what the direct children add to each node: lambda times the mean of their own successes.

    A rate, not a sum, so more children add nothing by themselves; and a child's own bonus is not handed up.
    """
    children: list[list[float]] = [[] for _ in tree.nodes]
    for node, counts in zip(tree.nodes[1:], counted(tree)[1:], strict=True):
        if counts:
            children[node.parent].append(node.score)
    return [bonus * math.fsum(below) / len(below) if below else 0.0 for below in children]


def baselines(roots: Sequence[float], finished: Sequence[bool]) -> list[float] | None:
    """Return each tree's baseline: the mean reward of the other finished roots; none where no root finished.

    A tree whose root did not finish has the mean of all that did. The only finished root is its own baseline.
    """
    valid = [reward for reward, done in zip(roots, finished, strict=True) if done]
    if not valid:
        return None
    total = math.fsum(valid)
    if len(valid) == 1:
        return [total] * len(roots)
    mean, others = total / len(valid), len(valid) - 1
    return [(total - reward) / others if done else mean for reward, done in zip(roots, finished, strict=True)]


def strata(nodes: Iterable[NodeCredit]) -> list[list[NodeCredit]]:
    """Return nodes by stratum."""
    found: dict[tuple[int, bool], list[NodeCredit]] = {}
    for node in nodes:
        found.setdefault(node.stratum, []).append(node)
    return list(found.values())


def centred_alike(nodes: Sequence[NodeCredit]) -> list[NodeCredit]:
    """Give nodes of one stratum the mean reward of the finished others as their baseline.

    Which stratum a node is in is settled before it acts, and no action changes the reward of a node beside it, so
    the mean of the gradient stays. What goes is how much easier one kind of task is than another: saying absent of
    a section without the answer nearly always succeeds; against the roots' baseline a batch praises little else.
    """
    base = baselines([node.reward for node in nodes], [node.node.finished for node in nodes])
    if base is None:
        return list(nodes)
    return [replace(node, baseline=value) for node, value in zip(nodes, base, strict=True)]


def kept(node: NodeRollout, advantage: float) -> tuple[int, ...]:
    """Return the samples that train: where credit is positive, none whose action was refused or failed."""
    failed = node.failed_steps if advantage > 0 else frozenset()
    return tuple(place for place in range(len(node.samples)) if place not in failed)


def inverse_counts(depths: Sequence[Kind]) -> dict[Kind, float]:
    """Return 1 / N_d of each depth, or stratum, that has nodes."""
    return {depth: 1 / depths.count(depth) for depth in sorted(set(depths))}


def discounts(depths: Sequence[int], gamma: float) -> dict[int, float]:
    """Return gamma to the power of each depth that has nodes."""
    return {depth: gamma**depth for depth in sorted(set(depths))}


def normalised(raw: Mapping[Kind, float], depths: Sequence[Kind], masses: Sequence[float]) -> dict[Kind, float]:
    """Scale the weights of depths so that weighting leaves the sum of the nodes' masses as it was.

    With one mass for each node, 1 / N_d becomes the paper's alpha / N_d, alpha being nodes by depths.
    """
    weighted = math.fsum(raw[depth] * mass for depth, mass in zip(depths, masses, strict=True))
    scale = math.fsum(masses) / weighted if weighted else 0.0
    return {depth: scale * weight for depth, weight in raw.items()}


def depth_weights(
    depths: Sequence[int], settings: CreditSettings, masses: Sequence[float] | None = None
) -> dict[int, float]:
    """Return the weight of each depth, given the depth of every node that trains and its mass (1 if not given)."""
    if settings.discount is not None:
        raw = discounts(depths, settings.discount)
    elif settings.depth_weighting:
        raw = inverse_counts(depths)
    else:
        raw = dict.fromkeys(sorted(set(depths)), 1.0)
    return normalised(raw, depths, [1.0] * len(depths) if masses is None else masses)


def rewarded(tree: TreeRollout, place: int, settings: CreditSettings) -> list[NodeCredit]:
    """Return the tree's counted nodes with their scores and bonuses; ``place`` is the tree's in its group."""
    own = scores(tree, sparse=settings.sparse)
    extra = bonuses(tree, 0.0 if settings.sparse else settings.bonus)
    return [
        NodeCredit(node, tree.episode, place, at, own[at], extra[at], None)
        for at, (node, counts) in enumerate(zip(tree.nodes, counted(tree), strict=True))
        if counts
    ]


def centred(trees: Sequence[list[NodeCredit]]) -> list[NodeCredit]:
    """Give the nodes of a group's trees their baselines."""
    roots = [nodes[0] for nodes in trees]
    base = baselines([root.reward for root in roots], [root.node.finished for root in roots])
    if base is None:
        return list(chain.from_iterable(trees))
    return [replace(node, baseline=value) for nodes, value in zip(trees, base, strict=True) for node in nodes]


def trainable(nodes: Sequence[NodeCredit], *, sparse: bool = False) -> list[bool]:
    """Tell of each node of a group whether it may train: it finished, and so did the root whose success it has."""
    roots = {node.tree for node in nodes if node.place == 0 and node.node.finished}
    return [node.node.finished and (not sparse or node.tree in roots) for node in nodes]


def masked(nodes: Sequence[NodeCredit], *, sparse: bool = False) -> list[NodeCredit]:
    """Choose the samples that train of a group's nodes: none where all centred rewards are equal."""
    able = trainable(nodes, sparse=sparse)
    values = [node.advantage for node, may in zip(nodes, able, strict=True) if may]
    if not values or max(values) - min(values) <= SAME:
        return list(nodes)
    return [
        replace(node, kept=kept(node.node, node.advantage)) if may else node
        for node, may in zip(nodes, able, strict=True)
    ]


def group_credits(trees: Sequence[TreeRollout], settings: CreditSettings) -> list[NodeCredit]:
    """Return the nodes of one episode's trees, all stages done but the depth weights."""
    judged = [rewarded(tree, place, settings) for place, tree in enumerate(trees)]
    if settings.stratified:
        return [node for some in strata(chain.from_iterable(judged)) for node in masked(centred_alike(some))]
    return masked(centred([nodes for nodes in judged if nodes]), sparse=settings.sparse)


def mass(node: NodeCredit, kind: Mass) -> int:
    """Return what a node counts for where weights are scaled."""
    return {"nodes": 1, "decisions": len(node.kept), "tokens": node.tokens}[kind]


def assign(groups: Iterable[Sequence[TreeRollout]], settings: CreditSettings) -> list[NodeCredit]:
    """Return the credit of every counted node of a batch; a group has the trees of one episode."""
    nodes = [node for trees in groups for node in group_credits(trees, settings)]
    training = [node for node in nodes if node.kept]
    weights = iter(_weights(training, settings))
    return [replace(node, weight=next(weights)) if node.kept else node for node in nodes]


def _weights(nodes: Sequence[NodeCredit], settings: CreditSettings) -> list[float]:
    """Return the weight of each node that trains."""
    masses = [mass(node, settings.mass) for node in nodes]
    if settings.stratified:
        kinds = [node.stratum for node in nodes]
        of_kind = normalised(inverse_counts(kinds), kinds, masses)
        return [of_kind[kind] for kind in kinds]
    of_depth = depth_weights([node.node.depth for node in nodes], settings, masses)
    return [of_depth[node.node.depth] for node in nodes]


def mean(values: Iterable[float]) -> float:
    """Return the mean; 0 of nothing."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def summary(nodes: Sequence[NodeCredit]) -> dict[str, float]:
    """Return a step's figures for the log: means of the stages over all nodes, and each depth's own."""
    training = [node for node in nodes if node.kept]
    figures = {
        "credit/root_score": mean(node.score for node in nodes if node.place == 0),
        "credit/bonus": mean(node.bonus for node in nodes),
        "credit/reward": mean(node.reward for node in nodes),
        "credit/baseline": mean(node.baseline for node in nodes if node.baseline is not None),
        "credit/advantage": mean(node.advantage for node in training),
        "credit/credit": mean(node.credit for node in training),
        "credit/training_nodes": float(len(training)),
        "credit/training_tokens": float(sum(node.tokens for node in training)),
        "credit/masked_steps": float(sum(len(node.node.samples) - len(node.kept) for node in training)),
    }
    for depth in sorted({node.node.depth for node in nodes}):
        figures |= depth_summary(depth, [node for node in nodes if node.node.depth == depth])
    return figures


def depth_summary(depth: int, nodes: Sequence[NodeCredit]) -> dict[str, float]:
    """Return the figures of one depth; its weight is 0 where none of its nodes trains."""
    return {
        f"credit/depth{depth}/nodes": float(len(nodes)),
        f"credit/depth{depth}/score": mean(node.score for node in nodes),
        f"credit/depth{depth}/advantage": mean(node.advantage for node in nodes if node.kept),
        f"credit/depth{depth}/weight": max(node.weight for node in nodes),
    }
