"""Budgets: means are set aside before they are used, and given back when they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.agent.budget import Budget
from rao_cli.agent.records import Limits
from rao_cli.errors import BudgetError


def budget(**limits):
    """Return a budget with some limits."""
    return Budget(Limits(**limits))


def test_what_is_reserved_is_taken():
    """Two reservations that together exceed the limit cannot both be had."""
    means = budget(tokens=100)
    means.reserve(60)
    with pytest.raises(BudgetError, match=r"needs 50 tokens, --max-tokens leaves 40") as refused:
        means.reserve(50)
    assert refused.value.limit == "tokens"
    assert means.hits == ["tokens"]


def test_what_was_not_spent_comes_back():
    """Closing a reservation gives back the difference to what was spent."""
    means = budget(tokens=100)
    with means.reserve(60) as held:
        held.spend(25)
    assert (means.tokens_left, means.tokens_spent, means.tokens_reserved) == (75, 25, 0)


def test_a_call_that_fails_counts_in_full():
    """Where nothing says what a call cost, all that was reserved for it counts as spent."""
    means = budget(tokens=100)

    def fail():
        with means.reserve(60):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert means.tokens_left == 40


def test_cancelling_gives_everything_back():
    """A reservation for a call that was never made costs nothing."""
    means = budget(tokens=100)
    means.reserve(60).cancel()
    assert means.tokens_left == 100


def test_closing_twice_counts_once():
    """A reservation that is closed and cancelled again changes nothing more."""
    means = budget(tokens=100)
    held = means.reserve(60)
    held.spend(10)
    held.close()
    held.close()
    held.cancel()
    assert (means.tokens_left, means.tokens_spent) == (90, 10)


def test_spending_is_never_more_than_was_reserved():
    """A cost beyond the reservation is not booked: the limit that was checked stays the limit."""
    means = budget(tokens=100)
    with means.reserve(60) as held:
        held.spend(1000)
    assert means.tokens_left == 40


@given(st.integers(1, 300), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 200), st.booleans())))
def test_the_limit_holds_for_any_use(limit, uses):
    """Whatever is reserved, spent, cancelled or left open, spent and reserved never exceed the limit."""
    means = budget(tokens=limit)
    for want, spend, keep in uses:
        try:
            held = means.reserve(want)
        except BudgetError:
            assert want > means.tokens_left
            continue
        held.spend(spend)
        if not keep:
            held.close()
        assert means.tokens_spent + means.tokens_reserved <= limit
        assert means.tokens_left >= 0


def test_without_a_limit_all_is_allowed():
    """No token limit reserves anything and has no number left."""
    means = budget()
    means.reserve(10**9)
    assert means.tokens_left is None
    assert means.hits == []


def test_agents_are_counted():
    """The agent after the last allowed one is refused."""
    means = budget(agents=2)
    means.take_agent(0)
    means.take_agent(1)
    with pytest.raises(BudgetError, match="--max-agents"):
        means.take_agent(1)
    assert (means.agents, means.depth, means.hits) == (2, 1, ["agents"])


def test_checking_takes_nothing():
    """Asking whether an agent is allowed does not use it up."""
    means = budget(agents=1)
    means.check_agent(0)
    means.check_agent(0)
    assert means.agents == 0


def test_depth_is_bounded():
    """An agent below the deepest level is refused, with the option's name."""
    means = budget(depth=2)
    means.take_agent(2)
    with pytest.raises(BudgetError, match="--max-depth 2") as refused:
        means.take_agent(3)
    assert refused.value.limit == "depth"
    assert "--max-depth" in refused.value.hint


def test_a_limit_is_noted_once():
    """However often a limit refuses, it is listed once, in the order of the first refusals."""
    means = budget(agents=1, tokens=5)
    means.take_agent(0)
    for _ in range(3):
        with pytest.raises(BudgetError):
            means.take_agent(0)
        with pytest.raises(BudgetError):
            means.reserve(6)
    means.hit("agents")
    assert means.hits == ["agents", "tokens"]


def test_time_is_measured_from_the_start():
    """Elapsed time is the clock's, from when the budget was made."""
    times = iter([100.0, 103.5])
    assert Budget(Limits(), clock=lambda: next(times)).elapsed == 3.5


def test_time_that_is_over_stops_every_step():
    """Neither an agent nor a call begins after the time limit, whether or not a timer could fire."""
    now = [0.0]
    means = Budget(Limits(seconds=5), clock=lambda: now[0])
    means.take_agent(0)
    means.reserve(10)
    now[0] = 5.0
    for step in (lambda: means.take_agent(1), lambda: means.reserve(10), means.check_time):
        with pytest.raises(BudgetError, match="time of --max-seconds is over") as refused:
            step()
        assert refused.value.limit == "seconds"
    assert (means.agents, means.tokens_reserved, means.hits) == (1, 10, ["seconds"])
