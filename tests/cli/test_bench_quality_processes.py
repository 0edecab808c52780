"""``rao bench quality`` as a process that is killed or interrupted: nothing that was answered is lost."""

import json
import signal
import time

import pytest

from tests.bench.making import fields, written
from tests.cli.test_processes import start

QUESTIONS = 6


@pytest.fixture
def tasks(tmp_path):
    """Return a file of questions that the model is asked about, each by itself."""
    (tmp_path / "text.txt").write_text("It says why the code changed: the code is 7431.\n" * 3)
    asked = (fields(id=f"n-{n}", question=f"Why did king number {n} worry about it?") for n in range(QUESTIONS))
    return written(tmp_path, *asked)


def kept(results):
    """Return the answers that a file holds."""
    lines = results.read_text().splitlines() if results.exists() else []
    return [json.loads(line)["key"]["task"] for line in lines if line]


def bench(tasks, results, delay):
    """Start the command with a model that takes its time."""
    arguments = ("--tasks", tasks, "--arm", "rag", "--results", results, "--no-cache")
    return start("bench", "quality", *arguments, delay=delay)


def stopped(tasks, results, number):
    """Stop a run by a signal once it has kept an answer; return its code and its errors."""
    process = bench(tasks, results, delay=0.2)
    limit = time.monotonic() + 30
    while not kept(results) and time.monotonic() < limit:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert out == b""
    return process.returncode, err.decode()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on(tasks, tmp_path, number):
    """After kill -9 or Ctrl-C a rerun asks for what is missing, and each question is asked once in all."""
    results = tmp_path / "results.jsonl"
    code, err = stopped(tasks, results, number)
    before = kept(results)
    assert 0 < len(before) < QUESTIONS
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    assert ("run the same command again" in err) == (number != signal.SIGKILL)
    process = bench(tasks, results, delay=0.0)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.startswith(b"right answers")
    assert kept(results)[: len(before)] == before
    assert len(kept(results)) == len(set(kept(results))) == QUESTIONS
