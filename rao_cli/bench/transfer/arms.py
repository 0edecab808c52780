"""The arms: how each comes by what it does on the test questions, and what it costs beforehand.

Arms without a teacher: direct, default, independent, own, the placebos empty-text and filler-text, and clone,
which is the student with an adapter that was trained on teacher answers. Arms of a teacher: taught, the strategy
or the raw trace or answers told in words, the placebos shuffled, wrong-class and other-kind, critique, scaffold.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rao_cli.bench.transfer.cells import Tasks
from rao_cli.bench.transfer.helping import criticised, least_plan, scaffolded
from rao_cli.bench.transfer.learning import (
    COMPETENT,
    Course,
    Effort,
    Learn,
    accuracy,
    competence,
    independent,
    oracle,
    own,
    taught,
    trace_of,
    tried,
)
from rao_cli.bench.transfer.ledger import Outcome
from rao_cli.bench.transfer.space import shuffled
from rao_cli.bench.transfer.working import DEFAULT, DIRECT, Way, Worker, by_plan, by_words
from rao_cli.errors import UsageError
from rao_cli.strategies.costs import NOTHING, Spent
from rao_cli.strategies.records import Strategy, canonical
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode
from rao_cli.training.evaluate import asked_of

TESTED = 3
"""Seeds of a learner whose strategies are tested."""
TOLD = 700
"""Tokens that may be told before every question."""
EXAMPLES = 6
"""Questions with their answers that are told."""
ALONE = ("direct", "default", "independent", "own", "empty-text", "filler-text", "clone")
OF_TEACHER = (
    *("taught", "strategy-text", "trace-text", "answers-text"),
    *("shuffled", "wrong-class", "other-kind", "critique", "scaffold"),
)
ARMS = (*ALONE, *OF_TEACHER)
_HEAD = "This is how such questions were answered before:\n"
_FILLER = "This line is here to take up room and says nothing about the question.\n"

Choosing = Callable[[Episode], Way]


@dataclass(frozen=True)
class People:
    """Who takes part; a teacher that is None is the program, and a clone the student with an adapter."""

    student: Worker
    teachers: Mapping[str, Callable[[], Worker] | None]
    learn: Learn
    clone: Callable[[], Worker] | None = None


@dataclass(frozen=True)
class Taken:
    """What an arm came to: its outcomes on the test questions for each seed, and how it learned."""

    arm: str
    tasks: Tasks
    outcomes: tuple[tuple[Outcome, ...], ...]
    courses: tuple[Course, ...] = ()
    competent: tuple[Spent | None, ...] = ()
    """What the student had spent when it became competent, for each course; None where it never did."""
    teaching: Spent = NOTHING
    """What the teacher spent before the test."""
    each: float = 0.0
    """Tokens of the teacher for each test question."""


@dataclass
class Lab:
    """One experiment: who takes part, how much is tried, and the questions of all cells."""

    people: People
    effort: Effort
    cells: Sequence[Tasks]
    _taught: dict[tuple[str, str, int], Course] = field(default_factory=dict)

    def taken(self, arm: str, teacher: str, tasks: Tasks) -> Taken | None:
        """Return what an arm came to; None where there is nothing to test. Raises LateError and RaoError."""
        if arm == "clone":
            return self._cloned(tasks)
        if arm in ("direct", "default"):
            return self._tested(arm, tasks, [lambda _: DIRECT if arm == "direct" else DEFAULT])
        if arm in ("independent", "own"):
            return self._learned(arm, tasks)
        if arm in ("empty-text", "filler-text"):
            text = self._filler(tasks) if arm == "filler-text" else _HEAD
            return self._tested(arm, tasks, [lambda _: by_words(text)])
        return self._of_teacher(arm, teacher, tasks)

    def taught_by(self, teacher: str, tasks: Tasks) -> Course:
        """Return what a student holds that was taught by a teacher's strategy."""
        key = teacher, tasks.cell.name, tasks.size
        if key not in self._taught:
            opened = self.people.teachers[teacher]
            student = self.people.student
            self._taught[key] = (
                oracle(student, tasks) if opened is None else taught(opened(), student, tasks, self.people.learn)
            )
        return self._taught[key]

    def least(self, tasks: Tasks) -> float:
        """Return the share of right validation answers from which a student is competent.

        Where the oracle's plan gets none right, nobody is.
        """
        student = self.people.student
        plan = oracle(student, tasks).last.strategy
        assert plan, "a grid is never empty"  # noqa: S101
        reached = accuracy(tried(student, plan, tasks.parts["valid"]))
        return COMPETENT * reached if reached else math.inf

    # ------------------------------------------------------------------ one kind of arm each

    def _tested(self, arm: str, tasks: Tasks, choosing: Sequence[Choosing], worker: Worker | None = None) -> Taken:
        who, test = worker or self.people.student, tasks.parts["test"]
        outcomes = tuple(tuple(who.outcome(episode, choose(episode)) for episode in test) for choose in choosing)
        return Taken(arm, tasks, outcomes)

    def _cloned(self, tasks: Tasks) -> Taken | None:
        clone = self.people.clone
        return self._tested("clone", tasks, [lambda _: DEFAULT], clone()) if clone else None

    def _learned(self, arm: str, tasks: Tasks) -> Taken | None:
        student, seeds = self.people.student, self.effort.seeds
        if arm == "independent":
            courses = [independent(student, tasks, seed, self.effort) for seed in range(seeds)]
        else:
            courses = [own(student, tasks, seed, self.people.learn) for seed in range(min(seeds, TESTED))]
        return self._of_courses(arm, tasks, courses)

    def _of_courses(self, arm: str, tasks: Tasks, courses: Sequence[Course]) -> Taken | None:
        held = [course.last.strategy for course in courses[:TESTED] if course.last.strategy]
        if not held:
            return None
        made = self._tested(arm, tasks, [_always(by_plan(strategy)) for strategy in held])
        least = self.least(tasks)
        points = [competence(self.people.student, course, tasks, least) for course in courses]
        spent = tuple(point.student if point else None for point in points)
        return replace(made, courses=tuple(courses), competent=spent, teaching=courses[0].last.teacher)

    def _of_teacher(self, arm: str, teacher: str, tasks: Tasks) -> Taken | None:
        named = f"{arm}:{teacher}"
        course = self.taught_by(teacher, tasks)
        if arm == "taught":
            return self._of_courses(named, tasks, [course])
        if arm in ("shuffled", "wrong-class", "other-kind"):
            placebo = self._placebo(arm, teacher, tasks)
            return self._tested(named, tasks, [_always(by_plan(placebo))]) if placebo else None
        if arm in ("strategy-text", "trace-text", "answers-text"):
            text = self._words(arm, teacher, tasks)
            return self._tested(named, tasks, [_always(by_words(text))]) if text else None
        return self._criticised(teacher, tasks) if arm == "critique" else self._scaffolded(teacher, tasks)

    def _criticised(self, teacher: str, tasks: Tasks) -> Taken | None:
        opened = self.people.teachers[teacher]
        train, start = tasks.parts["train"], least_plan(tasks.cell.asked)
        shown, held = train[: len(train) // 2], train[len(train) // 2 :]
        made = criticised(self.people.student, opened() if opened else None, start, shown, held)
        return self._of_courses(f"critique:{teacher}", tasks, [made.course])

    def _scaffolded(self, teacher: str, tasks: Tasks) -> Taken:
        """Have each test question begun by the teacher, whose work on it counts."""
        opened = self.people.teachers[teacher]
        given = {
            asked_of(episode): scaffolded(self.people.student, opened() if opened else None, episode)
            for episode in tasks.parts["test"]
        }
        made = self._tested(f"scaffold:{teacher}", tasks, [lambda episode: given[asked_of(episode)][0]])
        costs = [cost.tokens for _, cost in given.values()]
        return replace(made, each=sum(costs) / max(1, len(costs)))

    def _placebo(self, arm: str, teacher: str, tasks: Tasks) -> Strategy | None:
        """Return a strategy that has no business here: its own out of order, or that of other cells."""
        if arm == "shuffled":
            own_one = self.taught_by(teacher, tasks).last.strategy
            return shuffled(own_one, 0) if own_one else None
        same = arm == "other-kind"
        for other in self.cells:
            if other.size == tasks.size and other.cell is not tasks.cell:
                fits = (other.cell.asked == tasks.cell.asked) == same
                found = self.taught_by(teacher, other).last.strategy if fits else None
                if found:
                    return found
        return None

    # ------------------------------------------------------------------ what is told in words

    def _filler(self, tasks: Tasks) -> str:
        """Return words that say nothing, as long as the first teacher's strategy in words."""
        engine, teacher = self.people.student.engine, next(iter(self.people.teachers), "")
        wanted = self._words("strategy-text", teacher, tasks) if teacher else ""
        length = engine.count_tokens(wanted or _FILLER * 8)
        text = _HEAD
        while engine.count_tokens(text) < length:
            text += _FILLER
        return text

    def _words(self, arm: str, teacher: str, tasks: Tasks) -> str:
        """Return what is told before every question; empty where the teacher has nothing to tell."""
        if arm == "strategy-text":
            strategy = self.taught_by(teacher, tasks).last.strategy
            text = canonical(strategy) if strategy else ""
        elif arm == "trace-text":
            text = self._trace(teacher, tasks)
        else:
            text = "".join(self._answers(teacher, tasks))
        return self._cut(f"{_HEAD}{text}") if text else ""

    def _trace(self, teacher: str, tasks: Tasks) -> str:
        """Return the trace of the first training question that the teacher got right."""
        worker, way = self._at_work(teacher, tasks)
        for episode in tasks.parts["train"]:
            if not episode.absent and worker.outcome(episode, way).right:
                return trace_of(worker, episode, way).made
        return ""

    def _at_work(self, teacher: str, tasks: Tasks) -> tuple[Worker, Way]:
        opened = self.people.teachers[teacher]
        if opened:
            return opened(), DEFAULT
        plan = self.taught_by(teacher, tasks).last.strategy
        return self.people.student, by_plan(plan) if plan else DEFAULT

    def _answers(self, teacher: str, tasks: Tasks) -> Iterator[str]:
        opened = self.people.teachers[teacher]
        for episode in tasks.parts["train"][:EXAMPLES]:
            true = episode.answers[0] if episode.answers else "absent"
            told = opened().outcome(episode, DEFAULT).answer or "absent" if opened else true
            yield f"Question: {episode.question}\nAnswer: {told}\n"

    def _cut(self, text: str) -> str:
        """Return as much of a text as may be told."""
        engine = self.people.student.engine
        while engine.count_tokens(text) > TOLD:
            text = text[: int(len(text) * min(0.95, TOLD / engine.count_tokens(text)))]
        return text


def _always(way: Way) -> Choosing:
    return lambda _: way


def arms_of(named: str) -> tuple[str, ...]:
    """Return the arms of a list, each once. Raises UsageError for one that does not exist, and for none."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in named.split(",")))))
    unknown = next((name for name in names if name not in ARMS), "" if names else "nothing")
    if unknown:
        raise UsageError(f"--arm does not know {one_line(unknown, 40)}", hint=f"known are {','.join(ARMS)}")
    return names
