"""What the commands about models share: the models at hand, which one is in use, and how results are printed."""

import os
import shutil
import textwrap
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.effective import Setting, effective_settings
from rao_cli.cli.folders import Folders, user_folders
from rao_cli.cli.options import Options
from rao_cli.cli.output import models_json
from rao_cli.cli.terminal import Notices, Streams, can_redraw, is_terminal, use_color
from rao_cli.models.catalogue import Catalogue, catalogue
from rao_cli.models.registry import Registry, read_registry

_PROSE = 100  # columns of running text that goes to no terminal


@dataclass(frozen=True)
class Chosen:
    """The model that is used when no option names one."""

    name: str
    """A name, or a path that a variable or the settings file holds."""
    origin: str
    """Who says so: a variable, the settings file, ``rao models default``, or ``rao``."""

    @property
    def overrides(self) -> bool:
        """Tell whether it goes before what ``rao models default`` says."""
        return self.origin not in ("rao models default", "rao")


@dataclass(frozen=True)
class Models:
    """All that is known about models before any file is opened."""

    folders: Folders
    known: Catalogue
    own: Registry
    chosen: Chosen
    adapter: str | None
    """Adapter that a variable or the settings file names."""

    @property
    def downloads(self) -> Path:
        """Return the folder of downloaded files, the only place where rao deletes any."""
        return self.folders.data / "models"


def models_at_hand(folders: Folders | None = None, environment: Mapping[str, str] = os.environ) -> Models:
    """Read the catalogue, the user's registry and settings; raises ModelError or UsageError for damaged ones."""
    folders = folders or user_folders()
    known, own = catalogue(), read_registry(folders.data)
    settings = {setting.key: setting for setting in effective_settings(folders.config, environment)}
    adapter = settings["adapter"]
    named = adapter.value if adapter.origin != "default" else None
    return Models(folders, known, own, _chosen(settings["model"], known, own), named)


def _chosen(setting: Setting, known: Catalogue, own: Registry) -> Chosen:
    if setting.origin != "default":
        return Chosen(setting.value, setting.origin)
    return Chosen(own.default, "rao models default") if own.default else Chosen(known.default, "rao")


def notices_for(options: Options, streams: Streams) -> Notices:
    """Return where rao's own lines go, a status line on a terminal only."""
    color = use_color(streams.stderr, options.color)
    return Notices(streams.stderr, quiet=options.quiet, color=color, live=can_redraw(streams.stderr))


def screen_width(options: Options, streams: Streams) -> int | None:
    """Return how wide a table may be; None where it does not go to a terminal."""
    on_screen = options.output == "-" and is_terminal(streams.stdout)
    return shutil.get_terminal_size().columns if on_screen else None


def hanging(start: str, text: str, width: int | None) -> str:
    """Return text below itself behind its start; paths and commands stay whole, so that they can be copied."""
    room = max(20, (width or _PROSE) - len(start))
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{start if not number else ' ' * len(start)}{line}\n" for number, line in enumerate(lines))


def show(command: str, text: str, record: Mapping[str, Any], options: Options, streams: Streams) -> int:
    """Print a command's text, or its record with ``--json``; return the exit code. Raises RaoError."""
    shown = models_json(command, record) + "\n" if options.json else text
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, shown, options.output, streams.stdout)
    return 0
