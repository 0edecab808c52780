"""How training is shown: a line that is drawn over on a terminal, few lines elsewhere, a curve at the end."""

import io

import pytest

from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.train_progress import HEIGHT, Progress, curve, duration
from tests.cli.console import Screen


def shown(stream, steps):
    """Return what is written of some steps of a hundred."""
    live = isinstance(stream, Screen)
    notices = Notices(stream, quiet=False, color=False, live=live)
    progress = Progress(notices, Streams(io.BytesIO(), io.StringIO(), stream))
    for step in steps:
        progress.step("step", step, 100, "loss 1.5")
    return stream.getvalue()


def test_a_terminal_is_told_of_every_step():
    """Each step replaces the one before and says what is left."""
    text = shown(Screen(), [1, 2, 3])
    assert [f"step {n}/100, loss 1.5, 0 s left" in text for n in (1, 2, 3)] == [True] * 3
    assert "\n" not in text


def test_a_pipe_gets_a_line_now_and_then():
    """Where nothing can be drawn over, the first step is told and the next ones are not."""
    text = shown(io.StringIO(), [1, 2, 3])
    assert text == "rao: step 1/100, loss 1.5, 0 s left\n"


def test_the_last_step_leaves_nothing():
    """At the end nothing is left to wait for, also where the run was left just before."""
    assert shown(io.StringIO(), [100]) == "rao: step 100/100, loss 1.5\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1 h 30 min"), (90_000, "25 h 00 min")],
)
def test_durations_are_told_roughly(seconds, text):
    """Seconds, minutes, or hours and minutes: as exact as anyone needs."""
    assert duration(seconds) == text


def test_a_curve_falls_as_its_values_do():
    """High values stand on high lines, in the order of their steps, and both ends are labelled."""
    lines = curve([4.0, 3.0, 2.0, 1.0], "loss").splitlines()
    assert lines[0] == "loss"
    assert lines[1].startswith("4 |*")
    assert lines[HEIGHT].startswith("1 |   *")
    assert lines[-1].strip() == "4 steps"


def test_a_long_curve_is_averaged():
    """More values than columns are told by the means of their share, so that no line is too long."""
    text = curve([float(n) for n in range(1000)], "loss", width=40)
    assert max(map(len, text.splitlines())) <= 40 + 8
    assert "1,000 steps" in text


@pytest.mark.parametrize("values", [[2.0], [2.0, 2.0, 2.0]])
def test_a_flat_curve_is_one_line(values):
    """Equal values have no scale; they stand at the bottom with their value."""
    lines = curve(values, "loss").splitlines()
    assert lines[HEIGHT] == "2 |" + "*" * len(values)
    assert "*" not in "".join(lines[1:HEIGHT])


def test_nothing_is_no_curve():
    """Without values there is nothing to show."""
    assert curve([], "loss") == ""
