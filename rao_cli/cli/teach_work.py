"""What ``rao teach`` does in each mode, with the student and the teacher at work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rao_cli.bench.transfer.cells import Cell, Tasks
from rao_cli.bench.transfer.files import Exercises
from rao_cli.bench.transfer.helping import checked_scaffold, criticised, least_plan, scaffolded
from rao_cli.bench.transfer.learning import oracle, spent_on, taught, tried
from rao_cli.bench.transfer.ledger import Outcome
from rao_cli.bench.transfer.lessons import learned
from rao_cli.bench.transfer.working import DEFAULT, Worker
from rao_cli.cli.strategies_use import strategies
from rao_cli.errors import UsageError
from rao_cli.strategies.critique import Tried
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.shape import shape_of
from rao_cli.strategies.standing import unseen_digest
from rao_cli.strategies.teach import for_student, mended
from rao_cli.training.episodes import Episode

Say = Callable[[str], None]


@dataclass(frozen=True)
class Classroom:
    """Who is at work on which questions; a teacher that is None is the program."""

    student: Worker
    teacher: Worker | None
    found: Exercises
    called: str
    """The teacher's name."""
    say: Say

    def tasks(self) -> Tasks:
        """Return the questions as those of an experiment."""
        return Tasks(Cell("file", self.found.asked, "file"), 0, self.found.parts())

    def digests(self, episodes: Iterable[Episode]) -> tuple[str, ...]:
        """Return the digests of documents, as a library keeps them."""
        return tuple(dict.fromkeys(unseen_digest(episode.text) for episode in episodes))


@dataclass(frozen=True)
class Lesson:
    """What came of teaching: right answers and tokens of the student on questions that nobody learned from."""

    default: Sequence[Outcome]
    taught: Sequence[Outcome]
    teacher_tokens: int
    student_tokens: int
    """What the student spent before."""
    strategy: Strategy | None = None
    """A new strategy, to be kept."""
    unseen: tuple[str, ...] = ()
    """Digests of the documents that it did at least as well on as work without it."""
    seen: tuple[str, ...] = ()
    reason: str = ""
    """Why there is no new strategy."""
    edits: tuple[Tried, ...] = ()
    faults: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    """Anchors that code did not find to be true, and why."""


def by_strategy(room: Classroom, _: str | None, name: str) -> Lesson:
    """Hand over what the teacher's own runs show to work. Raises RaoError."""
    room.say("teaching")
    tasks = room.tasks()
    made = taught(room.teacher, room.student, tasks, learned) if room.teacher else oracle(room.student, tasks)
    last = made.last
    default = _default(room)
    if last.strategy is None:
        reason = "nothing could be learned from the teacher's runs"
        return Lesson(default, (), last.teacher.tokens, last.student.tokens, reason=reason)
    shapes = [shape_of(room.student.prepared(episode).reading) for episode in room.found.shown]
    named = name or f"{room.found.asked}-taught"
    strategy = for_student(last.strategy, room.called, shapes, named)
    outcomes = _followed(room, strategy)
    return Lesson(
        default,
        outcomes,
        last.teacher.tokens,
        last.student.tokens,
        strategy,
        _well(room, default, outcomes),
        room.digests(room.found.shown),
    )


def by_critique(room: Classroom, start: str | None, name: str) -> Lesson:
    """Mend a strategy by the faults of its runs. Raises RaoError."""
    before = strategies().find(start).strategy if start else least_plan(room.found.asked)
    if room.found.asked not in before.applies.classes:
        raise UsageError(
            f"{before.name} is for {', '.join(before.applies.classes)}, the questions ask for {room.found.asked}",
            hint="give --strategy one of their class: rao strategies list",
        )
    room.say("criticising")
    made = criticised(room.student, room.teacher, before, room.found.shown, room.found.held)
    default, last = _default(room), made.course.last
    improved = made.improved
    kept = improved.strategy.id != before.id
    outcomes = _followed(room, improved.strategy)
    strategy = mended(improved.strategy, before, room.called, name or f"{room.found.asked}-mended")
    # Edits were chosen by the questions held out, so no document is unseen.
    return Lesson(
        default,
        outcomes,
        last.teacher.tokens,
        last.student.tokens,
        strategy if kept else None,
        seen=room.digests((*room.found.shown, *room.found.held)),
        reason="" if kept else "no edit made more of the questions held out right",
        edits=improved.tried,
        faults=dict(improved.faults or {}),
    )


def by_scaffold(room: Classroom, _: str | None, __: str) -> Lesson:
    """Begin each question for the student. Raises RaoError."""
    room.say("building scaffolds")
    held = room.found.held
    given = [scaffolded(room.student, room.teacher, episode) for episode in held]
    outcomes = [room.student.outcome(episode, way) for episode, (way, _) in zip(held, given, strict=True)]
    refused = [why for one in held for why in checked_scaffold(room.student, room.teacher, one).refused]
    return Lesson(
        _default(room),
        outcomes,
        sum(cost.tokens for _, cost in given),
        0,
        reason="a scaffold is of one question, and is not kept",
        refused=tuple(refused),
    )


WORK: Mapping[str, Callable[[Classroom, str | None, str], Lesson]] = {
    "strategy": by_strategy,
    "critique": by_critique,
    "scaffold": by_scaffold,
}


def _default(room: Classroom) -> list[Outcome]:
    room.say("asking without what was taught")
    return [room.student.outcome(episode, DEFAULT) for episode in room.found.held]


def _followed(room: Classroom, strategy: Strategy) -> list[Outcome]:
    room.say("asking with what was taught")
    return tried(room.student, strategy, room.found.held)


def _well(room: Classroom, default: Sequence[Outcome], outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return the documents on which the strategy was not left, and all is right that is so without it."""
    held = room.found.held
    poor = {
        episode.text
        for episode, one, other in zip(held, outcomes, default, strict=True)
        if one.fell_back or (other.right and not one.right)
    }
    good = {episode.text for episode, one in zip(held, outcomes, strict=True) if one.right}
    return room.digests(episode for episode in held if episode.text in good - poor)


def total(outcomes: Sequence[Outcome]) -> tuple[int, int]:
    """Return how many outcomes are right, and what all of them cost in tokens."""
    return sum(one.right for one in outcomes), spent_on(outcomes).tokens
