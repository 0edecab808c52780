"""What ``rao bench quality`` prints: one table for each figure, with a column for each arm; or JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rao_cli.bench.quality.done import Told
from rao_cli.bench.quality.figures import (
    Group,
    average,
    calibration,
    difference,
    groups,
    share,
    token_ratio,
    wrong_but_sure,
)
from rao_cli.bench.quality.measure import Outcome
from rao_cli.cli.columns import columns, rendered
from rao_cli.intervals import Mean, mean
from rao_cli.text import one_line

Arms = Mapping[str, Sequence[Outcome]]
_OURS = "rao"
_READS_ALL = "mapreduce"


@dataclass(frozen=True)
class _Figure:
    """One table: its title, and a group's cell."""

    title: str
    cell: Callable[[Group], str]


def quality_text(outcomes: Sequence[Outcome], *, misses: bool) -> str:
    """Return the figures as tables, those without any left out, and with ``misses`` each wrong answer."""
    arms = _by_arm(outcomes)
    blocks = [_table(figure, arms) for figure in _FIGURES]
    blocks += [_pairs(arms), _ratio(arms), *(_calibration(arm, own) for arm, own in arms.items())]
    blocks += (
        ["".join(_miss(each) for each in outcomes if not each.right and not each.told.computed)] if misses else []
    )
    return "\n".join(block for block in blocks if block)


def quality_json(outcomes: Sequence[Outcome]) -> str:
    """Return the figures, and what became of every task, as one line of JSON."""
    from rao_cli.cli.output import bench_json

    arms = _by_arm(outcomes)
    figures = {
        "arms": {arm: [_group_figures(group) for group in groups(own)] for arm, own in arms.items()},
        "pairs": {arm: dict(_pair_figures(arms, arm)) for arm in _others(arms)},
        "prompt_tokens_over_mapreduce": _token_ratio(arms),
        "calibration": {arm: _calibration_figures(own) for arm, own in arms.items()},
        "tasks": [_task_figures(each) for each in outcomes],
    }
    return bench_json("quality", figures) + "\n"


def _by_arm(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    names = dict.fromkeys(each.arm for each in outcomes)
    return {name: [each for each in outcomes if each.arm == name] for name in names}


def _others(arms: Arms) -> list[str]:
    """Return the arms that rao is compared with."""
    return [arm for arm in arms if arm != _OURS] if _OURS in arms else []


# ---------------------------------------------------------------------- tables


def _table(figure: _Figure, arms: Arms) -> str:
    """Return a table with a row for each group that has the figure in some arm."""
    by_arm = [{group.name: group for group in groups(own)} for own in arms.values()]
    rows = []
    for name, group in by_arm[0].items():
        cells = [figure.cell(own[name]) for own in by_arm]
        if any(cells):
            rows.append([one_line(name, 40), f"{len(group.outcomes):,}", *cells])
    if not rows:
        return ""
    return _titled(figure.title, [["", "questions", *arms], *rows])


def _titled(title: str, table: Sequence[Sequence[str]]) -> str:
    return f"{title}\n" + rendered(columns(table, "l" + "r" * (len(table[0]) - 1), None), color=False)


def _interval(found: Mean) -> str:
    return f"{found.value:.2f} ({found.low:.2f}-{found.high:.2f})" if found.count else ""


def _of_some(found: Mean) -> str:
    """Return a share with how many it is of, where that is not all of the group."""
    return f"{_interval(found)} of {found.count:,}" if found.count else ""


def _right(group: Group) -> str:
    shown = _interval(share(group.run, lambda each: each.right))
    return f"{shown}*" if shown and len(group.run) < len(group.outcomes) else shown


def _exact(group: Group) -> str:
    return _interval(share(group.extractive, lambda each: each.verdict.exact))


def _f1(group: Group) -> str:
    return _interval(mean(each.verdict.f1 for each in group.extractive))


def _wrong_but_sure(group: Group) -> str:
    judged = [each for each in group.run if each.told.confidence is not None]
    return _interval(wrong_but_sure(judged))


def _pages(group: Group) -> str:
    return _of_some(_page_share(group))


def _page_share(group: Group) -> Mean:
    """Return how many of the right answers cite the page of the evidence, where it has one."""
    right = [each for each in group.run if each.right and each.cites_page is not None]
    return share(right, lambda each: bool(each.cites_page))


def _absent_said(group: Group) -> str:
    return _of_some(_absent_share(group, absent=True))


def _absent_falsely(group: Group) -> str:
    """Return the share in groups that hold questions without an answer too; elsewhere it says little."""
    mixed = any(each.task.absent for each in group.outcomes)
    return _of_some(_absent_share(group, absent=False)) if mixed else ""


def _absent_share(group: Group, *, absent: bool) -> Mean:
    """Return how often absent was said, of questions without an answer in the source or of the others."""
    return share((each for each in group.run if each.task.absent == absent), lambda each: each.told.absent)


def _average(amount: Callable[[Told], float], digits: int = 0) -> Callable[[Group], str]:
    """Return the cell of an average; one that was computed for some is marked."""

    def cell(group: Group) -> str:
        value = average(group.outcomes, amount)
        mark = "*" if any(each.told.computed for each in group.outcomes) else ""
        return f"{value:,.{digits}f}{mark}"

    return cell


def _of_run(amount: Callable[[Told], float], digits: int) -> Callable[[Group], str]:
    def cell(group: Group) -> str:
        return f"{average(group.run, amount):,.{digits}f}" if group.run else ""

    return cell


_FIGURES = (
    _Figure("right answers (95 % bootstrap interval; * of what was run)", _right),
    _Figure("exact match, where answers are words of the source", _exact),
    _Figure("F1, where answers are words of the source", _f1),
    _Figure("wrong but confident: verified, or confidence >= 0.5", _wrong_but_sure),
    _Figure("right answers that cite the page of the evidence", _pages),
    _Figure("absent said, where the source has no answer", _absent_said),
    _Figure("absent said falsely, where it has one", _absent_falsely),
    _Figure("prompt tokens a question (* computed in part, not run)", _average(lambda told: told.prompt_tokens)),
    _Figure("tokens written a question", _of_run(lambda told: told.output_tokens, 0)),
    _Figure("seconds a question", _of_run(lambda told: told.seconds, 2)),
    _Figure("agents a question (* computed in part, not run)", _average(lambda told: told.agents, 1)),
    _Figure("depth reached", _of_run(lambda told: told.depth, 2)),
)


def _pairs(arms: Arms) -> str:
    """Return the table of rao's lead over each other arm, on the same questions."""
    others = _others(arms)
    found = {arm: dict(_pair_differences(arms, arm)) for arm in others}
    names = [group.name for group in groups(arms[_OURS])] if others else []
    rows = [[one_line(name, 40), *(_signed(found[arm][name]) for arm in others)] for name in names]
    title = "rao's share of right answers minus the other's, in pairs (95 % bootstrap interval)"
    return _titled(title, [["", *others], *rows]) if rows else ""


def _pair_differences(arms: Arms, arm: str) -> Iterator[tuple[str, Mean]]:
    for group in groups(arms[_OURS]):
        yield group.name, difference(group.outcomes, arms[arm])


def _signed(found: Mean) -> str:
    return f"{found.value:+.2f} ({found.low:+.2f} to {found.high:+.2f})" if found.count else ""


def _token_ratio(arms: Arms) -> float | None:
    both = _OURS in arms and _READS_ALL in arms
    return token_ratio(arms[_OURS], arms[_READS_ALL]) if both else None


def _ratio(arms: Arms) -> str:
    found = _token_ratio(arms)
    return "" if found is None else f"rao's prompt tokens over map-reduce's, sources from 32k on: {found:.3f}\n"


def _calibration(arm: str, outcomes: Sequence[Outcome]) -> str:
    bins, error = calibration(outcomes)
    if not bins:
        return ""
    rows = [
        [f"{each.low:.1f}-{each.high:.1f}", f"{each.count}", f"{each.confidence:.2f}", f"{each.accuracy:.2f}"]
        for each in bins
    ]
    title = f"{arm}: confidence and right answers (expected calibration error {error:.3f})"
    return _titled(title, [["", "answers", "confidence", "right"], *rows])


def _miss(outcome: Outcome) -> str:
    task, told = outcome.task, outcome.told
    said = "absent" if told.absent else one_line(told.answer, 120) or f"nothing {one_line(told.failed, 80)}"
    true = "absent" if task.absent else one_line(", ".join(task.answers), 80)
    asked = one_line(task.question, 120)
    how = f" | how: {one_line(told.how, 120)}" if told.how else ""
    return f"{outcome.arm}: {one_line(task.name, 60)}: {asked} | true: {true} | said: {said}{how}\n"


# ---------------------------------------------------------------------- JSON


def _group_figures(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "questions": len(group.outcomes),
        "run": len(group.run),
        "right": _mean(share(group.run, lambda each: each.right)),
        "exact": _mean(share(group.extractive, lambda each: each.verdict.exact)),
        "f1": _mean(mean(each.verdict.f1 for each in group.extractive)),
        "wrong_but_confident": _mean(wrong_but_sure(group.run)),
        "page_cited": _mean(_page_share(group)),
        "absent_said": _mean(_absent_share(group, absent=True)),
        "absent_falsely": _mean(_absent_share(group, absent=False)),
        "prompt_tokens": average(group.outcomes, lambda told: told.prompt_tokens),
        "output_tokens": average(group.run, lambda told: told.output_tokens),
        "seconds": average(group.run, lambda told: told.seconds),
        "agents": average(group.outcomes, lambda told: told.agents),
        "depth": average(group.run, lambda told: told.depth),
    }


def _mean(found: Mean) -> dict[str, Any] | None:
    return {key: round(value, 4) for key, value in asdict(found).items()} if found.count else None


def _pair_figures(arms: Arms, arm: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for name, found in _pair_differences(arms, arm):
        yield name, _mean(found)


def _calibration_figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    bins, error = calibration(outcomes)
    return {"bins": [asdict(each) for each in bins], "error": round(error, 4)}


def _task_figures(outcome: Outcome) -> dict[str, Any]:
    told = outcome.told.model_dump(mode="json")
    return {
        "id": outcome.task.name,
        "arm": outcome.arm,
        "right": outcome.right,
        "exact": outcome.verdict.exact,
        "f1": round(outcome.verdict.f1, 4),
        **told,
    }
