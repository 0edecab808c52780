"""``rao`` as a process: pipes, terminals, signals and closed descriptors."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rao_cli.bench.ingest import family
from tests.checkout import ROOT
from tests.cli.console import long_text

QUESTION = "What is the code?"


def command(*argv, delay=0.0):
    """Return the command line of a process with a scripted model."""
    return [sys.executable, "-m", "tests.cli.driver", str(delay), *map(str, argv)]


def start(*argv, delay=0.0, **streams):
    """Start a process with its own group, pipes unless told otherwise."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command(*argv, delay=delay), cwd=ROOT, start_new_session=True, **{**pipes, **streams})


def shell(line):
    """Run a shell line in which rao is a function; return the finished process."""
    rao = " ".join(command()[:3])
    script = f'set -o pipefail; rao() {{ {rao} 0 "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture
def source(tmp_path):
    """Return a text file larger than the window that holds a code."""
    path = tmp_path / "log.txt"
    path.write_text(long_text())
    return path


def wait_for(process, text):
    """Read stderr until a text appears; return everything read."""
    seen = b""
    limit = time.monotonic() + 20
    while text not in seen and time.monotonic() < limit:
        ready, _, _ = select.select([process.stderr], [], [], 0.5)
        if ready:
            seen += os.read(process.stderr.fileno(), 65536)
    assert text in seen
    return seen


def test_a_pipe_in_and_a_pipe_out():
    """Text comes in by a pipe, and JSON goes out by one, alone."""
    done = shell("printf 'alpha\\nthe code is 7431\\n' | rao ask - 'What is the code?' --json 2>/dev/null | cat")
    assert done.returncode == 0
    assert json.loads(done.stdout)["answer"] == "7431"


@pytest.mark.parametrize("flags", ["", "--json", "--jsonl"])
def test_a_closed_pipe_ends_with_141(source, flags):
    """When the reader goes away, rao ends quietly with the pipe's code."""
    done = shell(f"rao ask {source} '{QUESTION}' -q {flags} | true; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.split()[-1] == "141"
    assert done.stderr == ""


def test_head_takes_the_first_line(source):
    """``| head -1`` shows the first event and no complaint."""
    done = shell(f"rao ask {source} '{QUESTION}' -q --jsonl | head -1")
    assert json.loads(done.stdout)["type"] == "run_started"
    assert done.stderr == ""


def test_help_into_a_closed_pipe_ends_with_141():
    """The parser's own output obeys the same rule."""
    done = shell("(sleep 0.3; rao --help; echo $? >&2) | true")
    assert done.stderr == "141\n"


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_closed_descriptors_do_no_harm(source, closed):
    """Without standard input or standard error the run still works, and no file takes their place."""
    done = shell(f"rao ask {source} '{QUESTION}' {closed}; echo $? >> {source}.code")
    assert (source.parent / "log.txt.code").read_text() == "0\n"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("flags", ["", "--json", "--jsonl"])
def test_a_closed_standard_output_stops_before_the_work(source, flags):
    """An answer that nobody can read is an error at once, not a success."""
    done = shell(f"rao ask {source} '{QUESTION}' {flags} >&-")
    assert done.returncode == 1
    assert done.stderr == "rao: error: standard output is closed\nhint: write to a file with -o\n"


def test_a_file_needs_no_standard_streams(source, tmp_path):
    """With -o the answer arrives although all three streams are closed."""
    done = shell(f"rao ask {source} '{QUESTION}' -o {tmp_path}/a.txt <&- >&- 2>&-")
    assert done.returncode == 0
    assert (tmp_path / "a.txt").read_text().startswith("7431\n")


@pytest.mark.parametrize("command_line", ["paths", "help", "--help", "--version"])
@pytest.mark.parametrize("target", ["/dev/full", "&-"])
def test_text_that_cannot_be_printed_is_one_line(command_line, target):
    """Commands that only print report a full disk or a closed stream as any error."""
    done = shell(f"rao {command_line} >{target}")
    assert done.returncode == 1
    assert done.stderr.startswith("rao: error: cannot write standard output: ")
    assert len(done.stderr.splitlines()) == 2


def test_closed_standard_input_is_an_input_error():
    """- with nothing to read ends with 3."""
    done = shell(f"rao ask - '{QUESTION}' <&-")
    assert done.returncode == 3
    assert done.stderr.startswith("rao: error: standard input is ")


def test_a_terminal_as_standard_input_ends_with_2():
    """- on a real terminal says so at once instead of waiting for ever."""
    leader, follower = pty.openpty()
    process = start("ask", "-", QUESTION, stdin=follower)
    out, err = process.communicate(timeout=20)
    os.close(leader)
    os.close(follower)
    assert (process.returncode, out) == (2, b"")
    assert b"terminal" in err


def test_a_full_disk_as_standard_output_is_an_error(source):
    """An answer that cannot be printed is no success."""
    for flags in ("", "--jsonl"):
        done = shell(f"rao ask {source} '{QUESTION}' -q {flags} > /dev/full")
        assert done.returncode == 1
        assert done.stderr.lower().startswith(
            "rao: error: cannot write standard output: no space left on device\nhint: "
        )


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")]
)
def test_a_signal_stops_the_run(source, number, code, word):
    """The first signal ends the run with one line, a hint, and the signal's code."""
    process = start("ask", source, QUESTION, delay=20)
    wait_for(process, b"sections")
    time.sleep(0.3)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (code, b"")
    assert b"rao: error: " + word in err
    assert b"Traceback" not in err
    assert len(err.splitlines()) == 2


def test_an_interrupted_run_says_so_in_json(source):
    """A program that waits for JSON gets an object for an interruption too."""
    process = start("ask", source, QUESTION, "--json", delay=20)
    wait_for(process, b"sections")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10)
    assert json.loads(out)["error"]["exit_code"] == 130


def test_without_a_cache_nothing_is_promised(source):
    """The hint to run the command again is given only where finished work was kept."""
    process = start("ask", source, QUESTION, "--no-cache", delay=20)
    wait_for(process, b"sections")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert err.endswith(b"rao: error: interrupted\n")


def test_a_signal_does_not_wait_for_a_slow_file(tmp_path):
    """Reading a folder stops at once at Ctrl-C, even while a parser is at work on a page made to be slow."""
    (tmp_path / "a.txt").write_text("some text\n")
    page = "<!doctype html><body><div " + " ".join(f"a{number}=1" for number in range(200_000)) + ">x"
    (tmp_path / "b.html").write_text(page)
    process = start("outline", str(tmp_path), "--no-cache")
    limit = time.monotonic() + 20
    while not (workers := family(process.pid)[1:]) and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=5)
    assert (process.returncode, err) == (130, b"rao: error: interrupted\n")
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_a_second_signal_quits_at_once(source):
    """Two signals in a row end even a run that does not stop."""
    process = start("ask", source, QUESTION, delay=20)
    wait_for(process, b"sections")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130


def on_terminal(*argv, delay=0.0, keys=b"", size=(24, 80)):
    """Run a process whose stdin and stderr are a terminal; return its code, stdout and what the screen got."""
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = start(*argv, delay=delay, stdin=follower, stderr=follower)
    os.close(follower)
    screen = b""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        ready, _, _ = select.select([leader], [], [], 0.1)
        if ready:
            try:
                screen += os.read(leader, 65536)
            except OSError:
                break
        elif process.poll() is not None:
            break
        if keys and b"\xe2\x96\xb8" in screen:
            process.send_signal(signal.SIGINT)
            keys = b""
    with process:
        out = process.stdout.read()
    os.close(leader)
    return process.wait(timeout=10), out, screen.decode()


def test_a_terminal_shows_the_tree(source):
    """The tree is drawn on the terminal and taken away; the answer alone is on standard output."""
    code, out, screen = on_terminal("ask", source, QUESTION, delay=0.6)
    assert code == 0
    assert out.startswith(b"7431\n")
    assert b"\x1b" not in out
    assert "▸" in screen
    assert screen.index("\x1b[?25l") < screen.rindex("\x1b[?25h")
    assert "rao: read " in screen[screen.rindex("\x1b[?25h") :]


def test_the_terminal_is_restored_after_ctrl_c(source):
    """An interrupted tree leaves a visible cursor and one line."""
    code, out, screen = on_terminal("ask", source, QUESTION, delay=3, keys=b"\x03")
    assert (code, out) == (130, b"")
    assert "\x1b[?25h" in screen
    assert "interrupted" in screen[screen.rindex("\x1b[?25h") :]


def test_the_first_output_is_quick(source):
    """Something stands on the terminal long before the model could have answered."""
    leader, follower = pty.openpty()
    begin = time.monotonic()
    process = start("ask", source, QUESTION, delay=5, stdin=follower, stderr=follower)
    os.close(follower)
    ready, _, _ = select.select([leader], [], [], 10)
    took = time.monotonic() - begin
    process.kill()
    process.communicate()
    os.close(leader)
    assert ready
    assert took < 2.0
