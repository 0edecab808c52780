"""The space of plans: the same for the same seed, all of them plans, and placebos that read otherwise."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.transfer.space import grid, samples, shuffled, stage, strategy_of
from rao_cli.strategies.plan import Ask, Search, Select
from tests.strategies.making import strategy

KINDS = ("fact", "chain", "list", "count", "extreme", "compare")


@pytest.mark.parametrize("kind", KINDS)
def test_a_grid_has_each_plan_once(kind):
    """The oracle tries plans that differ, all for the class of questions."""
    plans = grid(kind)
    assert len({plan.id for plan in plans}) == len(plans) >= 24
    assert {plan.applies.classes for plan in plans} == {(kind,)}


def test_chains_are_asked_one_after_the_other():
    """For chains the grid holds plans that ask the inner question first."""
    goals = {tuple(one.goal for one in plan.plan.operators if isinstance(one, Ask)) for plan in grid("chain")}
    assert ("inner", "outer") in goals


def test_lists_and_counts_are_gathered():
    """For lists and counts the grid holds plans that put together what all sections say."""
    for kind in ("list", "count"):
        rules = {one.how for plan in grid(kind) for one in plan.plan.operators if one.op == "combine"}
        assert kind in rules


@given(st.sampled_from(KINDS), st.integers(0, 1000))
def test_samples_are_the_same_for_the_same_seed(kind, seed):
    """A learner's draws depend on its seed alone, and none comes twice."""
    first, again = (list(islice(samples(kind, seed), 6)) for _ in range(2))
    assert first == again
    assert len({plan.id for plan in first}) == 6


def test_samples_differ_between_seeds():
    """Two learners do not try the same."""
    assert list(islice(samples("fact", 1), 4)) != list(islice(samples("fact", 2), 4))


def test_the_space_holds_senseless_plans_too():
    """A learner that knows nothing also tries what a person would not write."""
    drawn = [one for plan in islice(samples("fact", 0), 60) for one in plan.plan.operators]
    selects = [one for one in drawn if isinstance(one, Select)]
    assert {one.order for one in selects} == {"rank", "text"}
    assert {one.of for one in selects} == {"found", "parts"}
    assert any(isinstance(one, Search) for one in drawn)
    assert {one.how for one in drawn if one.op == "combine"} > {"best"}


@given(st.integers(0, 300))
def test_shuffling_changes_what_is_read(seed):
    """The placebo is another plan of the same operators, or one that selects by the text's order."""
    plan = next(samples("fact", seed))
    placebo = shuffled(plan, 0)
    assert placebo.id != plan.id
    before, after = (sorted(one.op for one in each.plan.operators) for each in (plan, placebo))
    assert before == after


def test_a_plan_of_one_stage_gets_the_other_order():
    """Where no other order of the operators reads otherwise, selectors take the text's order."""
    placebo = shuffled(strategy_of(stage(3, 0.2), "fact"), 0)
    assert [one.order for one in placebo.plan.operators if isinstance(one, Select)] == ["text"]


def test_stages_are_exchanged():
    """Of two stages the placebo reads the other one first, or both at once."""
    two = strategy(*stage(1, 0.4), *stage(8, 0.2))
    assert _firsts(shuffled(two, 0)) != _firsts(two)


def _firsts(one):
    return [
        operator.first if isinstance(operator, Select) else "ask"
        for operator in one.plan.operators
        if isinstance(operator, Select | Ask)
    ]


def test_slots_are_those_that_the_plan_uses():
    """A strategy names no slot that its plan does not use."""
    made = strategy_of((Search(slot="subject"), *stage(2, 0.2)), "fact")
    assert {slot.name for slot in made.slots} == {"subject", "question"}
