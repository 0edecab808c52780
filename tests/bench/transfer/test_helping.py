"""Critique and scaffold as arms: who is asked what, once, and what it costs whom."""

from dataclasses import replace

from rao_cli.bench.transfer.helping import criticised, finding_on, least_plan, scaffolded
from rao_cli.bench.transfer.learning import tried
from rao_cli.bench.transfer.ledger import Ledger
from rao_cli.bench.transfer.working import DEFAULT
from rao_cli.documents.model import Span
from rao_cli.strategies.critique import Finding
from rao_cli.training.episodes import Episode, Step
from tests.agent.helpers import ABSENT
from tests.bench.transfer.making import episode, reads, reads_wrong, tasks, worker

PLAN = least_plan("fact")
SHOWN, HELD = tasks().parts["train"][:3], tasks().parts["train"][3:]


def weighs(fault: str):
    """Return a critic that holds one fault for the likeliest."""
    return lambda request: (fault, -0.01 if fault in request.grammar else -5.0)


def test_critique_begins_with_the_least_plan():
    """The first strategy held reads one section; a good one needs no edit and stays."""
    course = criticised(worker(), None, PLAN, SHOWN, HELD).course
    assert course.points[0].strategy.plan == PLAN.plan
    assert course.last.strategy.plan == PLAN.plan
    assert course.last.student.tokens >= course.points[0].student.tokens
    assert course.last.teacher.tokens == 0


def test_a_critic_model_is_paid_for():
    """What a model weighs on the failures is the teacher's cost, and comes from the ledger the next time."""
    ledger = Ledger(None)
    student = worker(reads_wrong, ledger)
    critic = worker(weighs("leaf_error"), ledger, identity="critic")
    first = criticised(student, critic, PLAN, SHOWN, HELD)
    assert first.course.last.teacher.tokens > 0
    asked = len(critic.engine.requests)
    assert criticised(student, critic, PLAN, SHOWN, HELD) == first
    assert len(critic.engine.requests) == asked


def test_a_program_finds_the_reader_at_fault():
    """A reader that was shown the place and said something else is the fault, and nothing is edited."""
    made = finding_on(worker(reads_wrong), None, PLAN, episode(3))
    assert Finding.model_validate_json(made.made).fault == "leaf_error"
    mended = criticised(worker(reads_wrong), None, PLAN, SHOWN, HELD).improved
    assert (mended.strategy, mended.tried, mended.faults) == (PLAN, (), {"leaf_error": 3})


def test_a_scaffold_of_the_program_leads_to_the_answer():
    """The program's scaffold names the place, so that one reader suffices; it tells no answer."""
    student, asked = worker(), episode(3)
    way, cost = scaffolded(student, None, asked)
    told = student.outcome(asked, way)
    assert (told.right, told.agents, cost.tokens, told.anchored) == (True, 2, 0, False)
    assert told.spent.tokens < student.outcome(asked, DEFAULT).spent.tokens


def test_a_scaffold_of_a_model_is_its_run():
    """A model's scaffold is what it read and found, at the cost of its run; the student may divide otherwise."""
    teacher, asked = worker(identity="teacher"), episode(3)
    way, cost = scaffolded(worker(), teacher, asked)
    assert cost == teacher.outcome(asked, DEFAULT).spent
    assert worker().outcome(asked, way).right


def test_a_question_without_an_answer_gets_no_place():
    """The program has no place to name, so the student works as if it had no scaffold, and says so."""
    student, asked = worker(), episode(3, answered=False)
    told = student.outcome(asked, scaffolded(student, None, asked)[0])
    assert told.right
    assert told.fell_back == "it names nothing here"


def chained() -> Episode:
    """Return a question of two steps, of which the first is who keeps the gate."""
    gate = episode(3)
    said = "The harbour lies in the town of Elm. "
    text = gate.text + said
    at = text.index("Elm")
    steps = (
        Step("In which town does the harbour lie?", "Elm", Span(at, at + 3)),
        Step(gate.question, "scarlet", gate.evidence[0]),
    )
    return Episode("c", "manuals", text, gate.question, ("scarlet",), gate.evidence, steps)


def test_inner_answers_are_told_as_facts():
    """Of a chain the program tells what leads to the answer, with the line that says it."""
    student = worker()
    way, _ = scaffolded(student, None, chained())
    assert student.outcome(chained(), way).right
    facts = [part for request in student.engine.requests for m in request.messages for part in m.parts]
    assert any("In which town does the harbour lie? Elm" in part for part in facts)


def test_an_anchor_at_the_answers_place_is_marked():
    """Where the inner answer stands beside the answer itself, being right shows nothing."""
    asked = chained()
    same = replace(asked, evidence=(asked.steps[0].evidence,))
    assert scaffolded(worker(), None, same)[0].anchored


def test_readers_that_say_absent_stay_without_an_answer():
    """A scaffold helps nobody who cannot read."""
    student = worker(lambda _: ABSENT)
    told = student.outcome(episode(3), scaffolded(student, None, episode(3))[0])
    assert not told.right
    assert told.fell_back == "nothing was found by it"


def test_plans_are_tried_with_the_student():
    """What a strategy is worth is what the student does with it."""
    assert [one.right for one in tried(worker(reads), PLAN, [episode(3)])] == [True]
    assert [one.right for one in tried(worker(reads_wrong), PLAN, [episode(3)])] == [False]
