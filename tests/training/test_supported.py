"""Models that would be loaded wrongly are refused by their headers, in no time."""

from pathlib import Path

import numpy as np
import pytest

from rao_cli.errors import ModelError
from rao_cli.models.gguf import read_header
from rao_cli.models.resolve import resolve
from rao_cli.training.supported import ARCHITECTURES, architecture, check_header
from tests.engine.tiny import HEADS, WIDTH, Value, write_tiny


def check(path: Path) -> None:
    """Check a file's header."""
    check_header(path, read_header(path))


def test_sound_model_passes(tmp_path: Path) -> None:
    """A plain Llama can be trained."""
    check(write_tiny(tmp_path / "t.gguf", layers=3))


@pytest.mark.model
def test_embedded_model_passes() -> None:
    """The embedded model can be trained."""
    check(resolve("smollm2").path)


@pytest.mark.parametrize("name", ["mamba", "gemma3", "LLAMA", "", "llama\n", "x" * 999])
def test_other_architectures_are_refused(name: str) -> None:
    """What is not built like Llama is refused in one line that names what can be used."""
    with pytest.raises(ModelError) as caught:
        architecture(name)
    assert "Llama" in caught.value.hint
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_known_architectures_pass(name: str) -> None:
    """Each known architecture has a name in GGUF files."""
    assert architecture(name) in {"llama", "qwen2", "qwen3"}


@pytest.mark.parametrize(
    "name", ["blk.0.ffn_gate_exps.weight", "rope_freqs.weight", "blk.0.attn_sinks.weight", "x", "blk.0.ssm_a"]
)
def test_tensor_that_would_be_left_out_is_refused(tmp_path: Path, name: str) -> None:
    """A model with a tensor that transformers would not load is refused by that tensor's name."""
    path = write_tiny(tmp_path / "t.gguf", tensors={name: np.zeros((WIDTH, WIDTH), np.float32)})
    with pytest.raises(ModelError, match=name):
        check(path)


@pytest.mark.parametrize("kind", ["linear", "yarn", "longrope"])
def test_scaled_positions_are_refused(tmp_path: Path, kind: str) -> None:
    """A model whose positions are scaled would be trained with others."""
    with pytest.raises(ModelError, match=kind):
        check(write_tiny(tmp_path / "t.gguf", pairs={"llama.rope.scaling.type": kind}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("block_count", 2000),
        ("block_count", 0),
        ("embedding_length", 1 << 19),
        ("feed_forward_length", 1 << 28),
        ("vocab_size", 1 << 31),
        ("vocab_size", 7),
        ("attention.head_count", 0),
        ("attention.head_count", 3),
        ("attention.head_count", [HEADS, HEADS]),
        ("attention.head_count_kv", 0),
        ("attention.head_count_kv", 3),
        ("attention.head_count_kv", HEADS),
        ("attention.key_length", 5),
        ("attention.value_length", "wide"),
        ("rope.dimension_count", 1 << 30),
        ("rope.dimension_count", 8),
        ("rope.dimension_count", 16.0),
    ],
)
def test_size_that_is_not_the_tensors_is_refused(tmp_path: Path, key: str, value: Value) -> None:
    """A size in the header that the tensors do not have allocates nothing: it is refused."""
    with pytest.raises(ModelError) as caught:
        check(write_tiny(tmp_path / "t.gguf", pairs={f"llama.{key}": value}))
    assert caught.value.hint


@pytest.mark.parametrize("name", ["blk.0.attn_q.weight", "blk.0.ffn_up.weight", "token_embd.weight"])
def test_matrix_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """A tensor of one dimension where a matrix belongs is refused."""
    with pytest.raises(ModelError):
        check(write_tiny(tmp_path / "t.gguf", tensors={name: np.zeros(WIDTH, np.float32)}))


def test_other_layers_are_left_to_the_loader(tmp_path: Path) -> None:
    """Sizes are compared with the first layer's; a later one of another shape is found when it is loaded."""
    odd = np.zeros((8, 8), np.float32)
    check(write_tiny(tmp_path / "t.gguf", layers=2, tensors={"blk.1.ffn_up.weight": odd}))
