"""Fitting a model to the machine: found out once, kept, found out again when anything changed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import rao_cli
from rao_cli.engine.build import Build
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.template import PLAIN, known_format
from rao_cli.errors import ModelError
from rao_cli.models.fits import FittedModel, sweep
from rao_cli.models.measure import Job
from rao_cli.models.probe import ProbeLostError
from rao_cli.models.resolve import resolve
from rao_cli.models.tune import _outcome, chat_format, fit_model, kept_fit
from tests.engine.tiny import write_tiny
from tests.loras import write_lora
from tests.models import templates
from tests.models.fitting import MACHINE, fitted, model_file


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the path of a tiny model."""
    return write_tiny(tmp_path / "tiny.gguf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the cache, which does not exist yet."""
    return tmp_path / "cache" / "fits"


def test_model_is_measured_once(tiny: Path, folder: Path) -> None:
    """The first time everything is measured, with progress; the second time nothing is; the engine takes it."""
    first, told = fitted(tiny, folder)
    assert "measuring threads" in told
    assert {one.kind for one in first.measured} >= {"threads", "weights", "attention", "micro-batch"}
    assert len(first.reasons) >= 4
    started = time.perf_counter()
    second, told = fitted(tiny, folder)
    assert (second, told) == (first, [])
    assert time.perf_counter() - started < 0.1
    LlamaEngine(first.path, window=64, fit=first.fit, chat=first.chat).close()


def test_moved_model_keeps_its_fit(tiny: Path, folder: Path, tmp_path: Path) -> None:
    """A file that moves is the same model, and is loaded from where it is now."""
    fitted(tiny, folder)
    moved = tiny.rename(tmp_path / "moved.gguf")
    found, told = fitted(moved, folder)
    sweep(folder)
    assert (told, kept_fit(model_file(moved), folder, machine=MACHINE)) == ([], found)
    assert found.path == moved or found.path.parent.name == "models"


def test_nothing_is_known_before(tiny: Path, folder: Path) -> None:
    """A model that was never tried has no kept fit, and asking does not try it."""
    assert kept_fit(model_file(tiny), folder, machine=MACHINE) is None
    assert not folder.exists()


def test_changed_model_is_measured_again(tiny: Path, folder: Path) -> None:
    """Other weights of the same size in the same place are another model."""
    fitted(tiny, folder)
    write_tiny(tiny, seed=7)
    assert fitted(tiny, folder)[1]


@pytest.mark.parametrize("change", [{"cores": 1}, {"build": Build(version="2")}])
def test_changed_machine_is_measured_again(tiny: Path, folder: Path, change: dict[str, object]) -> None:
    """Another number of cores or another llama.cpp is another machine."""
    fitted(tiny, folder)
    assert fitted(tiny, folder, machine=replace(MACHINE, **change))[1]


def test_busy_machine_is_measured_again_when_idle(tiny: Path, folder: Path) -> None:
    """What was measured beside other work is kept while that goes on, and measured again once, after it."""
    assert fitted(tiny, folder, load=4)[1]
    assert fitted(tiny, folder, load=1)[1] == []
    assert fitted(tiny, folder, load=0.1)[1]
    assert fitted(tiny, folder, load=0.1)[1] == []


@pytest.mark.parametrize("damage", [b"", b"{}"])
def test_damaged_fit_is_made_again(tiny: Path, folder: Path, damage: bytes) -> None:
    """A kept fit that cannot be read means measuring again, not an error."""
    fitted(tiny, folder)
    [path] = folder.glob("*.json")
    path.write_bytes(damage)
    assert fitted(tiny, folder)[1]


def test_adapter_has_a_fit_of_its_own(tiny: Path, folder: Path, tmp_path: Path) -> None:
    """With an adapter a model is another one; what is loaded holds it, or the engine is told to apply it."""
    lora = write_lora(tmp_path / "lora.gguf", tiny)
    fitted(tiny, folder)
    found, told = fitted(tiny, folder, adapter=lora)
    assert told
    assert found.merged == (found.path != tiny)
    assert fitted(tiny, folder, adapter=lora) == (found, [])
    write_lora(lora, tiny, seed=5)
    assert fitted(tiny, folder, adapter=lora)[1]


def test_foreign_adapter_is_refused(tiny: Path, folder: Path) -> None:
    """An adapter that is none is one line with exit code 4."""
    with pytest.raises(ModelError, match="not a LoRA"):
        fitted(tiny, folder, adapter=tiny)


def test_retune_measures_again(tiny: Path, folder: Path) -> None:
    """Asked for, everything is measured again, with more formats; what was not chosen goes."""
    fitted(tiny, folder)
    found, told = fitted(tiny, folder, retune=True)
    assert "trying the weights as q4_0" in told
    assert fitted(tiny, folder)[0] == found
    assert list((folder / "models").iterdir()) == ([found.path] if found.path != tiny else [])
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} <= {".json", ".digest", ".gguf", ""}
    assert not list(folder.rglob("making-*"))


def test_folder_that_cannot_be_made(tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a folder the model is tried all the same and runs the plain way, with a warning."""
    (tmp_path / "file").write_text("in the way")
    found, _ = fitted(tiny, tmp_path / "file" / "fits")
    assert (found.path, found.fit) == (tiny, Fit(threads=2))
    assert "cannot be kept" in caplog.text
    assert "nothing was measured" in found.reasons[-1]


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_folder_that_cannot_be_written(tiny: Path, folder: Path) -> None:
    """A read-only folder is like none."""
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    assert fitted(tiny, folder)[0].path == tiny


def test_full_disk_runs_the_original(tiny: Path, folder: Path) -> None:
    """When nothing can be written any more, the model runs all the same."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from tests.models.test_tune import *\n"
        f"found, told = fitted(Path({str(tiny)!r}), Path({str(folder)!r}))\n"
        "assert found.path.name == 'tiny.gguf', found\n"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr


def python(code: str) -> "subprocess.CompletedProcess[str]":
    """Run code in another process that can import the tests."""
    paths = os.pathsep.join([str(Path(rao_cli.__file__).parents[1]), str(Path(__file__).parents[2])])
    environment = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_two_at_once_measure_once(tiny: Path, folder: Path) -> None:
    """Of two processes that fit the same model, one measures and the other waits for it."""
    results: list[tuple[FittedModel, list[str]]] = []
    threads = [threading.Thread(target=lambda: results.append(fitted(tiny, folder))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first, told), (second, told_too) = results
    assert first == second
    assert sorted([bool(told), bool(told_too)]) == [False, True]


def test_interrupt_stops_at_once(tiny: Path, folder: Path) -> None:
    """Ctrl-C while measuring ends within a second, and leaves nothing half-made."""

    def interrupt(text: str) -> None:
        if text.startswith("measuring"):
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's is ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            fit_model(model_file(tiny), folder, retune=True, status=interrupt, machine=MACHINE)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not list(folder.rglob("making-*"))


def test_hostile_file_is_refused(tmp_path: Path, folder: Path) -> None:
    """A file that makes llama.cpp give up or die is one line with exit code 4, and is not kept."""
    path = write_tiny(tmp_path / "bad.gguf", pairs={"llama.attention.head_count": 0})
    with pytest.raises(ModelError, match=r"bad\.gguf") as caught:
        fitted(path, folder)
    assert caught.value.exit_code == 4
    assert caught.value.hint
    assert not list(folder.glob("*.json"))


def test_known_template_is_ours(tmp_path: Path, folder: Path) -> None:
    """A template of a known family is written by our own code."""
    path = write_tiny(tmp_path / "t.gguf", template="{{ '<|im_start|>' }}")
    assert fitted(path, folder)[0].chat == known_format("<|im_start|>")


def test_unknown_template_is_derived(tmp_path: Path, folder: Path) -> None:
    """A template of no known family gives the format that it writes."""
    path = write_tiny(tmp_path / "t.gguf", template=templates.COMMAND_R)
    chat = fitted(path, folder)[0].chat
    assert chat.user == ("<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "<|END_OF_TURN_TOKEN|>")


@pytest.mark.parametrize("case", ["popen", "orders in each turn"])
def test_hostile_template_is_plain(case: str, tmp_path: Path) -> None:
    """Where no format comes out, turns are written as plain text, and a reason says so."""
    mark = tmp_path / "owned"
    chat, reasons = chat_format(templates.HOSTILE[case].replace("MARK", str(mark)))
    assert chat == PLAIN
    assert reasons[0].startswith("chat template: turns are written as plain text, because")
    assert not mark.exists()


def test_endless_template_is_plain() -> None:
    """A template that never ends costs seconds, not the model."""
    started = time.monotonic()
    assert chat_format(templates.ENDLESS["loops in loops"])[0] == PLAIN
    assert time.monotonic() - started < 15


def test_thinking_is_turned_off() -> None:
    """A known family whose template has the switch asks for an answer without a thought."""
    assert chat_format(templates.QWEN3)[0].ask == "<|im_start|>assistant\n<think>\n\n</think>\n\n"


def test_no_template_is_plain() -> None:
    """Without a template turns are plain, and there is nothing to say about it."""
    assert chat_format("") == (PLAIN, ())


SOUND: dict[str, Any] = {"fit": asdict(Fit(threads=2)), "format": "", "measured": [], "reasons": ["a\x1b[2J\nb"]}
NONSENSE: dict[str, Any] = {
    "nothing": None,
    "a list": [],
    "no fit": {**SOUND, "fit": {}},
    "a thousand threads and a half": {**SOUND, "fit": {**SOUND["fit"], "threads": 1000.5}},
    "no threads": {**SOUND, "fit": {**SOUND["fit"], "threads": 0}},
    "a path as a format": {**SOUND, "format": "../../etc/passwd"},
    "another format than those asked for": {**SOUND, "format": "q4_0"},
    "measured text": {**SOUND, "measured": "x"},
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_from_the_process_is_not_believed(case: str) -> None:
    """A hostile model may speak for the process that it runs in; what cannot be meant is refused."""
    with pytest.raises(ProbeLostError, match="nonsense"):
        _outcome(NONSENSE[case], Job("m.gguf", {}, formats=("bf16",)))


def test_reasons_from_the_process_are_cleaned() -> None:
    """What the process says is shown on one line, without control characters."""
    assert _outcome(SOUND, Job("m.gguf", {})).reasons == ("a[2J b",)


@pytest.mark.model
def test_embedded_model_takes_seconds(folder: Path) -> None:
    """The embedded model is fitted within the time promised, loses nothing, and is chatml."""
    started = time.monotonic()
    found = fit_model(resolve("smollm2"), folder, status=print)
    assert time.monotonic() - started < 40  # a busy machine is no defect
    assert found.chat.name == "chatml"
    chosen = [one for one in found.measured if one.kind == "weights" and one.name in found.path.name]
    assert all(one.divergence <= 0.02 for one in chosen)
    json.dumps(found.reasons)
