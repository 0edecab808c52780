"""Runs that are killed, in processes forked from one that has everything loaded: a hundred kills take seconds.

Each child has its own folders in the environment, writes its standard output to a file, notes every request that
its scripted model is really asked, and ends by SIGKILL at a chosen event, or by itself.
"""

import hashlib
import io
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from rao_cli.cli.main import run
from rao_cli.cli.terminal import Streams
from tests.cli.console import reader, scripted


@dataclass(frozen=True)
class Ended:
    """What a child left: its signal or exit code, the events that it told, and the requests that it made."""

    code: int
    events: list
    asked: list

    @property
    def errors(self):
        """Return the errors that were told in place of a result."""
        return [event["error"]["message"] for event in self.events if "error" in event]

    @property
    def closed(self):
        """Return the agents that were told to have finished."""
        return {event["agent"] for event in self.events if event.get("type") == "agent_closed"}

    @property
    def result(self):
        """Return what the run came to, without what each attempt spends anew."""
        (last,) = [event["result"] for event in self.events if event.get("type") == "run_finished"]
        return {key: last[key] for key in ("status", "answer", "citations", "verified", "confidence", "coverage")}


class Lines(io.StringIO):
    """Standard output that goes to a file at once, and kills its process after so many lines."""

    def __init__(self, path, most):
        super().__init__()
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._left = most

    def write(self, text):
        """Write whole lines."""
        os.write(self._handle, text.encode())
        self._left -= text.count("\n")
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(text)


def child(argv, folder, *, kill_after=0, seconds=None, before=None, find_model=None):
    """Run a command line in a forked process, with its state in a folder; return how it ended.

    ``kill_after`` is the number of lines of output after which it is killed; 0 lets it end. ``seconds`` is the
    time after which it is killed; None gives it all it takes. ``before`` is called in the child first.
    ``find_model`` gives what finds its model when called with what notes a request; None is the scripted one.
    """
    folder.mkdir(exist_ok=True)
    for name in ("out", "asked"):
        (folder / name).unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        os._exit(_work(argv, folder, kill_after, before, find_model or _perfect))
    if seconds is not None:
        _wait(pid, seconds)
    _, status = os.waitpid(pid, 0)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    told, asked = _whole_lines(folder / "out"), _whole_lines(folder / "asked")
    return Ended(code, [json.loads(line) for line in told], asked)


def _wait(pid, seconds):
    """Kill a child after a time, unless it has ended by itself; it is left to be waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)


def _perfect(note):
    def noting(request):
        note(request)
        return reader(request)

    return scripted(noting)


def _work(argv, folder, kill_after, before, find_model):
    os.environ["RAO_STATE_DIR"] = str(folder / "state")
    os.environ["RAO_CACHE_DIR"] = str(folder / "cache")
    noted = os.open(folder / "asked", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    model = find_model(lambda request: os.write(noted, (digest(request) + "\n").encode()))
    errors = (folder / "err").open("w")
    streams, arguments = Streams(io.BytesIO(), Lines(folder / "out", kill_after), errors), list(map(str, argv))
    if before:
        before()
    code = run(arguments, streams, model)
    errors.flush()
    return code


def digest(request):
    """Return a digest of a request's prompt."""
    return hashlib.sha256(repr(request.messages).encode()).hexdigest()[:24]


def _whole_lines(path):
    text = Path(path).read_text() if Path(path).exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()
