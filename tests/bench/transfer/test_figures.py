"""The figures: shares and ratios with intervals over texts, learning beside learning alone."""

import math

import pytest

from rao_cli.bench.transfer.arms import Taken
from rao_cli.bench.transfer.figures import ALL, clustered, learnings, rows
from rao_cli.bench.transfer.learning import Course, Point
from rao_cli.bench.transfer.space import stage, strategy_of
from rao_cli.strategies.costs import Size
from tests.bench.transfer.making import outcome, outcomes, spent, tasks

CELL, LOG = tasks(), tasks(cell="lookup-log")
SIZE = Size(100, 2, 8)
PLAN = strategy_of(stage(1, 0.2), "fact")


def course(arm, student, teacher=0, seed=0) -> Course:
    """Return a course of one point."""
    return Course(arm, seed, (Point(PLAN, spent(student), spent(teacher)),))


def learned(arm, costs, *, teacher=0, competent=True) -> Taken:
    """Return an arm that learned, once for each cost."""
    courses = tuple(course(arm, cost, teacher, n) for n, cost in enumerate(costs))
    reached = tuple(one.last.student if competent else None for one in courses)
    return Taken(arm, CELL, (outcomes([1]),), courses, reached, spent(teacher))


def test_an_arm_stands_beside_the_default():
    """Gain, tokens' ratio, harm and help are counted question by question."""
    taken = [
        Taken("default", CELL, (outcomes([1, 1, 0, 0], tokens=100),)),
        Taken("taught:p", CELL, (outcomes([1, 0, 1, 0], "plan:x", tokens=40),)),
    ]
    default, taught = rows(taken, SIZE)
    assert (default.gain.value, default.ratio.value) == (0.0, 1.0)
    assert (taught.right.value, taught.gain.value, taught.ratio.value) == (0.5, 0.0, pytest.approx(0.4))
    assert (taught.harmed, taught.helped) == (0.25, 0.25)
    assert taught.gain.low < 0 < taught.gain.high
    assert taught.tokens.value == 40
    assert taught.operations == 2 * 100 * 40 + 4 * 2 * 8 * 40


def test_without_a_default_there_is_no_pair():
    """An arm by itself has its own figures, and no gain."""
    (row,) = rows([Taken("own", CELL, (outcomes([1]),))], None)
    assert (row.gain.count, row.ratio.count, row.operations) == (0, 0, 0.0)


def test_seeds_count_together():
    """Two seeds of a learner are twice the questions of the same texts."""
    (row,) = rows([Taken("own", CELL, (outcomes([1, 1]), outcomes([0, 0])))], None)
    assert (row.asked, row.right.value) == (4, 0.5)
    assert row.right.low == row.right.high == 0.5


def test_several_cells_are_told_together_too():
    """Over all cells an arm is compared with the default of each cell."""
    taken = [
        Taken("default", CELL, (outcomes([1, 0]),)),
        Taken("default", LOG, (outcomes([0, 0]),)),
        Taken("own", CELL, (outcomes([1, 1]),)),
        Taken("own", LOG, (outcomes([0, 1]),)),
    ]
    found = {(row.arm, row.cell): row for row in rows(taken, None)}
    assert found["own", ALL].asked == 4
    assert found["own", ALL].gain.value == 0.5
    assert found["default", "lookup-log"].right.value == 0


def test_anchored_outcomes_are_left_out():
    """Where the answer's place was told beforehand, being right shows nothing."""
    some = (outcome(0, anchored=True), outcome(1, right=False))
    (row,) = rows([Taken("scaffold:p", CELL, (some,), each=12.0)], None)
    assert (row.asked, row.anchored, row.right.value, row.teaching) == (1, 1, 0.0, 12.0)


def test_questions_on_one_text_widen_the_interval():
    """Forty questions on two texts tell less than forty on forty texts."""
    lone = [outcome(n, right=n % 2 == 0) for n in range(40)]
    joint = [one.model_copy(update={"source": f"s{n % 2}"}) for n, one in enumerate(lone)]
    narrow, wide = (
        clustered(some, lambda one: one.source, lambda one: float(one.right)) for some in (lone, joint)
    )
    assert wide.high - wide.low > narrow.high - narrow.low
    assert narrow.value == wide.value == 0.5


def test_of_nothing_there_is_no_mean():
    """Without outcomes, or where all that is compared with is nothing, there is no figure."""
    assert clustered([], str, float).count == 0
    assert clustered([1.0], lambda _: "s", float, lambda _: 0.0).count == 0


def test_learning_alone_is_what_teaching_is_compared_with():
    """Ratio without and with the teacher, and the students from which teaching pays, are told."""
    taken = [learned("independent", [300, 400, 500]), learned("taught:p", [100], teacher=900)]
    alone, taught = learnings(taken, SIZE, {"": SIZE})
    assert (alone.student, alone.ratio.count) == (400, 0)
    assert taught.ratio.value == pytest.approx(4.0)
    assert (taught.ratio.low, taught.ratio.high) == (3.0, 5.0)
    assert taught.with_teacher == pytest.approx(0.4)
    assert taught.students == pytest.approx(3.0)
    assert taught.teacher_operations == SIZE.operations(spent(900))


def test_teaching_that_costs_the_student_more_never_pays():
    """Where learning alone is cheaper for the student, no number of students pays for a teacher."""
    taken = [learned("independent", [50]), learned("taught:p", [100], teacher=900)]
    assert learnings(taken, None, {})[1].students == math.inf


def test_who_never_becomes_competent_counts_with_all_it_spent():
    """A course without competence is counted as such, at its whole cost."""
    (row,) = learnings([learned("independent", [70, 90], competent=False)], SIZE, {})
    assert (row.courses, row.competent, row.student) == (2, 0, 80)


def test_arms_that_do_not_learn_are_no_rows_of_learning():
    """The default has nothing to learn."""
    assert learnings([Taken("default", CELL, (outcomes([1]),))], SIZE, {}) == []


def test_a_larger_teachers_tokens_weigh_more():
    """With the teacher added operations count: a token of a teacher ten times as large costs ten times."""
    large = Size(10 * SIZE.parameters, SIZE.layers, 10 * SIZE.width)
    taken = [learned("independent", [400]), learned("taught:t", [100], teacher=300)]
    same, larger = (learnings(taken, SIZE, {"t": size})[1] for size in (SIZE, large))
    assert same.with_teacher == pytest.approx(1.0)
    assert larger.with_teacher == pytest.approx(400 / 3100)
    assert (same.students, larger.students) == (pytest.approx(1.0), pytest.approx(10.0))
    assert same.ratio == larger.ratio


def test_without_sizes_tokens_are_what_counts():
    """Of servers' models the size is not known, so the teacher's tokens are added to the student's."""
    taken = [learned("independent", [400]), learned("taught:t", [100], teacher=300)]
    row = learnings(taken, None, {"t": None})[1]
    assert (row.with_teacher, row.teacher_operations) == (pytest.approx(1.0), 0.0)
