"""Disks that are full, files that cannot be opened, memory that is not there: one line, then rao can go on.

RAO_FAILURES=1 lets each of the first 300 calls fail, one a run, and takes an hour; unset, every sixtieth.
"""

import json
import os
import shutil
import sys

import pytest

from tests.checkout import run_python

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc"), reason="needs a C compiler and the linker of Linux"
)


SECONDS = 7_200


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("kind", ["open", "write", "allocate"])
def test_a_failing_call_costs_one_line(tmp_path, kind):
    """Whichever call fails, the run ends with its answer or one line, and the same command gives the answer."""
    step = os.environ.get("RAO_FAILURES", "60")
    done = run_python("-m", "tests.runs.failing", str(tmp_path), kind, "300", step, tests=True, seconds=SECONDS)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["failures"] >= 5
    assert told["faults"] == []
