"""RAO: trees of rollouts by one policy, credit for every node, one CISPO step, and again.

Each step takes the next few episodes, makes several attempts at each with the policy as it is, gives every node's
decisions their credit (credit.py), and changes the policy once: what acts and what learns are the same policy, but
for the rounding of two engines, which CISPO's ratio accounts for.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rao_cli.agent.records import Limits
from rao_cli.training import checkpoints
from rao_cli.training.credit import CreditSettings, NodeCredit, assign, by_episode, summary
from rao_cli.training.episodes import Environment, Episode
from rao_cli.training.learner import Learner, packs
from rao_cli.training.loss import decision_cispo
from rao_cli.training.rollouts import Attempt
from rao_cli.training.samples import Sample, TreeRollout

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import OptionLogprobs
    from rao_cli.training.network import Network


Run = Callable[[Coroutine[Any, Any, list[TreeRollout]]], list[TreeRollout]]


@dataclass(frozen=True)
class RlSettings:
    """How a policy is optimised; the defaults are for a CPU."""

    steps: int = 100
    prompts: int = 4
    """Episodes of one step."""
    attempts: int = 8
    """Trees of one episode."""
    rate: float = 5e-5
    capacity: int = 768
    seed: int = 1
    credit: CreditSettings = field(default_factory=CreditSettings)
    limits: Limits = field(default_factory=Limits)
    """Depth 0 makes a single agent of it."""


class Actors(Protocol):
    """What makes attempts with the policy as it is now."""

    async def attempts(self, episode: Episode, count: int, seed: int, limits: Limits) -> list[Attempt]:
        """Return independent attempts at an episode."""
        ...

    def refresh(self) -> None:
        """Act from now on as the policy is now."""
        ...


@dataclass(frozen=True, slots=True)
class Optimised:
    """One step of a run, as it is told."""

    step: int
    steps: int
    success: float
    """Mean success of the roots."""
    figures: dict[str, float]
    seconds: float
    """Since the run, or its last resumption, began."""


def optimise(
    network: "Network",
    environment: Environment,
    actors: Actors,
    settings: RlSettings,
    folder: Path,
    told: Callable[[Optimised], None],
    run: Run = asyncio.run,
) -> None:
    """Optimise a policy, from where an earlier run in the folder was left. Raises InputError.

    ``run`` waits for a step's trees; one that stops them raises what it wants to be raised here.
    """
    learner = Learner(network, settings.rate, settings.steps)
    done = int(checkpoints.restore(folder, learner).get("step", 0))
    episodes = islice(environment.episodes(settings.seed), done * settings.prompts, None)
    started = time.monotonic()
    for step in range(done + 1, settings.steps + 1):
        actors.refresh()
        trees = run(_trees(list(islice(episodes, settings.prompts)), actors, settings, step))
        nodes = assign(by_episode(trees), settings.credit)
        learn(learner, nodes, settings.capacity)
        checkpoints.save(folder, learner, {"step": step})
        figures = summary(nodes)
        seconds = time.monotonic() - started
        told(Optimised(step, settings.steps, figures["credit/root_score"], figures, seconds))


async def _trees(
    episodes: Sequence[Episode], actors: Actors, settings: RlSettings, step: int
) -> list[TreeRollout]:
    asked = [
        actors.attempts(episode, settings.attempts, settings.seed * 1_000_003 + step, settings.limits)
        for episode in episodes
    ]
    return [attempt.tree for group in await asyncio.gather(*asked) for attempt in group]


def learn(learner: Learner, nodes: Sequence[NodeCredit], capacity: int) -> float:
    """Take one step on the decisions that have credit; return the loss."""
    worth = {id(sample): node.credit for node in nodes for sample in node.samples}
    total = sum(node.tokens for node in nodes)
    batch = list(packs([sample for node in nodes if node.credit for sample in node.samples], capacity))

    def loss(sample: Sample, options: "OptionLogprobs") -> "torch.Tensor":
        return decision_cispo(sample, options, worth[id(sample)], total=total)

    return learner.step(batch, loss)
