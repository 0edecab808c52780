"""``rao runs show --agent``: all that one agent was handed, shown and asked, what it wrote, did and reported."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from rao_cli.agent.events import ActionTaken, BudgetHit, ModelCalled
from rao_cli.agent.records import Report
from rao_cli.cli.columns import columns, crop, prose, rendered
from rao_cli.cli.models_known import notices_for, screen_width
from rao_cli.cli.options import Options
from rao_cli.cli.output import citation_text
from rao_cli.cli.runs_shown import cost_text, deliver, duration, open_run
from rao_cli.cli.terminal import Streams, use_color
from rao_cli.engine.base import Token
from rao_cli.errors import UsageError
from rao_cli.runs.tree import Agent, Run
from rao_cli.text import clean, one_line

_UNBOUND = 1_000_000
_LABEL = 12
_BETWEEN = "  "


def show_agent(name: str, agent: str, options: Options, streams: Streams) -> int:
    """Print one agent of a run; return the exit code. Raises RaoError."""
    run = open_run(name, notices_for(options, streams))
    found = run.tree.agents.get(agent)
    if found is None:
        raise UsageError(
            f"run {run.kept.run} has no agent {one_line(agent, 40)}",
            hint=f"rao runs show {run.kept.run} --all lists them",
        )
    screen = screen_width(options, streams)
    color = screen is not None and use_color(streams.stdout, options.color)
    # In a pipe every text is as it was, however long its lines are.
    text = "" if options.json else rendered(list(_lines(run, found, screen or _UNBOUND)), color=color)
    record = {"run": run.kept.run, **agent_record(found, whole=True)} if options.json else {}
    return deliver("agent", text, record, options, streams)


def agent_record(agent: Agent, *, whole: bool = False) -> dict[str, Any]:
    """Return an agent as JSON has it; ``whole`` has its calls too, each with its prompt and every token."""
    opened = agent.opened.model_dump(mode="json") if agent.opened else {}
    record = {
        "id": agent.id,
        "parent": agent.parent,
        "children": agent.children,
        "depth": agent.depth,
        "standing": agent.standing,
        "begins": agent.begins,
        "ends": agent.ends,
        **{key: opened.get(key) for key in ("handoff", "titles", "location", "view", "spans")},
        "report": agent.report.model_dump(mode="json") if agent.report else None,
        "usage": agent.usage.model_dump(mode="json"),
    }
    if whole:
        record["calls"] = [call.model_dump(mode="json", exclude={"type", "agent"}) for call in agent.calls]
        record["actions"] = [one.model_dump(mode="json", exclude={"type", "agent"}) for one in agent.actions]
        record["limits"] = [one.model_dump(mode="json", exclude={"type", "agent"}) for one in agent.limits]
    return record


def _lines(run: Run, agent: Agent, width: int) -> Iterator[Text]:
    yield Text(crop(f"agent {one_line(agent.id)} of run {run.kept.run}: {agent.standing}", width), style="bold")
    yield from _handoff(run, agent, width)
    number = 0
    events: list[ModelCalled | ActionTaken | BudgetHit] = [*agent.calls, *agent.actions, *agent.limits]
    for event in sorted(events, key=lambda one: one.at):
        if isinstance(event, ModelCalled):
            number += 1
            yield from _call(number, event, width)
        elif isinstance(event, ActionTaken):
            yield from _action(event, width)
        else:
            yield from _labelled("limit", f"{event.limit}: {event.message}", width)
    if agent.report:
        yield from _report(agent.report, width)


def _handoff(run: Run, agent: Agent, width: int) -> Iterator[Text]:
    """Tell what the agent was handed by whom, when it lived and what it cost."""
    if agent.opened:
        handoff = agent.opened.handoff
        yield from _labelled("goal", handoff.goal, width)
        yield from _labelled("sections", ", ".join(agent.opened.titles), width)
        yield from _labelled("at", f"{agent.opened.location}, shown as {agent.opened.view}", width)
        yield from _labelled("returns", handoff.returns, width)
        for fact in handoff.facts:
            yield from _labelled("fact", fact, width)
        if handoff.choices:
            yield from _labelled("choices", ", ".join(handoff.choices), width)
    else:
        yield from _labelled("handoff", "cannot be read", width)
    children = [f"{child} ({run.tree.agents[child].standing})" for child in agent.children]
    yield from _labelled("parent", agent.parent or "none: it is the root", width)
    yield from _labelled("children", ", ".join(children) or "none", width)
    yield from _labelled("lived", f"{duration(agent.begins)} to {duration(agent.ends)} after the start", width)
    yield from _labelled("cost", cost_text(agent.usage), width)


def _call(number: int, call: ModelCalled, width: int) -> Iterator[Text]:
    """Show a call of the model: its prompt as it was, its output, and how likely each token was."""
    done = call.completion
    told = f"{done.prompt_tokens:,} tokens read ({done.cached_tokens:,} cached), {len(done.tokens):,} written"
    yield from _rule(f"call {number} at {duration(call.at)}: {told}", width)
    for message in call.request.messages:
        yield Text(f"[{message.role}]", style="cyan")
        yield from _whole("".join(message.parts), width)
    yield Text("[written]" if not call.request.choices else "[weighed]", style="magenta")
    if call.request.choices:
        yield from _choices(call, width)
        return
    yield from _whole(done.text, width)
    if done.tokens:
        yield Text("[log-probability of each token]", style="magenta")
        yield from _likelihoods(done.tokens, width)
        yield Text(f"in all {sum(token.logprob for token in done.tokens):.2f}")


def _likelihoods(tokens: Sequence[Token], width: int) -> Iterator[Text]:
    """Return each token with its log-probability under the model before any constraint, filled into lines."""
    line = ""
    for token in tokens:
        told = one_line(f"{json.dumps(token.text, ensure_ascii=False)} {token.logprob:.2f}")
        if line and cell_len(line) + len(_BETWEEN) + cell_len(told) > width:
            yield Text(line)
            line = ""
        line += _BETWEEN + told if line else told
    yield Text(line)


def _choices(call: ModelCalled, width: int) -> Iterator[Text]:
    """Show each choice that was weighed, with the log-probability of all its tokens, the likeliest first."""
    pairs = zip(call.request.choices, call.completion.choices, strict=False)
    weighed = [(sum(token.logprob for token in tokens), one_line(choice, 60)) for choice, tokens in pairs]
    rows = [("choice", "log p"), *((choice, f"{total:.2f}") for total, choice in sorted(weighed, reverse=True))]
    yield from columns(rows, "lr", width)


def _action(action: ActionTaken, width: int) -> Iterator[Text]:
    by = "a strategy" if action.by == "strategy" else action.by
    yield from _rule(f"step {action.step} at {duration(action.at)}, chosen by {by}", width)
    if action.fell_back:
        yield from _labelled("left", f"the strategy, because {action.fell_back}", width)
    yield from _whole(json.dumps(action.action, ensure_ascii=False), width)


def _report(report: Report, width: int) -> Iterator[Text]:
    yield from _rule(f"report: {report.status}, confidence {report.confidence:.2f}", width)
    yield from _whole(report.answer, width) if report.answer else ()
    for label, text in (
        ("how", report.how),
        ("reason", report.reason),
        *(("or", one) for one in report.conflicts),
    ):
        yield from _labelled(label, text, width) if text else ()
    for number, one in enumerate(report.citations, start=1):
        yield from prose(f"[{number}] {citation_text(one)}", width)


def _rule(text: str, width: int) -> Iterator[Text]:
    yield Text()
    yield Text(crop(f"── {text} ──", width), style="bold")


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    for number, line in enumerate(prose(one_line(text), width - _LABEL)):
        yield Text.assemble((f"{'' if number else label:{_LABEL}}", "dim"), line)


def _whole(text: str, width: int) -> Iterator[Text]:
    """Return text with its own lines, long ones wrapped."""
    for line in clean(text).split("\n"):
        yield from prose(line, width) or [Text()]
