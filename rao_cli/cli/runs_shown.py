"""What the commands about runs share: opening a run with what is wrong with it told, and how parts of it read."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from rao_cli.agent.records import Usage
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.keeping import library
from rao_cli.cli.options import Options
from rao_cli.cli.output import runs_json
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.words import counted
from rao_cli.errors import InputError
from rao_cli.runs.records import Kept
from rao_cli.runs.tree import Run, run_of
from rao_cli.text import one_line

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def open_run(name: str, notices: Notices) -> Run:
    """Read the run that the user named, and warn where part of it is damaged. Raises UsageError or InputError."""
    runs = library()
    path = runs.find(name)
    with runs.open(path) as file:
        run = run_of(runs, path, file)
        if run.state != "running":
            try:
                file.check()
            except InputError as error:
                notices.warning(error.message)
    if run.tree.damaged:
        notices.warning(
            f"{counted(run.tree.damaged, 'event')} of run {run.kept.run} cannot be read; what they told is missing"
        )
    return run


def ago(started: str, now: datetime) -> str:
    """Return how long ago a run began, in a few words; what is no time is shown as it is."""
    try:
        seconds = (now - datetime.fromisoformat(started).astimezone(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return one_line(started, 20)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{counted(int(seconds // _DAY), 'day')} ago"


def asked_text(kept: Kept) -> str:
    """Return the command's sources and question in one line."""
    sources = ", ".join(PurePath(source).name or source for source in kept.sources[:3])
    more = f" and {len(kept.sources) - 3:,} more" if len(kept.sources) > 3 else ""
    return one_line(
        f"{kept.task.kind} {sources}{more}" + (f": {kept.task.question}" if kept.task.question else "")
    )


def duration(seconds: float) -> str:
    """Return a time in seconds, minutes or hours."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 99.5 * _MINUTE else f"{seconds / _HOUR:,.1f} h"


def cost_text(usage: Usage) -> str:
    """Return where the tokens went."""
    return (
        f"{usage.tokens:,} tokens: {usage.prompt_tokens:,} read ({usage.cached_tokens:,} cached),"
        f" {usage.output_tokens:,} written"
    )


def deliver(command: str, text: str, record: Mapping[str, Any], options: Options, streams: Streams) -> int:
    """Print a command's text, or its record with ``--json``; return the exit code. Raises RaoError."""
    shown = runs_json(command, record) + "\n" if options.json else text
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, shown, options.output, streams.stdout)
    return 0
