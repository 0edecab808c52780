"""``rao bench``: commands that measure rao itself, on tasks and inputs that the user names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.bench_generate import generate_app
from rao_cli.cli.bench_hostile import HOSTILE_HELP, hostile
from rao_cli.cli.bench_summaries import HELP, summaries
from rao_cli.cli.bench_transfer import TRANSFER_HELP, Trial, transfer
from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, takes_bench_options, takes_options, takes_record
from rao_cli.cli.terminal import Streams

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]

bench_app = typer.Typer(help="Measure rao.", rich_markup_mode=None)
bench_app.add_typer(generate_app, name="generate")
_ARMS = "rao,unplanned,search,direct,rag,mapreduce,thorough"
_READING_OPTIONS = ("json", "output", "quiet", "verbose", "color", "model", "window", "no_cache")
_QUALITY_OPTIONS = (
    *_READING_OPTIONS,
    *("adapter", "base_url", "api_key_file", "delegation", "parallel", "gpu_layers", "threads"),
)
_ENGINE_OPTIONS = ("json", "output", "quiet", "color", "model", "threads")


def _takes_some(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, _READING_OPTIONS)


def _takes_engine_options(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, _ENGINE_OPTIONS)


@bench_app.command(
    help=help_text(
        "Measure how often search leads to the evidence of questions, and code knows their numbers.",
        "rao bench reading --tasks tasks.jsonl",
        "rao bench reading --tasks tasks.jsonl --family pdf -v",
    )
)
@_takes_some
def reading(
    tasks: Annotated[Path, typer.Option("--tasks", metavar="FILE", help="Questions, one JSON object a line.")],
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME", help="Ask this family's questions only.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Ask the first N questions of each family.")
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe measuring what can be found."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.progress import open_notices

        check_options(options, (), streams)
        notices = open_notices(options, streams)
        notices.status("reading the tasks")
        from rao_cli.bench.tasks import read_tasks
        from rao_cli.cli.bench_reading import show_reading

        return show_reading(read_tasks(tasks, family, limit), options, streams, notices, find_model)

    return work


def _takes_quality_options(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, _QUALITY_OPTIONS)


@bench_app.command(
    help=help_text(
        "Measure how right answers are, beside simpler ways with the same model.",
        "rao bench quality --tasks tasks.jsonl",
        "rao bench quality --tasks tasks.jsonl --arm rao,search,rag --limit 10 --json",
    )
)
@_takes_quality_options
def quality(
    tasks: Annotated[Path, typer.Option("--tasks", metavar="FILE", help="Questions, one JSON object a line.")],
    arm: Annotated[
        str,
        typer.Option("--arm", metavar="LIST", help=f"Ways to answer: {_ARMS}."),
    ] = _ARMS,
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME", help="Ask this family's questions only.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Ask the first N questions of each family.")
    ] = None,
    max_words: Annotated[
        int,
        typer.Option(
            "--max-words", metavar="N", min=0, max=10_000, help="A longer answer is wrong; 0: any length."
        ),
    ] = 12,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FILE", help="Keep outcomes here, and go on from those that it holds."),
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe measuring how right answers are."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.progress import open_notices

        check_options(options, (), streams)
        notices = open_notices(options, streams)
        notices.status("reading the tasks")
        from rao_cli.bench.tasks import read_tasks
        from rao_cli.cli.bench_quality import Asked, check_arms, show_quality

        asked = Asked(read_tasks(tasks, family, limit), check_arms(arm), max_words, results)
        return show_quality(asked, options, streams, notices, find_model)

    return work


bench_app.command(help=HELP)(_takes_some(summaries))
bench_app.command(help=HOSTILE_HELP)(_takes_quality_options(hostile))
bench_app.command(help=TRANSFER_HELP)(_takes_quality_options(takes_record(transfer, Trial, "trial")))


@bench_app.command(
    help=help_text(
        "Measure how fast sources are read here, and in how much memory.",
        "rao bench ingest",
        "rao bench ingest --kinds logs --large",
        "rao bench ingest manual.pdf src/",
    )
)
@takes_bench_options
def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Files and folders; without any they are made.")
    ] = None,
    kinds: Annotated[
        str, typer.Option("--kinds", metavar="LIST", help="What to measure: pdf,code,logs,walk.")
    ] = "pdf,code,logs,walk",
    against: Annotated[
        str, typer.Option("--against", metavar="LIST", help="Readers to compare with: pypdf,drain3.")
    ] = "pypdf,drain3",
    against_python: Annotated[
        str | None, typer.Option("--against-python", metavar="FILE", help="Python in which those are installed.")
    ] = None,
    large: Annotated[bool, typer.Option("--large", help="Make a log of 2 GB, as the targets ask for.")] = False,
    *,
    options: Options,
) -> Work:
    """Describe measuring how fast sources are read."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.progress import open_notices

        notices = open_notices(options, streams)
        notices.status("preparing")
        from rao_cli.bench.ingest import Sizes
        from rao_cli.cli.bench_ingest import bench_of, show_ingest

        bench = bench_of(kinds, against, against_python, Sizes.large() if large else Sizes())
        return show_ingest(tuple(sources or ()), bench, options, streams, notices)

    return work


@bench_app.command(
    help=help_text(
        "Measure the local engine beside other ways to run the same model on this machine.",
        "rao bench engine",
        "rao bench engine --quick --only loop",
        "rao bench engine --against-python ~/xllamacpp/bin/python --json",
    )
)
@_takes_engine_options
def engine(
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="ROW",
            help="Measure this only: loop, server, tree, again, rerun, busy, growth or limit.",
        ),
    ] = None,
    against_python: Annotated[
        str | None,
        typer.Option("--against-python", metavar="FILE", help="Python in which xllamacpp is installed."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="One run of smaller amounts, in about two minutes.")
    ] = False,
    *,
    options: Options,
) -> Work:
    """Describe measuring the engine."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.progress import open_notices

        notices = open_notices(options, streams)
        notices.status("preparing")
        from rao_cli.cli.bench_engine import Asked, show_engine

        return show_engine(Asked(tuple(only or ()), against_python, quick), options, streams, notices)

    return work
