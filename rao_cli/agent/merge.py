"""Merging: the one way of combining that asks the model, used for summaries.

Reports are shown as numbered lines in groups that fit a window, merged group by group, and the results merged
again until one is left, so any number of parts can be merged.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from rao_cli.agent.actions import Answer
from rao_cli.agent.combine import combine
from rao_cli.agent.records import Report
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span
from rao_cli.text import one_line

Ask = Callable[[View], Awaitable[Answer | None]]
"""Shows a view of reports to the model; None when it gave no usable answer."""
ANSWER_CHARACTERS = 600


async def merge(ask: Ask, reports: Sequence[Report], fits: Callable[[str], bool]) -> Report:
    """Merge reports into one whose citations are theirs; what the model cannot merge is joined line by line."""
    whole = combine(reports, "merge")
    parts = [report for report in reports if report.answer]
    while len(parts) > 1:
        merged = await asyncio.gather(*[_merge_group(ask, group) for group in _groups(parts, fits)])
        parts = list(merged)
    return whole.model_copy(update={"answer": parts[0].answer}) if parts else whole


async def _merge_group(ask: Ask, group: Sequence[Report]) -> Report:
    joined = combine(group, "merge")
    if len(group) == 1:
        return joined
    action = await ask(_reports_view(group))
    if action is None or not action.answer.strip():
        return joined
    return joined.model_copy(update={"answer": action.answer})


def _groups(parts: Sequence[Report], fits: Callable[[str], bool]) -> list[list[Report]]:
    """Cut parts into runs that fit; a run has at least two, so that merging always ends."""
    groups: list[list[Report]] = []
    for part in parts:
        if groups and (len(groups[-1]) < 2 or fits(_reports_view([*groups[-1], part]).text)):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _reports_view(reports: Sequence[Report]) -> View:
    lines = [
        f"[{number}] {one_line(report.answer, ANSWER_CHARACTERS)}" for number, report in enumerate(reports, 1)
    ]
    entries = tuple(Section("", "", "report", Span(0, 0)) for _ in reports)
    return View("text", (), entries, "\n".join(lines) + "\n")
