"""Merging: the one way of combining that asks the model, used for summaries.

Reports are shown as numbered lines in groups that fit a window, merged group by group, and the results merged
again until one is left, so any number of parts can be merged.
"""

from collections.abc import Awaitable, Callable, Sequence

from rao_cli.agent.actions import Answer
from rao_cli.agent.combine import combine
from rao_cli.agent.records import Report
from rao_cli.agent.together import together
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span
from rao_cli.text import clean, one_line

Ask = Callable[[View], Awaitable[Answer | None]]
"""Shows a view of reports to the model; None when it gave no usable answer."""
ANSWER_CHARACTERS = (600, 300, 150)
"""How much of a part is shown to the model: the most that fits."""


async def merge(ask: Ask, reports: Sequence[Report], fits: Callable[[str], bool]) -> Report:
    """Merge reports into one whose citations are theirs; what the model cannot merge is joined line by line."""
    whole = combine(reports, "merge")
    parts = [report for report in reports if report.answer and report.status in ("found", "partial")]
    while len(parts) > 1:
        parts = await together(_merge_group(ask, group, fits) for group in _groups(parts, fits))
    return whole.model_copy(update={"answer": parts[0].answer}) if parts else whole


async def _merge_group(ask: Ask, group: Sequence[Report], fits: Callable[[str], bool]) -> Report:
    joined = combine(group, "merge")
    if len(group) == 1:
        return joined
    views = (_reports_view(group, characters) for characters in ANSWER_CHARACTERS)
    view = next((view for view in views if fits(view.text)), None)
    action = await ask(view) if view else None
    merged = clean(action.answer).strip() if action else ""
    return joined.model_copy(update={"answer": merged}) if merged else joined


def _groups(parts: Sequence[Report], fits: Callable[[str], bool]) -> list[list[Report]]:
    """Cut parts into runs that fit; a run has at least two, so that merging always ends."""
    groups: list[list[Report]] = []
    for part in parts:
        if groups and (len(groups[-1]) < 2 or fits(_reports_view([*groups[-1], part], ANSWER_CHARACTERS[0]).text)):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _reports_view(reports: Sequence[Report], characters: int) -> View:
    lines = [f"[{number}] {one_line(report.answer, characters)}" for number, report in enumerate(reports, 1)]
    entries = tuple(Section("", "", "report", Span(0, 0)) for _ in reports)
    return View("text", (), entries, "\n".join(lines) + "\n")
