"""Writing weights in another format: the file runs, its size is foreseen, failures are one line."""

from pathlib import Path

import pytest

from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.errors import ModelError
from rao_cli.models.convert import FORMATS, convert, converted_size, format_name
from rao_cli.models.gguf import read_header
from tests.engine.tiny import write_tiny


@pytest.mark.parametrize("name", FORMATS)
def test_converted_file_runs(tmp_path: Path, name: str) -> None:
    """Each format gives a sound file that the engine loads, no larger than foreseen."""
    source, out = write_tiny(tmp_path / "tiny.gguf", layers=2), tmp_path / f"{name}.gguf"
    convert(source, name, out, 1)
    header = read_header(out)
    assert header.parameters == read_header(source).parameters
    assert header.file_size <= converted_size(header.parameters, name)
    LlamaEngine(out, window=64, fit=Fit(threads=1)).close()


def test_header_tells_the_format(tmp_path: Path) -> None:
    """The number in a converted file's header is that of its format."""
    out = tmp_path / "out.gguf"
    convert(write_tiny(tmp_path / "tiny.gguf"), "q8_0", out, 1)
    assert format_name(read_header(out).metadata["general.file_type"]) == "q8_0"


@pytest.mark.parametrize("number", [None, "7", 999, -1, 1.5])
def test_unknown_format_has_a_name(number: object) -> None:
    """A header without a known number still gives something to show."""
    assert format_name(number) == "as shipped"


@pytest.mark.parametrize("out", ["none/out.gguf", "."])
def test_failure_is_one_line(tmp_path: Path, out: str) -> None:
    """A place that cannot be written is a ModelError with a hint."""
    with pytest.raises(ModelError, match="could not be written as bf16") as caught:
        convert(write_tiny(tmp_path / "tiny.gguf"), "bf16", tmp_path / out, 1)
    assert caught.value.hint


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    """A source that is no model is a ModelError, not a crash."""
    (tmp_path / "text.gguf").write_text("no model")
    with pytest.raises(ModelError):
        convert(tmp_path / "text.gguf", "bf16", tmp_path / "out.gguf", 1)
