"""What is said about folders, caches, settings and the model in use."""

import os
import shutil

import pytest

from rao_cli.cli.doctor_files import file_findings, fit_text
from rao_cli.cli.folders import user_folders
from rao_cli.engine.fit import Fit
from rao_cli.engine.template import PLAIN as PLAIN_CHAT
from rao_cli.models.fits import FittedModel
from rao_cli.models.machine import machine
from tests.engine.machines import container, write
from tests.engine.tiny import write_tiny
from tests.models.machines import PLAIN, linux, processor


def found(root, environment=None, files=()):
    """Return the findings about the user's files, by name; of equal names the last."""
    made = machine(write(root / "root", {**processor(), **dict(files)}), host=linux(), build=PLAIN)
    return {finding.name: finding for finding in file_findings(user_folders(), made, environment or {})}


def test_a_new_user_is_in_order(tmp_path):
    """Folders that do not exist are made when they are needed, and nothing is made by looking."""
    findings = found(tmp_path)
    for name in ("config folder", "cache folder", "data folder"):
        assert findings[name].state == "ok"
        assert "(not made yet)" in findings[name].text
    assert not (tmp_path / "cache").exists()
    assert findings["settings"].text == "all as rao comes"
    assert findings["caches"].text.startswith("documents 0 bytes of 4.3 GB, completions 0 bytes of 1.1 GB")


def test_a_readable_cache_is_a_warning(tmp_path):
    """A cache that others can read is named, with the command that closes it."""
    (tmp_path / "cache/documents").mkdir(parents=True, mode=0o755)
    (tmp_path / "cache/documents").chmod(0o755)
    finding = found(tmp_path)["cache folder"]
    assert finding.state == "warning"
    assert finding.command == f"chmod 700 {tmp_path}/cache/documents"


def test_a_private_cache_is_in_order(tmp_path):
    """A cache that only its owner can read is fine, whatever the folder above it allows."""
    (tmp_path / "cache").mkdir(mode=0o755)
    (tmp_path / "cache/documents").mkdir(mode=0o700)
    assert found(tmp_path)["cache folder"].state == "ok"


def test_a_cache_that_all_can_write_is_a_warning(tmp_path):
    """Whoever could put files into the cache could change answers."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    assert found(tmp_path)["cache folder"].command.startswith("chmod o-w ")


def test_a_file_in_the_way_is_a_warning(tmp_path):
    """A file where the cache folder should be is said."""
    (tmp_path / "cache").write_text("x")
    finding = found(tmp_path)["cache folder"]
    assert (finding.state, "is no folder" in finding.text) == ("warning", True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path):
    """A read-only cache folder is said, with what to do."""
    (tmp_path / "cache").mkdir(mode=0o500)
    assert "RAO_CACHE_DIR" in found(tmp_path)["cache folder"].remedy


def test_sizes_of_caches_are_counted(tmp_path):
    """Files at every depth count."""
    write(tmp_path / "cache", {"documents/ab/x": "a" * 3000, "completions/y": "b" * 500})
    assert found(tmp_path)["caches"].text.startswith("documents 3.0 kB of 4.3 GB, completions 500 bytes")


def test_a_cache_far_over_its_limit_is_a_warning(tmp_path):
    """A cache that grew past its limit is said, with the command that clears it."""
    path = tmp_path / "cache/completions/big"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk
    finding = found(tmp_path)["caches"]
    assert (finding.state, finding.command) == ("warning", "rao cache clear")


def test_a_damaged_settings_file_is_one_problem(tmp_path):
    """What is wrong with the settings is said once."""
    write(tmp_path, {"config/rao/config.toml": "modell = 'x'\n"})
    findings = found(tmp_path)
    assert findings["settings"].state == "problem"
    assert "modell" in findings["settings"].text
    assert "model" not in findings


def test_values_of_settings_are_not_shown(tmp_path):
    """Names of settings are shown, values are not: an address may hold a password."""
    findings = found(tmp_path, {"RAO_BASE_URL": "https://me:secret@host/v1"})
    assert "secret" not in repr(findings)
    assert findings["settings"].text == "base-url set"
    assert "server" in findings["model"].text


def test_an_unknown_model_is_a_problem(tmp_path):
    """A model that cannot be found is said, with the names that can."""
    finding = found(tmp_path, {"RAO_MODEL": "smolm2"})["model"]
    assert finding.state == "problem"
    assert "smollm2" in finding.remedy


def test_a_damaged_model_is_a_problem(tmp_path):
    """A file that is no model is said before anything loads it."""
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF" + b"\xff" * 100)
    assert found(tmp_path, {"RAO_MODEL": str(path)})["model"].state == "problem"


@pytest.mark.model
def test_the_default_model_is_sound(tmp_path):
    """The embedded model is there, fits into memory, and was not measured yet."""
    findings = found(tmp_path)
    assert findings["model"].text.startswith("smollm2: llama, ")
    assert findings["memory"].state == "ok"
    assert "not measured yet" in findings["machine fit"].text


@pytest.mark.model
def test_too_little_memory_is_a_problem(tmp_path):
    """A container with less memory than the model takes is a problem."""
    files = container(memory=str(64 << 20), current="0")
    finding = found(tmp_path, files=files)["memory"]
    assert finding.state == "problem"
    assert "a container's limit" in finding.text


def test_free_space_is_that_of_the_folder(tmp_path):
    """The free space shown is what the folder's disk has."""
    assert shutil.disk_usage(tmp_path).free < 1 << 30 or "GB free" in found(tmp_path)["data folder"].text


def test_a_fit_names_the_format_of_converted_weights(tmp_path):
    """The format comes from the converted file's header; GPU layers are named where there are any."""
    path = write_tiny(tmp_path / "made-bf16-abc.gguf", pairs={"general.file_type": 32})
    text = "2 threads, 16 agents together, batch 512/512, f16 states"
    assert fit_text(FittedModel(path, Fit(threads=2), PLAIN_CHAT), path) == text
    assert fit_text(FittedModel(path, Fit(threads=2), PLAIN_CHAT), tmp_path / "other") == f"bf16 weights, {text}"
    assert fit_text(FittedModel(path, Fit(threads=1, gpu_layers=9), PLAIN_CHAT), path).endswith(
        "9 layers on the GPU"
    )
