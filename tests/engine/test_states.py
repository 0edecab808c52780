"""Saved states: found by prefix, bounded in bytes."""

from hypothesis import given
from hypothesis import strategies as st

from rao_cli.engine.prefix import PrefixTree
from rao_cli.engine.states import SavedStates, State

TOKENS = st.lists(st.integers(0, 3), min_size=1, max_size=12)


def make(limit: int, *, cuttable: bool = True) -> tuple[SavedStates, PrefixTree[State]]:
    """Return states and the tree they are entered in."""
    tree: PrefixTree[State] = PrefixTree()
    return SavedStates(limit, tree, cuttable=cuttable), tree


def shared(tree: PrefixTree[State], tokens: list[int]) -> int:
    """Return how many leading tokens the best state has."""
    return next((length for _, length in tree.matches(tokens)), 0)


@given(st.lists(st.tuples(TOKENS, st.integers(0, 40)), max_size=20), st.booleans())
def test_size_never_exceeds_the_limit(states: list[tuple[list[int], int]], cuttable: bool) -> None:
    """However many states are added, their bytes stay within the limit and are counted rightly."""
    saved, tree = make(100, cuttable=cuttable)
    for tokens, size in states:
        saved.add(tokens, b"x" * size)
        assert saved.size == sum(len(state.data) for state in saved._states) <= 100
        assert len(tree) == len(saved)
        assert len({tuple(state.tokens) for state in saved._states}) == len(saved)
    saved.clear()
    assert (len(saved), saved.size, len(tree)) == (0, 0, 0)


def test_oldest_goes_first_and_use_keeps() -> None:
    """When room runs out the least recently used state goes."""
    saved, tree = make(2)
    saved.add([1], b"a")
    saved.add([2], b"b")
    saved.touch(next(tree.matches([1]))[0])
    saved.add([3], b"c")
    assert [shared(tree, [n]) for n in (1, 2, 3)] == [1, 0, 1]


def test_continued_state_is_replaced() -> None:
    """A state that continues another takes its place."""
    saved, _ = make(100)
    saved.add([1, 2], b"a")
    saved.add([1, 2, 3], b"bb")
    assert (len(saved), saved.size) == (1, 2)
    assert saved.holds([1, 2])
    assert not saved.holds([1, 2, 4])


def test_state_that_cannot_be_cut_replaces_none() -> None:
    """Where the beginning of a state is no state, both are kept, and only whole ones count as held."""
    saved, _ = make(100, cuttable=False)
    saved.add([1, 2], b"a")
    saved.add([1, 2, 3, 4], b"bb")
    saved.add([1, 2], b"c")
    assert (len(saved), saved.size) == (2, 3)
    assert [saved.holds(tokens) for tokens in ([1, 2], [1, 2, 3], [1, 2, 3, 4])] == [True, False, True]


def test_oversized_state_is_not_kept() -> None:
    """A state larger than the limit is not kept and throws nothing else out."""
    saved, tree = make(3)
    saved.add([1], b"a")
    saved.add([2], b"xxxx")
    assert [shared(tree, [n]) for n in (1, 2)] == [1, 0]
