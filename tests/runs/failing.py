"""Runs in which the n-th opening, writing or allocation fails, and what goes on with them; prints faults as JSON.

    python -m tests.runs.failing FOLDER write 300 [STEP]     # open, write or allocate; n = 1, 1 + STEP ... 300

Builds failing.c with the C compiler and starts itself again with it; each run is a forked process.
"""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.runs.killing import child
from tests.runs.kills import Series, sound

LINES = 800
KINDS = {"open": 1, "write": 2, "allocate": 3}


def build(folder):
    """Compile the library; return its path."""
    made = folder / "failing.so"
    source = Path(__file__).with_suffix(".c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
    return made


class Failures(Series):
    """One command in which calls of one kind fail."""

    def __init__(self, folder, kind, library):
        super().__init__(folder, LINES)
        self.kind, self.library = kind, library

    def at(self, number):
        """Let the n-th call fail, then go on undisturbed; return the faults of both."""
        place = self.folder / "failed"
        shutil.rmtree(place, ignore_errors=True)

        def arm():
            ctypes.CDLL(str(self.library)).fail(
                KINDS[self.kind], ctypes.c_long(number), os.fsencode(place / "state")
            )

        first = child(self.command, place, before=arm)
        said = (place / "err").read_text()
        faults = [f"{said[-300:]}"] * ("Traceback" in said or "internal error" in said)
        faults += [f"ended by signal {-first.code}"] * (first.code < 0)
        told = [*_warnings(said), *first.errors]
        faults += [f"{len(told)} lines said why: {told}"] * (first.code != self.whole.code and len(told) != 1)
        if first.code == self.whole.code and first.result != self.whole.result:
            faults.append("a wrong answer")
        shutil.rmtree(place / "cache", ignore_errors=True)
        again = child(self.command, place)
        if again.code != self.whole.code or again.result != self.whole.result:
            faults.append(f"it could not be gone on with: {(place / 'err').read_text()[-300:]}")
        faults += [fault for fault in [sound(place)] if fault]
        return [f"{self.kind} {number}: {fault}" for fault in faults]


def _warnings(said):
    """Return the lines that warn of a failure."""
    return [line for line in said.splitlines() if re.match("rao: (warning|error)", line)]


def main(folder, kind, most, step=1):
    """Let calls fail one after the other; print how many and all faults."""
    folder = Path(folder)
    library = folder / "failing.so"
    if not library.exists():
        os.environ["LD_PRELOAD"] = str(build(folder))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        os.execv(sys.executable, [sys.executable, "-P", "-m", "tests.runs.failing", *sys.argv[1:]])
    failures = Failures(folder, kind, library)
    numbers = range(1, int(most) + 1, int(step))
    faults = [fault for number in numbers for fault in failures.at(number)]
    sys.stdout.write(json.dumps({"kind": kind, "failures": len(numbers), "faults": faults}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
