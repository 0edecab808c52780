"""Tests of the comparison of arms."""

from itertools import islice

import pytest

from rao_cli.training.textcraft.experiment import CHECKING, TRAINING, Experiment, levelled, run
from rao_cli.training.textcraft.generated import generate, tasks
from rao_cli.training.textcraft.rollout import SINGLE

pytest.importorskip("torch")

WORLD = generate(1, tiers=2, each=6)
TRAIN, CHECK = ({"easy": list(islice(tasks(WORLD, "easy", seed), 10))} for seed in (0, 1))
SHORT = {"seconds": 60.0, "steps": 2, "width": 16, "levelling": 2, "every": 1, "check": 3, "final": 4}


def rows(arm, **settings):
    """Return the rows of a short run."""
    return list(run(WORLD, TRAIN, CHECK, Experiment(arm, **{**SHORT, **settings})))


@pytest.fixture(scope="module")
def recursive():
    """Return the rows of the recursive arm."""
    return rows("recursive")


def test_checks_stand_before_between_and_after_the_steps(recursive):
    """A run is checked before its first step, now and then, and, with more tasks, at its end."""
    assert [(row["kind"], row["step"]) for row in recursive] == [
        ("check", 0),
        ("step", 1),
        ("check", 1),
        ("step", 2),
        ("check", 2),
        ("check", 2),
    ]
    assert [row["tasks"] for row in recursive if row["kind"] == "check"] == [3, 3, 3, 4]


def test_a_run_ends_when_its_time_is_up():
    """The first step is the last where there is no time for more."""
    assert [row["step"] for row in rows("recursive", seconds=0.0) if row["kind"] == "step"] == [1]


def test_the_single_agent_is_alone():
    """It opens no other agent, and has more steps."""
    assert {row["agents"] for row in rows("single")} == {1.0}
    assert Experiment("single").limits == (SINGLE, SINGLE)
    assert Experiment("sparse").limits == Experiment("recursive").limits == (TRAINING, CHECKING)


def test_steps_tell_the_success_at_each_level(recursive):
    """With one level it is the success of all."""
    steps = [row for row in recursive if row["kind"] == "step"]
    assert all(row["easy"] == row["success"] for row in steps)


def test_the_same_seed_runs_the_same(recursive):
    """Rows differ in their seconds only."""

    def fixed(found):
        return [{name: value for name, value in row.items() if name != "seconds"} for row in found]

    assert fixed(rows("recursive")) == fixed(recursive)


def test_arms_begin_alike():
    """Networks of one seed are drawn alike, whichever the arm."""
    shapes = {levelled(WORLD, TRAIN, Experiment(arm, **SHORT)).shape for arm in ("recursive", "single")}
    assert len(shapes) == 1
