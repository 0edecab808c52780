"""Trees of agents for episodes, made by the product's own runner with a policy that takes its actions by chance.

Every decision of the model is recorded in tokens, with the log-probability that it was taken with; every agent
is judged by program, on what it was handed (judging.py). Attempts at one episode run side by side, and so do
episodes: the engine batches what waits. Limits: the engine must tell the tokens it wrote by number, as local ones
do.
"""

import asyncio
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rao_cli.agent.chaining import PartsFirst
from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened, Event
from rao_cli.agent.policies import trained_policy
from rao_cli.agent.policy import Call, Decision, State
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Limits, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.documents.model import Span
from rao_cli.engine.base import Completion, Message, Request, Sampling
from rao_cli.training.alone import best_passages
from rao_cli.training.episodes import Episode
from rao_cli.training.judging import asked_by, holds, success
from rao_cli.training.samples import NodeRollout, Sample, TreeRollout


class Tokenizer(Protocol):
    """What splits prompts and actions into the tokens that are trained."""

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of a prompt that ends where the model's turn begins."""
        ...

    def text(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        ...


@dataclass
class Recorder:
    """A policy that takes actions by chance and records them, and where the events of its run go."""

    prepared: Prepared
    tokens: Tokenizer
    chance: random.Random
    opened: dict[str, AgentOpened] = field(default_factory=dict)
    closed: dict[str, AgentClosed] = field(default_factory=dict)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    _taken: tuple[int, float] = (0, 0.0)
    _last: Sample | None = None

    def __post_init__(self) -> None:
        sampling = Sampling(temperature=1.0, seed=self.chance.getrandbits(31))
        self.policy = PartsFirst(trained_policy(self.prepared, self._pick, sampling))

    def _pick(self, logprobs: Sequence[float]) -> int:
        """Take an action with its probability."""
        place = self.chance.choices(range(len(logprobs)), [math.exp(one) for one in logprobs])[0]
        self._taken = place, logprobs[place]
        return place

    def cost(self, state: State) -> int:
        """Return the policy's cost."""
        return self.policy.cost(state)

    async def act(self, state: State, call: Call) -> Decision:
        """Let the policy act, and keep what it was asked and what it took."""
        asked: list[tuple[Request, Completion]] = []

        async def listening(request: Request) -> Completion:
            completion = await call(request)
            asked.append((request, completion))
            return completion

        decision = await self.policy.act(state, listening)
        # Nothing is awaited from here to the event of this action, so the next such event is its own.
        self._last = self._sample(*asked[0]) if asked else None
        return decision

    def emit(self, event: Event) -> None:
        """Keep what the run tells of its agents."""
        if isinstance(event, AgentOpened):
            self.opened[event.agent] = event
        elif isinstance(event, AgentClosed):
            self.closed[event.agent] = event
        elif isinstance(event, ActionTaken) and self._last:
            self.samples.setdefault(event.agent, []).append(self._last)
            self._last = None

    def _sample(self, request: Request, completion: Completion) -> Sample | None:
        """Return a decision in tokens; where only one action was on offer, nothing was decided."""
        if len(request.choices) == 1:
            return None
        prompt = tuple(self.tokens.prompt(request.messages))
        if request.choices:
            options = tuple(tuple(self.tokens.text(choice)) for choice in request.choices)
            return Sample(prompt, options, self._taken[0], (self._taken[1],))
        told = tuple(token.id for token in completion.tokens)
        return Sample(prompt, (told,), 0, tuple(token.logprob for token in completion.tokens))

    def tree(self, episode: Episode) -> TreeRollout:
        """Return what the finished run leaves behind, its agents in the order in which they were opened."""
        places = {agent: place for place, agent in enumerate(self.opened)}
        nodes = [self._node(event, places, episode) for event in self.opened.values()]
        return TreeRollout(episode.name, tuple(nodes))

    def _node(self, event: AgentOpened, places: dict[str, int], episode: Episode) -> NodeRollout:
        report = self.closed[event.agent].report
        judged = asked_by(event.handoff.goal, episode)
        # The root is asked of the whole text, whatever it was given of it.
        spans = _spans(self.prepared.reading, event) if event.depth else (Span(0, len(episode.text)),)
        return NodeRollout(
            parent=places.get(event.parent, -1),
            depth=event.depth,
            score=success(report, spans, judged) if judged else 0.0,
            samples=tuple(self.samples.get(event.agent, ())),
            finished=report.status in ("found", "absent"),
            counted=judged is not None,
            holds=judged is not None and any(holds(span, judged) for span in spans),
        )


def _spans(reading: Reading, event: AgentOpened) -> tuple[Span, ...]:
    return tuple(reading.section(section).span for section in event.handoff.sections)


@dataclass(frozen=True)
class Attempt:
    """A tree, and the run's own result."""

    tree: TreeRollout
    result: RunResult


async def attempts(
    episode: Episode, prepared: Prepared, tokens: Tokenizer, count: int, *, seed: int, limits: Limits
) -> list[Attempt]:
    """Return so many independent attempts at an episode, made side by side; the seed makes their chances.

    Where nobody may delegate, the root is given what search ranks best (alone.py).
    """
    sections = () if limits.depth else best_passages(prepared, episode.question)

    async def one(number: int) -> Attempt:
        chance = random.Random(f"{seed}-{episode.name}-{number}")  # noqa: S311 - nothing secret
        recorder = Recorder(prepared, tokens, chance)
        task = Task(question=episode.question)
        result = await run_task(
            task, prepared, limits=limits, emit=recorder.emit, policy=recorder, sections=sections
        )
        return Attempt(recorder.tree(episode), result)

    return list(await asyncio.gather(*(one(number) for number in range(count))))
