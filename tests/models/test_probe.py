"""The process that tries untrusted models: whatever happens to it, the parent goes on with one clear line."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import rao_cli
from rao_cli.engine.fit import Fit
from rao_cli.errors import ModelError
from rao_cli.models import probe as probe_module
from rao_cli.models.measure import Job
from rao_cli.models.probe import ProbeLimits, ProbeLostError, probe
from tests.checkout import ROOT, run_python
from tests.engine.tiny import tiny_bytes, write_tiny
from tests.models import templates

LIMITS = ProbeLimits(wall_seconds=30, cpu_seconds=30, memory_bytes=8 << 30)
TEMPLATE = ProbeLimits(wall_seconds=8, cpu_seconds=1, memory_bytes=1 << 29)


def options(path: Path) -> dict[str, Any]:
    """Return a job that only tries a file."""
    return asdict(Job(str(path), asdict(Fit(threads=1))))


def tried(path: Path, limits: ProbeLimits = LIMITS) -> list[dict[str, Any]]:
    """Try a file and return what the process told."""
    return list(probe("model", options(path), limits, shown=path.name))


def rendered(template: str, limits: ProbeLimits = TEMPLATE) -> dict[str, Any]:
    """Render a template in another process."""
    job = {"template": template, "bos": "", "eos": ""}
    result: dict[str, Any] = list(probe("template", job, limits))[-1]["result"]
    return result


def children() -> set[int]:
    """Return the worker processes of this one."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.add(int(status.parent.name))
    return found


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Check that no test leaves a process behind."""
    before = children()
    yield
    assert children() <= before


def test_sound_model_works(tmp_path: Path) -> None:
    """A sound file is loaded, its control tokens are told, and the fit that worked comes back."""
    lines = tried(write_tiny(tmp_path / "t.gguf"))
    assert lines[0] == {"kind": "loaded", "bos": "<s>", "eos": "</s>"}
    assert lines[-1]["result"]["fit"] == asdict(Fit(threads=1))


def test_refused_file_says_why(tmp_path: Path) -> None:
    """What llama.cpp says of a file it refuses is the message."""
    path = write_tiny(tmp_path / "t.gguf", pairs={"llama.attention.head_count": 7})
    with pytest.raises(ModelError, match=r"refused the model t\.gguf") as caught:
        tried(path)
    assert caught.value.hint


def test_two_billion_blocks_do_not_end_the_parent(tmp_path: Path) -> None:
    """A block count that makes llama.cpp abort is one line of error."""
    path = write_tiny(tmp_path / "t.gguf", pairs={"llama.block_count": 2_000_000_000})
    with pytest.raises(ModelError) as caught:
        tried(path)
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 4


def mutated(seed: int) -> bytes:
    """Return a tiny model with a few bytes of its header changed, a number made huge, or its end cut off."""
    chance = random.Random(seed)
    data = bytearray(tiny_bytes())
    if chance.random() < 0.2:
        return bytes(data[: chance.randrange(len(data))])
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(8, 9000 if chance.random() < 0.9 else len(data))
        if chance.random() < 0.5:
            data[place] = chance.randrange(256)
        else:
            data[place : place + 4] = chance.choice(
                [b"\xff" * 4, b"\x00" * 4, b"\x00\x94\x35\x77", b"\xff\xff\xff\x7f"]
            )
    return bytes(data)


# Starting a process for each change takes long, so one tries many until it dies of one.
_TRY_MANY = """
import sys
from pathlib import Path
from dataclasses import asdict
from rao_cli.errors import ModelError
from rao_cli.models.measure import run_job
from tests.models.test_probe import mutated, options
path = Path(sys.argv[1])
for seed in range(int(sys.argv[2]), 200):
    print(seed, flush=True)
    path.write_bytes(mutated(seed))
    try:
        run_job(options(path), lambda kind, values: None)
    except ModelError as e:
        assert e.hint and chr(10) not in e.message, e.message
"""


def test_changed_files_are_run_or_refused(tmp_path: Path) -> None:
    """Two hundred changed files work or end in ModelError, or kill a process that is not rao."""
    path, first, deaths = tmp_path / "t.gguf", 0, []
    places = os.pathsep.join([str(Path(rao_cli.__file__).parents[1]), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": places, "GGML_NO_BACKTRACE": "1"}
    while first < 200:
        command = [sys.executable, "-c", _TRY_MANY, str(path), str(first)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode <= 0, done.stderr
        first = int(done.stdout.split()[-1]) + 1
        deaths += [first - 1] if done.returncode < 0 else []
    assert len(deaths) < 20
    for seed in deaths:
        path.write_bytes(mutated(seed))
        with pytest.raises(ModelError):
            tried(path)


def test_loop_in_a_template_is_stopped() -> None:
    """Three loops in each other end by the limit on processor time."""
    started = time.monotonic()
    with pytest.raises(ProbeLostError, match="too long"):
        rendered(templates.ENDLESS["loops in loops"])
    assert time.monotonic() - started < 8


def test_endless_number_in_a_template_is_stopped() -> None:
    """A computation that never comes back to Python ends by the same limit."""
    with pytest.raises(ProbeLostError, match="too long"):
        rendered(templates.ENDLESS["a number without end"])


def test_swelling_template_is_stopped() -> None:
    """A text of a billion characters does not fit the memory that a template gets."""
    with pytest.raises(ModelError):
        rendered(templates.HOSTILE["a billion characters"])


def test_sound_template_is_rendered() -> None:
    """A sound template's format comes back."""
    assert rendered(templates.ALPACA)["chat"]["ask"] == "### Response:\n"


def test_hang_is_stopped() -> None:
    """What never answers is given up after the time allowed, whatever processor time it has left."""
    started = time.monotonic()
    with pytest.raises(ProbeLostError, match="too long"):
        rendered(templates.ENDLESS["a number without end"], ProbeLimits(wall_seconds=0.5, cpu_seconds=30))
    assert time.monotonic() - started < 3


def test_leaving_the_loop_ends_the_process(tmp_path: Path) -> None:
    """What stops listening, as Ctrl-C does, ends the process at once."""
    before = children()
    lines = probe("model", options(write_tiny(tmp_path / "t.gguf")), LIMITS)
    next(lines)
    started = time.monotonic()
    lines.close()
    assert time.monotonic() - started < 1
    assert children() <= before


def test_killed_process_is_told(tmp_path: Path) -> None:
    """A process that the system kills is one line that names the model."""
    job = asdict(Job(str(write_tiny(tmp_path / "t.gguf")), asdict(Fit(threads=1)), "full", 20, (1, 2)))
    before = children()
    lines = probe("model", job, LIMITS, shown="the model t.gguf")
    next(lines)
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(ProbeLostError, match=r"the model t\.gguf makes llama\.cpp crash \(signal 9\)"):
        list(lines)


def test_process_ends_with_its_parent(tmp_path: Path) -> None:
    """When rao is killed, the process does not go on without it."""
    job = asdict(Job(str(write_tiny(tmp_path / "t.gguf")), asdict(Fit(threads=1)), "full", 20, (1, 2)))
    code = (
        "import os, signal\n"
        "from rao_cli.models.probe import *\n"
        f"next(probe('model', {job!r}, ProbeLimits(30, 30)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    started = time.monotonic()
    assert run_python("-c", code).returncode == -signal.SIGKILL  # returns when the last writer of its pipes ended
    assert time.monotonic() - started < 10


def test_working_folder_is_not_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules in the working folder, and those that PYTHONPATH names, are not what the process imports."""
    for name in ("llama_cpp", "numpy", "jinja2", "json", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert tried(write_tiny(tmp_path / "t.gguf"))[-1]["kind"] == "done"
    assert not (tmp_path / "owned").exists()


def test_worker_ends_when_nobody_speaks() -> None:
    """Started by hand without input, the worker ends."""
    worker = Path(probe_module.__file__).with_name("probe_worker.py")
    command = [sys.executable, "-I", worker]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    assert done.returncode == 1
