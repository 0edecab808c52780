"""``rao doctor``: look at the installation, and say what is wrong with it and what to do.

Nothing is loaded into this process but rao itself: llama.cpp is asked in another one, so that a build that crashes
is a finding. No model is loaded, the network is not used, and values of settings, which may hold secrets, are not
shown. Limits: files that rao itself would not read are not looked at.
"""

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rao_cli import __version__
from rao_cli.cli.commands import help_text
from rao_cli.cli.options import Options, takes_bench_options
from rao_cli.cli.terminal import Streams

if TYPE_CHECKING:
    from rao_cli.cli.checkup import Finding
    from rao_cli.cli.engines import FindModel
    from rao_cli.models.machine import Machine

Work = Callable[..., int]
_EXTRAS = {
    "hub": ("huggingface_hub", "httpx2"),
    "remote": ("httpx2", "keyring"),
    "office": ("mammoth", "pptx", "python_calamine"),
}
_PLAIN_WIDTH = 80
HELP = help_text("Look at the installation and say what to do.", "rao doctor", "rao doctor --json")


@takes_bench_options
def doctor(*, options: Options) -> Work:
    """Describe looking at the installation."""

    def work(streams: Streams, find_model: "FindModel | None") -> int:  # noqa: ARG001
        return show_doctor(options, streams)

    return work


def show_doctor(options: Options, streams: Streams, look: "Callable[[], Machine] | None" = None) -> int:
    """Print what every check found; return 1 when there is a problem, else 0. Raises RaoError.

    ``look`` replaces looking at the machine, for tests.
    """
    from contextlib import closing

    from rao_cli.cli.destination import open_destination, write_all
    from rao_cli.cli.models_known import notices_for

    notices = notices_for(options, streams)
    notices.status("looking at the installation")
    machine = (look or _machine)()
    findings = list(all_findings(machine, streams, os.environ))
    notices.clear()
    shown = _json(findings, machine) if options.json else _text(findings, options, streams)
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, shown, options.output, streams.stdout)
    return int(any(finding.state == "problem" for finding in findings))


def all_findings(machine: "Machine", streams: Streams, environment: Mapping[str, str]) -> "Iterator[Finding]":
    """Run every check, in the order of the printed list."""
    from rao_cli.cli.checkup import Finding
    from rao_cli.cli.doctor_files import file_findings
    from rao_cli.cli.doctor_machine import machine_findings
    from rao_cli.cli.folders import user_folders

    where = f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield Finding("rao", "ok", f"{__version__} on Python {platform.python_version()}, {where}")
    yield from machine_findings(machine)
    yield from file_findings(user_folders(), machine, environment)
    yield _sqlite()
    yield _extras()
    yield _terminal(streams, environment)


def _machine() -> "Machine":
    from rao_cli.engine.build import read_build_apart
    from rao_cli.models.machine import machine

    return machine(build=read_build_apart())


def _sqlite() -> "Finding":
    """Try what search and the caches need: SQLite with its full-text index."""
    from rao_cli.cli.checkup import Finding

    remedy = "install a Python whose SQLite has FTS5, as those of python.org and of the distributions do"
    try:
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(":memory:")) as base:
            base.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except ImportError as error:
        return Finding("SQLite", "problem", f"Python was built without it: {error}", remedy)
    except sqlite3.Error as error:
        return Finding("SQLite", "problem", f"{sqlite3.sqlite_version} cannot search text: {error}", remedy)
    return Finding("SQLite", "ok", f"{sqlite3.sqlite_version} with FTS5")


def _extras() -> "Finding":
    """Tell which optional parts are installed, importing none of them."""
    from rao_cli.cli.checkup import Finding

    there = [extra for extra, modules in _EXTRAS.items() if all(map(importlib.util.find_spec, modules))]
    parts = [", ".join(there) + " installed"] if there else []
    parts += [f"{extra} not (pip install 'rao-cli[{extra}]')" for extra in _EXTRAS if extra not in there]
    return Finding("extras", "ok", ", ".join(parts))


def _terminal(streams: Streams, environment: Mapping[str, str]) -> "Finding":
    from rao_cli.cli.checkup import Finding
    from rao_cli.cli.terminal import can_redraw, is_terminal, use_color

    if not is_terminal(streams.stdout):
        return Finding("terminal", "ok", "output goes to a file or a pipe: plain text, no colours")
    size = shutil.get_terminal_size()
    colours = "colours" if use_color(streams.stdout, "auto", environment) else "no colours"
    kind = environment.get("TERM", "")
    text = f"TERM={kind or 'not set'}, {size.columns}x{size.lines}, {colours}"
    if not can_redraw(streams.stdout, environment):
        return Finding("terminal", "ok", f"{text}; progress is not drawn over")
    return Finding("terminal", "ok", text)


def _text(findings: "list[Finding]", options: Options, streams: Streams) -> str:
    from rich.text import Text

    from rao_cli.cli.checkup import finding_lines, summary
    from rao_cli.cli.columns import rendered
    from rao_cli.cli.models_known import screen_width
    from rao_cli.cli.terminal import use_color

    color = options.output == "-" and use_color(streams.stdout, options.color)
    width = min(120, screen_width(options, streams) or _PLAIN_WIDTH)
    return rendered([*finding_lines(findings, width), Text(), Text(summary(findings))], color=color)


def _json(findings: "list[Finding]", machine: "Machine") -> str:
    from rao_cli.cli.output import doctor_json

    facts: dict[str, Any] = {**asdict(machine), "gpus": [asdict(gpu) for gpu in machine.gpus]}
    facts |= {"backends": machine.backends, "unused": machine.unused}
    record = {"rao": __version__, "python": sys.version.split()[0], "machine": facts}
    return doctor_json({**record, "checks": [asdict(finding) for finding in findings]}) + "\n"
