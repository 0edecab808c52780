"""The ways to answer a question that are compared: rao, and what a user could do without it.

- rao: as ``rao ask`` does it with the strategies that come with it; unplanned: without any; thorough: reading
  everything.
- search: no model; the sentence that shares most words with the question, among those of the best passages.
- direct: one prompt with the beginning of the text; rag: one prompt with the five best passages.
- mapreduce: one prompt for each leaf of the text, then one for the answers.

All have the same model, search and window. Limits: questions are answered one after the other, never together.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rao_cli.agent.events import Event
from rao_cli.agent.planning import plan_task
from rao_cli.agent.policies import make_policy
from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.agent.records import Limits, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.bench.quality.baselines import Model, best_sentence, direct, mapreduce, mapreduce_tokens, rag
from rao_cli.bench.quality.done import Told
from rao_cli.bench.quality.scoring import says_absent
from rao_cli.documents.model import Document
from rao_cli.engine.base import Engine
from rao_cli.errors import UsageError
from rao_cli.strategies.library import bundled
from rao_cli.strategies.matching import choose
from rao_cli.strategies.policy import StrategyPolicy
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.shape import Shape, shape_of
from rao_cli.strategies.standing import Held, model_of

LONGEST_READ = 48_000
"""Tokens of a source up to which arms that read everything are run."""


@dataclass(frozen=True)
class Opened:
    """A source that was read, with the engine that answers."""

    document: Document
    engine: Engine
    settings: Settings
    repeats: Callable[[], int] = int
    """Counts the completions that were not computed but looked up."""

    @cached_property
    def chosen(self) -> Prepared:
        """Return the source divided as for a question."""
        return prepare(self.document, self.engine, self.settings)

    @cached_property
    def whole(self) -> Prepared:
        """Return the source divided as for reading everything."""
        return prepare(self.document, self.engine, self.settings, reads_all=True)

    @cached_property
    def _shape(self) -> Shape:
        return shape_of(self.chosen.reading)

    def strategy(self, question: str) -> Strategy | None:
        """Return the strategy that ``rao ask`` follows where the user has none of their own."""
        held = [Held(strategy=one, standing="active") for one in bundled()]
        digest = self.document.digest
        return choose(question, self._shape, held, model=model_of(self.chosen), digest=digest).strategy


@dataclass(frozen=True)
class Arm:
    """One way to answer; ``cost`` computes the tokens of a long source's prompts where it is not run."""

    answer: Callable[[str, Opened], Awaitable[Told]]
    cost: Callable[[str, Opened], Told] | None = None

    async def tell(self, question: str, opened: Opened) -> Told:
        """Answer a question, and take the time. A question too long for the window is told as failed.

        Dividing and indexing the source, which is done once for all of its questions, is no part of the time.
        """
        prepared = opened.whole if self.cost else opened.chosen
        prepared.reading.index.prepare(_drop)
        before, started = opened.repeats(), time.monotonic()
        try:
            if self.cost and prepared.reading.root.tokens > LONGEST_READ:
                return self.cost(question, opened)
            told = await self.answer(question, opened)
        except UsageError as error:
            return Told(failed=error.message)
        took = round(time.monotonic() - started, 3)
        return told.model_copy(update={"seconds": took, "repeated": opened.repeats() > before})


async def _rao(question: str, opened: Opened) -> Told:
    task, prepared = Task(question=question), opened.chosen
    strategy = opened.strategy(question)
    policy = StrategyPolicy(strategy, make_policy(task, prepared), prepared.reading) if strategy else None
    return _of_run(await run_task(task, prepared, limits=Limits(), emit=_drop, policy=policy))


async def _unplanned(question: str, opened: Opened) -> Told:
    return _of_run(await run_task(Task(question=question), opened.chosen, limits=Limits(), emit=_drop))


async def _thorough(question: str, opened: Opened) -> Told:
    task = Task(question=question, thorough=True)
    return _of_run(await run_task(task, opened.whole, limits=Limits(), emit=_drop))


def _of_run(result: RunResult) -> Told:
    used = result.usage
    return Told(
        answer=" ".join(result.answer.split()),
        absent=result.status == "absent" or (result.status == "partial" and not result.answer),
        confidence=result.confidence,
        verified=result.verified,
        how=result.how,
        pages=tuple((one.first_page, one.last_page) for one in result.citations if one.first_page),
        prompt_tokens=used.prompt_tokens,
        cached_tokens=used.cached_tokens,
        output_tokens=used.output_tokens,
        agents=used.agents,
        depth=used.depth,
        failed=result.reason if result.status == "failed" else "",
    )


def _drop(event: Event | float) -> None:
    """Keep nothing of an event, or of progress."""


def _thorough_cost(question: str, opened: Opened) -> Told:
    plan = plan_task(Task(question=question, thorough=True), opened.whole, Limits())
    return Told(prompt_tokens=plan.prompt_tokens, agents=plan.calls, depth=plan.depth, computed=True)


async def _search(question: str, opened: Opened) -> Told:
    sentence = best_sentence(question, opened.chosen.reading)
    return Told(answer=sentence, absent=not sentence)


def _asking(way: Callable[[str, Opened, Model], Awaitable[str]]) -> Callable[[str, Opened], Awaitable[Told]]:
    """Make an arm of a function that asks the model and returns what it said last."""

    async def answer(question: str, opened: Opened) -> Told:
        model = Model(opened.engine, opened.settings)
        said = await way(question, opened, model)
        return model.told(said, absent=says_absent(said))

    return answer


async def _direct(question: str, opened: Opened, model: Model) -> str:
    return await direct(question, opened.document, model)


async def _rag(question: str, opened: Opened, model: Model) -> str:
    return await rag(question, opened.chosen.reading, model)


async def _mapreduce(question: str, opened: Opened, model: Model) -> str:
    return await mapreduce(question, opened.whole.reading, model)


def _mapreduce_cost(question: str, opened: Opened) -> Told:
    leaves, tokens = mapreduce_tokens(question, opened.whole.reading, opened.engine)
    return Told(prompt_tokens=tokens, agents=leaves, depth=1, computed=True)


ARMS: Mapping[str, Arm] = {
    "rao": Arm(_rao),
    "unplanned": Arm(_unplanned),
    "search": Arm(_search),
    "direct": Arm(_asking(_direct)),
    "rag": Arm(_asking(_rag)),
    "mapreduce": Arm(_asking(_mapreduce), _mapreduce_cost),
    "thorough": Arm(_thorough, _thorough_cost),
}
"""Every arm by its name, in the order of the tables."""
