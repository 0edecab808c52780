"""Streams, colour and the lines that rao prints about itself."""

import io

import pytest
from hypothesis import given

from rao_cli.cli.terminal import Notices, can_redraw, is_terminal, paint, use_color
from tests.cli.console import Screen
from tests.cli.stream import FORBIDDEN, nasty


def notices(target, **changes):
    """Return notices on a stream."""
    return Notices(target, **{"quiet": False, "color": False, "live": False, **changes})


@pytest.mark.parametrize(
    ("mode", "environ", "screen", "color"),
    [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "xterm"}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1", "TERM": "xterm"}, True, False),
    ],
)
def test_color(mode, environ, screen, color):
    """The option decides, then NO_COLOR, then FORCE_COLOR, then the terminal."""
    assert use_color(Screen() if screen else io.StringIO(), mode, environ) is color


def test_a_closed_stream_is_no_terminal():
    """Asking a closed stream does not fail."""
    stream = io.StringIO()
    stream.close()
    assert not is_terminal(stream)
    assert not can_redraw(stream)


def test_paint_without_color_changes_nothing():
    """Plain text stays plain."""
    assert paint("error:", "error", False) == "error:"
    assert paint("error:", "error", True) == "\x1b[1;31merror:\x1b[0m"


def test_an_error_has_a_hint_on_its_own_line():
    """What failed and what to try are two lines, also when quiet."""
    target = io.StringIO()
    notices(target, quiet=True).error("it broke\nbadly", "mend it")
    assert target.getvalue() == "rao: error: it broke badly\nhint: mend it\n"


def test_quiet_drops_lines_and_warnings():
    """Only errors are left."""
    target = io.StringIO()
    quiet = notices(target, quiet=True, live=True)
    quiet.line("a")
    quiet.warning("b")
    quiet.status("c")
    assert target.getvalue() == ""


def test_a_status_is_replaced():
    """The next line, or the end, takes the status away."""
    target = io.StringIO()
    live = notices(target, live=True)
    live.status("reading")
    live.line("done")
    live.clear()
    assert target.getvalue() == "rao: reading\r\x1b[Krao: done\n"


def test_without_a_terminal_there_is_no_status():
    """A log gets no half lines."""
    target = io.StringIO()
    notices(target).status("reading")
    assert target.getvalue() == ""


@given(nasty, nasty)
def test_no_control_character_passes(message, hint):
    """Whatever a message quotes, it stays in its line and holds nothing a terminal would act on."""
    target = io.StringIO()
    out = notices(target)
    out.line(message)
    out.warning(message)
    out.error(message, hint)
    assert FORBIDDEN & set(target.getvalue()) == set()
    assert len(target.getvalue().splitlines()) <= 4
