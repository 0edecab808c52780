"""Kill a run anywhere: nothing that was told to have finished is done again, and the answer is the same.

RAO_KILLS=0 kills after every event and takes minutes; unset, ten kills of each kind are made.
"""

import json
import os

import pytest

from tests.checkout import run_python

SECONDS = 1_800


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("kind", ["events", "resumes"])
def test_a_killed_run_loses_nothing(tmp_path, kind):
    """Killed after an event, or while it is gone on with, a run of 60 agents ends as if it had not been."""
    kills = os.environ.get("RAO_KILLS", "10")
    done = run_python("-m", "tests.runs.kills", str(tmp_path), kind, kills, tests=True, seconds=SECONDS)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["agents"] >= 60
    assert told["kills"] >= 10
    assert told["faults"] == []
