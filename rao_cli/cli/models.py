"""``rao models``: which models there are, getting them, and how they are run on this machine."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, model_names, takes_bench_options, takes_options
from rao_cli.cli.terminal import Streams
from rao_cli.errors import UsageError

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]

models_app = typer.Typer(help="Get, choose and tune models.", rich_markup_mode=None)


def _takes_adapter(command: Callable[..., Work]) -> Callable[..., Work]:
    return takes_options(command, ("json", "output", "quiet", "color", "adapter"))


def _given(model: str | None, command: str) -> str:
    if not model:
        raise UsageError(f"rao models {command} needs a model", hint="rao models list shows them")
    return model


@models_app.command(
    "list",
    help=help_text(
        "Show the models that rao knows and those you added.",
        "rao models list",
        "rao models list --json",
    ),
)
@takes_bench_options
def list_models(*, options: Options) -> Work:
    """Describe listing the models."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_list import show_list

        return show_list(options, streams)

    return work


@models_app.command(
    help=help_text(
        "Show what a model's file says, and how it is run here.",
        "rao models info smollm2",
        "rao models info ~/models/some.gguf",
    )
)
@_takes_adapter
def info(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[NAME|PATH]", autocompletion=model_names, help="Leave out for the one in use."),
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe showing one model."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_info import show_info

        return show_info(model, options, streams)

    return work


@models_app.command(
    help=help_text(
        "Add a known model, a GGUF file, or one on the hub.",
        "rao models add qwen3-4b",
        "rao models add ~/models/some.gguf --name some",
        "rao models add hf:ORG/REPO/FILE.gguf@REVISION",
    )
)
@takes_bench_options
def add(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|PATH|hf:ORG/REPO/FILE",
            autocompletion=model_names,
            help="What to add; @REVISION may follow FILE.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call it; by default after its file.")
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe adding a model."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_add import add_model

        return add_model(_given(model, "add"), name, options, streams)

    return work


@models_app.command(
    "rm",
    help=help_text(
        "Forget a model; delete its file if rao downloaded it.",
        "rao models rm some",
        "rao models rm qwen3-4b --yes",
    ),
)
@takes_bench_options
def remove(
    model: Annotated[
        str | None, typer.Argument(metavar="NAME", autocompletion=model_names, help="A model that you added.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete the file without asking.")] = False,
    *,
    options: Options,
) -> Work:
    """Describe forgetting a model."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_change import remove_model

        return remove_model(_given(model, "rm"), options, streams, yes=yes)

    return work


@models_app.command(
    help=help_text(
        "Show or choose the model used when no option names one.",
        "rao models default",
        "rao models default qwen3-4b",
    )
)
@takes_bench_options
def default(
    model: Annotated[
        str | None, typer.Argument(metavar="[NAME]", autocompletion=model_names, help="Leave out to show it.")
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe showing or choosing the default model."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_change import choose_default, show_default

        return show_default(options, streams) if model is None else choose_default(model, options, streams)

    return work


@models_app.command(
    help=help_text(
        "Measure how a model runs fastest here; keep the choice.",
        "rao models tune",
        "rao models tune ~/models/some.gguf --json",
    )
)
@_takes_adapter
def tune(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[NAME|PATH]", autocompletion=model_names, help="Leave out for the one in use."),
    ] = None,
    *,
    options: Options,
) -> Work:
    """Describe measuring a model."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.models_tune import show_tuning

        return show_tuning(model, options, streams)

    return work
