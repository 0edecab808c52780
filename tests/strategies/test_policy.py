"""Strategies at work: what is read, what ends a plan, and how work goes on without one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rao_cli.agent.events import ActionTaken, AgentOpened, RunStarted
from rao_cli.strategies.plan import MOST_READ, Ask, Check, Combine, Group, Plan, Recurse, Search, Select, Stop
from rao_cli.strategies.records import Cost, Requirement
from tests.agent.helpers import (
    ABSENT,
    answer,
    check_events,
    filler,
    find,
    handoff_of,
    made_ready,
    made_to_compute,
    run,
    view_of,
)
from tests.agent.test_chaining import BOOK
from tests.strategies.making import follow, stage, strategy
from tests.strategies.test_plan import OPERATORS

NEEDLE = "the matter code is 7431"
CODE = "7431"
QUESTION = "What is the matter code of the plain words?"
HAY = filler(200) + f"Be it known: {NEEDLE}.\n\n" + filler(200, start=200)


def ready(respond=None, text: str = HAY, **options: object):
    """Prepare the hay for a reader that knows the needle, or another."""
    return made_ready(text, respond or find(NEEDLE), **{"window": 1200, "view": 100, **options})


def opened(ran) -> list[tuple[str, ...]]:
    """Return the sections that the children of the root were given, in their order."""
    return [event.handoff.sections for event in ran.all(AgentOpened)[1:]]


def reasons(ran) -> set[str]:
    """Return why plans were left in a run."""
    return {event.fell_back for event in ran.all(ActionTaken)} - {""}


def test_a_plan_reads_what_it_selects_and_no_more():
    """The best hits alone are read, the answer is the default's, and no rule chose a step of the root."""
    ran, default = follow(QUESTION, ready(), strategy(*stage(2))), run(QUESTION, ready())
    assert (ran.result.status, ran.result.answer) == ("found", default.result.answer)
    assert len(ran.requests) == 2 < len(default.requests)
    assert {event.by for event in ran.all(ActionTaken) if event.agent == "1"} == {"strategy"}
    check_events(ran.events)


def test_a_run_says_which_strategy_it_follows():
    """The first event and the result name it; without one both are empty."""
    ran, default = follow(QUESTION, ready(), strategy()), run(QUESTION, ready())
    assert (ran.all(RunStarted)[0].strategy, ran.result.strategy, ran.result.fell_back) == (
        "look-up",
        "look-up",
        "",
    )
    assert (default.all(RunStarted)[0].strategy, default.result.strategy) == ("", "")


def test_a_stage_follows_where_the_check_does_not_hold():
    """While nothing is to be believed the next stage reads on, and reads nothing twice."""
    seen = []

    def third(request):
        seen.append(view_of(request))
        return find(NEEDLE)(request) if len(seen) == 3 else ABSENT

    plan = (*stage(1), *stage(1), *stage(1))
    ran = follow(QUESTION, ready(third, text=(NEEDLE + ". ") + HAY.replace("plain", NEEDLE)), strategy(*plan))
    assert len(set(seen)) == len(seen) == 3
    assert ran.result.status == "found"
    assert ran.result.fell_back == ""


def test_a_plan_that_finds_nothing_is_left_and_told():
    """The default goes on, reads only what was not read, finds the answer, and says why it had to."""
    hidden = f"Nobody asked, yet {NEEDLE[4:]}"
    text = filler(100) + hidden + ".\n\n" + filler(100, start=100)
    ran = follow(
        QUESTION, ready(find(NEEDLE[4:]), text=text.replace("code", "cipher")), strategy(*stage(1, holds="time"))
    )
    assert reasons(ran) == {"it selects nothing here"}
    assert ran.result.fell_back == "it selects nothing here"


def test_work_goes_on_with_what_the_plan_found():
    """What was read by the plan is not read again, and its finds count when the default concludes."""
    least = strategy(*stage(2, least=1.0))
    ran = follow(QUESTION, ready(), least)
    given_ = [section for sections in opened(ran) for section in sections]
    assert ran.result.fell_back == "its checks did not hold"
    assert (ran.result.status, ran.result.answer) == ("found", CODE)
    assert opened(ran)[:2] == opened(follow(QUESTION, ready(), strategy(*stage(2))))
    assert len([one for one in given_ if one in given_[:2]]) == 2
    check_events(ran.events)


def test_agents_that_fail_end_a_plan():
    """Where more than three in ten of its agents fail, a plan is not gone on with."""
    ran = follow(QUESTION, ready(lambda _: "no action"), strategy(*stage(2)))
    assert "2 of 2 of its agents failed" in reasons(ran)
    assert ran.result.status == "failed"


@pytest.mark.parametrize(
    ("requires", "why"),
    [
        (Requirement(slot="name"), "the question has nothing for its slot name"),
        (Requirement(slot="question", be="found"), "no section that was found holds its slot question"),
    ],
)
def test_what_a_plan_requires_is_looked_at_first(requires, why):
    """Nothing is read by a plan whose requirements do not hold."""
    ran = follow(QUESTION, ready(), strategy(*stage(2), requires=(requires,)))
    assert reasons(ran) == {why}
    assert opened(ran) == opened(run(QUESTION, ready()))
    assert ran.result.answer == CODE


def test_a_plan_that_would_cost_too_much_is_left_at_once():
    """Twice the ninth decile of what its runs cost is more than a plan may cost."""
    dear = strategy(*stage(8), budget=Cost(tokens_p90=100))
    ran = follow(QUESTION, ready(), dear)
    assert reasons(ran) == {"it would cost too much here"}
    assert ran.result.answer == CODE


def test_an_imported_strategy_is_audited_each_time():
    """One section that the plan skips is read as well; while it says nothing else the answer stands."""
    ran = follow(QUESTION, ready(), strategy(*stage(1), trust="imported"))
    assert len(opened(ran)) == 2
    assert (ran.result.status, ran.result.fell_back) == ("found", "")


def test_a_skipped_section_that_says_otherwise_ends_a_plan():
    """A strategy that skips the better answer is found out by its audit, and the default decides."""
    calls: list[str] = []

    def respond(request):
        calls.append(view_of(request))
        first = view_of(request).partition("] ")[2]
        return answer("zebras" if len(calls) == 1 else first.partition(" in plain")[0], 1)

    blind = (Select(), Ask(), Combine(), Check(least=0.0, verified=False), Stop())
    ran = follow(QUESTION, ready(respond), strategy(*blind, trust="imported"))
    assert reasons(ran) == {"a section that it skips says otherwise"}
    assert ran.result.answer != "zebras"


def test_what_code_computes_is_not_read_for():
    """A question that code answers costs no call of the model, strategy or not."""
    rows = "".join(
        f"2026-01-01 00:{n // 60:02}:{n % 60:02} {'ERROR' if n % 3 else 'INFO'} x\n" for n in range(600)
    )
    prepared = made_to_compute(rows, window=1200, view=100)
    question = "How many lines contain ERROR?"
    ran = follow(question, prepared, strategy())
    assert (ran.result.answer, ran.requests, ran.result.fell_back) == ("400", [], "")


def reads_book(request):
    """Read like someone who knows two facts of the book."""
    asked, text = handoff_of(request), view_of(request)
    if "is the author of Dune" in asked and "its author is" in text:
        return answer("Frank Herbert", 1)
    return answer("Tacoma", 1) if "Frank Herbert born" in asked and "born in Tacoma" in text else ABSENT


def test_a_chain_is_asked_one_after_the_other():
    """The inner question is handed down to the parts, its answer put into the outer one; children recurse."""
    parts = Select(of="parts", first=24)
    each = (Group(by="all"), Combine(), Check(least=0.0, verified=False))
    plan = (parts, each[0], Ask(goal="inner"), *each[1:], parts, each[0], Ask(goal="outer"), *each[1:], Stop())
    look = (Select(first=3), Ask(), Combine(), Check(least=0.0, verified=False), Stop())
    ran = follow(
        "Where was the author of Dune born?",
        made_ready(BOOK, reads_book, window=1200, view=100),
        strategy(Recurse(plan=look), *plan),
    )
    goals = [event.handoff.goal for event in ran.all(AgentOpened)]
    assert [goal for goal in goals if "Frank Herbert" in goal]
    assert {event.by for event in ran.all(ActionTaken)} == {"strategy", "model"}
    assert (ran.result.status, ran.result.answer) == ("found", "Tacoma")


@settings(max_examples=60)
@given(st.lists(OPERATORS, min_size=1, max_size=12).map(tuple), st.booleans())
def test_whatever_a_plan_says_the_run_is_a_run(operators, reads):
    """Any plan that is one ends in a result within the limits, and never loses what the default would find."""
    try:
        plan = Plan(operators=(*operators, Stop()))
    except ValidationError:
        return
    reader = find(NEEDLE) if reads else lambda _: ABSENT
    ran = follow(QUESTION, ready(reader), strategy(*plan.operators), agents=40)
    check_events(ran.events)
    assert ran.result.usage.agents <= 40
    default = run(QUESTION, ready(reader), agents=40)
    assert ran.result.limits_hit or ran.result.status == default.result.status
    assert ran.result.limits_hit or ran.result.answer == default.result.answer


def test_a_search_for_a_name_reads_only_where_it_stands():
    """An exact search leaves out every section without the name."""
    text = filler(150) + "The option --prefix-all sets a matter prefix.\n\n" + filler(150, start=150)
    plan = (Search(slot="name", how="exact"), *stage(5))
    ran = follow(
        "What does `--prefix-all` of the matter set?", ready(find("a matter prefix"), text=text), strategy(*plan)
    )
    assert "--prefix-all" in view_of(ran.requests[0])
    assert len(ran.requests) <= 2  # the second one is an audit
    assert ran.result.status == "found"


def test_a_long_plan_leaves_the_default_its_steps():
    """However many stages a plan had, the default goes on as if it began: it finds what the plan did not."""
    plan = stage(1, least=1.0) * 4
    ran = follow(QUESTION, ready(), strategy(*plan))
    assert ran.result.fell_back == "its checks did not hold"
    assert (ran.result.status, ran.result.answer) == ("found", CODE)


@settings(max_examples=10)
@given(st.integers(1, 24), st.integers(1, 24))
def test_a_plan_that_recurses_everywhere_is_contained(first, more):
    """In a whole run a plan has at most so many sections read, however it recurses; then the default decides."""
    everything = (Recurse(), Select(of="parts", first=first), Ask(), Select(of="parts", first=more), Ask(), Stop())
    ran = follow(QUESTION, ready(lambda _: ABSENT, view=60), strategy(*everything))
    by_plan = [event.action for event in ran.all(ActionTaken) if event.by == "strategy"]
    read = sum(len(to["sections"]) for action in by_plan for to in action.get("to", ()))
    assert read <= MOST_READ
    assert ran.result.status == "absent"
    check_events(ran.events)


def test_reading_on_stops_at_what_is_believed():
    """A find that only the plan's check refused ends the default's work before it widens, as without a plan."""
    prepared = ready()
    strict = (Select(first=2), Ask(), Combine(), Check(least=0.2, agree=2), Stop())
    ran, default = follow(QUESTION, prepared, strategy(*strict)), run(QUESTION, prepared)
    rounds = [event for event in ran.all(ActionTaken) if event.agent == "1" and event.by == "rules"]
    assert ran.result.answer == default.result.answer == CODE
    assert len(rounds) <= 2
