"""Tests of the comparison of ways to practise."""

import pytest

from rao_cli.training.toy.__main__ import main
from rao_cli.training.toy.asking import LIMITS
from rao_cli.training.toy.experiment import ASKED, WAYS, Experiment, run
from rao_cli.training.toy.lessons import CHAINS, WINDOWS, Lessons

pytest.importorskip("torch")

SHORT = {
    "lessons": Lessons(reading=4, working=3),
    "width": 16,
    "every": 5,
    "check": 1,
    "final": 2,
    "steps": 2,
    "prompts": 1,
    "attempts": 2,
    "least": 0.0,
}
SHOWN = 10
"""Demonstrations of these lessons."""


def rows(*ways, **settings):
    """Return the rows of a short run."""
    told = []
    run(Experiment(1, ways, **{**SHORT, **settings}), told.append)
    return told


def of(kind, found):
    """Return the rows of one kind."""
    return [row for row in found if row["kind"] == kind]


def without(name, found):
    """Return rows without one of their values."""
    return [{key: value for key, value in row.items() if key != name} for row in found]


@pytest.fixture(scope="module")
def both():
    """Return the rows of recursion and of a single agent."""
    return rows("recursion", "single")


def test_both_arms_are_asked_while_they_are_shown(both):
    """At each check both arms answer questions on trained chains, and on all when everything was shown."""
    found = of("shown", both)
    assert found[0]["shown"] >= SHORT["every"]
    counts = [row["shown"] for row in found]
    assert counts == sorted(counts)
    assert counts[-1] == SHOWN
    told = [(row["arm"], row["chain"], row["asked"]) for row in found]
    check = [(arm, chain, SHORT["check"]) for arm in WINDOWS for chain in CHAINS]
    final = [(arm, chain, SHORT["final"]) for arm in WINDOWS for chain in ASKED]
    checks = (len(told) - len(final)) // len(check)
    assert told == [*check * checks, *final]


def test_practice_begins_at_the_first_check_that_is_good_enough(both):
    """Where any share is, it is the first; it is told once."""
    first = of("shown", both)[0]["shown"]
    assert of("base", both) == [{"kind": "base", "shown": first}]


def test_practice_begins_at_the_end_where_no_check_is_good_enough():
    """A policy that never gets there practises all the same, from what it was at the end."""
    found = rows("single", least=2.0, steps=1)
    assert not of("base", found)
    assert of("step", found)


def test_each_way_is_asked_before_and_after_its_steps(both):
    """Rows stand in the order in which they were measured."""
    kinds = [(row["kind"], row["way"]) for row in both if "way" in row]
    each = ["before"] * len(ASKED) + ["step"] * SHORT["steps"] + ["after"] * len(ASKED)
    assert kinds == [(kind, way) for way in ("recursion", "single") for kind in each]


def test_steps_count_what_they_took(both):
    """Trees are so many at each step, and what they took only grows; single agents are as many as their trees."""
    for way in ("recursion", "single"):
        steps = [row for row in of("step", both) if row["way"] == way]
        assert [row["trees"] for row in steps] == [2, 4]
        assert steps[0]["tokens"] < steps[1]["tokens"]
        assert all(0 <= row["success"] <= 1 and row["agents"] >= row["trees"] for row in steps)
    assert all(row["agents"] == row["trees"] for row in steps)


def test_answers_are_counted(both):
    """No more are right than were asked, and none tells the place of a wrong answer."""
    asked = [row for row in both if "asked" in row]
    assert all(row["cited"] <= row["right"] <= row["asked"] for row in asked)
    assert {row["asked"] for row in of("before", both)} == {SHORT["final"]}


def test_all_ways_begin_with_the_same_weights():
    """What one way learned is not there when the next begins."""
    found = rows("recursion", "sparse", "recursion")
    before = without("way", of("before", found))
    assert before[:4] == before[4:8] == before[8:]
    steps = of("step", found)
    assert steps[:2] == steps[4:]


def test_the_same_seed_runs_the_same(both):
    """Nothing in a row depends on the clock."""
    assert rows("recursion", "single") == both


def test_ways_differ_in_what_they_say():
    """Each ablation changes one thing of the published method; a single agent may open no other."""
    published = WAYS["recursion"].credit
    assert WAYS["single"].credit == published
    assert LIMITS[WAYS["single"].arm].depth == 0
    assert {name for name, way in WAYS.items() if way.arm == "recursion"} == {*WAYS} - {"single"}
    assert WAYS["sparse"].credit.sparse
    assert not WAYS["no-depth-weight"].credit.depth_weighting
    assert WAYS["no-bonus"].credit.bonus == 0.0
    assert (published.sparse, published.depth_weighting, published.bonus) == (False, True, 0.4)


def test_an_unknown_way_is_refused(capsys):
    """The command names those that it knows."""
    with pytest.raises(SystemExit) as refused:
        main(["--practise", "magic"])
    assert refused.value.code == 2
    assert "no-depth-weight" in capsys.readouterr().err
