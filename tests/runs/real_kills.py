"""Kill runs of the real model at moments of chance, again and again until they end; print what was lost.

    python -m tests.runs.real_kills FOLDER KILLS SOURCE QUESTION [OPTION...]

Every attempt is one forked process with --deterministic, so that what had not finished comes out the same again.
"""

import json
import os
import random
import shutil
import sys
import time
from functools import partial
from pathlib import Path

from rao_cli.agent.events import ModelCalled
from rao_cli.cli.engines import find_engine
from rao_cli.runs.library import FILE_NAME
from rao_cli.runs.store import RunFile
from tests.runs.killing import child
from tests.runs.kills import sound

COMPLETIONS = "completions"


def real(note):
    """Return what finds the model that the options say; requests are not noted, but kept in the run."""
    return partial(find_engine, say=lambda _: None)


class Chance:
    """One command of the real model, killed again and again."""

    def __init__(self, folder, command, seed=1):
        self.folder, self.command = folder, (*command, "--jsonl", "--deterministic")
        self.chance = random.Random(seed)
        self.attempt("whole", None)  # measures how the model runs here, and reads the source
        shutil.rmtree(folder / "whole" / "state")
        began = time.monotonic()
        self.whole = self.attempt("whole", None)
        self.seconds = time.monotonic() - began
        shutil.copytree(folder / "whole" / "cache", folder / "cache")

    def attempt(self, place, seconds):
        """Run the command, or go on with it, for so long; nothing but the record of the run may help."""
        for name in (COMPLETIONS, "states"):
            shutil.rmtree(self.folder / place / "cache" / name, ignore_errors=True)
        return child(self.command, self.folder / place, seconds=seconds, find_model=real)

    def chain(self):
        """Kill a run again and again until it comes to its end; return how often, and the faults."""
        place = self.folder / "killed"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copytree(self.folder / "cache", place / "cache")
        kills, closed, faults, ended, self.attempts = 0, set(), [], None, 0
        while ended is None or ended.code < 0:
            known = set(closed)
            ended = self.attempt("killed", self.chance.uniform(0, 0.8 * self.seconds))
            closed |= ended.closed
            kills += ended.code < 0
            faults += [fault for fault in [sound(place), self.again(place, known)] if fault]
        if ended.code != self.whole.code or ended.result != self.whole.result:
            faults.append(f"the end was another: {ended.code}, {(place / 'err').read_text()[-300:]}")
        return kills, faults

    def again(self, place, closed):
        """Return which finished agents were computed again in the last attempt, or nothing."""
        for path in (place / "state" / "runs").glob(f"*/{FILE_NAME}"):
            with RunFile(path) as file:
                before, self.attempts = self.attempts, file.attempts()
                if self.attempts == before:  # it was killed before its first event
                    return ""
                calls = [event for event in file.contents().last() if isinstance(event, ModelCalled)]
            new = [call for call in calls if call.completion.cached_tokens < call.completion.prompt_tokens]
            if lost := sorted({call.agent for call in new} & closed):
                return f"finished agents were asked again: {lost}"
        return ""


def main(folder, most, *command):
    """Kill so often at least; print how often, of what, and all faults."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    series = Chance(Path(folder), ("ask", *command))
    kills, ends, faults = 0, 0, []
    while kills < int(most):
        more, wrong = series.chain()
        kills, ends, faults = kills + more, ends + 1, faults + wrong
    agents = len(series.whole.closed)
    told = {"kills": kills, "ends": ends, "agents": agents, "seconds": round(series.seconds, 2), "faults": faults}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
