"""The three standard streams and what the terminal behind them can do.

stdout carries the answer only; everything else is a line on stderr that starts with ``rao:``. Limits: no
Windows consoles.
"""

import errno
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal, TextIO

from rao_cli.text import one_line

Color = Literal["auto", "always", "never"]
_STYLES = {"error": "1;31", "warning": "33", "hint": "36", "aside": "2"}


@dataclass(frozen=True)
class Streams:
    """The streams of one command: bytes in, text out."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO


class ClosedStream(io.StringIO):
    """Stand for a standard output that was closed before rao started; writing raises OSError."""

    def writable(self) -> bool:
        """Tell that nothing can be written."""
        return False

    def write(self, text: str) -> int:  # noqa: ARG002
        """Refuse the text."""
        raise OSError(errno.EBADF, "it is closed")


def open_missing_descriptors() -> None:
    """Open descriptors 0 to 2 on /dev/null where they are closed, so that no other file takes their place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def standard_streams() -> Streams:
    """Return the process's streams, writing UTF-8 whatever the locale says."""
    # Python leaves a stream as None when its descriptor was closed before Python started.
    stdin = open(0, "rb", closefd=False) if sys.stdin is None else sys.stdin.buffer  # noqa: SIM115
    sys.stdout = _writer(sys.stdout, 1) if sys.stdout is not None else ClosedStream()
    sys.stderr = _writer(sys.stderr, 2)
    return Streams(stdin, sys.stdout, sys.stderr)


def _writer(stream: TextIO | None, number: int) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
        return stream
    return open(number, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)


def is_terminal(stream: TextIO | BinaryIO) -> bool:
    """Tell whether a stream is a terminal; a closed one is not."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def can_redraw(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Tell whether lines on this stream can be drawn over: a terminal that is not ``TERM=dumb``."""
    environ = os.environ if environ is None else environ
    return is_terminal(stream) and environ.get("TERM", "") not in ("", "dumb")


def use_color(stream: TextIO, mode: Color, environ: Mapping[str, str] | None = None) -> bool:
    """Decide on colour: the option, then ``NO_COLOR``, then ``FORCE_COLOR``, then the terminal."""
    environ = os.environ if environ is None else environ
    if mode != "auto":
        return mode == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return can_redraw(stream, environ)


def paint(text: str, style: str, color: bool) -> str:
    """Return text in the colour of ``style``, or unchanged without colour."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color else text


class Notices:
    """Lines for the person on stderr; ``quiet`` leaves only errors.

    ``status`` shows what is going on in one line that the next line replaces; without a terminal it shows
    nothing.
    """

    def __init__(self, stream: TextIO, *, quiet: bool, color: bool, live: bool) -> None:
        self._stream = stream
        self._quiet = quiet
        self._color = color
        self._live = live and not quiet
        self._shown = False

    def line(self, text: str) -> None:
        """Print one line of information."""
        if not self._quiet:
            self._print(f"rao: {one_line(text)}")

    def aside(self, text: str) -> None:
        """Print one line that stands back behind what it is about."""
        if not self._quiet:
            self._print(paint(one_line(text), "aside", self._color))

    def warning(self, text: str) -> None:
        """Print one line that the person should read before trusting the answer."""
        if not self._quiet:
            self._print(f"rao: {paint('warning:', 'warning', self._color)} {one_line(text)}")

    def error(self, message: str, hint: str = "") -> None:
        """Print why a command failed, and what to try next; never silenced."""
        self._print(f"rao: {paint('error:', 'error', self._color)} {one_line(message) or 'unknown'}")
        if hint:
            self._print(f"{paint('hint:', 'hint', self._color)} {one_line(hint)}")

    def status(self, text: str) -> None:
        """Show what is going on until something else is printed."""
        if self._live:
            self.clear()
            self._stream.write(f"rao: {one_line(text, 70)}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the status line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def _print(self, line: str) -> None:
        self.clear()
        self._stream.write(line + "\n")
        self._stream.flush()


def agrees(what: str, streams: Streams) -> bool:
    """Ask on the terminal whether to go on; anything but yes is no."""
    streams.stderr.write(f"rao: {what}; go on? [y/N] ")
    streams.stderr.flush()
    try:
        reply = streams.stdin.readline()
    except KeyboardInterrupt:
        streams.stderr.write("\n")  # the error that follows starts a line
        raise
    return reply.strip().lower() in (b"y", b"yes")
