"""Kill runs and go on with them, again and again; print what was lost as JSON.

python -m tests.runs.kills FOLDER events 10     # of a scripted run: at 10 of its events, evenly spread; 0: each
python -m tests.runs.kills FOLDER resumes 10    # kill it, kill what goes on with it, then let it end
"""

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from rao_cli.agent.events import ModelCalled
from rao_cli.runs.library import FILE_NAME
from rao_cli.runs.store import RunFile
from tests.cli.console import long_text
from tests.runs.killing import child, digest

LINES = 3_000
"""Lines of a source that takes more than 60 agents."""
GO_ON = (("resume", "--jsonl"), None)
"""What goes on with a run: rao resume, or the same command again."""


class Series:
    """Kills of one command; ``whole`` is the run that nobody disturbs."""

    def __init__(self, folder, lines=LINES):
        self.folder = folder
        shutil.rmtree(folder / "whole", ignore_errors=True)
        source = folder / "log.txt"
        source.write_text(long_text(lines=lines, at=lines - 300))
        self.command = ("ask", source, "What is the code?", "--thorough", "--jsonl")
        self.whole = child(self.command, folder / "whole")
        (path,) = (folder / "whole" / "state" / "runs").iterdir()
        with RunFile(path / FILE_NAME) as file:
            calls = [one for one in file.contents().last() if isinstance(one, ModelCalled)]
        self.asked = {call.agent: digest(call.request) for call in calls}

    def kill(self, number, *points):
        """Kill the run after so many lines, and what goes on with it likewise; let the last attempt end."""
        place = self.folder / "killed"
        shutil.rmtree(place, ignore_errors=True)
        closed, faults = set(), []
        for at, point in enumerate((*points, 0)):
            # Only what is kept of the run may help, not the cache of completions.
            shutil.rmtree(place / "cache", ignore_errors=True)
            ended = child((at and GO_ON[number % 2]) or self.command, place, kill_after=point)
            again = {self.asked[agent] for agent in closed if agent in self.asked} & set(ended.asked)
            faults += [f"{len(again)} finished agents were asked again"] * bool(again)
            faults += [fault for fault in [sound(place)] if fault]
            closed |= ended.closed
            if ended.code >= 0:
                break  # it came to its end before it was to be killed
        if ended.code != self.whole.code or ended.result != self.whole.result:
            faults.append(f"the end was another: {ended.code}, {(place / 'err').read_text()[-300:]}")
        return [f"killed at {points}: {fault}" for fault in faults]


def sound(place):
    """Return what is wrong with the run's database, or nothing."""
    for path in (place / "state" / "runs").glob(f"*/{FILE_NAME}"):
        with closing(sqlite3.connect(path)) as database:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            return f"integrity_check: {found}"
    return ""


def spread(count, most):
    """Return so many numbers from 1 to ``most``, evenly spread; all of them for 0."""
    return range(1, most + 1) if not count else [1 + at * (most - 1) // max(1, count - 1) for at in range(count)]


def main(folder, kind, count):
    """Kill so often; print how often, of how many agents and events, and all faults."""
    series = Series(Path(folder))
    events = len(series.whole.events)
    points = [(point,) for point in spread(count, events - 1)]
    if kind == "resumes":
        points = [(point, 1 + point * 7 % (events - 1)) for (point,) in points]
    faults = [fault for number, point in enumerate(points) for fault in series.kill(number, *point)]
    told = {"kills": sum(map(len, points)), "agents": len(series.whole.closed), "events": events, "faults": faults}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
