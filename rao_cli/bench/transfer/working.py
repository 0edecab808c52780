"""Work on a task in one of the ways that are compared, with one model, and judge what comes of it.

Ways: one prompt with the beginning of the text; rao's own policy; the same with something told before every
question; a plan that is carried out; a scaffold that another model gave. All share the model, its settings and the
document as it was divided. Costs count every token as computed: what was computed for another way is no saving.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from rao_cli.agent.actions import Answer, parse_action
from rao_cli.agent.events import Event, ModelCalled
from rao_cli.agent.policies import make_policy
from rao_cli.agent.policy import Policy
from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.agent.records import Limits, Report, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.bench.quality.baselines import Model, direct
from rao_cli.bench.quality.scoring import says_absent
from rao_cli.bench.transfer.ledger import Key, Ledger, Outcome
from rao_cli.documents.model import Document, Span
from rao_cli.engine.base import Completion, Engine, Message, OnProgress, Request
from rao_cli.engine.keeping import KeepingEngine
from rao_cli.errors import UsageError
from rao_cli.strategies.costs import NOTHING, Spent, cost_of
from rao_cli.strategies.policy import StrategyPolicy
from rao_cli.strategies.records import Strategy, digest_of
from rao_cli.text import one_line
from rao_cli.training.actors import read_episode
from rao_cli.training.episodes import Episode
from rao_cli.training.evaluate import MOST_WORDS, asked_of
from rao_cli.training.judging import agrees, f1, success

T = TypeVar("T")
KEPT = 24
"""Texts that are kept divided: learners come back to the same few."""
Guide = Callable[[Prepared, Policy], Policy]


@dataclass(frozen=True)
class Way:
    """One way to work; ``name`` holds a digest of all that decides it beside task and model."""

    name: str
    strategy: Strategy | None = None
    text: str = ""
    """Told before every question."""
    guide: Guide | None = None
    """Makes a policy that begins as another model said, of the one that goes on."""
    anchored: bool = False
    direct: bool = False


DEFAULT = Way("default")
DIRECT = Way("direct", direct=True)


def by_plan(strategy: Strategy) -> Way:
    """Return the way that follows a strategy, on every document."""
    return Way(f"plan:{strategy.id}", strategy=strategy)


def by_words(text: str) -> Way:
    """Return rao's own way, with a text told before every question."""
    return Way(f"told:{digest_of(text)}", text=text)


@dataclass
class Tally:
    """Counts what the calls of a run cost, and keeps its events."""

    spent: Spent = NOTHING
    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Take an event into account."""
        self.events.append(event)
        if isinstance(event, ModelCalled):
            self.spent += cost_of(event.completion)


class Run(Protocol):
    """Waits for a coroutine in such a way that Ctrl-C is heard."""

    def __call__(self, main: Coroutine[Any, Any, T]) -> T:
        """Return what it returns."""
        ...


@dataclass(frozen=True)
class Judge:
    """How a question's text is read, and an answer to it told right from wrong; else it is as for episodes."""

    read: Callable[[Episode], Document]
    right: Callable[[str, Episode], bool]


class Worker:
    """One model at work; ``run`` waits for a coroutine."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        ledger: Ledger,
        run: Run,
        judge: Judge | None = None,
    ) -> None:
        self.engine, self.settings, self.ledger, self.run = engine, settings, ledger, run
        self.judge = judge or Judge(read_episode, is_right)
        self._texts: OrderedDict[str, Prepared] = OrderedDict()

    def outcome(self, episode: Episode, way: Way) -> Outcome:
        """Return what becomes of a task. Raises LateError and RaoError."""
        key = self.key(episode, way.name)
        return self.ledger.outcome(key, lambda: self.run(self._worked(key, episode, way)))

    def key(self, episode: Episode, way: str) -> Key:
        """Return what an outcome is kept by."""
        return Key(task=asked_of(episode), way=way, model=one_line(self.engine.identity, 300))

    def prepared(self, episode: Episode) -> Prepared:
        """Return a task's text, divided for agents."""
        name = source_of(episode)
        if name not in self._texts:
            self._texts[name] = prepare(self.judge.read(episode), self.engine, self.settings)
        self._texts.move_to_end(name)
        while len(self._texts) > KEPT:
            self._texts.popitem(last=False)
        return self._texts[name]

    async def _worked(self, key: Key, episode: Episode, way: Way) -> Outcome:
        facts = {"key": key, "source": source_of(episode), "absent": episode.absent, "anchored": way.anchored}
        try:
            told = await (self._asked(episode) if way.direct else self._ran(episode, way))
        except UsageError as error:  # too long for the window: a failure of its own
            told = {"failed": one_line(error.message, 200)}
        return Outcome.model_validate({**facts, **told})

    async def _asked(self, episode: Episode) -> dict[str, Any]:
        model = Model(self.engine, self.settings)
        said = _plain(await direct(episode.question, self.prepared(episode).reading.document, model))
        absent = says_absent(said)
        return {
            "right": absent if episode.absent else not absent and self.judge.right(said, episode),
            "answer": one_line(said, 200),
            "spent": sum(map(cost_of, model.calls), NOTHING),
            "agents": 1,
        }

    async def _ran(self, episode: Episode, way: Way) -> dict[str, Any]:
        tally = Tally()
        result = await self.work(episode, way, tally)
        return {**judged(result, episode, self.judge.right), "spent": tally.spent}

    async def work(self, episode: Episode, way: Way, tally: Tally) -> RunResult:
        """Run a task in a way, telling its events. Raises RaoError."""
        prepared, task = self.prepared(episode), Task(question=episode.question)
        if way.text:
            prepared = replace(prepared, engine=ToldEngine(prepared.engine, way.text))
        policy: Policy | None = None
        if way.strategy:
            policy = StrategyPolicy(way.strategy, make_policy(task, prepared), prepared.reading)
        elif way.guide:
            policy = way.guide(prepared, make_policy(task, prepared))
        named = way.name if policy else ""
        return await run_task(
            task, prepared, limits=Limits(), emit=tally.emit, policy=policy, strategy=named, run_id="transfer"
        )


def _plain(said: str) -> str:
    """Return what was said, out of the action that a model writes which was trained to write such."""
    try:
        action = parse_action(said)
    except ValueError:
        return said
    return action.answer if isinstance(action, Answer) else "absent"


class ToldEngine(KeepingEngine):
    """Tell a text before everything else that a model is asked."""

    def __init__(self, engine: Engine, text: str) -> None:
        super().__init__(engine)
        self._text = text

    @property
    def identity(self) -> str:
        """Return the engine's identity with a digest of the text."""
        return f"{self._engine.identity} told {digest_of(self._text)}"

    def count_prompt(self, messages: tuple[Message, ...]) -> int:
        """Count the text too."""
        return self._engine.count_prompt(self._with_text(messages))

    async def generate(self, request: Request, on_progress: OnProgress | None = None) -> Completion:
        """Ask with the text before; raises what the engine raises."""
        told = replace(request, messages=self._with_text(request.messages))
        return await self._engine.generate(told, on_progress)

    def _with_text(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        if messages and messages[0].role == "system":
            first = replace(messages[0], parts=(*messages[0].parts, f"\n\n{self._text}"))
            return (first, *messages[1:])
        return (Message("system", (self._text,)), *messages)


def source_of(episode: Episode) -> str:
    """Return a digest of an episode's text."""
    return hashlib.sha256(f"{episode.suffix}\0{episode.text}".encode("utf-8", "replace")).hexdigest()[:16]


def judged(result: RunResult, episode: Episode, right: Callable[[str, Episode], bool]) -> dict[str, Any]:
    """Return what a run's result was worth."""
    report = Report(status=result.status, answer=result.answer, citations=result.citations)
    absent = result.status == "absent"
    return {
        "right": absent if episode.absent else result.status == "found" and right(result.answer, episode),
        "cited": success(report, (Span(0, len(episode.text)),), episode) > 0,
        "answer": one_line(result.answer, 200),
        "verified": result.verified,
        "computed": bool(result.how),
        "agents": result.usage.agents,
        "fell_back": one_line(result.fell_back, 200),
        "failed": one_line(result.reason, 200) if result.status in ("failed", "partial") else "",
    }


def is_right(answer: str, episode: Episode) -> bool:
    """Tell whether an answer is a true one in few words or, where all are wanted, a list of all of them."""
    if not episode.every:
        return len(answer.split()) <= MOST_WORDS and agrees(answer, episode)
    told = [part for part in answer.replace(";", ",").replace(" and ", ",").split(",") if part.strip()]
    whole = all(any(f1(part, true) >= 0.8 for part in told) for true in episode.answers)
    return whole and len(told) <= len(episode.answers) + 1
