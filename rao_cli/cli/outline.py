"""``rao outline``: show what was read of the sources and what code knows of it, without a model.

The outline goes to standard output or a file; notices, warnings and the list of skipped inputs (``-v``) go to
standard error, as for every command.
"""

import shutil
import time
from contextlib import closing
from dataclasses import asdict, replace

from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.outline_select import Wanted, select
from rao_cli.cli.outline_symbol import look_up, lookup_json, lookup_text
from rao_cli.cli.reading import read_sources, tell_skipped
from rao_cli.cli.terminal import Notices, Streams, is_terminal, use_color
from rao_cli.documents.model import Document

_PROMPT_LINES = 3  # the command before the outline and the prompt after it


def show_outline(
    sources: tuple[str, ...], wanted: Wanted, options: Options, streams: Streams, notices: Notices
) -> int:
    """Read the sources and print their outline; return the exit code. Raises RaoError."""
    started = time.monotonic()
    try:
        with (
            closing(open_destination(options.output, streams.stdout, sources)) as destination,
            Interrupts(streams.stderr),
        ):
            document = read_sources(sources, options, streams, notices)
            seconds = time.monotonic() - started
            if options.verbose:
                tell_skipped(document, options, notices)
            notices.status("choosing what to show")
            text = _text(document, wanted, seconds, options, streams)
            notices.clear()
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def _text(document: Document, wanted: Wanted, seconds: float, options: Options, streams: Streams) -> str:
    if options.json:
        return _json(document, wanted, seconds)
    from rao_cli.cli.outline_text import outline_text

    on_screen = options.output == "-" and is_terminal(streams.stdout)
    size = shutil.get_terminal_size()
    width = size.columns if on_screen else None
    color = use_color(streams.stdout, options.color) if on_screen else options.color == "always"
    if wanted.symbol:
        return lookup_text(look_up(document, wanted.symbol), width, color=color)
    if on_screen:
        wanted = replace(wanted, rows=size.lines - _PROMPT_LINES)
    return outline_text(select(document, wanted, seconds), width, color=color, symbols=wanted.symbols)


def _json(document: Document, wanted: Wanted, seconds: float) -> str:
    from rao_cli.cli.output import outline_json

    if wanted.symbol:
        return lookup_json(look_up(document, wanted.symbol))
    skipped = [asdict(one) for one in document.skipped]
    outline = asdict(select(document, wanted, seconds))
    return outline_json({**outline, "skipped": skipped, "warnings": document.warnings}) + "\n"
