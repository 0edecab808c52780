"""``rao runs show``: a run's answer with its places, the tree of its agents, what was read, and what it cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from rao_cli.cli.columns import crop, prose, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.output import answer_text, model_name, strategy_text
from rao_cli.cli.runs_agent import agent_record
from rao_cli.cli.runs_shown import ago, asked_text, cost_text, deliver, duration, open_run
from rao_cli.cli.runs_tree import tree_lines
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.cli.words import counted
from rao_cli.runs.coverage import Mark, covered
from rao_cli.runs.tree import Run
from rao_cli.text import one_line

_PLAIN_WIDTH = 100
_MAP = 66
"""Cells of the map at most."""
_MARKS: dict[Mark, tuple[str, str]] = {
    "cited": ("█", "green"),
    "read": ("▓", ""),
    "examined": ("▒", "dim"),
    "skipped": ("·", "dim"),
}
_LABEL = 10


@dataclass(frozen=True)
class _Page:
    """How wide the tree and the map are, where running text is wrapped, if at all, and who is shown."""

    width: int
    wrap: int | None
    everything: bool


def show_run(name: str, options: Options, streams: Streams, *, everything: bool) -> int:
    """Print a run; return the exit code. Raises RaoError."""
    notices = notices_for(options, streams)
    run = open_run(name, notices)
    screen = screen_width(options, streams)
    page = _Page(screen or _PLAIN_WIDTH, screen, everything)
    color = screen is not None and use_color(streams.stdout, options.color)
    text = "" if options.json else rendered(list(_lines(run, page)), color=color)
    code = deliver("show", text, run_record(run) if options.json else {}, options, streams)
    if not options.json:
        example = next((one.id for one in run.tree.agents.values() if one.calls), "1")
        notices.line(f"one agent in full: rao runs show {run.kept.run} --agent {example}")
    return code


def run_record(run: Run) -> dict[str, Any]:
    """Return a run as JSON has it."""
    tree, places = run.tree, covered(run.tree)
    result = tree.result.model_dump(mode="json", by_alias=True) if tree.result else None
    return {
        **run.kept.model_dump(mode="json"),
        "state": run.state,
        "attempt": tree.attempt,
        "attempts": tree.attempts,
        "damaged": tree.damaged,
        "digest": tree.started.digest if tree.started else "",
        "usage": tree.usage.model_dump(mode="json"),
        "covered": places
        and {"start": places.start, "end": places.end, "cited": places.cited, "read": places.read},
        "agents": [agent_record(agent) for agent in tree.agents.values()],
        "result": result,
    }


def _lines(run: Run, page: _Page) -> Iterator[Text]:
    yield from _heading(run, page)
    yield Text()
    yield from _answer(run, page)
    yield Text()
    yield from tree_lines(run.tree, page.width, everything=page.everything)
    yield Text()
    yield from _figures(run, page)


def _heading(run: Run, page: _Page) -> Iterator[Text]:
    begun = ago(run.kept.started, datetime.now(UTC))
    state = run.tree.result.status if run.tree.result else run.state
    tries = f", attempt {run.tree.attempt} of {run.tree.attempts}" if run.tree.attempts > 1 else ""
    yield Text(crop(f"run {run.kept.run}, {begun}: {state}{tries}", page.width), style="dim")
    yield from prose(asked_text(run.kept), page.wrap, "bold")


def _answer(run: Run, page: _Page) -> Iterator[Text]:
    if run.tree.result is None:
        hint = f"; rao resume {run.kept.run} goes on with it" if run.state == "interrupted" else ""
        yield Text(f"No answer yet{hint}.")
        return
    for line in answer_text(run.tree.result).rstrip("\n").split("\n"):
        yield from prose(line, page.wrap) or [Text()]
    if run.tree.result.reason:
        yield from prose(f"({one_line(run.tree.result.reason)})", page.wrap)


def _figures(run: Run, page: _Page) -> Iterator[Text]:
    result, started = run.tree.result, run.tree.started
    if result:
        coverage = result.coverage
        parts = [f"read {coverage.sections_read:,} of {counted(coverage.sections_total, 'section')}"]
        parts += [f"code went through {coverage.sections_examined:,}"] if coverage.sections_examined else []
        parts += [f"{counted(coverage.skipped, 'input')} skipped"] if coverage.skipped else []
        yield from _labelled("coverage", ", ".join(parts), page)
        yield from _map(run, page)
    usage = run.tree.usage
    yield from _labelled("cost", cost_text(usage), page)
    yield from _labelled(
        "", f"{counted(usage.agents, 'agent')}, depth {usage.depth}, {duration(usage.seconds)}", page
    )
    for limit in dict.fromkeys(f"{one.limit}: {one_line(one.message, 200)}" for one in run.tree.limits):
        yield from _labelled("limit", limit, page)
    for warning in result.warnings if result else ():
        yield from _labelled("warning", one_line(warning, 200), page)
    if started and started.strategy:
        left = next(
            (one.fell_back for agent in run.tree.agents.values() for one in agent.actions if one.fell_back), ""
        )
        yield from _labelled("strategy", strategy_text(started.strategy, left), page)
    if started:
        yield from _labelled("model", f"{model_name(started.model)}, window {started.window:,}", page)
        yield from _labelled("sources", f"version {started.digest[:12]} of {', '.join(run.kept.sources)}", page)


def _labelled(label: str, text: str, page: _Page) -> Iterator[Text]:
    for number, line in enumerate(prose(one_line(text), page.wrap and page.wrap - _LABEL)):
        yield Text.assemble((f"{'' if number else label:{_LABEL}}", "dim"), line)


def _map(run: Run, page: _Page) -> Iterator[Text]:
    """Draw the source from its beginning to its end in one line."""
    places = covered(run.tree)
    if places is None:
        return
    marks = places.marks(min(_MAP, page.width - _LABEL))
    line = Text(" " * _LABEL)
    for mark in marks:
        line.append(*_MARKS[mark])
    yield line
    told = [(glyph, word) for word, (glyph, _) in _MARKS.items() if word in marks]
    words = {"examined": "gone through by code", "skipped": "not read"}
    legend = "  ".join(f"{glyph} {words.get(word, word)}" for glyph, word in told)
    yield Text(" " * _LABEL + legend, style="dim")
