"""Have a worker learn a strategy from its own runs on tasks that it got right."""

from collections.abc import Sequence

from rao_cli.agent.records import Task
from rao_cli.bench.transfer.learning import as_made, learn_key
from rao_cli.bench.transfer.ledger import Key, Made
from rao_cli.bench.transfer.working import DEFAULT, Tally, Worker
from rao_cli.errors import UsageError
from rao_cli.strategies.costs import CountingEngine
from rao_cli.strategies.learn import learn
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.teach import lesson_of
from rao_cli.training.episodes import Episode

MOST_CALLS = 200
"""Calls of the model that learning may make beside what the runs have recorded."""


def learned(worker: Worker, episodes: Sequence[Episode]) -> Made:
    """Return the strategy that a worker learns, or why it learns none. Raises LateError and RaoError."""
    key = learn_key(worker, episodes)
    return worker.ledger.made(key, lambda: _learned(worker, key, episodes))


def _learned(worker: Worker, key: Key, episodes: Sequence[Episode]) -> Made:
    lessons = [_lesson(worker, episode) for episode in episodes]
    engine = CountingEngine(worker.engine)
    try:
        found = worker.run(learn(lessons, engine, most_calls=MOST_CALLS))
    except UsageError as error:
        return as_made(key, None, error.message, engine.spent)
    kept = sum(bool(one.kept) for one in found.unseen)
    return as_made(key, found.strategy, f"kept on {kept} of {len(found.unseen)} documents unseen", engine.spent)


def _lesson(worker: Worker, episode: Episode) -> Lesson:
    """Return the worker's own run again: what it asked is in the store of completions."""
    tally = Tally()
    worker.run(worker.work(episode, DEFAULT, tally))
    return lesson_of(Task(question=episode.question), worker.prepared(episode), tally.events, episode.answers)
