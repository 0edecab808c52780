"""``rao strategies``: plans that paid before, learned from runs, tried, kept and shared."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text, refuse_early_options
from rao_cli.cli.options import (
    AUTO_STRATEGY,
    NO_STRATEGY,
    Options,
    strategy_names,
    takes_bench_options,
    takes_options,
)
from rao_cli.cli.runs import run_names
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError
from rao_cli.text import one_line

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]

_SAYING = ("json", "output", "quiet", "color")
_MODEL = ("model", "adapter", "base_url", "api_key_file", "window", "parallel", "gpu_layers", "threads")
_LEARNING = (*_SAYING, *_MODEL, "verbose", "no_cache")
_TRYING = (
    *(*_SAYING, *_MODEL, "verbose", "no_cache", "delegation", "max_depth", "max_tokens", "max_seconds"),
    *("max_agents", "stdin_name", "password_file", "strict", "glob", "hidden", "no_ignore"),
)

strategies_app = typer.Typer(help="Learn, try, keep and share strategies.", rich_markup_mode=None)


def names(incomplete: str) -> list[str]:
    """Return the names of strategies that begin so, for the shell."""
    return [name for name in strategy_names(incomplete) if name not in (AUTO_STRATEGY, NO_STRATEGY)]


_Name = Annotated[
    str | None, typer.Argument(metavar="NAME", autocompletion=names, help="Its name or id: rao strategies list.")
]


def _given(name: str | None, command: str) -> str:
    if not name:
        raise UsageError(f"rao strategies {command} needs a strategy", hint="rao strategies list shows them")
    return name


@strategies_app.callback(
    invoke_without_command=True,
    help=help_text(
        "List the strategies, plans that paid before; or do something with one.",
        "rao strategies",
        "rao strategies show page-lookup",
    ),
)
@takes_bench_options
def strategies(context: typer.Context, *, options: Options) -> Work | None:
    """Describe listing the strategies where no command follows."""
    if context.invoked_subcommand is None:
        return _listing(options)
    refuse_early_options(context, "strategies")
    return None


@strategies_app.command(
    "list",
    help=help_text(
        "List the strategies: what each is for, how it stands, what came of it.",
        "rao strategies list",
        "rao strategies list --json",
    ),
)
@takes_bench_options
def list_strategies(*, options: Options) -> Work:
    """Describe listing the strategies."""
    return _listing(options)


def _listing(options: Options) -> Work:
    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_list import show_list

        return show_list(options, streams)

    return work


@strategies_app.command(
    help=help_text(
        "Show a strategy: its plan in words, what it is for, what came of it.",
        "rao strategies show page-lookup",
        "rao strategies show page-lookup --json",
    )
)
@takes_bench_options
def show(name: _Name = None, *, options: Options) -> Work:
    """Describe showing a strategy."""
    wanted = _given(name, "show")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_show import show_strategy

        return show_strategy(wanted, options, streams)

    return work


@strategies_app.command(
    help=help_text(
        "Learn a strategy from runs that asked alike. Their sources are read again.",
        "rao strategies learn last",
        "rao strategies learn 20261122-1315 20261122-1320 last --name port-lookup",
    )
)
@partial(takes_options, only=_LEARNING)
def learn(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN...", autocompletion=run_names, help="Runs of one class: rao runs."),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What to call it.")] = "",
    calls: Annotated[
        int,
        typer.Option("--calls", metavar="N", min=0, help="Ask the model at most so often; 0: only what is kept."),
    ] = 200,
    *,
    options: Options,
) -> Work:
    """Describe learning from runs."""
    if not runs:
        raise UsageError("rao strategies learn needs runs", hint="rao runs lists them; the newest is called last")

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.strategies_learn import learn_from

        return learn_from(tuple(runs), name, calls, options, streams, find_model)

    return work


@strategies_app.command(
    "try",
    help=help_text(
        "Answer a question with a strategy and without one, and count what came of it.",
        'rao strategies try page-lookup manual.pdf "How do I reset it?"',
        'rao strategies try page-lookup manual.pdf "Which port is used?" --answer 8080',
    ),
)
@partial(takes_options, only=_TRYING)
def try_strategy(
    name: _Name = None,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, folders, or - for standard input.")
    ] = None,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="The last argument; one that starts with - after --.")
    ] = None,
    answer: Annotated[
        str, typer.Option("--answer", metavar="TEXT", help="The right answer, if you know it.")
    ] = "",
    *,
    options: Options,
) -> Work:
    """Describe trying a strategy."""
    from rao_cli.cli.arguments import check_question

    wanted = _given(name, "try")
    asked = check_question(sources or (), question, f"strategies try {one_line(wanted, 40)}")

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.strategies_try import Trial, try_on

        return try_on(Trial(wanted, tuple(sources or ()), asked, answer), options, streams, find_model)

    return work


@strategies_app.command(
    help=help_text(
        "Write a strategy out as a file to share, without what came of it here.",
        "rao strategies export page-lookup -o page-lookup.json",
        "rao strategies export page-lookup",
    )
)
@takes_bench_options
def export(name: _Name = None, *, options: Options) -> Work:
    """Describe writing a strategy out."""
    wanted = _given(name, "export")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_keep import export_strategy

        return export_strategy(wanted, options, streams)

    return work


@strategies_app.command(
    "import",
    help=help_text(
        "Take in a strategy that someone shared; it is used once it did well here on two documents.",
        "rao strategies import page-lookup.json",
        "rao strategies import page-lookup.json --json",
    ),
)
@takes_bench_options
def import_file(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="What rao strategies export wrote.")] = None,
    *,
    options: Options,
) -> Work:
    """Describe taking a strategy in."""
    if not file:
        raise UsageError("rao strategies import needs a file", hint="rao strategies import strategy.json")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_keep import import_strategy

        return import_strategy(file, options, streams)

    return work


@strategies_app.command(
    help=help_text(
        "Use a strategy no more; what came of it is kept.",
        "rao strategies retire page-lookup",
        "rao strategies retire page-lookup --undo",
    )
)
@takes_bench_options
def retire(
    name: _Name = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back one that was retired.")] = False,
    *,
    options: Options,
) -> Work:
    """Describe retiring a strategy."""
    wanted = _given(name, "retire")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_keep import retire_strategy

        return retire_strategy(wanted, options, streams, undo=undo)

    return work


@strategies_app.command(
    help=help_text(
        "Show what came of each strategy with each model on each kind of document.",
        "rao strategies stats",
        "rao strategies stats --json",
    )
)
@takes_bench_options
def stats(*, options: Options) -> Work:
    """Describe showing outcomes."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.strategies_list import show_stats

        return show_stats(options, streams)

    return work
