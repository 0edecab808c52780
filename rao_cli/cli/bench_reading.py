"""``rao bench reading``: how often search leads to the evidence, and code knows the number, as tables."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from rao_cli.agent.preparing import prepare
from rao_cli.agent.reading import Reading, prepare_reading
from rao_cli.bench.reading import FIRST, TARGETS, Opener, Outcome, found_within, known_to_code, measure
from rao_cli.bench.tasks import BenchTask
from rao_cli.cli.columns import columns, rendered
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.engines import FindModel, Opened, find_engine
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.reading import read_sources
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.documents.model import Document
from rao_cli.intervals import Share
from rao_cli.text import one_line

_LONG_VIEW = 1400
"""Tokens of the second size of views: what a model that reads well is shown at once."""
_FANOUT = 32


def show_reading(
    tasks: Sequence[BenchTask],
    options: Options,
    streams: Streams,
    notices: Notices,
    find_model: FindModel | None = None,
) -> int:
    """Measure and print; return the exit code. Raises RaoError."""
    sources = tuple(str(task.source) for task in tasks)
    load = (find_model or partial(find_engine, say=notices.status))(options)
    try:
        with (
            closing(open_destination(options.output, streams.stdout, sources)) as destination,
            Interrupts(streams.stderr) as interrupts,
        ):
            opened = load(interrupts.wait)
            with closing(opened.engine):
                outcomes = list(measure(tasks, _opener(opened, options, streams, notices), notices.status))
            notices.clear()
            text = _json(outcomes) if options.json else reading_text(outcomes, misses=options.verbose)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def _opener(opened: Opened, options: Options, streams: Streams, notices: Notices) -> Opener:
    def document(source: str) -> Document:
        return read_sources((source,), options, streams, notices)

    def readings(document: Document) -> Iterator[Reading]:
        asked = prepare(document, opened.engine, opened.settings).reading
        yield asked
        if asked.view_tokens != _LONG_VIEW:
            yield prepare_reading(document, opened.engine, _LONG_VIEW, _FANOUT)

    return Opener(document, readings)


def reading_text(outcomes: Sequence[Outcome], *, misses: bool) -> str:
    """Return the figures as tables, and with ``misses`` each question whose evidence is not in the first views."""
    views = sorted({view for outcome in outcomes for view in outcome.ranks})
    blocks = [_evidence_table(outcomes, view) for view in views]
    blocks += [_count_table(outcomes)] if any(each.by_facts is not None for each in outcomes) else []
    blocks += ["".join(_miss(each) + "\n" for each in _missed(outcomes))] if misses else []
    return "\n".join(block for block in blocks if block)


def _evidence_table(outcomes: Sequence[Outcome], view: int) -> str:
    title = f"evidence in the first leaf views of {view:,} tokens that search returns\n"
    shares = (f"first {first}" for first in FIRST)
    heads = ["", "questions", *shares, f"95 % of first {FIRST[1]}", "target", "unread"]
    table = [heads, *(_evidence_row(name, group, view) for name, group in _groups(outcomes) if _asked(group))]
    return title + rendered(columns(table, "lrrrrrrr", None), color=False)


def _asked(group: Sequence[Outcome]) -> bool:
    return any(outcome.ranks for outcome in group)


def _evidence_row(name: str, group: Sequence[Outcome], view: int) -> list[str]:
    shares = [found_within(group, view, first) for first in FIRST]
    unread = sum(outcome.unread for outcome in group)
    target = TARGETS.get(name)
    return [
        name,
        f"{shares[0].total}",
        *(f"{share.value:.2f}" for share in shares),
        _interval(shares[1]),
        f">= {target:.2f}" if target else "",
        f"{unread or ''}",
    ]


def _count_table(outcomes: Sequence[Outcome]) -> str:
    title = "answers that code knows: from the tables of facts, or by counting a text of the question\n"
    heads = ["", "numbers", "known", "95 %", "target", "other answers", "known"]
    groups = ((name, [each for each in group if each.by_facts is not None]) for name, group in _groups(outcomes))
    table = [heads, *(_count_row(name, group) for name, group in groups if group)]
    return title + rendered(columns(table, "lrrrrrr", None), color=False)


def _count_row(name: str, group: Sequence[Outcome]) -> list[str]:
    numbers, others = known_to_code(group, numbers=True), known_to_code(group, numbers=False)
    target = TARGETS.get(name)
    return [
        name,
        f"{numbers.total}",
        f"{numbers.value:.2f}" if numbers.total else "",
        _interval(numbers) if numbers.total else "",
        f">= {target:.2f}" if target else "",
        f"{others.total}",
        f"{others.value:.2f}" if others.total else "",
    ]


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{low:.2f}-{high:.2f}"


def _groups(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield each family, and behind it each of its sizes where there are several."""
    for family in dict.fromkeys(outcome.task.family for outcome in outcomes):
        group = [outcome for outcome in outcomes if outcome.task.family == family]
        yield one_line(family), group
        sizes = list(dict.fromkeys(outcome.task.size for outcome in group))
        for size in sizes if len(sizes) > 1 else ():
            yield f"{one_line(family)} {size}", [outcome for outcome in group if outcome.task.size == size]


def _missed(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for each in outcomes:
        far = any(rank is None or rank > FIRST[1] for rank in each.ranks.values())
        if far or (each.by_facts is not None and not each.known):
            yield each


def _miss(outcome: Outcome) -> str:
    ranks = ", ".join(f"{rank or 'not'} of {view}" for view, rank in outcome.ranks.items())
    why = "not read" if outcome.unread else ranks or "not known"
    return f"{one_line(outcome.task.name, 60)}: {why}: {one_line(outcome.task.question, 120)}"


def _json(outcomes: Sequence[Outcome]) -> str:
    from rao_cli.cli.output import bench_json

    groups = [{"name": name, **_figures(group)} for name, group in _groups(outcomes)]
    tasks = [
        {
            "id": each.task.name,
            "ranks": {str(view): rank for view, rank in each.ranks.items()},
            "unread": each.unread,
            "by_facts": each.by_facts,
            "by_count": each.by_count,
        }
        for each in outcomes
    ]
    return bench_json("reading", {"groups": groups, "tasks": tasks}) + "\n"


def _figures(group: Sequence[Outcome]) -> dict[str, Any]:
    views = sorted({view for outcome in group for view in outcome.ranks})
    return {
        "evidence": [
            {"view_tokens": view, "first": first, **_share(found_within(group, view, first))}
            for view in views
            for first in FIRST
        ],
        "unread": sum(outcome.unread for outcome in group),
        "numbers": _share(known_to_code(group, numbers=True)),
        "others": _share(known_to_code(group, numbers=False)),
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"count": share.count, "total": share.total, "low": round(low, 4), "high": round(high, 4)}
