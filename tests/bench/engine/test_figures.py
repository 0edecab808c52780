"""The arithmetic of the table: medians of pairs, targets, and who runs first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.bench.engine.figures import Figure, alternate

SECONDS = st.floats(min_value=1e-3, max_value=1e3)


def figure(**changes):
    """Return a figure of three pairs."""
    return Figure(**{"row": "loop", "name": "x", "ours": (1.0, 2.0, 4.0), "other": (2.0, 2.0, 2.0), **changes})


def test_speed_is_the_median_of_pairs():
    """Each run is compared with its own partner, then the middle one counts."""
    assert figure().value == 1.0
    assert figure(ours=(1.0, 9.0, 1.0), other=(3.0, 9.0, 4.0)).value == 3.0


def test_a_share_is_our_time_by_theirs():
    """The second question's time is a share of the first one's."""
    assert figure(measure="share").value == 1.0
    assert figure(measure="share", ours=(1.0,), other=(10.0,)).value == pytest.approx(0.1)


def test_seconds_are_ours_alone():
    """A time needs nobody to compare with."""
    assert figure(measure="seconds", other=()).value == 2.0


@pytest.mark.parametrize("changes", [{"ours": (), "other": ()}, {"other": ()}])
def test_nothing_measured_has_no_value(changes):
    """A figure without times has neither value nor verdict."""
    assert figure(**changes, target=1.0).value is None
    assert figure(**changes, target=1.0).met is None


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, None),
        ({"target": 1.0}, True),
        ({"target": 1.01}, False),
        ({"target": 1.0, "measure": "share"}, True),
        ({"target": 0.99, "measure": "share"}, False),
        ({"target": 2.0, "measure": "seconds"}, True),
        ({"target": 1.9, "measure": "seconds"}, False),
    ],
)
def test_speed_has_a_least_and_time_a_most(changes, met):
    """Speed is met from below, shares and seconds from above."""
    assert figure(**changes).met is met


@given(st.lists(st.tuples(SECONDS, SECONDS), min_size=1, max_size=9))
def test_a_slower_machine_changes_nothing(pairs):
    """Both sides slowed by the same factor have the same ratio."""
    ours, other = zip(*pairs, strict=True)
    slow = figure(ours=tuple(8 * x for x in ours), other=tuple(8 * x for x in other))
    assert slow.value == pytest.approx(figure(ours=ours, other=other).value)


def test_sides_take_turns():
    """Who begins changes from pair to pair, and each time stays with its side and run."""
    order = []

    def side(name, base):
        def run(number):
            order.append(name)
            return base + number

        return run

    assert alternate(3, side("a", 10), side("b", 20)) == ((10, 11, 12), (20, 21, 22))
    assert order == ["a", "b", "b", "a", "a", "b"]
