"""``rao runs export``: a run as a trace of JSON lines, as one page to look at, or as OpenTelemetry has it."""

import io
from collections.abc import Callable
from contextlib import closing

from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.models_known import notices_for
from rao_cli.cli.options import Options
from rao_cli.cli.runs_shown import open_run
from rao_cli.cli.terminal import Streams, is_terminal
from rao_cli.errors import UsageError
from rao_cli.runs.blanking import blanked, blanked_kept
from rao_cli.runs.html import write_html
from rao_cli.runs.otel import otel_json
from rao_cli.runs.trace import trace_lines
from rao_cli.runs.tree import Run


def export_run(name: str, form: str, options: Options, streams: Streams, *, redact: bool) -> int:
    """Write a run in one of the forms; return the exit code. Raises RaoError."""
    if form == "html" and options.output == "-" and is_terminal(streams.stdout):
        raise UsageError("a page is for a browser, not for a terminal", hint="write it to a file with -o run.html")
    run = open_run(name, notices_for(options, streams))
    with closing(open_destination(options.output, streams.stdout, ())) as destination:
        write_all(destination, _FORMS[form](run, redact), options.output, streams.stdout)
    return 0


def _trace(run: Run, redact: bool) -> str:
    return "".join(f"{line}\n" for line in trace_lines(run.kept, run.tree.events, redact=redact))


def _telemetry(run: Run, redact: bool) -> str:
    return otel_json(run.kept, run.tree.events, redact=redact) + "\n"


def _page(run: Run, redact: bool) -> str:
    page = io.StringIO(newline="\n")
    if redact:
        write_html(blanked_kept(run.kept), [blanked(event) for event in run.tree.events], page, texts=False)
    else:
        write_html(run.kept, run.tree.events, page)
    return page.getvalue()


_FORMS: dict[str, Callable[[Run, bool], str]] = {"jsonl": _trace, "otel": _telemetry, "html": _page}
