"""``rao runs``: the runs that are kept, what happened in each, and removing them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rao_cli.cli.commands import help_text, refuse_early_options
from rao_cli.cli.options import Options, takes_bench_options, takes_options
from rao_cli.cli.terminal import Streams
from rao_cli.errors import RaoError, UsageError

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]
Format = Literal["jsonl", "html", "otel"]

runs_app = typer.Typer(help="Look at runs that are kept, and remove them.", rich_markup_mode=None)
_SAYING = ("json", "output", "quiet", "color")


def run_names(incomplete: str) -> list[str]:
    """Return the ids of kept runs that begin so, for the shell."""
    from rao_cli.cli.keeping import library

    try:
        names = ["last", *(entry.name for entry in library().entries())]
    except RaoError:
        return []  # an error's text would stand on the user's command line
    return [name for name in names if name.startswith(incomplete)]


_Run = Annotated[
    str,
    typer.Argument(metavar="[RUN]", autocompletion=run_names, help="Its id, the beginning of it, or last."),
]
_Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=0, help="How many to show; 0 is all. By default what fits."),
]
_All = Annotated[bool, typer.Option("--all", help="Show every agent, also of a large run.")]


@runs_app.callback(
    invoke_without_command=True,
    help=help_text(
        "List the runs that are kept, the newest first; or do something with one.",
        "rao runs",
        "rao runs show last",
    ),
)
@takes_bench_options
def runs(context: typer.Context, limit: _Limit = None, *, options: Options) -> Work | None:
    """Describe listing the runs where no command follows."""
    if context.invoked_subcommand is None:
        return _listing(limit, options)
    refuse_early_options(context, "runs")
    return None


@runs_app.command(
    "list",
    help=help_text(
        "List the runs that are kept, the newest first.",
        "rao runs list --limit 0",
        "rao runs list --json",
    ),
)
@takes_bench_options
def list_runs(limit: _Limit = None, *, options: Options) -> Work:
    """Describe listing the runs."""
    return _listing(limit, options)


def _listing(limit: int | None, options: Options) -> Work:
    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_list import show_list

        return show_list(limit, options, streams)

    return work


@runs_app.command(
    help=help_text(
        "Show a run: its answer, the tree of agents, what was read, what it cost.",
        "rao runs show",
        "rao runs show last --agent 1.2.1",
    )
)
@takes_bench_options
def show(
    run: _Run = "last",
    agent: Annotated[
        str, typer.Option("--agent", metavar="ID", help="Show all of one agent: prompts, output, report.")
    ] = "",
    everything: _All = False,
    *,
    options: Options,
) -> Work:
    """Describe showing a run or one of its agents."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_agent import show_agent
        from rao_cli.cli.runs_show import show_run

        if agent:
            return show_agent(run, agent, options, streams)
        return show_run(run, options, streams, everything=everything)

    return work


@runs_app.command(
    help=help_text(
        "Show how two runs differ: question, sources, answer, agents, cost.",
        "rao runs diff 20261122-131500-3f9a1c last",
        "rao runs diff 20261122-131500 last --json",
    )
)
@takes_bench_options
def diff(
    one: Annotated[
        str | None, typer.Argument(metavar="RUN", autocompletion=run_names, help="The run before.")
    ] = None,
    other: Annotated[
        str | None, typer.Argument(metavar="RUN", autocompletion=run_names, help="The run after.")
    ] = None,
    everything: _All = False,
    *,
    options: Options,
) -> Work:
    """Describe comparing two runs."""
    if not one or not other:
        raise UsageError("rao runs diff needs two runs", hint="rao runs lists them; the newest is called last")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_diff import show_diff

        return show_diff(one, other, options, streams, everything=everything)

    return work


@runs_app.command(
    help=help_text(
        "Show a run's agents at work again, then its answer.",
        "rao runs replay",
        "rao runs replay last --speed 4",
    )
)
@partial(takes_options, only=(*_SAYING, "progress"))
def replay(
    run: _Run = "last",
    speed: Annotated[
        float | None,
        typer.Option("--speed", metavar="X", help="Times as fast; by default it takes at most 20 seconds."),
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe replaying a run."""
    if speed is not None and not 0 < speed < float("inf"):
        raise UsageError("--speed must be a number above 0", hint="--speed 4 is four times as fast")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_replay import replay_run

        return replay_run(run, speed, options, streams)

    return work


@runs_app.command(
    help=help_text(
        "Write a run out: a trace of JSON lines, a page to look at, or OpenTelemetry.",
        "rao runs export last --format html -o run.html",
        "rao runs export last --redact -o trace.jsonl",
    )
)
@takes_bench_options
def export(
    run: _Run = "last",
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = "jsonl",
    redact: Annotated[bool, typer.Option("--redact", help="Leave out texts; keep the structure.")] = False,
    *,
    options: Options,
) -> Work:
    """Describe writing a run out."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_export import export_run

        return export_run(run, form, options, streams, redact=redact)

    return work


@runs_app.command(
    help=help_text(
        "Remove runs: damaged ones, those that are named, and what the options say.",
        "rao runs prune --older 30d --dry-run",
        "rao runs prune --keep 100 --size 2GB",
    )
)
@partial(takes_options, only=(*_SAYING, "dry_run"))
def prune(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", autocompletion=run_names, help="Runs to remove.")
    ] = None,
    older: Annotated[
        str, typer.Option("--older", metavar="TIME", help="Remove what is older, such as 12h, 30d or 8w.")
    ] = "",
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=0, help="Keep only so many, the newest.")
    ] = None,
    size: Annotated[
        str, typer.Option("--size", metavar="SIZE", help="Keep only so much, the newest, such as 500MB or 2GB.")
    ] = "",
    *,
    options: Options,
) -> Work:
    """Describe removing runs."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.runs_prune import Wanted, prune_runs

        return prune_runs(Wanted.read(tuple(names or ()), older, keep, size), options, streams)

    return work
