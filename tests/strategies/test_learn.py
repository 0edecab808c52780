"""Learning from stored runs: one strategy of several runs, tried on documents that it has not seen."""

import asyncio
import json
from dataclasses import replace
from statistics import median

import pytest

from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import UsageError
from rao_cli.strategies.first import Refused
from rao_cli.strategies.learn import learn
from rao_cli.strategies.plan import Ask, Check, Combine, Select, Stop
from rao_cli.strategies.ratios import bare_trace, ratios_of, shared
from rao_cli.strategies.records import MOST_BYTES, Strategy, canonical
from rao_cli.strategies.shape import closeness, shape_of
from rao_cli.strategies.unseen import Question, Unseen, holds, retention
from tests.agent.helpers import made_ready
from tests.strategies.lessons import (
    asking,
    chain_lesson,
    choosing,
    first_of,
    lesson_of,
    lessons_on,
    manual,
    prepared_manual,
    reading,
)
from tests.strategies.making import follow


def learned(lessons, engine=None, **options):
    """Learn from lessons."""
    return asyncio.run(learn(lessons, engine, **options))


@pytest.fixture(scope="module")
def lessons():
    """Return runs on three manuals."""
    return lessons_on("harbour", "chapel", "quarry")


@pytest.fixture(scope="module")
def found(lessons):
    """Return what was learned from them."""
    return learned(lessons, day="2026-01-31")


def test_one_strategy_is_learned_from_three_manuals(found):
    """The strategy reads little first, is active, and nothing of the runs was refused."""
    assert found.active
    assert found.refused == ()
    assert found.strategy.plan.operators[0] == Select(first=3)
    assert found.calls == 0


def test_a_fourth_manual_is_answered_with_less_reading(found):
    """On a manual that nothing was learned from the answer is right for half of the prompt tokens or less."""
    prepared = prepared_manual(reading("orchard"), at=6, place="orchard", colour="cobalt")
    default = lesson_of(prepared, asking("orchard"))
    ran = follow(asking("orchard"), prepared, found.strategy)
    assert ran.result.answer == default.result.answer == "cobalt"
    assert not ran.result.fell_back
    assert ran.result.usage.prompt_tokens <= 0.5 * default.result.usage.prompt_tokens


def test_a_document_of_another_kind_makes_it_fall_back(found):
    """Where readers are not sure enough, the strategy is left with a reason, and the question is answered."""
    prepared = prepared_manual(reading("orchard", sure=-2.5), place="orchard", colour="cobalt")
    ran = follow(asking("orchard"), prepared, found.strategy)
    assert ran.result.fell_back
    assert ran.result.answer == "cobalt"


def test_every_document_was_left_out_once(found, lessons):
    """Each document was tried by what was learned from the others."""
    assert [one.digest for one in found.unseen] == [lesson.digest for lesson in lessons]
    assert [one.kept for one in found.unseen] == [True] * 3
    assert [len(one.questions) for one in found.unseen] == [1] * 3


def test_evidence_is_of_documents_unseen(found):
    """What is written as evidence are the outcomes on documents left out, with what they cost."""
    (evidence,) = found.strategy.evidence
    assert (evidence.uses, evidence.failures, evidence.fallbacks) == (3, 0, 0)
    assert (evidence.model, evidence.kind, evidence.used) == ("scripted/written", "text", "2026-01-31")
    assert evidence.log_cost < -0.7


def test_the_budget_is_what_replays_took(found, lessons):
    """Medians are of the lessons replayed; of so few the whole plan's reading stands in for a ninth decile."""
    budget = found.strategy.budget
    own = max(lesson.own_tokens for lesson in lessons)
    assert budget.agents_p50 == 4
    assert 3 * budget.tokens_p50 == pytest.approx(found.tokens[0], rel=0.05)
    assert budget.agents_p90 == 9
    assert budget.tokens_p50 < budget.tokens_p90 == pytest.approx(own, rel=0.1)
    assert found.tokens[0] < 0.5 * found.tokens[1]


def test_many_runs_have_a_ninth_decile():
    """From ten runs on what nine in ten took at most is taken from them."""
    few = lessons_on("harbour", "chapel")
    again = [
        lesson_of(one.prepared, one.task.question, run=f"20260101-00000{n}-abcdef")
        for n in range(5)
        for one in few
    ]
    budget = learned(again).strategy.budget
    assert budget.agents_p90 == 4
    assert budget.tokens_p50 <= budget.tokens_p90 < 2 * budget.tokens_p50


def test_it_is_for_documents_like_those(found, lessons):
    """The documents that it was learned from lie within its ranges, and other kinds do not."""
    shapes = [shape_of(lesson.prepared.reading) for lesson in lessons]
    assert [closeness(found.strategy.applies, shape) for shape in shapes] == [1.0] * 3
    assert closeness(found.strategy.applies, replace(shapes[0], kind="log")) == 0.0
    assert found.strategy.applies.classes == ("fact",)


def test_it_says_where_it_comes_from(found, lessons):
    """Digests of the runs, the model and the version are all that is kept of its origin."""
    origin = found.strategy.provenance
    assert origin.runs == tuple(lesson.source for lesson in lessons)
    assert (origin.mode, origin.teacher) == ("learned", "scripted/written")
    assert found.strategy.trust == "local"


def test_nothing_of_the_sources_is_in_it(found, lessons):
    """No word of questions, texts, answers, names of runs or paths stands in a learned strategy."""
    text = canonical(found.strategy)
    words = {word for lesson in lessons for word in lesson.task.question.split() if len(word) > 3}
    secret = words | {"green", "amber", "violet", "item", "notes.txt", *(lesson.name for lesson in lessons)}
    assert [word for word in secret if word in text] == []
    assert len(text) <= MOST_BYTES
    assert Strategy.model_validate_json(text) == found.strategy


def test_learning_is_the_same_each_time(lessons, found):
    """The same runs give the same strategy, to the byte."""
    assert canonical(learned(lessons, day="2026-01-31").strategy) == canonical(found.strategy)


def test_its_name_can_be_given(lessons):
    """Without a name it is called after what it is for."""
    assert learned(lessons[:1], name="gates").strategy.name == "gates"
    assert learned(lessons[:1]).strategy.name == "fact-on-text"


def test_one_document_is_not_enough_to_be_used(lessons):
    """What was tried on no document unseen, or on one, is a candidate."""
    assert not learned(lessons[:1]).active
    assert learned(lessons[:1]).unseen == ()
    two = learned(lessons[:2])
    assert two.active
    assert len(two.unseen) == 2


def test_several_questions_of_one_document_are_left_out_together():
    """A document counts once, however much it was asked."""
    text = manual(at=2) + manual(at=4, place="chapel", colour="amber")
    asked = [
        lesson_of(made_ready(text, reading(place), view=150), asking(place)) for place in ("harbour", "chapel")
    ]
    found = learned([*asked, *lessons_on("quarry")])
    assert [len(one.questions) for one in found.unseen] == [2, 1]


def test_questions_of_two_classes_are_refused(lessons):
    """Both classes and a run of each are named."""
    with pytest.raises(UsageError) as refused:
        learned([lessons[0], chain_lesson()])
    assert lessons[0].name in refused.value.message
    assert "fact" in refused.value.message
    assert "chain" in refused.value.message


def test_changed_sources_are_refused(lessons):
    """A run whose source is another one now is named before anything is replayed."""
    with pytest.raises(UsageError, match=lessons[1].name):
        learned([lessons[0], replace(lessons[1], prepared=lessons[2].prepared)])


def test_no_runs_teach_nothing():
    """Learning from nothing is refused."""
    with pytest.raises(UsageError, match="no runs"):
        learned([])


def test_runs_that_teach_nothing_are_told(lessons):
    """A wrong or unsure run is left out with its reason; the others are learned from."""
    wrong = replace(lessons[0], gold=("mauve",))
    assert learned([wrong, *lessons[1:]]).refused == (Refused(wrong.name, "its answer is wrong"),)


def test_nothing_learned_says_why(lessons):
    """Where no run can be learned from, each one's reason is told."""
    with pytest.raises(UsageError) as refused:
        learned([replace(lesson, gold=("mauve",)) for lesson in lessons])
    assert all(lesson.name in refused.value.message for lesson in lessons)
    assert "its answer is wrong" in refused.value.message


def by_model(at, *to, **changes):
    """Return the lesson of a model that chose numbers on a manual of its own."""
    text = manual(at=at, parts=10 + at)
    prepared = made_ready(text, choosing(*to, **changes), view=150, delegation="model", window=2048)
    return lesson_of(prepared, asking())


def test_a_goal_in_free_words_makes_a_run_unusable(lessons):
    """A run whose agents were asked what the question does not hold is left out, and it is said so."""
    free = by_model(4, (3,), (5,), goal="Look for paint.")
    first = first_of(*lessons_on("harbour"), free)
    assert first.refused == (Refused(free.name, "its agents were asked what no part of the question is"),)


def test_what_a_model_chose_is_learned_with_a_model():
    """Where models chose unlike sections, what was not read by one is asked of the engine, and counted."""
    chose = [by_model(4, (3,), (5,), (9,)), by_model(5, (6,), (7,), (2,))]
    assert [lesson.result.status for lesson in chose] == ["found", "found"]
    engine = ScriptedEngine(choosing((1,)), window=2048)
    found = learned(chose, engine)
    assert found.calls == len(engine.requests)
    assert found.strategy.plan.operators[0].op in ("select", "search")


def test_the_other_runs_stay_where_one_does_not_fit():
    """A run that the plan of them all does not hold for is left out, and what is learned holds for the rest."""
    unsure = lesson_of(prepared_manual(reading("tannery", sure=-4.0), place="tannery"), asking("tannery"))
    first = first_of(*lessons_on("harbour", "chapel"), unsure)
    assert first.borne.holds
    assert len(first.lessons) + len(first.refused) == 3


def test_it_says_how_far_learning_is(lessons):
    """What is going on is told in lines for people."""
    said = []
    learned(lessons, say=said.append)
    assert said[0].startswith("3 of 3 runs did alike")
    assert any("in place of" in line for line in said)


# ---------------------------------------------------------------------- ratios and documents unseen


def test_ratios_are_in_the_models_own_tokens(found, lessons):
    """Strategy, trace and document are counted by the engine that read the document."""
    count = lessons[0].prepared.engine.count_tokens
    size = count(shared(found.strategy))
    context = median(lesson.prepared.reading.root.tokens for lesson in lessons)
    assert found.ratios.strategy_to_context == pytest.approx(size / context, rel=0.01)
    assert found.ratios.strategy_to_trace < 1
    assert found.ratios.trace_to_context > found.ratios.strategy_to_context
    assert found.ratios.retention == 1.0


def test_what_is_shared_is_without_evidence(found):
    """Another model must earn its own evidence, so none is counted."""
    assert json.loads(shared(found.strategy))["evidence"] == []


def test_a_bare_trace_holds_no_text(lessons):
    """The trace that ratios are of tells what was done, without a word of the source or the question."""
    trace = bare_trace(lessons[0])
    kinds = {json.loads(line)["type"] for line in trace.splitlines()}
    assert kinds >= {"header", "agent", "decomposition", "aggregation", "report", "result"}
    assert kinds.isdisjoint({"call", "progress"})
    assert not any(word in trace for word in ("harbour", "painted", "green", "item"))


def test_ratios_without_documents_unseen_have_no_retention(found, lessons):
    """Where nothing was left out, nothing is claimed."""
    assert ratios_of(found.strategy, lessons[:1], None).retention is None


def unseen(*kept, first=True):
    """Return a document left out, with a question for each outcome."""
    questions = tuple(Question(None, None, one, first) for one in kept)
    return Unseen("d", sum(kept) >= 0.7 * len(kept), questions)


@pytest.mark.parametrize(
    ("documents", "used"),
    [
        ([(True,), (True,)], True),
        ([(True,)], False),
        ([(True,), (False,)], False),
        ([(True, True, True), (True, True, False), (True,)], True),
        ([(True,), (True,), (False, False, False)], False),
    ],
)
def test_a_strategy_is_used_after_two_documents(documents, used):
    """Two documents unseen must keep their answers, and most questions of all of them."""
    assert holds([unseen(*kept) for kept in documents]) == used


def test_retention_is_relative_to_the_whole_plan():
    """What the first plan does not keep either is no loss."""
    assert retention([unseen(True, False)]) == 0.5
    assert retention([unseen(True), unseen(False, first=False)]) == 1.0
    assert retention([unseen(False, first=False)]) is None
    assert retention([]) is None


def test_an_outcome_is_what_a_library_counts():
    """Kept is a success; left for work without it a fallback; anything else a failure."""
    first = first_of(*lessons_on("harbour"))
    done = first.borne.replays[0]
    lesson = first.lessons[0]
    left = replace(done, fell_back="its checks did not hold")
    made = [
        Question(lesson, done, True, True),
        Question(lesson, left, False, True),
        Question(lesson, done, False, True),
    ]
    assert [one.outcome for one in made] == ["success", "fallback", "failure"]
    assert made[0].log_cost == pytest.approx(0.0)


def test_first_strategies_are_whole(lessons):
    """The first plan answers only with what its check holds for, and requires the slots that it uses."""
    first = first_of(*lessons).borne.strategy
    assert first.plan.operators == (Select(first=8), Ask(), Combine(), Check(), Stop())
    assert first.requires == ()
    chain = first_of(chain_lesson()).borne.strategy
    assert [(one.slot, one.be) for one in chain.requires] == [("inner", "bound")]
