"""``rao runs replay``: the agents of a kept run at work again, as they were shown then, and then the answer."""

import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing

from rao_cli.agent.events import Event
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.models_known import notices_for
from rao_cli.cli.options import Options
from rao_cli.cli.output import answer_text, summary_line, to_json
from rao_cli.cli.progress import NoView, View, choose
from rao_cli.cli.runs_shown import open_run
from rao_cli.cli.terminal import Notices, Streams, use_color
from rao_cli.runs.tree import Run

LONGEST = 20.0
"""Seconds that a replay takes at most where no speed was given."""


def replay_run(name: str, speed: float | None, options: Options, streams: Streams) -> int:
    """Show a run's agents at work, then print its answer; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    run = open_run(name, notices)
    timed = list(in_time(run.tree.events))
    if speed is None:
        speed = max(1.0, timed[-1][0] / LONGEST) if timed else 1.0
    with Interrupts(streams.stderr):
        _play(timed, speed, _view(options, streams, notices, speed))
    return _answer(run, options, streams, notices)


def in_time(events: Iterable[Event]) -> Iterator[tuple[float, Event]]:
    """Yield events with the seconds since the start at which they are due, which never go back."""
    due = 0.0
    for event in events:
        due = max(due, event.at) if math.isfinite(event.at) else due
        yield due, event


def _view(options: Options, streams: Streams, notices: Notices, speed: float) -> View:
    kind = choose(options, streams)
    if kind == "tree":
        from rao_cli.cli.tree import TreeView

        return TreeView(
            streams.stderr,
            color=use_color(streams.stderr, options.color),
            clock=lambda: time.monotonic() * speed,
        )
    if kind == "plain":
        from rao_cli.cli.plain import PlainView

        return PlainView(notices)
    return NoView()


def _play(timed: Iterable[tuple[float, Event]], speed: float, view: View) -> None:
    """Give a view each event when it is due; one that is given nothing to show is not waited for."""
    if isinstance(view, NoView):
        return
    begun = time.monotonic()
    with view:
        for due, event in timed:
            wait = begun + due / speed - time.monotonic()
            if wait > 0:
                time.sleep(min(wait, threading.TIMEOUT_MAX))
            view.handle(event)


def _answer(run: Run, options: Options, streams: Streams, notices: Notices) -> int:
    result = run.tree.result
    if result is None:
        notices.line(f"the run has no answer yet: it is {run.state}")
        return 0
    text = to_json(result) + "\n" if options.json else answer_text(result)
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, text, options.output, streams.stdout)
    notices.line(summary_line(result))
    return 0
