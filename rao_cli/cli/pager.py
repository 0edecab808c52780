"""Show a long text through the user's pager: ``PAGER``, or less.

The text goes to the pager's standard input, so nothing of it is ever an argument, a file's name or a shell's.
"""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rao_cli.cli.terminal import Streams, can_redraw

_USUAL = "less"


def page(text: str, line: int, streams: Streams, environ: Mapping[str, str] | None = None) -> bool:
    """Show a text, in less from a line on, until it was read; False where there is no screen or no pager."""
    environ = os.environ if environ is None else environ
    command = _command(environ, line)
    if not command or not can_redraw(streams.stdout, environ):
        return False
    own = {"LESS": "FRX", "LESSSECURE": "1", **environ}  # a text that fits the screen is just printed
    streams.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        subprocess.run(command, input=text.encode("utf-8", "replace"), env=own, check=False)  # noqa: S603  the user's own
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _command(environ: Mapping[str, str], line: int) -> list[str]:
    """Return the pager's program and options; nothing where it is switched off or is not there."""
    try:
        words = shlex.split(environ.get("PAGER", _USUAL))
    except ValueError:
        return []
    program = shutil.which(words[0], path=environ.get("PATH")) if words else None
    if program is None or words[0] == "cat":
        return []
    return [program, *words[1:], *([f"+{line}"] if Path(program).name == _USUAL else [])]
