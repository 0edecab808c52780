"""A long text in the user's pager: given on its standard input and in no other way."""

import io
import os
import sys

import pytest

from rao_cli.cli.pager import page
from rao_cli.cli.terminal import Streams
from tests.cli.console import Screen

HOSTILE = "$(touch x); `touch x` 'a' \"b\"\n-rf\n"


@pytest.fixture
def environ(tmp_path):
    """Return an environment with a pager that writes down its arguments and what it read."""
    script = tmp_path / "pager.py"
    script.write_text(
        "import sys, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'read')!r}).write_text(repr(sys.argv[1:]) + sys.stdin.read())\n"
    )
    return {"PAGER": f"{sys.executable} {script} 'an option'", "TERM": "xterm", "PATH": os.environ["PATH"]}


def streams(stdout=None):
    """Return streams whose output is a screen unless told otherwise."""
    return Streams(None, stdout or Screen(), Screen())


def test_the_text_is_the_pagers_input(environ, tmp_path):
    """The pager has its own arguments only, quoted as in a shell, and reads the text byte for byte."""
    assert page(HOSTILE, 1, streams(), environ)
    assert (tmp_path / "read").read_text() == "['an option']" + HOSTILE
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager", "'unclosed", "less; touch x"])
def test_no_pager(environ, pager):
    """Where the pager is off, missing or no single command, the caller prints the text."""
    assert not page("text", 1, streams(), {**environ, "PAGER": pager})


def test_no_screen(environ):
    """On a pipe, and on a terminal that cannot be redrawn, no pager is started."""
    assert not page("text", 1, streams(io.StringIO()), environ)
    assert not page("text", 1, streams(), {**environ, "TERM": "dumb"})


def test_a_pager_that_reads_nothing(environ):
    """A pager that ends before it has read everything is no error."""
    assert page("x" * 1_000_000, 1, streams(), {**environ, "PAGER": f"{sys.executable} -c pass"})


def test_less_is_told_what_to_do(environ, tmp_path):
    """What fits the screen is just printed, and less starts no commands."""
    script = tmp_path / "settings.py"
    script.write_text(
        "import os, sys; open(sys.argv[1], 'w').write(os.environ['LESS'] + os.environ['LESSSECURE'])"
    )
    told = tmp_path / "told"
    assert page("text", 1, streams(), {**environ, "PAGER": f"{sys.executable} {script} {told}"})
    assert told.read_text() == "FRX1"


def test_less_begins_near_the_passage(environ, tmp_path):
    """Only less is told where to begin, by a number that rao made."""
    less = tmp_path / "less"
    less.write_text(
        f"#!{sys.executable}\nimport sys; open({str(tmp_path / 'given')!r}, 'w').write(repr(sys.argv[1:]))\n"
    )
    less.chmod(0o700)
    assert page("text", 37, streams(), {**environ, "PAGER": "less -i", "PATH": str(tmp_path)})
    assert (tmp_path / "given").read_text() == "['-i', '+37']"
