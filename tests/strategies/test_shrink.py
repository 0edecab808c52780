"""Making plans smaller: what is kept, what is never left out, and the care that part of it is spent on."""

import asyncio

from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.strategies.care import guarded, wrongly_believed
from rao_cli.strategies.edits import edits
from rao_cli.strategies.plan import Ask, Check, Combine, Group, Plan, Recurse, Select, Stop, walk
from rao_cli.strategies.records import Applies
from rao_cli.strategies.shrink import shrink
from rao_cli.strategies.trials import Trials, length
from tests.strategies.lessons import (
    asking,
    chain_lesson,
    chain_reader,
    first_of,
    lesson_of,
    lessons_on,
    memory_of,
    prepared_manual,
    reading,
)
from tests.strategies.making import stage, strategy


def quiet(_):
    """Say nothing."""


def shrunk(start, lessons, memory=None, say=quiet):
    """Shrink a strategy on lessons; return the first, the last and what was changed."""

    async def work():
        trials = Trials(memory or memory_of(lessons))
        first = await trials.bear(start, lessons)
        best, told = await shrink(first, lessons, trials, say)
        return first, best, told

    return asyncio.run(work())


def firsts(strategy):
    """Return how many sections each select takes."""
    return [one.first for one in walk(strategy.plan.operators) if isinstance(one, Select)]


def test_what_no_lesson_needs_is_not_read():
    """Where search ranks the answer first everywhere, a few sections are read first, others only if need be."""
    first, best, told = shrunk(strategy(*stage(8)), lessons_on("harbour", "chapel", "quarry"))
    assert best.holds
    assert best.tokens < first.tokens / 2
    assert firsts(best.strategy) == [3, 5]
    assert told[:3] == ["the first 1 in place of 8", "always the first 3", "then the next 5"]


def test_every_lesson_keeps_its_answer():
    """A section that one lesson's answer stands in is read, though the others do without."""
    hard = lesson_of(prepared_manual(decoys=2, at=5), asking())
    easy = lessons_on("chapel", "quarry")
    _, best, _ = shrunk(strategy(*stage(8)), [*easy, hard])
    assert best.holds
    assert [one.answer for one in best.replays] == ["green", "amber", "green"]
    assert sum(firsts(best.strategy)) > 1


def test_shrinking_asks_no_model_unless_given_one():
    """Without an engine only what was read before can be kept; what would need a call is not."""
    lessons = lessons_on("harbour", "chapel")
    for lesson in lessons:
        lesson.prepared.engine.requests.clear()
    shrunk(strategy(*stage(8)), lessons)
    assert all(not lesson.prepared.engine.requests for lesson in lessons)


def test_a_model_is_asked_no_more_than_allowed():
    """With an engine other sections may be tried, within the calls that are allowed."""
    lessons = lessons_on("harbour", "chapel")
    engine = ScriptedEngine(reading("harbour"), window=1024)
    memory = memory_of(lessons)
    memory.engine, memory.most = engine, 5
    shrunk(strategy(*stage(8)), lessons, memory)
    assert len(engine.requests) == memory.made <= 5
    assert memory.asks


def test_checks_are_neither_dropped_nor_eased():
    """What an answer must come to stays, though no lesson needs it."""
    first, best, _ = shrunk(strategy(*stage(8, least=0.3)), lessons_on("harbour", "chapel"))
    least = [one.least for one in walk(best.strategy.plan.operators) if isinstance(one, Check)]
    assert first.holds
    assert min(least) >= 0.3
    assert all(isinstance(one, Stop) for one in best.strategy.plan.operators[-1:])
    assert sum(isinstance(one, Combine) for one in best.strategy.plan.operators) == len(least)


def test_of_a_count_nothing_is_left_out():
    """Zeros inform: where everything read makes the answer, nothing of it is left unread."""
    counting = strategy(*stage(8), applies=Applies(classes=("count",)))
    _, best, told = shrunk(counting, lessons_on("harbour", "chapel"))
    assert (best.strategy.plan, told) == (counting.plan, [])


def test_a_group_that_changes_nothing_goes():
    """An operator is left out where the lessons take no more without it."""
    _, best, _ = shrunk(strategy(Select(first=8), Group(by="section"), *stage(8)[1:]), lessons_on("harbour"))
    assert not any(isinstance(one, Group) for one in best.strategy.plan.operators)


def test_a_recursion_that_no_lesson_needs_goes():
    """A plan for children that are never shown outlines is left out."""
    _, best, _ = shrunk(strategy(Recurse(), *stage(8)), lessons_on("harbour"))
    assert not any(isinstance(one, Recurse) for one in best.strategy.plan.operators)


def test_a_chain_can_be_looked_up():
    """The parts of a question are answered without agents between, by a model where the run has not read."""
    lesson = chain_lesson(parts=20, at=4, other=9)
    every = (Select(of="parts", first=32), Group(by="all"))
    inner = (*every, Ask(goal="inner"), Combine())
    whole = strategy(*inner, *every, Ask(goal="outer"), Combine(), Check(), Stop())
    looked_up = whole
    for goal in ("inner", "outer"):
        says = f"the {goal} question looked up"
        looked_up = next(edit.strategy for edit in edits(looked_up, {"search"}) if edit.says == says)
    trials = Trials(memory_of([lesson]))
    trials.memory.engine = ScriptedEngine(chain_reader(), window=1024)
    before, after = (asyncio.run(trials.bear(one, [lesson])) for one in (whole, looked_up))
    assert before.holds
    assert after.holds
    assert after.replays[0].agents < before.replays[0].agents
    assert after.tokens <= before.tokens


def test_it_says_how_far_it_is():
    """Each step is told with what the lessons take by it."""
    said = []
    first, _, told = shrunk(strategy(*stage(8)), lessons_on("harbour"), say=said.append)
    assert said[0].startswith(f"{told[0]}: ")
    assert f"{first.tokens:,}" in said[0]


def test_a_longer_plan_must_save_a_good_part():
    """Between two plans that read alike the shorter one wins, and a longer one only for a tenth of the tokens."""
    lessons = lessons_on("harbour")

    async def work():
        trials = Trials(memory_of(lessons))
        one, more = strategy(*stage(1)), strategy(*stage(1, least=0.1), *stage(1))
        return await trials.bear(one, lessons), await trials.bear(more, lessons)

    short, long = asyncio.run(work())
    assert short.tokens == long.tokens
    assert short.beats(long)
    assert not long.beats(short)
    assert length(long.strategy) == 10


def test_selectors_count_for_the_length():
    """What a selector leaves out by is part of what a plan says."""
    assert length(strategy(*stage(1, holds="number", titled="subject"))) == length(strategy(*stage(1))) + 2


def test_trials_are_made_once():
    """A plan is replayed once on a lesson, however often it comes up; one that missed calls is tried again."""
    lessons = lessons_on("harbour")
    trials = Trials(memory_of(lessons))
    one = asyncio.run(trials.bear(strategy(*stage(8)), lessons))
    trials.memory.calls.clear()
    again = asyncio.run(trials.bear(strategy(*stage(8), note="the same"), lessons))
    assert again.replays == one.replays
    assert not asyncio.run(trials.bear(strategy(*stage(7)), lessons)).replays[0].whole
    trials.memory.learn(lessons[0])
    assert asyncio.run(trials.bear(strategy(*stage(7)), lessons)).replays[0].whole


def test_trials_stop_where_nothing_is_to_be_won():
    """No more lessons are tried after one that fails, and that one is the first the next time."""
    lessons = lessons_on("harbour", "chapel", "quarry")
    trials = Trials(memory_of(lessons))
    assert asyncio.run(trials.bear_within(strategy(*stage(1, least=1.0)), lessons, 10**6)) is None
    assert asyncio.run(trials.bear_within(strategy(*stage(8)), lessons, 10)) is None
    assert asyncio.run(trials.bear_within(strategy(*stage(8)), lessons, 10**6)).holds


def misled(unsure=-0.4):
    """Return the lesson of a reader that also says something wrong, less surely."""
    return lesson_of(prepared_manual(reading(wrong="good order", unsure=unsure)), asking())


def test_what_was_wrong_is_known_from_the_runs():
    """The most believed of the answers that are not the run's is what a check must refuse."""
    assert wrongly_believed(lessons_on("harbour")) == 0.0
    wrong = [
        agent.report.confidence
        for agent in misled().run.tree.agents.values()
        if agent.parent and agent.report.answer == "good order"
    ]
    assert wrongly_believed([misled()]) == max(wrong) > 0


def guarded_on(lessons, best, first):
    """Return what a strategy is made of care."""

    async def work():
        trials = Trials(memory_of(lessons))
        borne = [await trials.bear(one, lessons) for one in (best, first)]
        return await guarded(*borne, lessons, trials)

    return asyncio.run(work())


def test_an_early_check_refuses_what_was_wrong():
    """Where a few sections cost too much, only what is believed more than what was wrong ends reading early."""
    lessons = [misled()]
    careful, told = guarded_on(lessons, strategy(*stage(1)), strategy(*stage(4)))
    early, *later = (one.least for one in careful.strategy.plan.operators if isinstance(one, Check))
    assert early > wrongly_believed(lessons)
    assert later == [0.2, 0.2]
    assert told == ["then the next 2", "then the next 1", f"a first check for {early:.2f}"]


def test_care_is_taken_where_nothing_wrong_is_known():
    """A few lessons that went well do not make the first section's answer enough."""
    careful, told = guarded_on(lessons_on("harbour"), strategy(*stage(1)), strategy(*stage(8)))
    assert firsts(careful.strategy) == [3, 5]
    assert told == ["always the first 3", "then the next 5"]


def test_care_costs_no_more_than_its_share():
    """A check that would have the lessons read on too often is eased until they take few tokens again."""
    unsure = lesson_of(prepared_manual(reading("chapel", sure=-1.0), place="chapel"), asking("chapel"))
    careful, _ = guarded_on([unsure], strategy(*stage(1)), strategy(*stage(4)))
    early = next(one.least for one in careful.strategy.plan.operators if isinstance(one, Check))
    assert 0.2 < early <= unsure.result.confidence < 0.7
    assert careful.tokens < 0.4 * unsure.own_tokens


def test_a_plan_reads_on_as_far_as_the_first_one():
    """What is left of the first plan's reading comes last; one that reads as far already is left as it is."""
    lessons = lessons_on("harbour")
    longer, _ = guarded_on(lessons, strategy(*stage(1), *stage(3)), strategy(*stage(8)))
    assert firsts(longer.strategy) == [3, 5]
    eight = strategy(*stage(8))
    assert guarded_on(lessons, eight, eight)[1] == []


def test_a_question_taken_apart_is_not_read_on_for():
    """The parts of a question have stages of their own; another one for the last would ask only half."""
    lesson = chain_lesson(parts=6, at=1, other=4)
    first = first_of(lesson).borne.strategy
    assert guarded_on([lesson], first, first)[1] == []


def test_plans_stay_plans():
    """Whatever was changed, the result is a plan that can be read back."""
    _, best, _ = shrunk(strategy(*stage(8)), [misled(), *lessons_on("chapel")])
    assert Plan.model_validate_json(best.strategy.plan.model_dump_json()) == best.strategy.plan
