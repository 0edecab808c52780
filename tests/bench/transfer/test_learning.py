"""How the arms learn: what each holds after what it spent, and when it is competent."""

import pytest

from rao_cli.bench.transfer.learning import (
    LESSONS,
    Course,
    Effort,
    Point,
    accuracy,
    as_made,
    competence,
    independent,
    learn_key,
    oracle,
    ordered,
    own,
    read_strategy,
    taught,
    trace_of,
    tried,
    worth,
)
from rao_cli.bench.transfer.ledger import Ledger, Made
from rao_cli.bench.transfer.space import grid, stage, strategy_of
from rao_cli.bench.transfer.working import DEFAULT
from tests.agent.helpers import ABSENT
from tests.bench.transfer.making import episode, outcomes, spent, tasks, worker

SHARED = Ledger(None)
"""A way on a question with the same model comes to the same in every test."""
PLAN = strategy_of(stage(10, 0.2), "fact")
POOR = strategy_of((*stage(1, 0.9),), "fact")
EFFORT = Effort(attempts=3, batch=2)


class Learner:
    """Learns always the same, and notes of how many runs."""

    def __init__(self, strategy=PLAN) -> None:
        self.strategy, self.lessons = strategy, []

    def __call__(self, who, episodes):
        """Return the strategy, for 50 tokens."""
        self.lessons.append(len(episodes))
        return as_made(learn_key(who, episodes), self.strategy, "as told", spent(50))


def test_more_right_answers_are_worth_more_and_then_fewer_tokens():
    """Of two plans the one with more right answers is better, and of two such the cheaper one."""
    good, cheap, dear = outcomes([1, 1]), outcomes([1, 0], tokens=10), outcomes([1, 0], tokens=20)
    assert worth(good) > worth(cheap) > worth(dear)


def test_the_oracle_takes_the_best_plan_and_pays_for_all():
    """Everybody's tries are the teacher's cost; the student pays for two documents only."""
    student, given = worker(ledger=SHARED), tasks()
    (point,) = oracle(student, given).points
    assert point.strategy in grid("fact")
    best = tried(student, point.strategy, given.parts["train"])
    others = [tried(student, plan, given.parts["train"]) for plan in grid("fact")]
    assert worth(best) == max(map(worth, others))
    assert point.teacher.tokens == sum(one.spent.tokens for some in others for one in some)
    assert point.student.tokens == sum(one.spent.tokens for one in best[:2])


def test_a_learner_alone_keeps_the_best_so_far():
    """It holds something from its first try on, never something worse later, and pays for each try."""
    student, given = worker(ledger=SHARED), tasks()
    course = independent(student, given, 1, EFFORT)
    assert len(course.points) == 3
    some = ordered(given.parts["train"], 1)[:2]
    held = [worth(tried(student, point.strategy, some)) for point in course.points]
    assert held == sorted(held)
    costs = [point.student.tokens for point in course.points]
    assert costs == sorted(costs)
    assert costs[0] > 0
    assert {point.teacher.tokens for point in course.points} == {0}


def test_learners_of_one_seed_do_the_same():
    """A course depends on its seed alone, and repeating it runs nothing anew."""
    ledger = Ledger(None)
    student, given = worker(ledger=ledger), tasks()
    first, fresh = independent(student, given, 1, EFFORT), ledger.fresh
    assert independent(student, given, 1, EFFORT) == first
    assert ledger.fresh == fresh
    assert independent(student, given, 2, EFFORT) != first


def test_own_runs_are_learned_from_as_they_come():
    """After three right runs and after six something is learned; all runs and learning are paid for."""
    learner, student, given = Learner(), worker(), tasks()
    course = own(student, given, 0, learner)
    assert learner.lessons == list(LESSONS)
    runs = [student.outcome(one, DEFAULT).spent.tokens for one in ordered(given.parts["train"], 0)]
    assert [point.student.tokens for point in course.points] == [sum(runs[:3]) + 50, sum(runs) + 100]
    assert course.last.strategy == PLAN


def test_nothing_is_learned_from_wrong_runs():
    """A learner that is never right holds nothing, and says so by having no points."""
    learner = Learner()
    course = own(worker(lambda _: ABSENT), tasks(), 0, learner)
    assert (course.points, learner.lessons, course.last.strategy) == ((), [], None)


def test_absent_answers_teach_nothing():
    """A question without an answer is no lesson, right or not."""
    given = tasks()
    given.parts["train"] = tuple(episode(n, answered=False) for n in range(6))
    assert own(worker(), given, 0, Learner()).points == ()


def test_a_taught_student_pays_for_trying_only():
    """The teacher pays for its runs and for learning; the student tries the strategy on two documents."""
    teacher, student, given = worker(ledger=SHARED, identity="teacher"), worker(ledger=SHARED), tasks()
    (point,) = taught(teacher, student, given, Learner()).points
    assert point.strategy == PLAN
    assert point.student.tokens == sum(one.spent.tokens for one in tried(student, PLAN, given.parts["train"][:2]))
    assert point.teacher.tokens > 100


def test_a_teacher_that_learned_nothing_teaches_nothing():
    """Where no strategy came of the teacher's runs the course is empty."""
    assert taught(worker(), worker(), tasks(), Learner(None)).points == ()


def test_competence_is_reached_at_the_first_good_strategy():
    """What is spent until the first strategy that is right often enough counts, not what came after."""
    student, given = worker(ledger=SHARED), tasks()
    points = (Point(None, spent(1)), Point(PLAN, spent(5)), Point(PLAN, spent(9)))
    assert competence(student, Course("own", 0, points), given, 0.5) == points[1]
    assert competence(student, Course("own", 0, points[:1]), given, 0.9) is None
    assert competence(worker(lambda _: ABSENT, identity="bad"), Course("own", 0, points), given, 0.1) is None


def test_accuracy_of_nothing_is_none():
    """Without outcomes nothing is right."""
    assert accuracy([]) == 0.0
    assert accuracy(outcomes([1, 0])) == pytest.approx(0.5)


def test_orders_differ_by_seed():
    """Each seed has an order of its own, of the same questions."""
    given = tasks().parts["train"]
    assert ordered(given, 0) == ordered(given, 0) != ordered(given, 1)
    assert sorted(one.name for one in ordered(given, 1)) == sorted(one.name for one in given)


def test_keys_of_learning_do_not_depend_on_the_order():
    """The same runs in another order are the same lesson; other runs are another."""
    who, given = worker(), tasks().parts["train"]
    assert learn_key(who, given[:3]) == learn_key(who, given[:3][::-1])
    assert learn_key(who, given[:3]) != learn_key(who, given[1:4])


def test_strategies_come_back_from_the_ledger():
    """What was learned is kept as canonical JSON and read back as it was; nothing stays nothing."""
    key = learn_key(worker(), tasks().parts["train"][:2])
    assert read_strategy(as_made(key, POOR)) == POOR
    assert read_strategy(Made(key=key, reason="too few runs")) is None


def test_a_trace_tells_actions_and_no_prompts():
    """A raw trace has a line for each agent opened, action and report, and is made once."""
    ledger = Ledger(None)
    who = worker(ledger=ledger)
    told = trace_of(who, episode(3), DEFAULT).made
    assert "'action': 'delegate'" in told
    assert "'answer': 'scarlet'" in told
    assert "item 291" not in told
    asked = len(who.engine.requests)
    assert trace_of(who, episode(3), DEFAULT).made == told
    assert len(who.engine.requests) == asked
