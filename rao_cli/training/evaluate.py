"""Measure what training is good for: the same questions, asked of a single agent and of a tree, before and after.

Every arm has the same base model. A single agent may not delegate and reads what search ranks best (alone.py).
Untrained is as rao works with a model that has no adapter: code chooses what is read, and the model weighs what
code proposes; what a trained policy says of itself is fitted to trained ones and would do it wrong. An answer
is right when it says what the evidence says in at most twelve words, or absent where the text does not answer;
it is cited when the evidence's place is told too. Results are kept as they come, so that an evaluation that was
stopped goes on. Limits: seconds are those of this machine with whatever else it does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rao_cli.agent.events import AgentClosed, AgentOpened, Event
from rao_cli.agent.preparing import Settings
from rao_cli.agent.records import Limits, Record, Report, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.documents.model import Span
from rao_cli.engine.base import Engine
from rao_cli.errors import RaoError, UsageError
from rao_cli.text import one_line
from rao_cli.training.actors import Desk
from rao_cli.training.alone import best_passages
from rao_cli.training.episodes import Episode
from rao_cli.training.judging import agrees, success

MOST_WORDS = 12
"""Words from which on an answer is wrong, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to answer."""

    alone: bool
    trained: bool


ARMS: Mapping[str, Arm] = {
    "single": Arm(alone=True, trained=False),
    "single-trained": Arm(alone=True, trained=True),
    "recursion": Arm(alone=False, trained=False),
    "recursion-trained": Arm(alone=False, trained=True),
}


class Key(Record):
    """What an outcome depends on."""

    arm: str
    size: int
    """Tokens that the text was asked to have."""
    asked: str
    """The episode's name, and a digest of its text and question."""
    model: str
    """The engine's identity, its adapter included."""


class Outcome(Record):
    """What became of one episode in one arm."""

    key: Key
    family: str
    steps: int
    """Facts that the question needs, one after the other."""
    characters: int
    absent: bool
    """The text does not answer the question."""
    said_absent: bool = False
    right: bool = False
    cited: bool = False
    answer: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    agents: int = 0
    depth: int = 0
    children: int = 0
    beside: int = 0
    """Children that ran beside another of the same parent."""
    seconds: float = 0.0
    failed: str = ""
    """Why there is no answer."""


class Results:
    """The outcomes of a file, if there is one, and of this run; each is written as soon as it is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {one.key: one for one in self._read()}

    def get(self, key: Key) -> Outcome | None:
        """Return an outcome, if it is known."""
        return self._known.get(key)

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome. Raises RaoError where it cannot be written."""
        self._known[outcome.key] = outcome
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{outcome.model_dump_json()}\n")  # after a line that was cut off, a new one begins
        except OSError as error:
            raise RaoError(
                f"cannot write {one_line(str(self._path), 200)}: {error.strerror}", hint="give another --out"
            ) from error

    def _read(self) -> Iterator[Outcome]:
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8", errors="replace").split("\n"):
            try:
                yield Outcome.model_validate_json(line)
            except ValidationError:
                continue  # an empty line, or one that was cut off


@dataclass(frozen=True)
class Evaluation:
    """What is measured."""

    arms: Sequence[str]
    episodes: Mapping[int, Sequence[Episode]]
    """Questions by the size of their texts."""
    settings: Settings


@dataclass(frozen=True)
class Means:
    """How it is measured: ``engine`` opens an arm's, ``run`` waits for a coroutine, ``told`` hears of each."""

    engine: Callable[[Arm], Engine]
    run: Callable[[Coroutine[Any, Any, Outcome]], Outcome]
    told: Callable[[Outcome, int, int], None]


def evaluate(asked: Evaluation, results: Results, means: Means) -> list[Outcome]:
    """Return the outcome of every episode in every arm; what is known is not asked again. Raises RaoError."""
    total = len(asked.arms) * sum(map(len, asked.episodes.values()))
    found: list[Outcome] = []
    for arm in asked.arms:
        engine = means.engine(ARMS[arm])
        desk = Desk(settings_of(ARMS[arm], asked.settings))
        for size, episodes in asked.episodes.items():
            for episode in episodes:
                key = Key(arm=arm, size=size, asked=asked_of(episode), model=engine.identity)
                known = results.get(key)
                if known is None:
                    known = means.run(_outcome(key, episode, desk, engine))
                    results.add(known)
                found.append(known)
                means.told(known, len(found), total)
    return found


def settings_of(arm: Arm, trained: Settings) -> Settings:
    """Return how an arm works, given how trained ones do."""
    return trained if arm.trained else replace(trained, delegation="rules", answers="weighed")


def asked_of(episode: Episode) -> str:
    """Return an episode's name with a digest of what is asked of which text."""
    told = "\0".join((episode.text, episode.question, episode.suffix))
    return f"{one_line(episode.name, 60)}:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:16]}"


async def _outcome(key: Key, episode: Episode, desk: Desk, engine: Engine) -> Outcome:
    """Ask one question; one that cannot be asked at all is a failure of its own."""
    alone = ARMS[key.arm].alone
    facts = {
        "key": key,
        "family": episode.family,
        "steps": max(1, len(episode.steps)),
        "characters": len(episode.text),
        "absent": episode.absent,
    }
    watch = Watch()
    try:
        prepared = desk.prepared(episode, engine)
        result = await run_task(
            Task(question=episode.question),
            prepared,
            limits=Limits(depth=0) if alone else Limits(),
            emit=watch.emit,
            sections=best_passages(prepared, episode.question) if alone else (),
        )
    except UsageError as error:
        return Outcome.model_validate({**facts, "failed": one_line(error.message, 200)})
    return Outcome.model_validate({**facts, **judged(result, episode), **watch.counts()})


def judged(result: RunResult, episode: Episode) -> dict[str, Any]:
    """Return what a result was worth, and what it cost."""
    report = Report(status=result.status, answer=result.answer, citations=result.citations)
    said_absent = result.status == "absent"
    short = len(result.answer.split()) <= MOST_WORDS
    answered = result.status == "found" and short and agrees(result.answer, episode)
    whole = (Span(0, len(episode.text)),)
    used = result.usage
    return {
        "said_absent": said_absent,
        "right": said_absent if episode.absent else answered,
        "cited": (said_absent or short) and success(report, whole, episode) > 0,
        "answer": one_line(result.answer, 200),
        "prompt_tokens": used.prompt_tokens,
        "cached_tokens": used.cached_tokens,
        "output_tokens": used.output_tokens,
        "agents": used.agents,
        "depth": used.depth,
        "seconds": used.seconds,
        "failed": one_line(result.reason, 200) if result.status in ("failed", "partial") else "",
    }


@dataclass
class Watch:
    """Watches when agents live, to tell who ran beside whom."""

    opened: dict[str, AgentOpened] = field(default_factory=dict)
    closed: dict[str, float] = field(default_factory=dict)

    def emit(self, event: Event) -> None:
        """Take an event into account."""
        if isinstance(event, AgentOpened):
            self.opened[event.agent] = event
        elif isinstance(event, AgentClosed):
            self.closed[event.agent] = event.at

    def counts(self) -> dict[str, int]:
        """Return how many children there were, and how many ran beside another of the same parent."""
        lives: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for name, event in self.opened.items():
            if event.depth:
                lives[event.parent].append((event.at, self.closed.get(name, event.at)))
        beside = sum(map(_beside, lives.values()))
        return {"children": sum(map(len, lives.values())), "beside": beside}


def _beside(lives: Sequence[tuple[float, float]]) -> int:
    """Count the lives that share some time with another."""
    return sum(
        any(start < other_end and other_start < end for n, (other_start, other_end) in enumerate(lives) if n != at)
        for at, (start, end) in enumerate(lives)
    )


def arms_of(named: str) -> tuple[str, ...]:
    """Return the arms of a list, each once. Raises UsageError for one that does not exist, and for none."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in named.split(",")))))
    unknown = [name for name in names if name not in ARMS]
    if unknown or not names:
        what = f"does not know {one_line(unknown[0], 40)}" if unknown else "names no arm"
        raise UsageError(f"--arm {what}", hint=f"known are {','.join(ARMS)}")
    return names


def by_arm(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Return outcomes by arm, in the order of ARMS."""
    found: dict[str, list[Outcome]] = {name: [] for name in ARMS}
    for outcome in outcomes:
        found[outcome.key.arm].append(outcome)
    return {name: some for name, some in found.items() if some}
