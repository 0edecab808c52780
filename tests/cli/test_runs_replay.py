"""``rao runs replay``: the agents at work again, in their time, and the answer."""

import math
import os
import re
import signal
import threading
import time

import pytest

from rao_cli.cli.runs_replay import LONGEST, in_time
from tests.cli.console import Screen, long_text, rao
from tests.cli.kept import FIRST, answered, keep
from tests.runs.making import closed, finished, opened, started


def test_a_run_looks_as_it_did(tmp_path):
    """Lines and answer are those that the run itself printed."""
    path = tmp_path / "notes.txt"
    path.write_text(long_text())
    asked = rao("ask", path, "What is the code?")
    shown = rao("runs", "replay")
    assert shown.code == 0
    assert shown.out == asked.out
    assert shown.err == asked.err


def test_the_tree_is_drawn_on_a_terminal():
    """A terminal gets the live tree, and its clock runs at the replay's speed."""
    keep(FIRST, started(FIRST), opened("1"), opened("1.1", at=100.0), closed("1.1", at=150.0), finished(FIRST))
    done = rao("runs", "replay", "--speed", "100", err=Screen())
    times = [int(number) for number in re.findall(r"tokens, (\d+) s", done.err)]
    assert 1 < max(times) <= 250
    assert "goal of 1" in done.err
    assert done.out == "me\n"


def test_speed_is_kept():
    """At twice the speed half of the time goes by."""
    keep(FIRST, started(FIRST), opened("1"), closed("1", at=0.4), finished(FIRST).model_copy(update={"at": 0.8}))
    began = time.monotonic()
    rao("runs", "replay", "--speed", "2")
    assert 0.4 <= time.monotonic() - began < 3


def test_a_long_run_is_replayed_in_seconds():
    """Without a speed a day takes no longer than the longest replay."""
    events = [started(FIRST), opened("1"), closed("1", at=0.5)]
    keep(FIRST, *events)
    began = time.monotonic()
    assert rao("runs", "replay").code == 0
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("speed", ["0", "-1", "inf", "nan"])
def test_a_speed_that_is_none_is_refused(speed):
    """A replay needs a speed above nothing."""
    answered()
    done = rao("runs", "replay", f"--speed={speed}")
    assert done.code == 2
    assert "--speed must be a number above 0" in done.err


def test_time_never_goes_back():
    """Whatever times a file names, events are due in order and at some time."""
    events = [
        started(),
        opened("1", at=5.0),
        opened("1.1", at=math.nan),
        opened("1.2", at=2.0),
        opened("1.3", at=9.0),
    ]
    assert [due for due, _ in in_time(events)] == [0.0, 5.0, 5.0, 5.0, 9.0]


def test_a_replay_can_be_stopped():
    """Ctrl-C ends a replay at once, with its own exit code and no answer."""
    answered()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        done = rao("runs", "replay", "--speed", "0.001", err=Screen())
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
    assert (done.code, done.out) == (130, "")
    assert done.err.endswith("interrupted\n")


def test_quiet_prints_the_answer_at_once():
    """With nothing to show, nothing is waited for."""
    answered()
    done = rao("runs", "replay", "--quiet", "--speed", "0.001")
    assert (done.out, done.err) == ("me\n", "")


def test_a_run_without_an_answer_is_replayed():
    """An interrupted run shows what it did, and says that there is no answer."""
    keep(FIRST, started(FIRST), opened("1"), closed("1", at=0.1, status="failed", reason="interrupted"))
    done = rao("runs", "replay")
    assert (done.code, done.out) == (0, "")
    assert "no answer yet: it is interrupted" in done.err


def test_json_is_the_answer():
    """--json prints the result as the run would have."""
    answered()
    assert rao("runs", "replay", "--json", "--quiet").json["answer"] == "me"
