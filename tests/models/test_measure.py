"""Measuring one model: stages in the time there is, formats compared with the original, adapters merged."""

import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.errors import ModelError
from rao_cli.models.gguf import read_header
from rao_cli.models.measure import Job, run_job
from tests.engine.tiny import write_tiny
from tests.loras import write_lora

PLAIN = asdict(Fit(threads=1))
Lines = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the path of a tiny model."""
    return write_tiny(tmp_path / "tiny.gguf")


def measured(path: Path, **options: Any) -> tuple[dict[str, Any], Lines]:
    """Run a job in this process; return its result and what it told."""
    lines: Lines = []
    job = Job(str(path), options.pop("fit", PLAIN), folder=str(path.parent), format_name="f32", **options)
    return run_job(asdict(job), lambda kind, values: lines.append((kind, values))), lines


def names(result: dict[str, Any], kind: str) -> list[str]:
    """Return what was measured of one kind."""
    return [one["name"] for one in result["measured"] if one["kind"] == kind]


def test_trying_measures_nothing(tiny: Path) -> None:
    """Without time the model is loaded and decodes, and the plain fit comes back."""
    result, lines = measured(tiny)
    assert (result["fit"], result["format"], result["measured"]) == (PLAIN, "", [])
    assert [kind for kind, _ in lines] == ["loaded"]


def test_all_stages_are_measured(tiny: Path) -> None:
    """With time every kind is measured, the plain way first, each with a reason."""
    result, _ = measured(tiny, effort="full", seconds=20, threads=(1, 2), formats=("bf16", "q8_0"))
    assert names(result, "weights") == ["f32", "bf16", "q8_0"]
    assert names(result, "threads") == ["1", "2"]
    assert names(result, "micro-batch") == ["512", "256"]
    assert names(result, "attention")[:2] == ["flash, f16", "plain, f16"]
    assert all(one["reading"] > 0 and one["writing"] > 0 for one in result["measured"])


def test_formats_lie_as_far_as_they_round(tiny: Path) -> None:
    """The original lies nowhere from itself, BF16 hardly, and Q4_0 further than Q8_0."""
    result, _ = measured(tiny, effort="quick", seconds=20, formats=("bf16", "q8_0", "q4_0"))
    far = {one["name"]: one["divergence"] for one in result["measured"] if one["kind"] == "weights"}
    assert far["f32"] == 0
    assert 0 < far["bf16"] < far["q4_0"]
    assert far["q8_0"] < far["q4_0"]


def test_ways_that_do_not_work_are_left_out(tiny: Path) -> None:
    """Keys of 16 numbers cannot be stored as Q8_0: that way is told and not taken."""
    result, _ = measured(tiny, effort="full", seconds=20)
    assert names(result, "attention") == ["flash, f16", "plain, f16"]
    assert any(reason.startswith("attention flash, q8_0: ") for reason in result["reasons"])


def test_format_that_cannot_be_written_is_left_out(tiny: Path) -> None:
    """Without a folder to write to the original stays, and the reason is told."""
    job = asdict(Job(str(tiny), PLAIN, "quick", 20, (1,), ("bf16",), "f32", str(tiny.parent / "none")))
    result = run_job(job, lambda _kind, _values: None)
    assert result["format"] == ""
    assert any(reason.startswith("weights bf16: the weights could not be written") for reason in result["reasons"])


def test_no_time_is_no_stage(tiny: Path) -> None:
    """A time that is used up leaves everything plain."""
    result, _ = measured(tiny, effort="quick", seconds=0, threads=(1, 2), formats=("bf16",))
    assert (result["measured"], result["fit"]) == ([], PLAIN)


def test_time_is_kept(tiny: Path) -> None:
    """Measuring takes no longer than it may, whatever there is to measure."""
    started = time.monotonic()
    measured(tiny, effort="full", seconds=0.5, threads=(1, 2, 3, 4), formats=("bf16", "f16", "q8_0", "q4_0"))
    assert time.monotonic() - started < 3


def test_gpu_layers_without_a_gpu_do_no_harm(tiny: Path) -> None:
    """Layers for a GPU that is not there are no reason to refuse a model."""
    result, lines = measured(tiny, fit={**PLAIN, "gpu_layers": 2})
    assert lines[0][0] == "loaded"
    assert result["fit"]["threads"] == 1


def test_adapter_is_merged_into_what_is_converted(tiny: Path, tmp_path: Path) -> None:
    """Converted weights hold the adapter: they lie near the original with it, not near the one without."""
    lora = write_lora(tmp_path / "lora.gguf", tiny)
    options: dict[str, Any] = {"effort": "quick", "seconds": 20, "formats": ("f16", "q8_0")}
    result, _ = measured(tiny, adapter=str(lora), **options)
    far = {one["name"]: one["divergence"] for one in result["measured"] if one["kind"] == "weights"}
    assert far["f32, adapter applied"] == 0
    assert far["f16"] < 0.01
    assert read_header(tmp_path / "q8_0.gguf").tensor_count == read_header(tiny).tensor_count
    assert not (tmp_path / "q8_0.floats").exists()


def test_foreign_adapter_is_refused(tiny: Path, tmp_path: Path) -> None:
    """A file that is no adapter of this model is a ModelError, before llama.cpp sees it."""
    with pytest.raises(ModelError, match=r"other\.gguf"):
        measured(tiny, adapter=str(shutil.copy(tiny, tmp_path / "other.gguf")))


def test_converted_weights_run(tiny: Path) -> None:
    """What was converted is a model that the engine loads."""
    measured(tiny, effort="quick", seconds=20, formats=("bf16",))
    LlamaEngine(tiny.parent / "bf16.gguf", window=64, fit=Fit(threads=1)).close()
