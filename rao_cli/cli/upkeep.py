"""``rao cache`` and ``rao config``: commands about what rao keeps and how it is set."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from rao_cli.cli.commands import help_text, print_text
from rao_cli.cli.terminal import Streams

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

Work = Callable[..., int]

cache_app = typer.Typer(help="Manage what rao keeps.", rich_markup_mode=None)
config_app = typer.Typer(help="Look at the settings.", rich_markup_mode=None)


@cache_app.command(
    "clear",
    help=help_text(
        "Delete the stored work of finished agents and what was read.",
        "rao cache clear",
        "RAO_CACHE_DIR=/tmp/rao rao cache clear",
    ),
)
def clear() -> Work:
    """Describe deleting the stored completions."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.folders import clear_cache, user_folders

        count, size = clear_cache(user_folders())
        return print_text(streams, f"deleted {count:,} files, {size / 1e6:,.1f} MB\n")

    return work


@config_app.command(
    "show",
    help=help_text(
        "Print what each setting is when no option changes it.",
        "rao config show",
        "RAO_WINDOW=1024 rao config show --origin",
    ),
)
def show_config(
    origin: Annotated[bool, typer.Option("--origin", help="Print where each value comes from too.")] = False,
) -> Work:
    """Describe printing the settings in force."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        from rao_cli.cli.effective import effective_settings, settings_text
        from rao_cli.cli.folders import user_folders

        settings = effective_settings(user_folders().config, os.environ)
        return print_text(streams, settings_text(settings, origins=origin))

    return work
