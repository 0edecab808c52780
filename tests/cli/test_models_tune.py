"""``rao models tune``: the table of what was measured, and a tiny model that really is."""

from pathlib import Path

import pytest

from rao_cli.cli.models_info import fit_line
from rao_cli.cli.models_tune import tuning_text
from rao_cli.engine.fit import Fit
from rao_cli.engine.template import PLAIN
from rao_cli.models.choose import Measured
from rao_cli.models.fits import FittedModel
from tests.cli.console import rao
from tests.engine.tiny import write_tiny

FITTED = FittedModel(
    Path("/cache/bf16.gguf"),
    Fit(threads=2),
    PLAIN,
    measured=(
        Measured("threads", "2", 425.4, 38.2),
        Measured("threads", "1", 210, 30),
        Measured("weights", "q4_1", 425, 148),
        Measured("weights", "bf16", 1400, 178, 0.0041),
    ),
    reasons=("threads 2: faster than 1", "weights \x1b[2Jbf16: faster"),
)


def test_the_table_has_every_way_by_kind():
    """What was measured stands below its kind, with the loss where there is one; then why, and the choice."""
    lines = tuning_text("m", FITTED, None).splitlines()
    assert [line.split() for line in lines[:7]] == [
        ["tokens", "a", "second", "reading", "writing", "differs", "by"],
        ["threads"],
        ["2", "425", "38"],
        ["1", "210", "30"],
        ["weights"],
        ["q4_1", "425", "148"],
        ["bf16", "1,400", "178", "0.004", "nats"],
    ]
    assert lines[8:10] == ["- threads 2: faster than 1", "- weights [2Jbf16: faster"]
    assert lines[10].startswith("m is run with 2 threads, 16 agents together")
    assert "/cache/bf16.gguf" in " ".join(lines[10:])


def test_nothing_measured_has_no_table():
    """Where nothing was measured only the reasons and the choice are shown."""
    fitted = FittedModel(Path("/m.gguf"), Fit(threads=1, gpu_layers=3), PLAIN, reasons=("given up",))
    assert tuning_text("m", fitted, 80).splitlines()[0] == "- given up"
    assert "3 layers on the GPU" in fit_line(fitted)
    assert "1 thread," in fit_line(fitted)


def test_a_tiny_model_is_measured_and_kept(tmp_path):
    """A real model gets figures and a choice; info then shows the same choice without measuring again."""
    path = write_tiny(tmp_path / "tiny.gguf")
    done = rao("models", "tune", path, "--json")
    assert done.code == 0, done.err
    record = done.json
    assert record["schema"] == "rao.models.tune/1"
    assert record["threads"] >= 1
    assert {one["kind"] for one in record["measured"]} >= {"threads", "attention"}
    info = rao("models", "info", path, "--json").json
    assert info["fit"]["threads"] == record["threads"]
    assert f"{record['threads']} thread" in rao("models", "info", path).out


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("none.gguf",), 4, "No such file"),
        (("qwen3-4b",), 4, "hint: rao models add qwen3-4b"),
        (("a", "b"), 2, "unexpected"),
    ],
)
def test_errors(argv, code, message):
    """What is not there cannot be measured."""
    done = rao("models", "tune", *argv)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_a_file_that_llama_refuses_is_one_line(tmp_path):
    """A sound header before nonsense costs one line, not this process."""
    path = write_tiny(tmp_path / "tiny.gguf", pairs={"general.architecture": "nonsense"})
    done = rao("models", "tune", path)
    assert (done.code, done.out) == (4, "")
    assert "hint: " in done.err
