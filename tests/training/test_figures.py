"""Figures of evaluations: groups by size and chain, shares of the right ones, gains in pairs, and plots."""

import pytest

from rao_cli.intervals import Share
from rao_cli.training.evaluate import Key, Outcome
from rao_cli.training.figures import gains, groups, plot, tokens


def outcome(arm: str = "single", size: int = 100, name: str = "a", **changes: object) -> Outcome:
    """Return an outcome."""
    base = {"family": "f", "steps": 1, "characters": 400, "absent": False}
    key = Key(arm=arm, size=size, asked=name, model="m")
    return Outcome.model_validate({"key": key, **base, **changes})


def test_groups_are_in_order():
    """Arms come in their order, sizes from small to large, and chains below the whole where lengths differ."""
    some = [
        outcome("recursion", 900, steps=2),
        outcome("recursion", 900),
        outcome("recursion", 100),
        outcome("single", 900, steps=2),
    ]
    assert [(one.arm, one.size, one.steps, len(one.outcomes)) for one in groups(some)] == [
        ("single", 900, None, 1),
        ("single", 900, 2, 1),
        ("recursion", 100, None, 1),
        ("recursion", 100, 1, 1),
        ("recursion", 900, None, 2),
        ("recursion", 900, 1, 1),
        ("recursion", 900, 2, 1),
    ]
    assert [one.steps for one in groups(some[1:3])] == [None, None]


def test_shares_count_what_they_say():
    """Absence is judged over questions without an answer, false absence over others, parallel over children."""
    (group,) = groups(
        [
            outcome(right=True, cited=True, children=4, beside=3, prompt_tokens=10, output_tokens=2, seconds=1.0),
            outcome(right=True),
            outcome(said_absent=True),
            outcome(absent=True, said_absent=True, right=True),
            outcome(absent=True),
        ]
    )
    assert group.right == Share(3, 5)
    assert group.cited == Share(1, 5)
    assert (group.absent, group.false_absent) == (Share(1, 2), Share(1, 3))
    assert group.parallel == Share(3, 4)
    assert group.average(tokens) == pytest.approx(12 / 5)


def test_gains_are_in_pairs():
    """The difference is over the questions that both arms were asked."""
    ours = [
        outcome("recursion-trained", name=name, right=right)
        for name, right in zip("abcd", [1, 1, 0, 1], strict=True)
    ]
    theirs = [outcome("recursion", name=name, right=right) for name, right in zip("abx", [0, 1, 1], strict=True)]
    (gain,) = gains([*ours, *theirs])
    assert (gain.better, gain.other) == ("recursion-trained", "recursion")
    assert (gain.difference.count, gain.difference.value) == (2, 0.5)


def test_one_arm_gains_nothing():
    """Without another arm there is nothing to compare with."""
    assert gains([outcome()]) == []


def test_plots_are_written(tmp_path):
    """A picture of all arms is written, also where an interval is wide or nothing was right."""
    pytest.importorskip("matplotlib")
    some = [outcome(arm, size, right=size > 100) for arm in ("single", "recursion") for size in (100, 900)]
    (path,) = plot(some, tmp_path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [one.name for one in tmp_path.iterdir()] == ["evaluation.png"]
