"""PageRank over weighted references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.documents.code.ranking import Edges

references = st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0.01, 10), st.sampled_from(["", "a", "b"]))


@given(st.lists(references, max_size=20))
def test_the_shares_of_all_files_add_up_to_one(added):
    """Importance is passed on, never made or lost."""
    edges = Edges(5)
    for source, target, weight, name in added:
        edges.add(source, target, weight, name)
    files, symbols = edges.rank()
    assert sum(files) == pytest.approx(1)
    assert min(files) > 0
    assert symbols.keys() == {(target, name) for _, target, _, name in added}


def test_two_files_that_refer_to_each_other_are_equal():
    """A circle of two gives each half."""
    edges = Edges(2)
    edges.add(0, 1, 3)
    edges.add(1, 0, 7)
    assert edges.rank()[0] == pytest.approx([0.5, 0.5])


def test_a_star_has_the_rank_of_the_formula():
    """Two files that refer to a third: with d = 0.85, r = 0.05 + 0.85 c / 3 and c = r + 1.7 r."""
    edges = Edges(3)
    edges.add(0, 2, 1)
    edges.add(1, 2, 1)
    leaf, other, centre = edges.rank()[0]
    assert leaf == pytest.approx(other)
    # The centre refers to nothing and so passes its own share to all.
    assert leaf == pytest.approx(0.05 + 0.85 * centre / 3, abs=1e-3)
    assert centre == pytest.approx(leaf + 2 * 0.85 * leaf, abs=1e-3)


def test_a_symbol_gets_the_share_of_its_references():
    """Three quarters of a file's references to one name give it three quarters of the flow."""
    edges = Edges(2)
    edges.add(0, 1, 3, "often")
    edges.add(0, 1, 1, "seldom")
    symbols = edges.rank()[1]
    assert symbols[1, "often"] == pytest.approx(3 * symbols[1, "seldom"])


def test_no_files_have_no_ranks():
    """Nothing is ranked as nothing."""
    assert Edges(0).rank() == ([], {})
