"""The two arms in which a teacher looks at the student's work, or begins it: critique and scaffold.

A teacher that is None is the program, which knows where the answers stand. What a teacher said is kept in the
ledger, so that it is asked once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.cite import cite
from rao_cli.agent.question.model import Kind
from rao_cli.bench.transfer.learning import Course, Point, spent_on, tried
from rao_cli.bench.transfer.ledger import Key, Made
from rao_cli.bench.transfer.space import stage, strategy_of
from rao_cli.bench.transfer.working import DEFAULT, Tally, Way, Worker, by_plan
from rao_cli.documents.model import Document, Span
from rao_cli.strategies.costs import NOTHING, Spent
from rao_cli.strategies.critique import Failed, Finding, Improved, Worth, find_fault, improve, weigh_faults
from rao_cli.strategies.records import Strategy, digest_of
from rao_cli.strategies.scaffold import (
    MOST_ANCHORS,
    MOST_SECTIONS,
    Anchor,
    Checked,
    Scaffold,
    ScaffoldPolicy,
    checked,
    scaffold_of,
)
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode, Step

LEAST_PLAN = 1
"""Sections that the plan reads which critique begins with."""
FOUND = 24
"""Sections that search finds, as a critic knows them."""
_LONGEST = 200


@dataclass(frozen=True)
class Criticised:
    """What came of critique: what the student holds and paid, and the edits with their numbers."""

    course: Course
    improved: Improved


def least_plan(kind: Kind) -> Strategy:
    """Return the plan that critique begins with: it reads the section that search ranks first."""
    return strategy_of(stage(LEAST_PLAN, 0.2), kind, "least")


def criticised(
    student: Worker, teacher: Worker | None, start: Strategy, shown: Sequence[Episode], held: Sequence[Episode]
) -> Criticised:
    """Mend a strategy by its failures on the questions that are shown, where more of those held out are right."""
    student_cost, teacher_cost = [NOTHING], [NOTHING]

    def find(strategy: Strategy) -> list[Finding]:
        outcomes = tried(student, strategy, shown)
        student_cost.append(spent_on(outcomes))
        wrong = [episode for episode, one in zip(shown, outcomes, strict=True) if not one.right]
        made = [finding_on(student, teacher, strategy, episode) for episode in wrong]
        teacher_cost.extend(one.spent for one in made)
        return [Finding.model_validate_json(one.made) for one in made]

    def judge(strategy: Strategy) -> Worth:
        outcomes = tried(student, strategy, held)
        student_cost.append(spent_on(outcomes))
        return Worth(sum(one.right for one in outcomes), spent_on(outcomes).tokens)

    first = Point(start, spent_on(tried(student, start, held)))
    improved = improve(start, find, judge)
    last = Point(improved.strategy, sum(student_cost, NOTHING), sum(teacher_cost, NOTHING))
    return Criticised(Course("critique", 0, (first, last)), improved)


def finding_on(student: Worker, teacher: Worker | None, strategy: Strategy, episode: Episode) -> Made:
    """Return the fault of a student's run, as JSON of a finding. Raises LateError and RaoError."""
    way = by_plan(strategy)
    critic = one_line(teacher.engine.identity, 80) if teacher else "program"
    key = student.key(episode, f"critique {way.name} {digest_of(critic)}")

    def make() -> Made:
        tally = Tally()
        student.run(student.work(episode, way, tally))
        prepared = student.prepared(episode)
        found = tuple(leaf.span for leaf in prepared.reading.ranked(episode.question, limit=FOUND))
        events = tuple(tally.events)
        failed = Failed(strategy, episode.question, events, episode.answers, episode.evidence, found)
        finding, spent = (
            teacher.run(weigh_faults(failed, teacher.engine)) if teacher else (find_fault(failed), NOTHING)
        )
        return Made(key=key, made=finding.model_dump_json(), spent=spent)

    return student.ledger.made(key, make)


def scaffolded(student: Worker, teacher: Worker | None, episode: Episode) -> tuple[Way, Spent]:
    """Return the way that begins as a teacher says, and what that cost it. Raises LateError and RaoError."""
    scaffold = checked_scaffold(student, teacher, episode).scaffold
    name = f"scaffold:{digest_of(scaffold.model_dump(mode='json'))}"
    anchored = any(scaffold.holds(span) for span in episode.evidence)
    guide = Way(
        name,
        guide=lambda prepared, default: ScaffoldPolicy(scaffold, default, prepared.reading),
        anchored=anchored,
    )
    return guide, _scaffold(student, teacher, episode).spent


def checked_scaffold(student: Worker, teacher: Worker | None, episode: Episode) -> Checked:
    """Return what a teacher gives on a question, as far as code finds it to be true."""
    made = _scaffold(student, teacher, episode)
    document = student.prepared(episode).reading.document
    return checked(Scaffold.model_validate_json(made.made), document, episode.question)


def _scaffold(student: Worker, teacher: Worker | None, episode: Episode) -> Made:
    """Return what a teacher gives on a question, as JSON of a scaffold."""
    if teacher is None:
        known = student.key(episode, "scaffold of the program")
        return student.ledger.made(known, lambda: _from_answers(student, known, episode))
    key = teacher.key(episode, "scaffold")
    return teacher.ledger.made(key, lambda: _from_run(teacher, key, episode))


def _from_run(teacher: Worker, key: Key, episode: Episode) -> Made:
    tally = Tally()
    teacher.run(teacher.work(episode, DEFAULT, tally))
    made = scaffold_of(tally.events, episode.question)
    return Made(key=key, made=made.model_dump_json(), spent=tally.spent)


def _from_answers(worker: Worker, key: Key, episode: Episode) -> Made:
    """Make what the best teacher would: where the answer stands, and what leads to it."""
    document = worker.prepared(episode).reading.document
    places = tuple((span.start, span.end) for span in episode.evidence[:MOST_SECTIONS])
    anchors = tuple(_anchor(document, step) for step in episode.steps[:-1][-MOST_ANCHORS:])
    return Made(key=key, made=Scaffold(sections=places, anchors=anchors).model_dump_json())


def _anchor(document: Document, step: Step) -> Anchor:
    """Return an inner answer with the line that says it."""
    span = step.evidence
    before = document.read(Span(max(0, span.start - _LONGEST), span.start)).rpartition("\n")[2]
    after = document.read(Span(span.end, min(len(document), span.end + _LONGEST))).partition("\n")[0]
    place = Span(span.start - len(before), span.end + len(after))
    quote = cite(document, place, step.answer).quote
    return Anchor(question=step.question, answer=step.answer, place=(place.start, place.end), quote=quote)
