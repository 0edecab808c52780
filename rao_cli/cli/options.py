"""The options that ask and summarize share, as one frozen record.

Each field is an option; ``takes_options`` gives a command all of them, so that they are declared once. Values
come from the command line, then ``RAO_*``, then the settings file, then the defaults here.
"""

import inspect
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import typer

from rao_cli.cli.config import variable
from rao_cli.cli.terminal import Color
from rao_cli.errors import RaoError

Progress = Literal["auto", "tree", "plain", "none"]
Delegation = Literal["auto", "rules", "model"]
_SAYING = ("json", "output", "quiet", "color")
PRINTING = (*_SAYING, "jsonl", "verbose", "progress", "yes", "show_passages")
"""Options that change how an answer is shown, and nothing else."""
_READING = (
    *_SAYING,
    *("verbose", "stdin_name", "password_file", "no_cache", "strict"),
    *("glob", "hidden", "no_ignore"),
)
_SUMMARY = {"since"}
_QUESTION = {"strategy"}
AUTO_STRATEGY, NO_STRATEGY = "auto", "none"
_MOST = 2**31 - 1  # llama.cpp counts in 32 bits


def _finite(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise typer.BadParameter("must be a number of seconds above 0")
    return value


def _layers(value: str) -> str:
    # Python refuses to read thousands of digits.
    if value != "auto" and not (value.isascii() and value.isdigit() and len(value) <= 10 and int(value) <= _MOST):
        raise typer.BadParameter("must be auto or a number of layers")
    return value


def _counted(value: int | None) -> int | None:
    if value is not None and value > _MOST:
        raise typer.BadParameter(f"must be at most {_MOST}")
    return value


def model_names(incomplete: str) -> list[str]:
    """Return the names that begin so, of known models and of those that were added, for the shell.

    A path is completed by the shell itself.
    """
    from rao_cli.cli.folders import user_folders
    from rao_cli.models.catalogue import catalogue
    from rao_cli.models.registry import read_registry

    try:
        names = {*catalogue().models, *read_registry(user_folders().data).models}
    except RaoError:
        return []  # an error's text would stand on the user's command line
    return [name for name in sorted(names) if name.startswith(incomplete)]


def strategy_names(incomplete: str) -> list[str]:
    """Return what --strategy may be that begins so, for the shell."""
    from rao_cli.cli.folders import user_folders
    from rao_cli.strategies.library import Strategies

    try:
        names = [held.strategy.name for held in Strategies(user_folders().strategies).all()]
    except RaoError:
        return []  # an error's text would stand on the user's command line
    return [name for name in (AUTO_STRATEGY, NO_STRATEGY, *names) if name.startswith(incomplete)]


def _flag(*names: str, text: str) -> Any:
    return typer.Option(*names, help=text)


def _number(name: str, text: str, least: int = 1) -> Any:
    return typer.Option(f"--{name}", help=text, min=least, callback=_counted, envvar=variable(name), metavar="N")


@dataclass(frozen=True)
class Options:
    """How a question is answered and shown."""

    json: Annotated[bool, _flag("--json", text="Print one JSON object.")] = False
    jsonl: Annotated[bool, _flag("--jsonl", text="Print each event as a line of JSON, as it happens.")] = False
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Write the result to a file; - is stdout.")
    ] = "-"
    quiet: Annotated[bool, _flag("--quiet", "-q", text="Print nothing but the result and errors.")] = False
    verbose: Annotated[bool, _flag("--verbose", "-v", text="Print skipped inputs, the plan and costs.")] = False
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|PATH",
            envvar=variable("model"),
            autocompletion=model_names,
            help="Model to use: a name or a GGUF file.",
        ),
    ] = None
    adapter: Annotated[
        str | None,
        typer.Option(
            "--adapter",
            metavar="NAME|PATH|none",
            envvar=variable("adapter"),
            help="LoRA adapter to apply; by default the model's own.",
        ),
    ] = None
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            envvar=variable("base-url"),
            help="Ask a server that speaks OpenAI's protocol.",
        ),
    ] = None
    api_key_file: Annotated[
        str | None,
        typer.Option(
            "--api-key-file",
            metavar="FILE",
            envvar=variable("api-key-file"),
            help="File holding the key of that server.",
        ),
    ] = None
    window: Annotated[int | None, _number("window", "Tokens one agent may hold.")] = None
    delegation: Annotated[
        Delegation,
        typer.Option(
            "--delegation", envvar=variable("delegation"), help="Who chooses what is read: code, or the model."
        ),
    ] = "auto"
    strategy: Annotated[
        str,
        typer.Option(
            "--strategy",
            metavar="auto|none|NAME",
            envvar=variable("strategy"),
            autocompletion=strategy_names,
            help="Strategy to follow: one that paid before, none, or one by name.",
        ),
    ] = AUTO_STRATEGY
    max_depth: Annotated[int, _number("max-depth", "Deepest level of delegation; 0 forbids it.", 0)] = 12
    max_tokens: Annotated[int | None, _number("max-tokens", "Stop at this many tokens, all agents together.")] = (
        None
    )
    max_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds",
            metavar="SECONDS",
            envvar=variable("max-seconds"),
            callback=_finite,
            help="Stop after this time.",
        ),
    ] = None
    max_agents: Annotated[int | None, _number("max-agents", "Stop at this many agents.")] = None
    parallel: Annotated[int | None, _number("parallel", "Agents the model serves at a time.")] = None
    gpu_layers: Annotated[
        str,
        typer.Option(
            "--gpu-layers",
            metavar="auto|N",
            envvar=variable("gpu-layers"),
            callback=_layers,
            help="Model layers to keep on the GPU.",
        ),
    ] = "auto"
    threads: Annotated[int | None, _number("threads", "Processor threads to use.")] = None
    deterministic: Annotated[
        bool, _flag("--deterministic", text="Compute each agent alone: slow, and the same to the last bit.")
    ] = False
    dry_run: Annotated[bool, _flag("--dry-run", "-n", text="Show what would be done; generate nothing.")] = False
    yes: Annotated[bool, _flag("--yes", "-y", text="Go on even if it may take more than an hour.")] = False
    progress: Annotated[
        Progress, typer.Option("--progress", envvar=variable("progress"), help="How to show the agents at work.")
    ] = "auto"
    color: Annotated[Color, typer.Option("--color", envvar=variable("color"), help="When to use colour.")] = "auto"
    stdin_name: Annotated[
        str, typer.Option("--stdin-name", metavar="NAME", help="Name, and so the type, of what - reads.")
    ] = "stdin"
    password_file: Annotated[
        str | None, typer.Option("--password-file", metavar="FILE", help="File holding the password of a PDF.")
    ] = None
    no_cache: Annotated[bool, _flag("--no-cache", text="Neither use nor keep what was read and answered.")] = False
    fail_not_found: Annotated[
        bool, _flag("--fail-not-found", text="Exit with 6 if the sources do not contain the answer.")
    ] = False
    show_passages: Annotated[
        bool, _flag("--show-passages", text="Print the text around each citation below it.")
    ] = False
    strict: Annotated[bool, _flag("--strict", text="Fail if any input cannot be read.")] = False
    glob: Annotated[
        list[str] | None,
        typer.Option(
            "--glob", "-g", metavar="GLOB", help="Of folders read only files that match; ! before it: leave out."
        ),
    ] = None
    hidden: Annotated[bool, _flag("--hidden", text="Read hidden files of folders too.")] = False
    no_ignore: Annotated[bool, _flag("--no-ignore", text="Read files that .gitignore and the like exclude.")] = (
        False
    )
    since: Annotated[
        str,
        typer.Option("--since", metavar="REV", help="Tell what changed in a git repository since REV or in A..B."),
    ] = ""


def takes_options(command: Callable[..., Any], only: Collection[str] = ()) -> Callable[..., Any]:
    """Give a command every shared option, or ``only`` some; it receives them as one ``Options`` in ``options``."""
    return takes_record(command, Options, "options", only or _names() - _SUMMARY)


def takes_summary_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options and those of summaries, as ``takes_options`` does."""
    return takes_options(command, _names() - _QUESTION)


def _names() -> set[str]:
    return {field.name for field in fields(Options)}


def takes_chat_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options that make sense for many questions, as ``takes_options`` does."""
    return takes_options(command, _names() - _SUMMARY - {"jsonl", "output", "dry_run"})


def takes_record(
    command: Callable[..., Any], kind: type[Any], name: str, only: Collection[str] = ()
) -> Callable[..., Any]:
    """Give a command the fields of a dataclass as options, or ``only`` some; it receives one in ``name``."""
    own = [p for p in inspect.signature(command).parameters.values() if p.name != name]
    shared = [
        inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type)
        for field in fields(kind)
        if not only or field.name in only
    ]
    names = {parameter.name for parameter in shared}

    def collected(**values: Any) -> Any:
        record = kind(**{field: values.pop(field) for field in names})
        return command(**values, **{name: record})

    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    collected.__name__ = command.__name__
    collected.__doc__ = command.__doc__
    collected.__signature__ = inspect.Signature([*keyword, *shared])  # type: ignore[attr-defined]
    return collected


def takes_reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options that are about reading and printing, as ``takes_options`` does."""
    return takes_options(command, _READING)


def takes_bench_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options that are about printing, as ``takes_options`` does."""
    return takes_options(command, _SAYING)


def takes_printing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options that say how an answer is shown, as ``takes_options`` does."""
    return takes_options(command, PRINTING)
