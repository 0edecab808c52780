"""``rao bench summaries``: summarise sources and check by code what the summaries say."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams

if TYPE_CHECKING:
    from rao_cli.agent.records import RunResult, Task
    from rao_cli.bench.quality.summaries import Checked
    from rao_cli.cli.engines import FindModel, Opened

HELP = help_text(
    "Summarise sources and check the summaries: what they name, what they cover, how long they are.",
    "rao bench summaries manual.pdf src/ app.log",
    "rao bench summaries manual.pdf --words 300 --style outline --json",
)
Work = Callable[..., int]
Style = Literal["brief", "bullets", "outline"]


def summaries(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Files and folders, one summary each.")],
    words: Annotated[
        int, typer.Option("--words", help="About how long to make each.", metavar="N", min=1, max=100_000)
    ] = 120,
    style: Annotated[
        Style, typer.Option("--style", help="Paragraphs, a line for each part, or a tree of parts.")
    ] = "bullets",
    *,
    options: Options,
) -> Work:
    """Describe measuring summaries."""
    return partial(_work, tuple(sources), words, style, options)


def _work(
    sources: tuple[str, ...],
    words: int,
    style: Style,
    options: Options,
    streams: Streams,
    find_model: "FindModel | None",
) -> int:
    from rao_cli.agent.records import Task
    from rao_cli.cli.arguments import check_options
    from rao_cli.cli.destination import open_destination, write_all
    from rao_cli.cli.engines import find_engine
    from rao_cli.cli.interrupts import Interrupts
    from rao_cli.cli.progress import open_notices

    check_options(options, sources, streams)
    notices = open_notices(options, streams)
    load = (find_model or partial(find_engine, say=notices.status))(options)
    task = Task(kind="summarize", words=words, style=style)
    try:
        with (
            closing(open_destination(options.output, streams.stdout, sources)) as destination,
            Interrupts(streams.stderr) as interrupts,
        ):
            opened = load(interrupts.wait)
            with closing(opened.engine):
                found = [_one(source, task, opened, options, streams, notices) for source in sources]
            notices.clear()
            text = _json(found) if options.json else summaries_text(found, verbose=options.verbose)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def _one(
    source: str, task: "Task", opened: "Opened", options: Options, streams: Streams, notices: Notices
) -> "tuple[Checked, RunResult]":
    """Summarise one source and check the summary."""
    import asyncio

    from rao_cli.agent.preparing import prepare
    from rao_cli.agent.records import Limits
    from rao_cli.agent.run import run_task
    from rao_cli.bench.quality.summaries import check
    from rao_cli.cli.reading import read_sources

    document = read_sources((source,), options, streams, notices)
    notices.status(f"summarising {source}")
    prepared = prepare(document, opened.engine, opened.settings, reads_all=True)
    result = asyncio.run(run_task(task, prepared, limits=Limits(), emit=lambda _: None))
    return check(document, result.answer, result.citations, task.words), result


def summaries_text(found: "Sequence[tuple[Checked, RunResult]]", *, verbose: bool = False) -> str:
    """Return what was found as a table, and with ``verbose`` each claim that was not."""
    from rao_cli.cli.columns import columns, rendered
    from rao_cli.text import one_line

    heads = ["source", "words", "claims", "founded", "by counts", "parts", "told", "named", "forgotten", "seconds"]
    rows = [
        [
            one_line(each.source, 40),
            f"{each.words} of {each.asked}{'' if each.keeps_length else ' !'}",
            f"{len(each.claims)}",
            f"{each.founded:.3f}",
            f"{each.counted}",
            f"{each.parts}",
            f"{each.told}",
            f"{each.named}",
            f"{len(each.forgotten)}",
            f"{result.usage.seconds:.1f}",
        ]
        for each, result in found
    ]
    table = rendered(columns([heads, *rows], "lrrrrrrrrr", None), color=False)
    lines = [total_line([each for each, _ in found]), *(_failures([each for each, _ in found]) if verbose else ())]
    return table + "\n" + "".join(f"{line}\n" for line in lines)


def total_line(found: "Sequence[Checked]") -> str:
    """Return what holds for all summaries together."""
    claims, wrong = sum(len(each.claims) for each in found), sum(len(each.unfounded) for each in found)
    share = (claims - wrong) / claims if claims else 1.0
    kept = sum(each.keeps_length for each in found)
    forgotten = sum(len(each.forgotten) for each in found)
    return (
        f"{share:.3f} of {claims} numbers, names, paths and symbols occur in the cited sections; "
        f"{forgotten} parts forgotten; {kept} of {len(found)} as long as asked"
    )


def _failures(found: "Sequence[Checked]") -> Iterator[str]:
    from rao_cli.text import one_line

    for each in found:
        for claim in each.unfounded:
            yield f"{one_line(each.source, 40)}: {claim.kind} {one_line(claim.text, 80)} is not in what is cited"
        for title in each.forgotten:
            yield f"{one_line(each.source, 40)}: part {one_line(title, 80)} is neither told nor named"


def _json(found: "Sequence[tuple[Checked, RunResult]]") -> str:
    from rao_cli.cli.output import bench_json

    rows = [
        {**asdict(each), "founded": each.founded, "keeps_length": each.keeps_length, "by_kind": each.by_kind()}
        | {"answer": result.answer, "how": result.how, "seconds": result.usage.seconds}
        for each, result in found
    ]
    return bench_json("summaries", {"summaries": rows}) + "\n"
