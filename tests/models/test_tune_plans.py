"""What is tried on a machine: GPU layers, weight formats and names, from made-up numbers."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rao_cli.engine.build import Build
from rao_cli.engine.fit import Fit
from rao_cli.errors import ModelError
from rao_cli.models.catalogue import Card
from rao_cli.models.resolve import ModelFile
from rao_cli.models.tune import _formats, _layers, _name, _plain, _Task
from tests.engine.tiny import write_tiny
from tests.models.fitting import GB, MACHINE, WITH_GPU, fitted, header, task


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the path of a tiny model."""
    return write_tiny(tmp_path / "tiny.gguf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the cache, which does not exist yet."""
    return tmp_path / "cache" / "fits"


def test_model_goes_to_a_large_gpu() -> None:
    """On a GPU with room all layers go there, with larger batches and more agents at once."""
    layers, (reason,) = _layers(task(header(), WITH_GPU))
    assert layers == 37
    assert "37 of 37" in reason
    fit = _plain(task(header(), WITH_GPU), layers)
    assert (fit.batch, fit.parallel, fit.gpu_layers) == (2048, 64, 37)


def test_part_of_a_model_on_a_gpu_stays_with_few_agents() -> None:
    """Where some layers stay on the processor, it sets the pace, and many agents at once do not help."""
    fit = _plain(task(header(), WITH_GPU), 20)
    assert (fit.gpu_layers, fit.batch, fit.parallel) == (20, 512, 16)


def test_gpu_is_measured_with_larger_batches(tiny: Path, folder: Path) -> None:
    """With a GPU large micro-batches are measured too, for many agents at once."""
    found, _ = fitted(tiny, folder, machine=WITH_GPU, retune=True)
    assert [one.name for one in found.measured if one.kind == "micro-batch"] == ["512", "256", "1024", "2048"]
    assert found.fit.parallel == 64
    assert found.reasons[0].startswith("GPU layers 2 of 2")


def test_failing_gpu_is_left_out(tmp_path: Path, folder: Path) -> None:
    """A file that kills the process with a GPU is tried again without, before it is refused."""
    path = write_tiny(tmp_path / "bad.gguf", pairs={"llama.attention.head_count": 0})
    with pytest.raises(ModelError, match=r"bad\.gguf"):
        fitted(path, folder, machine=WITH_GPU)


def test_gpu_that_the_build_cannot_use_is_left() -> None:
    """A build without offload keeps everything on the processor."""
    machine = replace(WITH_GPU, build=replace(WITH_GPU.build, offload=False))
    assert _layers(task(header(), machine)) == (0, ())
    assert _plain(task(header(), machine), 0) == Fit(threads=2)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("SmolLM2.Q4_1.gguf", "SmolLM2.Q4_1-bf16-"),
        ("\x1b[2J é.gguf", "_2J_-bf16-"),
        (".gguf", "gguf-bf16-"),
        ("..gguf", ""),
    ],
)
def test_converted_weights_have_a_plain_name(name: str, start: str) -> None:
    """The name says which model it is, and holds nothing that a terminal or a shell would act on."""
    file = ModelFile(Path("/m") / name, Card(name="x", window=256), header())
    found = _name(
        _Task(file, Path(), MACHINE, print, None, retune=False, load=0, key="0123456789abcdef01"), "bf16"
    )
    assert found.startswith(start)
    assert found.endswith("-bf16-0123456789abcdef")
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", found)


def test_formats_follow_the_processor(tmp_path: Path) -> None:
    """BF16 is tried first where the processor computes with it, F16 elsewhere; the file's own format never."""
    small = header(parameters=1_000_000, metadata={"general.file_type": 7})
    assert _formats(task(small, MACHINE), tmp_path) == ("f16",)
    wide = replace(MACHINE, build=Build(features=("avx512_bf16",)))
    assert _formats(task(small, wide), tmp_path) == ("bf16",)
    assert _formats(task(small, wide, retune=True), tmp_path) == ("bf16", "f16", "q4_0")


def test_formats_fit_disk_and_memory(tmp_path: Path) -> None:
    """What does not fit the disk or the memory is not tried, nor is a model split over files."""
    narrow = replace(MACHINE, available=3 * GB // 2)
    assert _formats(task(header(parameters=4_000_000_000), narrow, retune=True), tmp_path) == ()
    assert _formats(task(header(parameters=200_000_000), narrow, retune=True), tmp_path) == ("f16", "q8_0", "q4_0")
    assert _formats(task(header(parameters=10**15), MACHINE, retune=True), tmp_path) == ()
    split = header(parameters=1_000_000, metadata={"split.count": 2})
    assert _formats(task(split, MACHINE, retune=True), tmp_path) == ()
