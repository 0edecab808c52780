"""Tiny policies at work on toy texts, alone or as a tree of agents: asked, and in practice."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rao_cli.agent.chaining import PartsFirst
from rao_cli.agent.policies import trained_policy
from rao_cli.agent.preparing import Settings
from rao_cli.agent.records import Limits, Task
from rao_cli.agent.run import run_task
from rao_cli.training.actors import Desk, EngineActors
from rao_cli.training.alone import best_passages
from rao_cli.training.environments.toy import Toy
from rao_cli.training.episodes import Episode
from rao_cli.training.evaluate import judged
from rao_cli.training.rollouts import Attempt
from rao_cli.training.tiny import TinyNetwork
from rao_cli.training.tiny_engine import TinyEngine
from rao_cli.training.toy.lessons import FACTS, LEAF, WINDOWS
from rao_cli.training.words import Words

LIMITS = {"recursion": Limits(depth=12), "single": Limits(depth=0)}
_TOGETHER = 8
"""Questions that are asked side by side."""
_HELD_APART = 2_000_000
"""Added to the seeds of questions, so that their texts are neither shown nor practised."""


@dataclass(frozen=True)
class Asked:
    """What became of one question; ``right`` is the answer alone, ``cited`` with its place."""

    right: bool
    cited: bool
    agents: int
    tokens: int
    """Read and written."""


def questions(chain: int, seed: int, count: int) -> list[Episode]:
    """Return questions that have an answer, on chains of so many facts, two of each text."""
    toy = Toy(FACTS, (chain,), absent=0.0, questions=2)
    return list(islice(toy.episodes(_HELD_APART + seed), count))


def ask(network: TinyNetwork, words: Words, arm: str, episodes: Sequence[Episode]) -> list[Asked]:
    """Ask questions of an arm; at every choice the most probable action is taken."""
    engine = TinyEngine(network, words, WINDOWS[arm])
    desk = Desk(_settings(arm))

    async def one(episode: Episode) -> Asked:
        prepared = desk.prepared(episode, engine)
        result = await run_task(
            Task(question=episode.question),
            prepared,
            limits=LIMITS[arm],
            emit=_drop,
            policy=PartsFirst(trained_policy(prepared, _most_probable)),
            sections=() if LIMITS[arm].depth else best_passages(prepared, episode.question),
        )
        told = judged(result, episode)
        return Asked(told["right"], told["cited"], result.usage.agents, result.usage.tokens)

    async def some(start: int) -> list[Asked]:
        return await asyncio.gather(*map(one, episodes[start : start + _TOGETHER]))

    groups = (asyncio.run(some(start)) for start in range(0, len(episodes), _TOGETHER))
    return [asked for group in groups for asked in group]


def _settings(arm: str) -> Settings:
    return Settings(WINDOWS[arm], LEAF, "model", output_tokens=24, computes=False, answers="chosen")


def _most_probable(logprobs: Sequence[float]) -> int:
    return max(range(len(logprobs)), key=logprobs.__getitem__)


class Practice:
    """Actors of an arm, for ``optimise``; they count what they did."""

    def __init__(self, network: TinyNetwork, words: Words, arm: str) -> None:
        settings = _settings(arm)
        self._actors = EngineActors(lambda: TinyEngine(network, words, settings.window), words, settings)
        self.trees = self.agents = self.tokens = 0

    async def attempts(self, episode: Episode, count: int, seed: int, limits: Limits) -> list[Attempt]:
        """Return attempts at an episode, their roots judged by their answers alone."""
        made = [lenient(one, episode) for one in await self._actors.attempts(episode, count, seed, limits)]
        self.trees += len(made)
        self.agents += sum(one.result.usage.agents for one in made)
        self.tokens += sum(one.result.usage.tokens for one in made)
        return made

    def refresh(self) -> None:
        """Act from now on as the policy is now."""
        self._actors.refresh()

    def close(self) -> None:
        """Close the engine in use."""
        self._actors.close()


def lenient(attempt: Attempt, episode: Episode) -> Attempt:
    """Return an attempt whose root succeeds when its answer is right, whatever it cites.

    A single agent is offered each answer once, with one of its places; the end of a chain often stands at several,
    and then no policy could tell the right one.
    """
    root, *others = attempt.tree.nodes
    right = float(judged(attempt.result, episode)["right"])
    return replace(attempt, tree=replace(attempt.tree, nodes=(replace(root, score=right), *others)))


def _drop(event: object) -> None:
    """Keep nothing of an event."""
