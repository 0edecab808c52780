"""Peers in processes of their own: they answer, they fail with a reason, and they always end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rao_cli.bench.engine.child import Child, Missing
from rao_cli.errors import RaoError, UsageError
from tests.bench.engine.making import python_with, python_without_libraries
from tests.checkout import run_python

LLAMA = """
import os
__version__ = "9.9"
class Llama:
    def __init__(self, model, **options):
        print("a library prints where it likes")
        if model == "crash":
            raise ValueError("no such\\nmodel")
        self.options = options
    def generate(self, prompt, **sampling):
        while True:
            if prompt == [13]:
                os._exit(3)
            if prompt == [99]:
                import time
                time.sleep(60)
            yield 1
"""
SERVER = """
__version__ = "8.8"
class _Group:
    pass
class CommonParams:
    def __init__(self):
        self.model, self.cpuparams, self.cpuparams_batch = _Group(), _Group(), _Group()
class Server:
    def __init__(self, params):
        self.params = params
    def handle_completions(self, asked):
        return {"usage": {"completion_tokens": min(asked["n_predict"], 5)}}
"""
SERVER_SETTINGS = {"peer": "server", "model": "m", "n_parallel": 2, "n_ctx": 64, "n_batch": 8, "n_ubatch": 8}
SERVER_SETTINGS |= {"n_gpu_layers": 0, "threads": 1, "poll": 0}


def alive(pid):
    """Tell whether a process runs; one that ended and was not asked for its status does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def llama(folder, model="m", **settings):
    """Start the peer that is ``Llama``, with a library that computes nothing."""
    python = python_with(folder, "llama_cpp", LLAMA)
    return Child({"peer": "llama", "model": model, "options": {}}, python=python, **settings)


def job(*prompts, tokens=3):
    """Return a job for the peers."""
    return {"prompts": list(prompts), "tokens": tokens, "sampling": {}}


def test_a_peer_answers_one_job_after_another(tmp_path):
    """A peer says its version once and a time for each job, whatever its library prints."""
    with llama(tmp_path) as child:
        assert child.version == "9.9"
        for _ in range(3):
            answer = child.ask(job([1], [2]))
            assert 0 <= answer["writing"] <= answer["seconds"] < 1


def test_a_server_answers_all_prompts(tmp_path):
    """The server's peer runs its prompts and refuses answers of another length."""
    with Child(SERVER_SETTINGS, python=python_with(tmp_path, "xllamacpp", SERVER)) as child:
        assert child.version == "8.8"
        assert child.ask(job([1], [2], [3], tokens=5))["seconds"] < 1
        with pytest.raises(RaoError, match="not as many tokens"):
            child.ask(job([1], tokens=6))


def test_a_missing_library_is_told(tmp_path):
    """A Python without the library is an error of its own, which names what is missing."""
    with pytest.raises(Missing, match="xllamacpp"):
        Child(SERVER_SETTINGS, python=python_without_libraries(tmp_path))


def test_a_missing_python_is_refused(tmp_path):
    """A program that does not exist is the user's mistake."""
    with pytest.raises(UsageError, match="cannot run"):
        Child({"peer": "busy"}, python=str(tmp_path / "none"))


def test_a_peer_that_cannot_start_says_why(tmp_path):
    """The error that ended a peer is its reason, on one line."""
    with pytest.raises(RaoError, match="llama ended with 1: ValueError: no such"):
        llama(tmp_path, model="crash")


def test_what_is_logged_at_the_end_is_no_reason(tmp_path):
    """The error is named, not what a library writes while Python ends."""
    source = LLAMA + "\nimport atexit, sys\natexit.register(lambda: print('freeing memory', file=sys.stderr))\n"
    python = python_with(tmp_path, "llama_cpp", source.replace("\\nmodel", " model"))
    with pytest.raises(RaoError, match="llama ended with 1: ValueError: no such"):
        Child({"peer": "llama", "model": "crash", "options": {}}, python=python)


def test_a_peer_that_ends_is_told(tmp_path):
    """A crash in the middle is an error with the status, not a hang."""
    with llama(tmp_path) as child, pytest.raises(RaoError, match="llama ended with 3"):
        child.ask(job([13]))


def test_a_peer_that_hangs_is_ended(tmp_path):
    """After its time a job fails and the process is gone."""
    with llama(tmp_path, longest=0.5) as child, pytest.raises(RaoError, match="ended with -9"):
        child.ask(job([99]))
    assert not alive(child.pid)


def test_a_program_that_is_no_python_is_told():
    """A program that answers with something else fails with a reason."""
    with pytest.raises(RaoError, match="busy ended with"):
        Child({"peer": "busy"}, python="/bin/echo")


def test_variables_are_set_and_taken_out(tmp_path, monkeypatch):
    """A peer's environment is ours with changes, so that stock code sees what a user without rao has."""
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    monkeypatch.setenv("KEPT", "1")
    with llama(tmp_path, environment={"OMP_WAIT_POLICY": None, "ADDED": "2"}) as child:
        text = Path(f"/proc/{child.pid}/environ").read_text()
    names = dict(pair.split("=", 1) for pair in text.split("\0") if pair)
    assert "OMP_WAIT_POLICY" not in names
    assert (names["KEPT"], names["ADDED"]) == ("1", "2")


def test_a_child_ends_with_its_context():
    """Leaving by an exception, as Ctrl-C does, ends a peer that is busy."""
    children = []

    def interrupted():
        with Child({"peer": "busy"}) as child:
            children.append(child)
            child.tell({"seconds": 60})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not alive(children[0].pid)


def test_closing_twice_does_nothing():
    """A closed child stays closed."""
    child = Child({"peer": "busy"})
    child.close()
    child.close()
    with pytest.raises((RaoError, ValueError)):
        child.ask({"seconds": 0})


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_a_busy_child_does_not_outlive_its_parent():
    """When the measuring process is killed, the process that keeps a core busy ends by itself."""
    done = run_python(
        "-c",
        "import os\n"
        "from rao_cli.bench.engine.child import Child\n"
        "child = Child({'peer': 'busy'})\n"
        "child.tell({'seconds': 60})\n"
        "print(child.pid, flush=True)\n"
        "os._exit(0)",
    )
    pid, until = int(done.stdout), time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(pid)


def test_peers_import_nothing_of_rao(tmp_path):
    """The script runs in a Python that knows neither rao nor any library, up to the library it asks for."""
    script = Path(sys.modules[Child.__module__].__file__).with_name("peers.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script)], input=b'{"peer": "llama"}\n', capture_output=True, check=True
    )
    assert b'"missing"' in done.stdout
