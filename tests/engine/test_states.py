"""Saved states: found by prefix, bounded in bytes."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.states import SavedStates, common_prefix

TOKENS = st.lists(st.integers(0, 3), max_size=12)


@given(TOKENS, TOKENS)
def test_common_prefix_is_longest(first: list[int], second: list[int]) -> None:
    """The prefix is common, and one more token would not be."""
    n = common_prefix(first, second)
    assert first[:n] == second[:n]
    assert n == min(len(first), len(second)) or first[n] != second[n]


@given(st.lists(st.tuples(TOKENS, st.integers(0, 40)), max_size=20))
def test_size_never_exceeds_the_limit(states: list[tuple[list[int], int]]) -> None:
    """However many states are added, their bytes stay within the limit and are counted rightly."""
    saved = SavedStates(100)
    for tokens, size in states:
        saved.add(tokens, b"x" * size)
        assert 0 <= saved.size <= 100
    for tokens, _ in states:
        state, length = saved.find(tokens)
        assert length == 0 or (state is not None and state.tokens[:length] == tokens[:length])


def test_longest_prefix_is_found() -> None:
    """Of several states the one that shares most is chosen."""
    saved = SavedStates(100)
    saved.add([1, 2, 9], b"a")
    saved.add([1, 2, 3, 8], b"b")
    state, length = saved.find([1, 2, 3, 4])
    assert state is not None
    assert (state.data, length) == (b"b", 3)


def test_nothing_shared_is_nothing_found() -> None:
    """A prompt with another first token finds no state."""
    saved = SavedStates(100)
    saved.add([1, 2], b"a")
    assert saved.find([2, 1]) == (None, 0)


def test_oldest_goes_first_and_use_keeps() -> None:
    """When room runs out the least recently used state goes."""
    saved = SavedStates(2)
    saved.add([1], b"a")
    saved.add([2], b"b")
    state, _ = saved.find([1])
    assert state is not None
    saved.touch(state)
    saved.add([3], b"c")
    assert [saved.find([n])[1] for n in (1, 2, 3)] == [1, 0, 1]


def test_continued_state_is_replaced() -> None:
    """A state that continues another takes its place."""
    saved = SavedStates(100)
    saved.add([1, 2], b"a")
    saved.add([1, 2, 3], b"bb")
    assert (len(saved), saved.size) == (1, 2)
    assert saved.holds([1, 2])
    assert not saved.holds([1, 2, 4])


def test_oversized_state_is_not_kept() -> None:
    """A state larger than the limit is not kept and throws nothing else out."""
    saved = SavedStates(3)
    saved.add([1], b"a")
    saved.add([2], b"xxxx")
    assert [saved.find([n])[1] for n in (1, 2)] == [1, 0]


def test_clear_forgets() -> None:
    """After clear there is nothing."""
    saved = SavedStates(3)
    saved.add([1], b"a")
    saved.clear()
    assert (len(saved), saved.size) == (0, 0)
