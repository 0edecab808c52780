"""What a run will take: counted as far as it is known, and measured on a little of it.

Nothing is kept of what is learned meanwhile. Limits: memory on a CPU is the process's greatest so far, so a run
with longer packs may take a little more.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rao_cli.training.episodes import Environment
from rao_cli.training.learner import Learner, Pack, packs
from rao_cli.training.rl import Actors, RlSettings
from rao_cli.training.samples import Sample
from rao_cli.training.sft import SftSettings, demonstration_loss, packed

if TYPE_CHECKING:
    import torch

    from rao_cli.training.learner import OptionLogprobs
    from rao_cli.training.network import Network

MEASURED = 2
"""Packs that time is measured on; the first also counts what happens only once."""


@dataclass(frozen=True)
class Estimate:
    """What a run takes; ``samples`` are demonstrations, or trees of agents."""

    parameters: int
    """Numbers that are trained."""
    samples: int
    steps: int
    tokens: int
    """Of all that is learned from, packed: each computed once forwards and once backwards."""
    seconds: float
    memory: int
    """Bytes, the base model included."""


def estimate(network: "Network", samples: Sequence[Sample], settings: SftSettings) -> Estimate:
    """Count a run's work and measure a little of it; the network is changed, so use it no more."""
    batches = list(packed(samples, settings))
    every = [pack for batch in batches for pack in batch]
    tokens = sum(len(pack.tree) for pack in every)
    learner = Learner(network, settings.rate, len(batches))
    speeds = [_tokens_a_second(learner, pack, settings) for pack in every[:MEASURED]]
    return Estimate(
        parameters=sum(parameter.numel() for parameter in learner.parameters),
        samples=sum(len(pack.samples) for pack in every),
        steps=len(batches),
        tokens=tokens,
        seconds=tokens / (speeds or [1.0])[-1],
        memory=peak_memory(learner.parameters[0].device),
    )


def estimate_rl(network: "Network", environment: Environment, actors: Actors, settings: RlSettings) -> Estimate:
    """Measure one question's attempts and learning from them, and reckon a run of such; see ``estimate``."""
    learner = Learner(network, settings.rate, settings.steps)
    started = time.monotonic()
    actors.refresh()
    episode = next(iter(environment.episodes(settings.seed)))
    tried = asyncio.run(actors.attempts(episode, settings.attempts, settings.seed, settings.limits))
    acted = time.monotonic()
    samples = [sample for attempt in tried for node in attempt.tree.nodes for sample in node.samples]
    batch = list(packs(samples, settings.capacity))
    speeds = [_tokens_a_second(learner, pack, SftSettings()) for pack in batch[:MEASURED]]
    tokens = sum(len(pack.tree) for pack in batch)
    questions = settings.steps * settings.prompts
    return Estimate(
        parameters=sum(parameter.numel() for parameter in learner.parameters),
        samples=questions * settings.attempts,
        steps=settings.steps,
        tokens=questions * tokens,
        seconds=questions * (acted - started + tokens / (speeds or [1.0])[-1]),
        memory=peak_memory(learner.parameters[0].device),
    )


def _tokens_a_second(learner: Learner, pack: Pack, settings: SftSettings) -> float:
    def loss(sample: Sample, options: "OptionLogprobs") -> "torch.Tensor":
        return demonstration_loss(sample, options, settings.writing)

    started = time.monotonic()
    learner.step([pack], loss)
    return len(pack.tree) / max(1e-6, time.monotonic() - started)


def peak_memory(device: "torch.device") -> int:
    """Return the bytes of a device that were in use at most, on a CPU those of the process."""
    import torch

    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if device.type == "mps":
        return torch.mps.driver_allocated_memory()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
