"""A conversation on a terminal: the prompt, editing, what was typed before, stopping an answer, leaving."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

from tests.checkout import ROOT

SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")
UP, CTRL_C, CTRL_D = b"\x1b[A", b"\x03", b"\x04"


class Terminal:
    """A conversation whose standard input and error are a terminal, and whose output is a pipe."""

    def __init__(self, source, *flags, delay=0.0, text=None):
        self.screen, inside = pty.openpty()
        termios.tcsetwinsize(inside, (24, 80))
        command = [sys.executable, "-m", "tests.cli.driver", str(delay), "chat", str(source), *flags]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=inside if text is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=inside,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),  # noqa: PLW1509  Ctrl-C becomes a signal
        )
        os.close(inside)
        if text is not None:
            self.process.stdin.write(text)
            self.process.stdin.close()
            self.process.stdin = None
        self.shown = self.unread = b""

    def wait_for(self, text, seconds=20):
        """Read the screen until it has shown a text after what was waited for before."""
        limit = time.monotonic() + seconds
        while text not in self.unread and time.monotonic() < limit:
            self.read(0.2)
        assert text in self.unread
        self.unread = self.unread.partition(text)[2]

    def read(self, seconds):
        """Read what is drawn next; tell whether there was anything."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        drawn = SEQUENCE.sub(b"", os.read(self.screen, 65536))
        self.shown += drawn
        self.unread += drawn
        return True

    def settle(self):
        """Read the screen until nothing more is drawn."""
        while self.read(0.7):
            pass

    def type(self, keys):
        """Press keys."""
        os.write(self.screen, keys)

    def end(self):
        """Wait for the end; return the exit code and standard output."""
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode()


@pytest.fixture
def begin():
    """Begin conversations, and see to it that none goes on after a test."""
    begun = []

    def start(*given, **options):
        begun.append(Terminal(*given, **options))
        begun[-1].wait_for(b"rao>")
        return begun[-1]

    yield start
    for terminal in begun:
        terminal.process.kill()
        terminal.process.communicate()
        os.close(terminal.screen)


@pytest.fixture
def source(tmp_path):
    """Return a text that holds a code."""
    path = tmp_path / "notes.txt"
    path.write_text("alpha\nthe code is 7431\n")
    return path


def test_questions_are_typed_at_a_prompt(begin, source):
    """Answers go to standard output, the prompt to the terminal; Ctrl-D leaves with 0."""
    terminal = begin(source)
    terminal.type(b"What is the code?\r")
    terminal.wait_for(b"1 agent")
    terminal.wait_for(b"rao>")
    terminal.type(CTRL_D)
    code, out = terminal.end()
    assert code == 0
    assert out.startswith("7431\n")
    assert "rao>" not in out


def test_a_typed_line_is_cleared_and_an_old_one_comes_back(begin, source):
    """Ctrl-C clears the line without asking it; the upward key brings the last question back."""
    terminal = begin(source)
    terminal.type(b"What is the code?\r")
    terminal.wait_for(b"1 agent")
    terminal.wait_for(b"rao>")
    terminal.type(b"never asked" + CTRL_C)
    terminal.settle()
    terminal.type(UP)
    terminal.wait_for(b"What is the code?")
    terminal.type(b"\r")
    terminal.wait_for(b"1 agent")
    terminal.wait_for(b"rao>")
    terminal.type(b"/quit\r")
    code, out = terminal.end()
    assert (code, out.count("7431\n\n")) == (0, 2)


def test_an_answer_is_stopped_and_the_conversation_goes_on(begin, source):
    """Ctrl-C during an answer stops that run only; the next command is carried out."""
    terminal = begin(source, delay=20.0)
    terminal.type(b"What is the code?\r")
    terminal.wait_for(b"1 agent")
    terminal.type(CTRL_C)
    terminal.wait_for(b"rao: stopped; ")
    terminal.wait_for(b"rao>")
    terminal.type(b"/help\r")
    terminal.wait_for(b"rao>")
    terminal.type(CTRL_D)
    code, out = terminal.end()
    assert code == 0
    assert out.startswith("/tree")


def test_what_is_typed_during_an_answer_is_not_shown_in_it(begin, source):
    """Keys pressed while the tree is drawn stand at the next prompt."""
    terminal = begin(source, delay=1.5)
    terminal.type(b"What is the code?\r")
    terminal.wait_for(b"1 agent")
    terminal.type(b"/quit")
    terminal.wait_for(b"rao: read ")
    assert b"/quit" not in terminal.shown
    terminal.wait_for(b"rao>/quit")
    terminal.type(b"\r")
    assert terminal.end()[0] == 0


def test_the_source_may_come_from_a_pipe(begin):
    """Where standard input is the source, questions are typed on the terminal behind the command."""
    terminal = begin("-", text=b"alpha\nthe code is 7431\n")
    terminal.type(b"What is the code?\r")
    terminal.wait_for(b"1 agent")
    terminal.wait_for(b"rao>")
    terminal.type(CTRL_D)
    code, out = terminal.end()
    assert code == 0
    assert out.startswith("7431\n")


def test_being_terminated_at_the_prompt(begin, source):
    """SIGTERM at the prompt ends with its code and puts the terminal back."""
    terminal = begin(source)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.wait_for(b"terminated")
    terminal.process.wait(timeout=20)
    assert termios.tcgetattr(terminal.screen)[3] & (termios.ECHO | termios.ICANON)
    assert terminal.end()[0] == 143
