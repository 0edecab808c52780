"""Do a stored run's task again by a plan: what the run asked the model comes from its record.

The runner, the policies and the checks are the real ones. A call that no record holds is passed on to an engine
where one is given, and kept for the next replay; without one the replay stops there and says so.
"""

from dataclasses import dataclass, replace

from rao_cli.agent.policies import make_policy
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Limits, RunResult, Status
from rao_cli.agent.run import run_task
from rao_cli.engine.base import Completion, Engine, OnProgress, Request
from rao_cli.engine.cache import request_key
from rao_cli.engine.keeping import KeepingEngine
from rao_cli.errors import ModelError
from rao_cli.runs.recorded import RecordedEngine, recorded_calls
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Plan
from rao_cli.strategies.policy import StrategyPolicy
from rao_cli.strategies.records import Applies, Strategy, slots_of
from rao_cli.strategies.shape import question_class

LIMITS = Limits()


class MissedError(ModelError):
    """A replay needs a call of the model that no record holds."""


@dataclass(frozen=True)
class Replayed:
    """What came of a replay; ``missed`` are the calls that no record held."""

    answer: str
    status: Status
    tokens: int
    """Tokens read and written, those that came from a record included."""
    agents: int
    fell_back: str
    """Why the plan was left; empty where it was not."""
    missed: int
    whole: bool = True
    """Whether it came to its end; it does not where a call was missed and no engine was given."""


class Memory:
    """Calls of the model that replays may use, by the key of their request, and how many more they made.

    ``most`` bounds the calls of an engine; with none given, or all used, what is not remembered is missed.
    """

    def __init__(self, engine: Engine | None = None, most: int | None = None) -> None:
        self.calls: dict[str, Completion] = {}
        self.engine, self.most = engine, most
        self.made = 0
        """Calls of the engine so far."""
        self.asks = True
        """Whether the engine may be asked now; what is tried first is what no call is needed for."""
        self._prepared: dict[str, tuple[_Behind, Prepared]] = {}

    def learn(self, lesson: Lesson) -> None:
        """Take in what a run has recorded."""
        self.calls.update(recorded_calls(lesson.prepared.engine.identity, lesson.run.tree.events))

    def may_ask(self) -> bool:
        """Tell whether the engine may be asked once more."""
        return self.engine is not None and self.asks and (self.most is None or self.made < self.most)

    def prepared(self, lesson: Lesson) -> tuple["_Behind", Prepared]:
        """Return a lesson's source for replays, what code ranks in it kept; code computed nothing for the run."""
        if lesson.name not in self._prepared:
            behind = _Behind(lesson.prepared.engine, self)
            settings = replace(lesson.prepared.settings, computes=False)
            engine = RecordedEngine(behind, self.calls)
            self._prepared[lesson.name] = behind, replace(lesson.prepared, engine=engine, settings=settings)
        return self._prepared[lesson.name]


class _Behind(KeepingEngine):
    """What stands behind a record: the engine, each of whose calls is remembered, or a refusal."""

    def __init__(self, tokenizer: Engine, memory: Memory) -> None:
        super().__init__(tokenizer)
        self.memory = memory
        self.missed = 0

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Ask the engine. Raises MissedError where there is none, and what the engine raises."""
        self.missed += 1
        if self.memory.engine is None or not self.memory.may_ask():
            raise MissedError("a call of the model is not in the record", hint="replay it with the model")
        self.memory.made += 1
        completion = await self.memory.engine.generate(request, on_progress)
        self.memory.calls[request_key(self.identity, request)] = completion
        return completion


async def replay(plan: Plan | Strategy | None, lesson: Lesson, memory: Memory | None = None) -> Replayed:
    """Do a lesson's task again by a plan or strategy, or by none.

    ``memory`` holds what other replays asked; without one only the run's own record is there. Raises what the
    engine raises.
    """
    if memory is None:
        memory = Memory()
        memory.learn(lesson)
    behind, prepared = memory.prepared(lesson)
    before = behind.missed
    default = make_policy(lesson.task, prepared)
    strategy = strategy_of(plan, lesson.task.question) if isinstance(plan, Plan) else plan
    policy = StrategyPolicy(strategy, default, prepared.reading, audits=False) if strategy else default
    try:
        result = await run_task(
            lesson.task,
            prepared,
            limits=LIMITS,
            emit=lambda _: None,
            policy=policy,
            strategy=strategy.label if strategy else "",
        )
    except MissedError:
        return Replayed("", "failed", 0, 0, "", behind.missed - before, whole=False)
    return _replayed(result, behind.missed - before)


def strategy_of(plan: Plan, question: str) -> Strategy:
    """Return a strategy of nothing but a plan, whose slots are called like their types."""
    applies = Applies(classes=(question_class(question),))
    return Strategy.model_validate({"name": "plan", "applies": applies, "slots": slots_of(plan), "plan": plan})


def _replayed(result: RunResult, missed: int) -> Replayed:
    usage = result.usage
    return Replayed(result.answer, result.status, usage.tokens, usage.agents, result.fell_back, missed)
