"""Critique: the node and the fault that a program finds, what a model weighs, and which edits are kept."""

import asyncio
from dataclasses import replace

import pytest

from rao_cli.documents.model import Span
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.strategies.critique import (
    FAULTS,
    MOST_TRIED,
    PERMITTED,
    Failed,
    Finding,
    Worth,
    find_fault,
    improve,
    weigh_faults,
)
from rao_cli.strategies.edits import NAMES
from rao_cli.strategies.plan import Ask, Check, Combine, Select, Stop
from tests.agent.helpers import ABSENT, answer, entries_of, view_of
from tests.strategies.lessons import asking, prepared_manual, reading
from tests.strategies.making import follow, stage, strategy

QUESTION = asking()
FIRST = strategy(*stage(1))


def failed(respond=None, plan=FIRST, gold=("green",), place="is painted green", **changes) -> Failed:
    """Return a run of a question on a manual by a plan, with what is known of the answer."""
    prepared = prepared_manual(respond, **changes)
    done = follow(QUESTION, prepared, plan)
    start = prepared.reading.document.text[:].find(place)
    evidence = (Span(start, start + len(place)),) if start >= 0 else ()
    found = tuple(leaf.span for leaf in prepared.reading.ranked(QUESTION, limit=24))
    return Failed(plan, QUESTION, tuple(done.events), gold, evidence, found)


def says_where(words: str, told: str):
    """Return a reader that says one thing where words stand, surely, and else absent."""

    def respond(request):
        if words in view_of(request):
            return answer(told, entries_of(request)[0]), -0.01
        return ABSENT

    return respond


def test_a_reader_that_does_not_see_it_is_at_fault():
    """Who was shown the place and told nothing is the node; no edit is permitted for it."""
    found = find_fault(failed(lambda _: ABSENT))
    assert found.fault == "leaf_error"
    assert found.node.startswith("1.")
    assert PERMITTED["leaf_error"] == ()


def test_an_answer_that_is_lost_above_a_reader():
    """Where a reader told it and the whole did not, the node above is at fault."""
    plan = strategy(Select(first=3), Ask(), Combine(how="count"), Check(least=0.0, verified=False), Stop())
    found = find_fault(failed(plan=plan))
    assert (found.node, found.fault) == ("1", "lost_in_combine")
    assert "1." in found.reason


def test_an_answer_before_the_place_was_read():
    """A plan that stops with something else before the place is read stopped early."""
    made = failed(says_where("good order", "good order"), strategy(*stage(1, order="text")), at=9)
    assert find_fault(made).fault == "stopped_early"


def unread(found) -> Failed:
    """Return a run that was left and whose place nobody read, found by search as said."""
    made = failed(lambda _: ABSENT, strategy(*stage(1, order="text")))
    opened = [one for one in made.events if one.type not in ("agent_opened",) or one.depth == 0]
    events = tuple(one.model_copy(update={"spans": ()}) if one.type == "agent_opened" else one for one in opened)
    return replace(made, events=events, found=found)


def test_a_place_that_search_does_not_find():
    """Where search does not find the place, the selector is at fault."""
    assert find_fault(unread(())).fault == "selector"


def test_a_place_that_is_ranked_too_low():
    """Where search ranks the place behind what is read, too little is read."""
    made = unread(())
    low = replace(made, found=(Span(0, 5), Span(5, 9), made.evidence[0]))
    assert find_fault(low) == Finding(node="1", fault="too_shallow", reason="search ranks it 3, and 1 are read")


def test_a_place_that_is_ranked_first_and_not_selected():
    """Where search ranks the place first and it is not read, the selector left it out."""
    made = unread(())
    assert find_fault(replace(made, found=made.evidence)).fault == "selector"


def test_a_place_that_was_handed_on_to_nobody():
    """An agent further down that was given the place and had nobody read it delegated too deep."""
    made = failed(lambda _: ABSENT)
    events = []
    for one in made.events:
        if one.type == "agent_opened" and one.depth:
            events.append(one.model_copy(update={"view": "outline"}))
        else:
            events.append(one)
    found = find_fault(replace(made, events=tuple(events)))
    assert found.fault == "too_deep"
    assert found.node != "1"


def test_a_part_of_the_answer_in_another_form():
    """A reader that told a part of it while another form was asked for is a fault of the form."""
    plan = strategy(Select(first=3), Ask(returns="number"), Combine(), Check(least=0.99), Stop())
    found = find_fault(failed(says_where("is painted green", "green 3"), plan, gold=("green gate of old",)))
    assert found.fault == "wrong_returns"


def test_an_answer_where_there_is_none_is_a_readers_fault():
    """Where the text does not answer, whoever told something is at fault."""
    assert find_fault(failed(reading(wrong="plaid"), gold=(), place="nowhere")).fault == "leaf_error"


def weighing(fault: str):
    """Return a critic that holds one fault for the likeliest."""
    return ScriptedEngine(lambda request: (fault, -0.01 if fault in request.grammar else -3.0))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_model_weighs_the_closed_list(fault):
    """Whatever a model holds for likeliest is one of the faults, and asking it costs tokens."""
    finding, cost = asyncio.run(weigh_faults(failed(lambda _: ABSENT), weighing(fault)))
    assert finding.fault == fault
    assert cost.tokens > 0
    assert (finding.node == "1") == (fault != "leaf_error")


def test_a_critic_sees_question_verdict_and_readers():
    """The prompt has the question, both answers and what each reader told, and no text of the document."""
    engine = weighing("selector")
    asyncio.run(weigh_faults(failed(reading(wrong="plaid")), engine))
    shown = engine.requests[0].messages[1].parts[0]
    assert QUESTION in shown
    assert "True answer: green" in shown
    assert "read" in shown
    assert "item 291" not in shown


def test_a_small_window_shows_fewer_readers():
    """What does not fit the critic's window is left out, the last readers first."""
    made = failed(lambda _: ABSENT, strategy(*stage(10)))
    large, small = weighing("selector"), ScriptedEngine(lambda _: "selector", window=420)
    asyncio.run(weigh_faults(made, large))
    asyncio.run(weigh_faults(made, small))
    told = [engine.requests[0].messages[1].parts[0].count(" read ") for engine in (large, small)]
    assert told[1] < told[0]


def test_faults_permit_edits_that_exist():
    """Every fault has its list, and each of its edits is one that strategies can be given."""
    assert set(PERMITTED) == set(FAULTS)
    assert {name for names in PERMITTED.values() for name in names} <= set(NAMES)


def shallow(_) -> list[Finding]:
    """Find that too little is read."""
    return [Finding(node="1", fault="too_shallow")]


def firsts(one) -> int:
    """Return how many sections a plan reads."""
    return sum(operator.first for operator in one.plan.operators if isinstance(operator, Select))


def test_edits_are_kept_while_more_is_right():
    """A strategy is mended step by step as long as each makes more of the held-out questions right."""
    improved = improve(FIRST, shallow, lambda one: Worth(min(firsts(one), 4), 100))
    assert firsts(improved.strategy) == 4
    assert [one.kept for one in improved.tried if one.kept] == [True] * sum(one.kept for one in improved.tried)
    assert all(one.right > one.before for one in improved.tried if one.kept)
    assert improved.faults["too_shallow"] >= 2


def test_an_edit_that_only_keeps_up_is_rejected():
    """As many right answers at fewer tokens are no improvement; the numbers of rejections are kept."""
    improved = improve(FIRST, shallow, lambda one: Worth(2, 100 if one is FIRST else 1))
    assert improved.strategy is FIRST
    assert improved.tried
    assert {(one.kept, one.before, one.right) for one in improved.tried} == {(False, 2, 2)}


def test_a_readers_fault_permits_nothing():
    """Where readers fail nothing is tried, and the fault is counted."""
    finding = Finding(node="1.1", fault="leaf_error")
    improved = improve(FIRST, lambda _: [finding, finding], lambda _: Worth(0, 1))
    assert (improved.tried, improved.faults) == ((), {"leaf_error": 2})


def test_the_commonest_fault_is_mended_first():
    """Edits for the fault that occurs most come first, those of others in turn, and few in one round."""
    found = [
        Finding(node="1", fault="selector"),
        Finding(node="1", fault="too_shallow"),
        Finding(node="1.2", fault="too_shallow"),
    ]
    improved = improve(FIRST, lambda _: found, lambda _: Worth(0, 1))
    assert [one.fault for one in improved.tried[:3]] == ["too_shallow", "selector", "too_shallow"]
    assert len(improved.tried) <= MOST_TRIED


def test_nothing_is_tried_twice():
    """An edit that was rejected is not tried again in a later round."""
    judged = []

    def judge(one) -> Worth:
        judged.append(one.form)
        return Worth(firsts(one) if firsts(one) < 4 else 0, 1)

    improve(FIRST, shallow, judge)
    assert len(judged) == len(set(judged))


def test_without_failures_nothing_changes():
    """A strategy whose runs are all right stays as it is."""
    improved = improve(FIRST, lambda _: [], lambda _: Worth(3, 1))
    assert (improved.strategy, improved.tried) == (FIRST, ())
