"""``rao runs``: the runs that are kept, each with what was asked, how it stands, what it cost and its answer."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from rich.text import Text

from rao_cli.agent.events import RunFinished
from rao_cli.agent.records import RunResult, Usage
from rao_cli.cli.columns import Cell, columns, crop, rendered
from rao_cli.cli.keeping import library
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.runs_shown import ago, asked_text, deliver, duration
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.cli.words import counted
from rao_cli.errors import InputError, RaoError
from rao_cli.runs.library import Entry, Library
from rao_cli.runs.records import Kept, State
from rao_cli.runs.store import RunFile
from rao_cli.runs.tree import tree_of
from rao_cli.text import one_line

SHOWN = 20
"""Runs that are listed where there is no screen and no limit."""
_LINES, _AROUND = 3, 3
"""Lines that a run takes on a screen, and those above and below them all."""
_STYLES = {"running": "cyan", "interrupted": "yellow", "damaged": "red"}
_SUMMARY = ("run_started", "run_finished")
_TELLING = (*_SUMMARY, "agent_opened", "action_taken", "agent_closed")
"""Events that tell how far a run is; those of the model's calls take longer to read than all others."""


@dataclass(frozen=True)
class Row:
    """One run of the list; where nothing can be read ``problem`` says why."""

    run: str
    state: State | Literal["damaged"]
    size: int
    """Bytes that it takes."""
    started: str = ""
    asked: str = ""
    """The command's sources and question in one line."""
    status: str = ""
    """The status of the answer; empty where there is none yet."""
    answer: str = ""
    agents: int = 0
    tokens: int = 0
    seconds: float = 0.0
    damaged: int = 0
    """Events that cannot be read."""
    problem: str = ""


def show_list(limit: int | None, options: Options, streams: Streams) -> int:
    """Print the newest runs, as many as fit where no limit is given; return the exit code. Raises RaoError."""
    runs, width = library(), screen_width(options, streams)
    entries = runs.entries()
    if limit is None:
        limit = SHOWN if width is None else max(1, (shutil.get_terminal_size().lines - _AROUND) // _LINES)
    rows = [row_of(runs, entry) for entry in entries[: limit or None]]
    record = {"runs": [asdict(row) for row in rows], "total": len(entries)}
    notices = notices_for(options, streams)
    if not entries and not options.json:
        notices.line("there are no runs yet: rao ask keeps one of each question")
        return deliver("list", "", record, options, streams)
    color = width is not None and use_color(streams.stdout, options.color)
    now = datetime.now(UTC)
    lines = table(rows, now) if width is None else screen(rows, now, width)
    code = deliver("list", rendered(lines, color=color), record, options, streams)
    if len(rows) < len(entries) and not options.json:
        notices.line(f"{counted(len(entries) - len(rows), 'older run')} not shown: rao runs --limit 0 shows all")
    return code


def row_of(runs: Library, entry: Entry) -> Row:
    """Return a run's row, whatever is wrong with it."""
    try:
        with runs.open(entry.path) as file:
            return _read(runs, entry, file)
    except RaoError as error:
        return Row(entry.name, "damaged", entry.size, problem=one_line(error.message))


def _read(runs: Library, entry: Entry, file: RunFile) -> Row:
    kept = file.kept()
    if kept.run != entry.name:
        raise InputError(f"its file is that of run {kept.run[:80]}")
    contents = file.contents(types=_SUMMARY)
    ended = [stored.event for stored in contents.events if isinstance(stored.event, RunFinished)]
    if ended:
        result = ended[-1].result
        return _row(entry, kept, "finished", result.usage, contents.damaged, result)
    tree = tree_of(file.contents(types=_TELLING))
    return _row(entry, kept, runs.state(entry.path, finished=False), tree.usage, tree.damaged)


def _row(
    entry: Entry, kept: Kept, state: State, usage: Usage, damaged: int, result: RunResult | None = None
) -> Row:
    return Row(
        entry.name,
        "damaged" if damaged and result is None else state,
        entry.size,
        started=kept.started,
        asked=asked_text(kept),
        status=result.status if result else "",
        answer=one_line(result.answer or result.reason, 400) if result else "",
        agents=usage.agents,
        tokens=usage.tokens,
        seconds=round(usage.seconds, 3),
        damaged=damaged,
        problem=f"{counted(damaged, 'event')} cannot be read" if damaged else "",
    )


def table(rows: list[Row], now: datetime) -> list[Text]:
    """Return a line for each run, for programs and wide places."""
    head = ("run", "begun", "state", "agents", "tokens", "time", "asked", "answer")
    cells = [(*_figures(row, now), row.asked, _said(row)) for row in rows]
    return columns([head, *cells], "lllrrrll", None)


def screen(rows: list[Row], now: datetime, width: int) -> list[Text]:
    """Return two or three lines for each run: its figures, what was asked, and the answer."""
    head = ("run", "begun", "state", "agents", "tokens", "time")
    figures = columns([head, *(_figures(row, now) for row in rows)], "lllrrr", width)
    lines = [Text(figures[0].plain, style="dim")]
    for row, line in zip(rows, figures[1:], strict=True):
        lines += [line, *_below(row, width)]
    return lines


def _figures(row: Row, now: datetime) -> tuple[Cell, ...]:
    standing = row.status if row.state == "finished" else row.state
    return (
        row.run,
        ago(row.started, now) if row.started else "",
        Text(standing, style=_STYLES.get(standing, "")),
        f"{row.agents:,}" if row.agents else "",
        f"{row.tokens:,}" if row.tokens else "",
        duration(row.seconds) if row.seconds else "",
    )


def _below(row: Row, width: int) -> Iterator[Text]:
    if row.asked:
        yield Text("  " + crop(row.asked, width - 2), style="bold")
    if _said(row):
        yield Text("  " + crop(_said(row), width - 2), style="" if row.answer else "dim")


def _said(row: Row) -> str:
    answer = "not found in the sources" if row.status == "absent" else row.answer
    return "; ".join(part for part in (answer, row.problem) if part)
