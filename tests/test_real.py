"""The whole tool with the embedded model on a small real PDF, as separate processes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

import rao_cli
from tests.checkout import ROOT

pytestmark = pytest.mark.model

PDF = ROOT / "tests" / "data" / "cid.pdf"
QUESTION = "Which font does this example use?"


def start(*arguments, cache):
    """Start rao with its own cache folder."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(rao_cli.__file__).parents[1]),
        "RAO_CACHE_DIR": str(cache),
        "OMP_WAIT_POLICY": "passive",
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "rao_cli", *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(*arguments, cache):
    """Ask the question of the PDF and return the result as JSON."""
    process = start("ask", PDF, QUESTION, "--json", *arguments, cache=cache)
    out, err = process.communicate(timeout=240)
    assert process.returncode in (0, 5), err
    return json.loads(out)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Return the result of a first run, and its cache folder."""
    cache = tmp_path_factory.mktemp("cache")
    return ask(cache=cache), cache


def test_quotes_stand_on_the_page_that_is_cited(answered):
    """Another PDF reader finds the words of each citation on the page that the citation names."""
    result, _ = answered
    assert result["citations"]
    for citation in result["citations"]:
        pages = pypdf.PdfReader(PDF).pages[citation["first_page"] - 1 : citation["last_page"]]
        shown = "".join("".join(page.extract_text().split()) for page in pages)
        assert all(word in shown for word in citation["quote"].rstrip("…").split()[:5])


def test_a_document_beyond_the_reading_length_is_read_by_a_tree(answered):
    """The root delegates, children read, and the result tells what was read and what it cost."""
    result, _ = answered
    assert {agent["depth"] for agent in result["agents"]} >= {0, 1}
    assert result["agents"][0]["id"] == "1"
    assert 0 < result["coverage"]["sections_read"] <= result["coverage"]["sections_total"]
    assert result["usage"]["prompt_tokens"] > 0
    assert result["usage"]["agents"] == len(result["agents"])


def test_a_second_run_reads_nothing_again(answered):
    """The same command answers the same from what finished agents left, with every prompt token reused."""
    first, cache = answered
    again = ask(cache=cache)
    for field in ("status", "answer", "citations", "coverage", "confidence"):
        assert again[field] == first[field]
    assert again["usage"]["cached_tokens"] == again["usage"]["prompt_tokens"]


def test_a_killed_run_loses_no_finished_agent(tmp_path):
    """After kill -9 the same command reuses what the agents that had finished said."""
    process = start("ask", PDF, QUESTION, "--jsonl", cache=tmp_path)
    finished = next(
        event["report"]
        for event in map(json.loads, process.stdout)
        if event["type"] == "agent_closed" and event["usage"]["output_tokens"]
    )
    process.send_signal(signal.SIGKILL)
    process.communicate()
    after = start("ask", PDF, QUESTION, "--jsonl", cache=tmp_path)
    out, err = after.communicate(timeout=240)
    assert after.returncode == 0, err
    closed = [event for event in map(json.loads, out.splitlines()) if event["type"] == "agent_closed"]
    kept = [
        e
        for e in closed
        if e["usage"]["prompt_tokens"] and e["usage"]["cached_tokens"] == e["usage"]["prompt_tokens"]
    ]
    assert finished["answer"] in [event["report"]["answer"] for event in kept]


@pytest.mark.parametrize(("option", "limit"), [("--max-tokens", 800), ("--max-agents", 2)])
def test_limits_hold_with_the_real_model(tmp_path, option, limit):
    """A run with a limit stays within it and says that it was reached."""
    result = ask(option, limit, cache=tmp_path)
    name = option.removeprefix("--max-")
    used = result["usage"]
    assert name in result["limits_hit"]
    assert result["status"] == "partial"
    assert (used["agents"] if name == "agents" else used["prompt_tokens"] + used["output_tokens"]) <= limit


def test_a_pipe_is_answered(tmp_path):
    """What stands in a short piped text is found, verified, with the line it stands in."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "rao_cli", "ask", "-", "What is the code?", "--json"],
        env={**os.environ, "PYTHONPATH": str(Path(rao_cli.__file__).parents[1]), "RAO_CACHE_DIR": str(tmp_path)},
        input="alpha\nthe code is 7431\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    result = json.loads(done.stdout)
    assert "7431" in result["answer"]
    assert result["verified"]
    assert result["citations"][0]["first_line"] == 2
