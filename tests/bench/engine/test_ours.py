"""Timing requests on an engine: all at once, whole answers, and the time in which all write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.engine.ours import answer_all, rate_while_all_write, seconds_a_token
from rao_cli.bench.engine.workload import make_tree
from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.errors import RaoError

REQUESTS = make_tree(4, 1).requests(5)


def words(count):
    """Return an answer of so many tokens of the scripted engine."""
    return "".join(f"w{number}" if number % 2 else "," for number in range(count))


def test_all_are_asked_at_once():
    """Four requests that take a while each take little longer than one."""
    engine = ScriptedEngine(lambda request: words(5), delay=0.1)
    assert 0.2 <= answer_all(engine, REQUESTS) < 0.6
    assert len(engine.requests) == 4


def test_a_short_answer_is_no_measurement():
    """Who writes less than the others did not do the same work."""
    with pytest.raises(RaoError, match="3 of 5 tokens"):
        answer_all(ScriptedEngine(lambda request: words(3)), REQUESTS)


def test_writing_is_timed_without_reading():
    """Five tokens of four requests in a tenth of a second are 5 ms each, however long reading took."""
    engine = ScriptedEngine(lambda request: words(5), delay=0.1)
    assert 0.003 < seconds_a_token(engine, REQUESTS) < 0.015


def test_only_the_time_when_all_write_counts():
    """What is written before the last begins, or after the first ends, is left out."""
    assert rate_while_all_write([[0, 1, 2, 3], [2, 3, 4, 5]]) == pytest.approx(1 / 2)


@pytest.mark.parametrize("stamps", [[], [[1.0]], [[1.0, 2.0], []], [[1.0, 2.0], [2.0, 3.0]], [[1.0], [1.0]]])
def test_requests_that_never_write_together_are_no_measurement(stamps):
    """Without a common time there is no rate."""
    with pytest.raises(RaoError, match="at the same time"):
        rate_while_all_write(stamps)


@given(st.integers(1, 16), st.integers(2, 40), st.floats(0.001, 1))
def test_steps_of_a_batch_have_the_rate_of_the_batch(width, steps, seconds):
    """Sequences that write in step, each token after the same time, take that time by their number."""
    stamps = [[step * seconds for step in range(steps)]] * width
    assert rate_while_all_write(stamps) == pytest.approx(seconds / width)
