"""The arms: what each is tested with, what it pays, and what it does where there is nothing to test."""

import math
from dataclasses import replace

import pytest

from rao_cli.bench.transfer.arms import ALONE, ARMS, OF_TEACHER, TOLD, Lab, People, arms_of
from rao_cli.bench.transfer.learning import Effort, as_made, learn_key
from rao_cli.bench.transfer.ledger import Ledger
from rao_cli.bench.transfer.space import stage, strategy_of
from rao_cli.errors import UsageError
from tests.agent.helpers import ABSENT
from tests.bench.transfer.making import SETTINGS, tasks, worker

PLAN = strategy_of(stage(2, 0.2), "fact")
SHARED = Ledger(None)
"""A way on a question with one of these models comes to the same in every test."""


def learns(who, episodes):
    """Learn always the same."""
    return as_made(learn_key(who, episodes), PLAN)


def lab(student=None, teacher=None, clone=None, cells=None) -> Lab:
    """Return an experiment on manuals; the teacher is the program where none is given."""
    teachers = {"t": (lambda: teacher) if teacher else None}
    people = People(student or worker(ledger=SHARED), teachers, learns, (lambda: clone) if clone else None)
    return Lab(people, Effort(attempts=2, batch=2, seeds=2), cells or [tasks()])


@pytest.fixture(scope="module")
def of_program() -> Lab:
    """Return an experiment with the program as teacher."""
    return lab(cells=[tasks(), tasks(cell="lookup-log"), tasks(cell="chain-text")])


@pytest.mark.parametrize("arm", [one for one in ARMS if one != "clone"])
def test_every_arm_answers_every_question(of_program, arm):
    """With the program as teacher each arm comes to an outcome on each test question."""
    given = of_program.cells[0]
    taken = of_program.taken(arm, "t", given)
    assert {len(some) for some in taken.outcomes} == {3}
    assert taken.arm == (f"{arm}:t" if arm in OF_TEACHER else arm)
    assert taken.tasks is given


@pytest.mark.parametrize("arm", OF_TEACHER)
def test_a_model_can_teach(arm):
    """Each arm of a teacher works with a model as teacher; what needs another cell is left out without one."""
    taken = lab(teacher=worker(ledger=SHARED, identity="teacher")).taken(arm, "t", tasks())
    if arm in ("wrong-class", "other-kind"):
        assert taken is None
    else:
        assert {len(some) for some in taken.outcomes} == {3}


def test_learners_are_tested_once_for_each_seed(of_program):
    """Two learners alone are two rows of outcomes, each with its course and what made it competent."""
    taken = of_program.taken("independent", "", of_program.cells[0])
    assert len(taken.outcomes) == len(taken.courses) == len(taken.competent) == 2


def test_a_taught_student_is_competent(of_program):
    """What the oracle teaches makes competent, by its definition, at the price of two tries."""
    taken = of_program.taken("taught", "t", of_program.cells[0])
    assert taken.competent[0].tokens == taken.courses[0].last.student.tokens
    assert taken.teaching.tokens > taken.competent[0].tokens


def test_who_teaches_while_it_is_asked_is_paid_for():
    """A model's scaffold costs its run on each question; the program's costs nothing."""
    assert lab(teacher=worker(ledger=SHARED, identity="teacher")).taken("scaffold", "t", tasks()).each > 0
    assert lab().taken("scaffold", "t", tasks()).each == 0


def test_nobody_is_competent_where_the_oracle_is_never_right():
    """A reader that always says absent cannot be competent, whatever it is taught."""
    poor = lab(student=worker(lambda _: ABSENT, SHARED, "poor"))
    assert poor.least(poor.cells[0]) == math.inf
    assert poor.taken("taught", "t", poor.cells[0]).competent == (None,)


def test_a_clone_is_another_model(of_program):
    """The clone's outcomes are those of its own model; without an adapter there is no such arm."""
    assert of_program.taken("clone", "", of_program.cells[0]) is None
    taken = lab(clone=worker(identity="clone")).taken("clone", "", tasks())
    assert {one.key.model for one in taken.outcomes[0]} == {"clone"}


def test_the_wrong_class_is_another_class(of_program):
    """The placebo is taken from a cell of another class, other-kind from one of the same."""
    lookups, logs, chains = of_program.cells
    held = {n: of_program.taught_by("t", one).last.strategy for n, one in enumerate(of_program.cells)}
    wrong = of_program.taken("wrong-class", "t", lookups).outcomes[0][0].key.way
    other = of_program.taken("other-kind", "t", lookups).outcomes[0][0].key.way
    assert wrong == f"plan:{held[2].id}"
    assert other == f"plan:{held[1].id}"
    assert of_program.taken("other-kind", "t", chains) is None
    assert logs.cell.asked == lookups.cell.asked


def told_by(student) -> str:
    """Return what was told last before everything else."""
    return student.engine.requests[-1].messages[0].parts[-1]


def test_what_is_told_is_what_the_arm_says():
    """The record, a trace, answers, as much filler, or the heading alone stands before every question."""
    made = lab(student=worker(settings=replace(SETTINGS, window=2048)))
    student, given = made.people.student, made.cells[0]
    texts = {}
    for arm in ("strategy-text", "trace-text", "answers-text", "filler-text", "empty-text"):
        assert made.taken(arm, "t", given).outcomes[0][0].key.way.startswith("told:")
        texts[arm] = told_by(student)
    assert '"schema":"rao.strategy/1"' in texts["strategy-text"]
    assert "'action': 'delegate'" in texts["trace-text"]
    assert f"Question: {given.parts['train'][0].question}\nAnswer: green" in texts["answers-text"]
    assert texts["empty-text"] in texts["filler-text"]
    count = student.engine.count_tokens
    assert abs(count(texts["filler-text"]) - count(texts["strategy-text"])) < 30
    assert max(map(count, texts.values())) <= TOLD + 2


def test_a_model_tells_its_own_answers():
    """The examples of a model are what it answered, right or wrong."""
    made = lab(teacher=worker(lambda _: ABSENT, SHARED, "absent"))
    made.taken("answers-text", "t", made.cells[0])
    assert "Answer: absent" in told_by(made.people.student)
    assert "green" not in told_by(made.people.student)


def test_a_teacher_without_a_right_run_tells_no_trace():
    """Where there is nothing to tell, there is no such arm."""
    poor = lab(teacher=worker(lambda _: ABSENT, SHARED, "absent"))
    assert poor.taken("trace-text", "t", poor.cells[0]) is None
    assert poor.taken("strategy-text", "t", poor.cells[0]) is None
    assert poor.taken("taught", "t", poor.cells[0]) is None
    assert poor.taken("shuffled", "t", poor.cells[0]) is None


def test_arms_are_named():
    """A list names arms, each once; what is none is told with those that are."""
    assert arms_of("taught, default,taught") == ("taught", "default")
    assert set(ALONE) | set(OF_TEACHER) == set(ARMS)
    for named in ("learned", "", ","):
        with pytest.raises(UsageError, match="--arm") as refused:
            arms_of(named)
        assert "scaffold" in refused.value.hint
