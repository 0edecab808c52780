"""Ask every task in every arm, source by source, and keep each outcome as soon as it is there.

What is known from an earlier run is not asked again. A source is read once for all of its tasks, and not at all
where everything on it is known.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rao_cli.bench.quality.arms import Opened
from rao_cli.bench.quality.done import Done, Key, Results, Told, task_digest
from rao_cli.bench.quality.scoring import Verdict, judge
from rao_cli.bench.tasks import BenchTask
from rao_cli.text import one_line

SURE = 0.5
"""Confidence from which on a wrong answer counts as confident."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task, what an arm told of it, and whether that is right."""

    task: BenchTask
    arm: str
    told: Told
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Tell whether the answer is right."""
        return self.verdict.right

    @property
    def sure(self) -> bool:
        """Tell whether the answer was given with confidence, or as verified."""
        return self.told.verified or (self.told.confidence is not None and self.told.confidence >= SURE)

    @property
    def cites_page(self) -> bool | None:
        """Tell whether a citation has the page of the evidence; None where the evidence has none."""
        page = self.task.evidence.page if self.task.evidence else 0
        return any(first <= page <= last for first, last in self.told.pages) if page else None


@dataclass(frozen=True)
class Bench:
    """What is asked, of whom, and how it is judged."""

    tasks: Sequence[BenchTask]
    arms: Sequence[str]
    model: str
    version: str
    max_words: int

    def jobs(self) -> Iterator[tuple[BenchTask, Key]]:
        """Yield every task in every arm, the tasks of one source one after the other."""
        for source in dict.fromkeys(task.source for task in self.tasks):
            for task in self.tasks:
                if task.source == source:
                    digest = task_digest(task)
                    for arm in self.arms:
                        yield task, Key(task=digest, arm=arm, model=self.model, version=self.version)


@dataclass(frozen=True)
class Work:
    """How a source is opened, and how an arm's answer is waited for; both may be interrupted."""

    open: Callable[[Path], Opened]
    tell: Callable[[str, str, Opened], Told]
    """Takes the arm's name, the question and the source."""


def measure(bench: Bench, results: Results, work: Work, progress: Callable[[str], None]) -> list[Outcome]:
    """Return the outcomes of all tasks in all arms, in their order. Raises RaoError."""
    jobs = list(bench.jobs())
    known = {key: found for _, key in jobs if (found := results.get(key))}
    _ask([(task, key) for task, key in jobs if key not in known], known, results, work, progress)
    return [_outcome(task, known[key].told, key.arm, bench.max_words) for task, key in jobs]


def _ask(
    jobs: Sequence[tuple[BenchTask, Key]],
    known: dict[Key, Done],
    results: Results,
    work: Work,
    progress: Callable[[str], None],
) -> None:
    """Ask what is not known, and add it to what is."""
    pace = _Pace([key.arm for _, key in jobs])
    source: Path | None = None
    for number, (task, key) in enumerate(jobs, start=1):
        if task.source != source:
            progress(f"reading {one_line(task.source.name, 40)}")
            source, opened = task.source, work.open(task.source)
        progress(f"{number} of {len(jobs)}, {key.arm}: {one_line(task.name, 30)}{pace.left()}")
        done = Done(key=key, told=work.tell(key.arm, task.question, opened))
        pace.took(key.arm)
        results.add(done)
        known[key] = done


class _Pace:
    """Estimates the time left from what the same arms took so far."""

    def __init__(self, arms: Iterable[str]) -> None:
        self._left = list(arms)
        self._took: dict[str, list[float]] = {}
        self._since = time.monotonic()

    def took(self, arm: str) -> None:
        """Take into account that an arm has just answered."""
        now = time.monotonic()
        self._took.setdefault(arm, []).append(now - self._since)
        self._since = now
        self._left.remove(arm)

    def left(self) -> str:
        """Return the time left in words, or nothing before it can be known."""
        mean = {arm: sum(times) / len(times) for arm, times in self._took.items()}
        if not set(self._left) <= mean.keys():
            return ""
        minutes = sum(mean[arm] for arm in self._left) / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"


def _outcome(task: BenchTask, told: Told, arm: str, max_words: int) -> Outcome:
    answer = told.answer
    if arm == "search" and max_words:
        answer = " ".join(answer.split()[:max_words])  # no model is there to say it in fewer words
    return Outcome(task, arm, told, judge(task, answer, absent=told.absent, max_words=max_words))
