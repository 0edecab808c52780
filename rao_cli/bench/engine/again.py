"""What is not computed again: a second question about the same text, and the same question once more.

Both questions read the whole text (``--thorough``). Each has an engine of its own, loaded anew, as two commands
have: only what the first left on disk can help the second. The rerun is the whole command, from the start of
Python to its end, with a cache folder of its own.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from rao_cli.agent.events import Event
from rao_cli.agent.preparing import prepare
from rao_cli.agent.records import Limits, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import write_report
from rao_cli.documents.load import open_sources
from rao_cli.errors import RaoError
from rao_cli.text import one_line

QUESTIONS = ("Who bought the old harbour?", "When was the wooden bridge painted?")
_SEED = 40_000
_SHORT_REPORT = 3_000
_LONGEST_SECONDS = 600


def again(setup: Setup) -> Iterator[Figure]:
    """Yield the time of the second question as a share of the first one's."""
    first: list[float] = []
    second: list[float] = []
    for number in range(setup.sizes.long_repeats):
        setup.say(f"two questions about {setup.sizes.document:,} tokens")
        path = write_report(setup.folder / f"again{number}.txt", setup.sizes.document, _SEED + number)
        states = setup.folder / f"states{number}"
        times = [ask(setup, path, question, thorough=True, states=states)[0] for question in QUESTIONS]
        first.append(times[0])
        second.append(times[1])
    name = f"second question, {setup.sizes.document:,} tokens"
    target = setup.target(0.15, 0.3)
    yield Figure("again", name, tuple(second), tuple(first), "first", measure="share", target=target)


def ask(
    setup: Setup, path: Path, question: str, *, thorough: bool, states: Path | None = None
) -> tuple[float, RunResult]:
    """Return the seconds of loading the model, reading a file and answering, and the answer. Raises RaoError."""
    started = time.perf_counter()
    with closing(setup.engine(parallel=setup.width, states=states)) as engine:
        prepared = prepare(open_sources([str(path)]), engine, setup.settings, reads_all=thorough)
        task = Task(question=question, thorough=thorough)
        result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=_ignore))
    return time.perf_counter() - started, result


def _ignore(event: Event) -> None:
    """Drop an event: nobody watches."""


def rerun(setup: Setup) -> Iterator[Figure]:
    """Yield the seconds of a command that was run before."""
    setup.say("the same command again")
    path = write_report(setup.folder / "rerun.txt", _SHORT_REPORT, _SEED)
    model = ("--model", str(setup.original), "--quiet")
    command, other = ([*setup.rao, "ask", str(path), question, *model] for question in QUESTIONS)
    _command_seconds(setup, other)  # finds out how the model runs best here, which is no part of a first run
    first = _command_seconds(setup, command)
    times = tuple(_command_seconds(setup, command) for _ in range(setup.sizes.repeats))
    yield Figure(
        "rerun", "rao ask, once more", times, (first,) * len(times), "first", measure="seconds", target=1.0
    )


def _command_seconds(setup: Setup, command: list[str]) -> float:
    """Return how long a command takes, its caches below our folder. Raises RaoError when it fails."""
    settings = setup.folder / "settings.toml"
    settings.touch()
    own = {"RAO_CACHE_DIR": str(setup.folder / "cache"), "RAO_CONFIG": str(settings)}
    own["PYTHONPATH"] = str(Path(__file__).parents[3])
    started = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RaoError("the command took too long") from error
    seconds = time.perf_counter() - started
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RaoError(f"the command ended with {done.returncode}: {one_line(lines[-1] if lines else '', 160)}")
    return seconds
