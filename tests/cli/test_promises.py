"""Promises that only whole processes can break: what a kill loses, who is called, what reaches a terminal."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.checkout import ROOT
from tests.cli.console import ABSENT, long_text, rao, reader, scripted
from tests.cli.test_processes import QUESTION, wait_for

OUTSIDE = """
import os, sys
CALLS = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")

def stop(event, arguments):
    if event in CALLS or (event == "subprocess.Popen" and arguments[0] != sys.executable):
        os.write(2, f"called {event}".encode())
        os._exit(99)

sys.addaudithook(stop)
"""


def watched(body, *argv):
    """Run Python code in a process that ends with 99 when it calls the network or starts a foreign program."""
    return subprocess.run(
        [sys.executable, "-c", OUTSIDE + body, *map(str, argv)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=250,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    "body",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import subprocess; subprocess.run(['git', 'status'])",
    ],
)
def test_the_watch_notices(body):
    """The watch that the next tests rely on does stop a process that breaks the promise."""
    assert watched(body).returncode == 99


def test_no_network_and_no_foreign_program(tmp_path):
    """A folder with a PDF and a repository's settings is read, answered and cached without calling anyone."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "log.txt").write_text(long_text())
    (tmp_path / "src" / "cid.pdf").write_bytes((ROOT / "tests/data/cid.pdf").read_bytes())
    (tmp_path / "src" / ".git").mkdir()
    (tmp_path / "src" / ".git" / "config").write_text('[core]\n\tfsmonitor = "touch stolen; false"\n')
    body = "sys.argv[1:1] = ['0']; from tests.cli.driver import main; main()"
    done = watched(body, "ask", tmp_path / "src", QUESTION)
    assert (done.returncode, done.stdout.splitlines()[:1]) == (0, ["7431"]), done.stderr


@pytest.mark.model
def test_no_network_with_the_model():
    """Finding, loading and using the embedded model calls no one either."""
    body = "from rao_cli.__main__ import main; main()"
    done = watched(body, "ask", ROOT / "tests/data/cid.pdf", "Which fonts are supported?", "--no-cache")
    assert done.returncode == 0, done.stderr


UNCOUNTED = "Anything secret?"
"""A question that code cannot answer, so that readers do."""
SLOW = """
import sys, time
from rao_cli.cli.main import run
from rao_cli.cli.terminal import standard_streams
from tests.cli.console import reader, scripted

def slowly(request):
    time.sleep(0.05)
    return reader(request)

sys.exit(run(sys.argv[1:], standard_streams(), scripted(slowly)))
"""


def killed_after(wait, source):
    """Start a run whose readers finish one after another, and kill it some seconds after reading began."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "ask", str(source), UNCOUNTED, "--thorough"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(process, b"sections")
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL


def stored(folder):
    """Count the completions that a cache folder holds."""
    path = folder / "completions" / "completions.sqlite3"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        return database.execute("SELECT count(*) FROM completion").fetchone()[0]


def counting(asked):
    """Return what finds a model that notes every request in a list."""

    def respond(request):
        asked.append(request)
        return reader(request)

    return scripted(respond)


def test_a_kill_loses_no_finished_work(tmp_path, monkeypatch):
    """However often a run is killed, what had finished is kept, and a rerun asks the rest only, for one answer."""
    source = tmp_path / "log.txt"
    source.write_text(long_text(lines=1200, at=1190))
    monkeypatch.setenv("RAO_CACHE_DIR", str(tmp_path / "whole"))
    every = []
    whole = rao("ask", source, UNCOUNTED, "--thorough", "--json", find_model=counting(every))
    monkeypatch.setenv("RAO_CACHE_DIR", str(tmp_path / "killed"))
    kept = [0]
    for wait in (0.05, 0.25, 0.4, 0.15):
        killed_after(wait, source)
        kept.append(stored(tmp_path / "killed"))
    assert kept == sorted(kept)
    asked = []
    again = rao("ask", source, UNCOUNTED, "--thorough", "--json", find_model=counting(asked))
    assert 0 < len(asked) == len(every) - kept[-1] < len(every)
    assert [again.json[key] for key in ("answer", "citations")] == [
        whole.json[key] for key in ("answer", "citations")
    ]


@pytest.mark.parametrize("flags", [("-v",), ("--json", "-v"), ("--jsonl",), ("--progress", "tree")])
@pytest.mark.parametrize("answer", [None, ABSENT])
def test_nothing_hostile_reaches_the_streams(tmp_path, flags, answer):
    """Escapes in names, text, question and answers leave neither stream with more than lines of plain text."""
    folder = tmp_path / "repo"
    folder.mkdir()
    evil = "\x1b]52;c;aGk=\x07\x9b2J\u202e"
    name = os.fsencode(f"a{evil}.txt") + b"\xff\x9d"
    (folder / os.fsdecode(name)).write_bytes(f"{evil}the code is 7431 {evil}\n".encode() * 200)
    (folder / f"b{evil}.bin").write_bytes(b"\0")

    def respond(_):
        return answer or '{"action":"answer","answer":"the code \\u001b[2J is 7431 \\u202e","cite":[1]}'

    done = rao("ask", folder, f"What {evil} code?", *flags, find_model=scripted(respond))
    shown = done.out + (done.err if "tree" not in flags else "")
    assert done.code == 0, done.err
    assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) <= 0x9F or c == "\u202e"]
