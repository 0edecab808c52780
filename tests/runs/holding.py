"""Another process that works on a run, for the tests of what others may do meanwhile."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import rao_cli

NAMES = ("20260101-000000-aaaaaa", "20260101-000000-aabbbb", "20260202-000000-cccccc")
HOLDER = """
import sys
from pathlib import Path
from rao_cli.runs.library import Library
path = Path(sys.argv[1])
with Library(path.parent).hold(path):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def other_process(path):
    """Let another process hold a run; yield it."""
    place = str(Path(rao_cli.__file__).parents[1])
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, str(path)],
        env={**os.environ, "PYTHONPATH": place},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield holder
    finally:
        holder.kill()
        holder.communicate()
