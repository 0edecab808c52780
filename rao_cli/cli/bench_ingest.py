"""``rao bench ingest``: how fast sources are read here, beside the targets and other readers."""

import os
import platform
import sys
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from rao_cli.bench.ingest import KINDS, PEERS, Bench, Kind, Measure, Sizes, ingest
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.words import data_size, seconds
from rao_cli.errors import UsageError
from rao_cli.text import one_line

_DECIMALS_BELOW = 100


def bench_of(kinds: str, against: str, against_python: str | None, sizes: Sizes) -> Bench:
    """Return what the options ask to measure; raises UsageError for a kind or reader that is not known."""
    named = _named(kinds, KINDS, "--kinds")
    chosen: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind in named)
    return Bench(chosen, _named(against, PEERS, "--against"), against_python or sys.executable, sizes)


def show_ingest(paths: tuple[str, ...], bench: Bench, options: Options, streams: Streams, notices: Notices) -> int:
    """Measure and print; return the exit code. Raises RaoError."""
    try:
        with (
            closing(open_destination(options.output, streams.stdout, paths)) as destination,
            Interrupts(streams.stderr),
        ):
            measures = list(ingest(paths, bench, notices.status))
            notices.clear()
            text = _json(measures) if options.json else ingest_text(measures)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def ingest_text(measures: list[Measure]) -> str:
    """Return the figures as a table, by source."""
    from rao_cli.cli.columns import columns, rendered

    table: list[tuple[str, ...]] = [("", "measured", "wanted", "", "time", "processor", "memory", "compared with")]
    for source, group in groupby(measures, lambda measure: measure.source):
        table.append((one_line(Path(source).name), "", "", "", "", "", "", ""))
        table += [_row(measure) for measure in group]
    return rendered(columns(table, "lrrlrrrl", None), color=False)


def _row(measure: Measure) -> tuple[str, ...]:
    name = f"  {measure.name}"
    if measure.problem:
        return (name, "failed", "", "", "", "", "", one_line(measure.problem, 60))
    wanted = f"{_number(measure.target)} {measure.unit}/s" if measure.target else ""
    most = f" of {data_size(measure.most_bytes)}" if measure.most_bytes else ""
    return (
        name,
        f"{_number(measure.rate)} {measure.unit}/s",
        wanted,
        {True: "met", False: "missed", None: ""}[measure.met],
        seconds(measure.seconds),
        seconds(measure.cpu_seconds),
        f"{data_size(measure.peak_bytes)}{most}" if measure.peak_bytes else "unknown",
        _peer(measure),
    )


def _peer(measure: Measure) -> str:
    if not measure.peer:
        return ""
    if measure.peer_rate is None:
        return f"{measure.peer} is not installed"
    return f"{measure.peer} {_number(measure.peer_rate)} {measure.unit}/s"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= _DECIMALS_BELOW or value == int(value) else f"{value:,.1f}"


def _json(measures: list[Measure]) -> str:
    from rao_cli.cli.output import bench_json

    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    figures = {"machine": machine, "measures": [_record(measure) for measure in measures]}
    return bench_json("ingest", figures) + "\n"


def _record(measure: Measure) -> dict[str, Any]:
    return {**asdict(measure), "rate": measure.rate, "met": measure.met}


def _named(value: str, known: tuple[str, ...], option: str) -> tuple[str, ...]:
    names = tuple(filter(None, (name.strip() for name in value.split(","))))
    for name in names:
        if name not in known:
            raise UsageError(f"{option} does not know {one_line(name, 40)}", hint=f"known are {','.join(known)}")
    return names
