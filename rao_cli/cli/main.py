"""The command line: what can be typed, and how every failure is reported.

Commands only describe what to do; ``run`` then does it, so that no error passes through the argument parser.
Limits: options must stand after the command's name, and a question that starts with ``-`` after ``--``.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rao_cli import __version__
from rao_cli.cli.bench import bench_app
from rao_cli.cli.chat import HELP as CHAT_HELP
from rao_cli.cli.chat import chat
from rao_cli.cli.commands import cannot_print, print_text
from rao_cli.cli.commands import help_text as _help
from rao_cli.cli.doctor import HELP, doctor
from rao_cli.cli.models import models_app
from rao_cli.cli.options import (
    Options,
    takes_options,
    takes_printing_options,
    takes_reading_options,
    takes_summary_options,
)
from rao_cli.cli.runs import run_names, runs_app
from rao_cli.cli.strategies import strategies_app
from rao_cli.cli.teach import TEACH_HELP, takes_teaching
from rao_cli.cli.terminal import Notices, Streams, use_color
from rao_cli.cli.train import train_app
from rao_cli.cli.upkeep import cache_app, config_app
from rao_cli.errors import RaoError, UsageError
from rao_cli.text import clean, one_line

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Style = Literal["brief", "bullets", "outline"]
Work = Callable[..., int]
"""What a command line asks for: called with the streams and, or None, the way to find a model."""

_READING = ("ask", "summarize", "outline", "chat")

app = typer.Typer(
    name="rao",
    help="Answer questions about documents and code that do not fit a model's context window.",
    epilog="More: rao help exit-codes, rao help environment, rao help config, rao help json.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models")
app.add_typer(cache_app, name="cache")
app.add_typer(config_app, name="config")
app.add_typer(bench_app, name="bench")
app.add_typer(train_app, name="train")
app.add_typer(runs_app, name="runs")
app.add_typer(strategies_app, name="strategies")


def run(argv: Sequence[str], streams: Streams, find_model: "FindModel | None" = None) -> int:
    """Carry out a command line and return the exit code; nothing is raised.

    ``find_model`` replaces the way a model is found and loaded, for tests and demonstrations.
    """
    try:
        work = _parse(argv)
        code = work(streams, find_model) if callable(work) else int(work or 0)
        streams.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return 141
    except KeyboardInterrupt:
        return _report(_interrupted(), argv, streams)
    except RaoError as error:
        return _report(error, argv, streams)
    except MemoryError:
        return _report(RaoError("not enough memory", hint="give smaller sources"), argv, streams)
    except Exception as error:  # noqa: BLE001  the edge of the program: any defect ends in one line
        return _report(_internal(error), argv, streams)
    return code


def report_thread_errors(streams: Streams) -> None:
    """Make a defect in a background thread one line as well; the command that waits for it reports its own."""

    def report(arguments: threading.ExceptHookArgs) -> None:
        if isinstance(arguments.exc_value, Exception):
            _report(_internal(arguments.exc_value), (), streams)

    threading.excepthook = report


def _parse(argv: Sequence[str]) -> Any:
    """Return the work that a command line describes, or the exit code where it is already done."""
    try:
        return app(list(argv), prog_name="rao", standalone_mode=False)
    except typer.TyperException as error:
        from rao_cli.cli.usage import usage_error

        raise usage_error(error, argv) from error
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as stop:
        # The parser turns a pipe closed under its help text into exit 1.
        if isinstance(stop.__context__, BrokenPipeError):
            raise BrokenPipeError from stop
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        raise cannot_print(error) from error


def _report(error: RaoError, argv: Sequence[str], streams: Streams) -> int:
    """Print an error where the user looks for it; return the exit code."""
    if os.environ.get("RAO_DEBUG") == "1":
        streams.stderr.write(clean("".join(traceback.format_exception(error))))
    options = argv[: argv.index("--")] if "--" in argv else argv
    as_json = "--json" in options or "--jsonl" in options
    try:
        if not (as_json and _print_json(error, streams)):
            color = use_color(streams.stderr, "auto")
            Notices(streams.stderr, quiet=True, color=color, live=False).error(error.message, error.hint)
    except OSError:
        _drop_output()  # nobody can be told any more
    return error.exit_code


def _print_json(error: RaoError, streams: Streams) -> bool:
    """Print an error as JSON; tell whether standard output took it."""
    from rao_cli.cli.output import error_json

    try:
        streams.stdout.write(error_json(error) + "\n")
        streams.stdout.flush()
    except OSError:
        return False
    return True


def _internal(error: Exception) -> RaoError:
    failure = RaoError(
        f"internal error: {type(error).__name__}: {one_line(str(error), 200)}; set RAO_DEBUG=1 to see where"
    )
    failure.__cause__ = error
    return failure


def _interrupted() -> RaoError:
    error = RaoError("interrupted")
    error.exit_code = 130
    return error


def _drop_output() -> None:
    """Point stdout and stderr at /dev/null, so that nothing fails when Python flushes them at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            os.dup2(null, stream.fileno())
    os.close(null)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rao {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  the callback acts on it
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    if context.invoked_subcommand in _READING:
        from rao_cli.cli.config import read_config
        from rao_cli.cli.folders import user_folders

        settings = read_config(user_folders().config, named=bool(os.environ.get("RAO_CONFIG")))
        context.default_map = dict.fromkeys(_READING, settings)


@app.command(
    help=_help(
        "Answer a question, with checked citations.",
        'rao ask manual.pdf "How do I reset it?"',
        'journalctl -b | rao ask - "What failed first?" --json',
    )
)
@takes_options
def ask(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Files, folders, or - for standard input.")
    ] = None,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="The last argument; one that starts with - after --.")
    ] = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read everything, not only what search ranks first.")
    ] = False,
    answer_schema: Annotated[
        str | None,
        typer.Option("--answer-schema", metavar="FILE", help="Print the answer as this JSON schema says."),
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe how a question is answered."""
    from rao_cli.cli.arguments import check_question, check_schema

    asked = {"question": check_question(sources or (), question), "thorough": thorough}
    if answer_schema is not None:
        asked["answer_schema"] = check_schema(answer_schema)
    return partial(_work, tuple(sources or ()), options, asked)


@app.command(
    help=_help(
        "Summarize documents of any length.",
        "rao summarize report.pdf",
        "rao summarize src/ README.md --words 300 --style outline -o summary.txt",
        "rao summarize . --since HEAD~5",
    )
)
@takes_summary_options
def summarize(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Files, folders, or - for standard input.")
    ] = None,
    words: Annotated[
        int, typer.Option("--words", help="About how long to make it.", metavar="N", min=1, max=100_000)
    ] = 120,
    style: Annotated[
        Style, typer.Option("--style", help="Paragraphs, a line for each part, or a tree of parts.")
    ] = "bullets",
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Let the model read everything, not only what code chose.")
    ] = False,
    *,
    options: Options,
) -> Work:
    """Describe how documents are summarized."""
    from rao_cli.cli.arguments import check_sources

    asked = {"kind": "summarize", "words": words, "style": style, "thorough": thorough}
    return partial(_work, check_sources(sources or ()), options, asked)


def _work(
    sources: tuple[str, ...],
    options: Options,
    asked: dict[str, object],
    streams: Streams,
    find_model: "FindModel | None",
) -> int:
    started = time.monotonic()
    from rao_cli.cli.arguments import check_options

    check_options(options, sources, streams)
    from rao_cli.cli.progress import open_notices

    # Before the slow imports, so that the user sees at once that something happens.
    notices = open_notices(options, streams)
    notices.status(f"reading {', '.join(sources)}")
    from rao_cli.agent.records import Task
    from rao_cli.cli.assemble import execute

    task = Task.model_validate({**asked, "passages": options.show_passages})
    return execute(task, sources, options, streams, notices, find_model, started)


@app.command(
    help=_help(
        "Go on with a run that was interrupted: finished agents are not asked again.",
        "rao resume",
        "rao resume 20261122-131500-3f9a1c --json",
    )
)
@takes_printing_options
def resume(
    run: Annotated[
        str,
        typer.Argument(
            metavar="[RUN]",
            autocompletion=run_names,
            help="Its id or the beginning of it; else the newest interrupted one.",
        ),
    ] = "",
    *,
    options: Options,
) -> Work:
    """Describe going on with a run."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.resume import resume as go_on

        check_options(options, (), streams)
        return go_on(run, options, streams, find_model)

    return work


@app.command(
    help=_help(
        "Show what is in documents: sections, sizes, facts, what was not read. Needs no model.",
        "rao outline manual.pdf --depth 2",
        "rao outline src/ --symbols",
    )
)
@takes_reading_options
def outline(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Files, folders, or - for standard input.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", help="Show every section down to this level.", metavar="N", min=0)
    ] = None,
    files: Annotated[bool, typer.Option("--files", help="Show every file.")] = False,
    symbols: Annotated[bool, typer.Option("--symbols", help="Show the definitions that other files use.")] = False,
    symbol: Annotated[
        str, typer.Option("--symbol", help="Show where a name is defined and what uses it.", metavar="NAME")
    ] = "",
    facts: Annotated[bool, typer.Option("--facts", help="Show every row of the tables of facts.")] = False,
    *,
    options: Options,
) -> Work:
    """Describe how an outline is shown."""
    from rao_cli.cli.arguments import check_sources

    checked = check_sources(sources or (), "outline")

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.arguments import check_options
        from rao_cli.cli.progress import open_notices

        check_options(options, checked, streams)
        notices = open_notices(options, streams)
        notices.status(f"reading {', '.join(checked)}")
        from rao_cli.cli.outline import show_outline
        from rao_cli.cli.outline_select import Wanted

        wanted = Wanted(depth=depth, files=files, symbols=symbols, symbol=symbol, facts=facts)
        return show_outline(checked, wanted, options, streams, notices)

    return work


app.command(help=CHAT_HELP)(chat)
app.command(help=TEACH_HELP)(takes_teaching)
app.command(help=HELP)(doctor)


@app.command(
    help=_help("Print where rao keeps its files.", "rao paths", "rm -r \"$(rao paths | sed -n 's/^cache *//p')\"")
)
def paths() -> Work:
    """Describe printing where rao keeps its files."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.folders import user_folders

        folders = user_folders()
        names = ("config", "cache", "data", "state")
        return print_text(streams, "".join(f"{name:8}{clean(str(getattr(folders, name)))}\n" for name in names))

    return work


@app.command("help", help=_help("Explain a topic.", "rao help exit-codes", "rao help environment"))
def show_help(
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="Leave out for the list.")] = None,
) -> Work:
    """Describe printing a page of help."""
    from rao_cli.cli.topics import topics

    pages = topics()
    if topic is not None and topic not in pages:
        raise UsageError(f"no help on {one_line(topic, 60)!r}", hint=f"topics are {', '.join(pages)}")
    text = pages[topic] if topic else "".join(f"rao help {name}\n" for name in pages)

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        return print_text(streams, text)

    return work
