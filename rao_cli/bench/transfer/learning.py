"""How the arms come by a strategy, and what it costs whom until the student is competent.

A course is a list of points: the strategy that a learner holds, and what was spent until it held it. All runs of
a course are outcomes of the ledger, so many seeds cost little more than one. Competence is fixed beforehand: at
least ``COMPETENT`` of the validation questions that the oracle's plan gets right when the student carries it out.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened
from rao_cli.bench.transfer.cells import Tasks
from rao_cli.bench.transfer.ledger import Key, Made, Outcome
from rao_cli.bench.transfer.space import grid, samples
from rao_cli.bench.transfer.working import DEFAULT, Tally, Way, Worker, by_plan
from rao_cli.strategies.costs import NOTHING, Spent
from rao_cli.strategies.records import Strategy, canonical, digest_of
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode

COMPETENT = 0.9
"""Share of the oracle's right answers on the validation questions from which a student is competent."""
LESSONS = (3, 6)
"""Runs that were right after which a strategy is learned from them."""
ACTIVATION = 2
"""Documents that a taught strategy is tried on before it is used."""


@dataclass(frozen=True)
class Effort:
    """How much is tried: plans that a learner alone samples, and tasks that each is tried on."""

    attempts: int = 8
    batch: int = 4
    seeds: int = 5
    """Orders of tasks and draws of plans."""


@dataclass(frozen=True)
class Point:
    """What a learner holds after spending so much; None is nothing yet."""

    strategy: Strategy | None
    student: Spent = NOTHING
    teacher: Spent = NOTHING


@dataclass(frozen=True)
class Course:
    """How one learner came by what it holds."""

    arm: str
    seed: int
    points: tuple[Point, ...]

    @property
    def last(self) -> Point:
        """Return what it holds at the end."""
        return self.points[-1] if self.points else Point(None)


Learn = Callable[[Worker, Sequence[Episode]], Made]
"""Makes a strategy of the worker's own runs on tasks that it got right; its JSON is in ``made``."""


def spent_on(outcomes: Iterable[Outcome]) -> Spent:
    """Return what outcomes cost together."""
    return sum((one.spent for one in outcomes), NOTHING)


def tried(worker: Worker, strategy: Strategy, episodes: Sequence[Episode]) -> list[Outcome]:
    """Return what comes of carrying a strategy out on tasks. Raises LateError and RaoError."""
    return [worker.outcome(episode, by_plan(strategy)) for episode in episodes]


def worth(outcomes: Sequence[Outcome]) -> tuple[int, int]:
    """Return how good outcomes are, the better one greater: how many are right, then how few tokens."""
    return sum(one.right for one in outcomes), -spent_on(outcomes).tokens


def oracle(worker: Worker, tasks: Tasks) -> Course:
    """Return what the program teaches: the best plan of the grid on the training tasks, tried exhaustively."""
    train = tasks.parts["train"]
    results = {plan: tried(worker, plan, train) for plan in grid(tasks.cell.asked)}
    best = max(results, key=lambda plan: worth(results[plan]))
    cost = sum(map(spent_on, results.values()), NOTHING)
    return Course("taught", 0, (_activated(worker, tasks, best, cost),))


def _activated(worker: Worker, tasks: Tasks, strategy: Strategy, teacher: Spent) -> Point:
    """Return what a student holds that tried a taught strategy on its first training tasks."""
    unseen = tried(worker, strategy, tasks.parts["train"][:ACTIVATION])
    return Point(strategy, spent_on(unseen), teacher)


def independent(worker: Worker, tasks: Tasks, seed: int, effort: Effort) -> Course:
    """Return what a learner without a teacher comes to: it tries plans by chance and keeps the best so far."""
    some = ordered(tasks.parts["train"], seed)[: effort.batch]
    points: list[Point] = []
    held: tuple[tuple[int, int], Strategy] | None = None
    cost = NOTHING
    for plan in islice(samples(tasks.cell.asked, seed), effort.attempts):
        outcomes = tried(worker, plan, some)
        cost += spent_on(outcomes)
        if held is None or worth(outcomes) > held[0]:
            held = worth(outcomes), plan
        points.append(Point(held[1], cost))
    return Course("independent", seed, tuple(points))


def own(worker: Worker, tasks: Tasks, seed: int, learn: Learn) -> Course:
    """Return what a learner comes to that keeps what worked in its own runs, without a teacher."""
    points = [Point(strategy, cost) for strategy, cost in _learned(worker, tasks, seed, learn)]
    return Course("own", seed, tuple(points))


def taught(teacher: Worker, student: Worker, tasks: Tasks, learn: Learn) -> Course:
    """Return what a student holds that was given what its teacher learned from the teacher's own runs."""
    found = [(plan, cost) for plan, cost in _learned(teacher, tasks, 0, learn) if plan]
    if not found:
        return Course("taught", 0, ())
    return Course("taught", 0, (_activated(student, tasks, *found[-1]),))


def _learned(worker: Worker, tasks: Tasks, seed: int, learn: Learn) -> list[tuple[Strategy | None, Spent]]:
    """Return what a worker learns from its right runs, as they come, and what it had spent by then."""
    found: list[tuple[Strategy | None, Spent]] = []
    right: list[Episode] = []
    cost, learning = NOTHING, NOTHING
    for episode in ordered(tasks.parts["train"], seed):
        outcome = worker.outcome(episode, DEFAULT)
        cost += outcome.spent
        if not (outcome.right and outcome.verified) or outcome.computed or episode.absent:
            continue
        right.append(episode)
        if len(right) in LESSONS:
            made = learn(worker, tuple(right))
            learning += made.spent
            found.append((read_strategy(made), cost + learning))
    return found


def read_strategy(made: Made) -> Strategy | None:
    """Return the strategy that was made, if one was."""
    return Strategy.model_validate_json(made.made) if made.made else None


def learn_key(worker: Worker, episodes: Sequence[Episode]) -> Key:
    """Return what a strategy that is learned from runs on tasks is kept by."""
    keys = sorted(worker.key(episode, "").task for episode in episodes)
    return worker.key(episodes[0], "learn").model_copy(update={"task": digest_of(keys)})


def ordered(episodes: Sequence[Episode], seed: int) -> list[Episode]:
    """Return tasks in an order of their own for each seed."""
    chance = random.Random(f"order {seed}")  # noqa: S311 - nothing secret
    return chance.sample(list(episodes), len(episodes))


def competence(worker: Worker, course: Course, tasks: Tasks, least: float) -> Point | None:
    """Return the first point from which on the student is competent; None where it never is."""
    for point in course.points:
        if point.strategy and accuracy(tried(worker, point.strategy, tasks.parts["valid"])) >= least:
            return point
    return None


def accuracy(outcomes: Sequence[Outcome]) -> float:
    """Return the share that is right."""
    return sum(one.right for one in outcomes) / max(1, len(outcomes))


def trace_of(worker: Worker, episode: Episode, way: Way) -> Made:
    """Return what a run did as lines of JSON: who was opened on what, each action and each report."""
    key = worker.key(episode, f"trace {way.name}")
    return worker.ledger.made(key, lambda: Made(key=key, made=_traced(worker, episode, way)))


def _traced(worker: Worker, episode: Episode, way: Way) -> str:
    tally = Tally()
    worker.run(worker.work(episode, way, tally))
    lines: list[str] = []
    for event in tally.events:
        told: dict[str, object]
        match event:
            case AgentOpened():
                told = {"agent": event.agent, "goal": event.handoff.goal, "sections": list(event.titles)}
            case ActionTaken():
                told = {"agent": event.agent, "action": event.action}
            case AgentClosed():
                told = {"agent": event.agent, "status": event.report.status, "answer": event.report.answer}
            case _:
                continue
        lines.append(one_line(str(told), 400))
    return "\n".join(lines)


def as_made(key: Key, strategy: Strategy | None, reason: str = "", spent: Spent = NOTHING) -> Made:
    """Return a strategy that was learned, or why none was, as the ledger keeps it."""
    return Made(key=key, made=canonical(strategy) if strategy else "", reason=one_line(reason, 200), spent=spent)
