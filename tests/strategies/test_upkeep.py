"""Standing follows from outcomes: what held is used, what does not pay is retired, no class is crowded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.strategies.upkeep import (
    MOST_ACTIVE,
    crowded_out,
    earned,
    renewed,
    retired,
    taken_back,
    why_not_active,
)
from tests.strategies.holding import for_what, held, outcomes


@pytest.mark.parametrize(
    ("trust", "documents", "standing"),
    [
        ("bundled", 0, "active"),
        ("local", 0, "candidate"),
        ("local", 1, "candidate"),
        ("local", 2, "active"),
        ("imported", 1, "quarantined"),
        ("imported", 2, "active"),
    ],
)
def test_standing_is_earned_on_documents(trust, documents, standing):
    """Two documents make a strategy active; an imported one is in quarantine until then."""
    one = held(trust=trust, unseen=tuple(f"{n:016}" for n in range(documents)), standing="candidate")
    assert earned(one) == renewed(one).standing == standing
    assert bool(why_not_active(one)) == (standing != "active")


def test_what_is_missing_is_told_in_words():
    """A strategy says how many documents it lacks."""
    assert renewed(held(unseen=())).reason == "it needs to do well on 2 more documents"
    assert renewed(held(unseen=("a" * 16,))).reason == "it needs to do well on 1 more document"


@pytest.mark.parametrize(
    "bad", [outcomes(4, 5), outcomes(3, left=6), outcomes(9, ratio=1.1), outcomes(0, 8), outcomes(8, ratio=0.98)]
)
def test_what_does_worse_is_retired(bad):
    """Too often wrong, too often left or no cheaper, after eight uses, ends a strategy's use."""
    found = renewed(held(bad))
    assert found.standing == "retired"
    assert "worse" in found.reason


@pytest.mark.parametrize("fine", [outcomes(3, 4), outcomes(9), outcomes(8, 1, 2), outcomes(1, uses=3)])
def test_what_does_well_or_is_new_is_not(fine):
    """Fewer uses say nothing yet, and good ones keep a strategy active."""
    assert renewed(held(fine)).standing == "active"


def test_one_use_that_pays_keeps_a_strategy():
    """A strategy that fails on one kind of document and pays on another stays."""
    assert renewed(held(outcomes(1, 9), outcomes(9, kind="text"))).standing == "active"


def test_the_retired_stay_retired():
    """Good outcomes alone do not bring a retired strategy back; taking it back does."""
    gone = retired(held(outcomes(9)), "by hand")
    assert renewed(gone) == gone
    assert taken_back(gone).standing == "active"
    assert taken_back(retired(held(trust="imported", unseen=()), "by hand")).standing == "quarantined"


def several(count, **changes):
    """Return active strategies of one class, each cheaper than the next."""
    return [held(outcomes(9, ratio=0.1 * (n + 1)), name=f"s{n}", first=n + 1, **changes) for n in range(count)]


def test_a_class_holds_five():
    """Of more than five that are active in a class, the dearest go."""
    assert crowded_out(several(MOST_ACTIVE)) == []
    assert [one.strategy.name for one in crowded_out(several(7))] == ["s5", "s6"]


def test_what_none_beats_stays():
    """An accurate but dear strategy stays before one that is beaten in both."""
    right = held(outcomes(90, ratio=0.9), name="right", first=20)
    gone = crowded_out([*several(5), right])
    assert [one.strategy.name for one in gone] == ["s4"]


def test_the_unknown_goes_first():
    """What nothing is known of gives way to what pays."""
    assert [one.strategy.name for one in crowded_out([*several(5), held(name="new", first=9)])] == ["new"]


def test_a_place_in_one_class_is_enough():
    """A strategy that is crowded out of one class stays for another."""
    both = held(outcomes(9, ratio=0.99), name="both", first=30, applies=for_what("fact", "where"))
    assert "both" not in [one.strategy.name for one in crowded_out([*several(6), both])]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0.01, 2)), max_size=12))
def test_no_class_is_ever_crowded(found):
    """Whatever came of strategies, five of a class are left."""
    made = [
        held(outcomes(right, wrong, ratio=ratio), name=f"s{n}", first=n + 1)
        for n, (right, wrong, ratio) in enumerate(found)
    ]
    gone = {one.strategy.id for one in crowded_out(made)}
    assert len([one for one in made if one.strategy.id not in gone]) == min(len(made), MOST_ACTIVE)
