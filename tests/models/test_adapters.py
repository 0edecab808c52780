"""The adapter check: sound adapters pass, and every hostile one is a clear line before llama.cpp sees it."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rao_cli.errors import ModelError
from rao_cli.models.adapters import read_adapter, read_weights, resolve_adapter
from rao_cli.models.catalogue import Card
from rao_cli.models.gguf import Tensor, read_header
from tests.engine.tiny import Value, write_tiny
from tests.loras import ALPHA, Matrices, lora_matrices, write_adapter, write_lora

Q_A, Q_B = "blk.0.attn_q.weight.lora_a", "blk.0.attn_q.weight.lora_b"
CARD = Card(name="m", window=512)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a tiny model."""
    return write_tiny(tmp_path / "base.gguf")


def only(name: str, a: tuple[int, ...], b: tuple[int, ...]) -> Matrices:
    """Return one pair of matrices of ones."""
    return {f"{name}.lora_a": np.ones(a, np.float32), f"{name}.lora_b": np.ones(b, np.float32)}


def changed(name: str, value: float) -> Callable[[Matrices], Matrices]:
    """Return a change that sets one weight."""

    def change(matrices: Matrices) -> Matrices:
        matrices[name][0, 0] = value
        return matrices

    return change


def without(name: str) -> Callable[[Matrices], Matrices]:
    """Return a change that leaves a matrix out."""
    return lambda matrices: {key: matrix for key, matrix in matrices.items() if key != name}


MATRICES: dict[str, Callable[[Matrices], Matrices]] = {
    "no tensors": lambda _: {},
    "A alone": without(Q_B),
    "B alone": without(Q_A),
    "a NaN": changed(Q_A, float("nan")),
    "an infinity": changed(Q_B, float("inf")),
    "another name": lambda m: {**m, "blk.0.attn_q.weight": m[Q_A]},
    "a norm": lambda m: {**m, "blk.0.attn_norm.weight": np.ones(64, np.float32)},
    "pair of a norm": lambda m: {**m, **only("blk.0.attn_norm.weight", (4, 64), (1, 4))},
    "a layer the model lacks": lambda m: {**m, **only("blk.9.attn_q.weight", (4, 64), (64, 4))},
    "the embedding": lambda m: {**m, **only("token_embd.weight", (265, 4), (64, 4))},
    "A and B swapped": lambda m: {**m, Q_A: m[Q_B], Q_B: m[Q_A]},
    "ranks that differ": lambda m: {**m, Q_B: np.ones((64, 5), np.float32)},
    "too many inputs": lambda m: {**m, Q_A: np.ones((4, 65), np.float32)},
    "too few outputs": lambda m: {**m, Q_B: np.ones((63, 4), np.float32)},
    "a third dimension": lambda m: {**m, Q_A: np.ones((2, 4, 64), np.float32)},
    "one dimension": lambda m: {**m, Q_A: np.ones(64, np.float32), Q_B: np.ones(64, np.float32)},
    "a huge rank": lambda m: {**m, **only("blk.0.attn_q.weight", (5000, 64), (64, 5000))},
    "integers": lambda m: {**m, Q_A: np.ones((4, 64), np.int8)},
}
VALUES: dict[str, dict[str, Value | None]] = {
    "a model": {"general.type": "model"},
    "no type": {"general.type": None},
    "type is a number": {"general.type": 7},
    "a control vector": {"adapter.type": "control_vector"},
    "adapter type is a number": {"adapter.type": 7},
    "another architecture": {"general.architecture": "gemma3"},
    "architecture is a number": {"general.architecture": 7},
    "alpha is a text": {ALPHA: "eight"},
    "alpha is an integer": {ALPHA: 8},
    "alpha is a list": {ALPHA: [8.0]},
    "alpha is NaN": {ALPHA: float("nan")},
    "alpha is infinite": {ALPHA: float("inf")},
    "activated LoRA": {"adapter.alora.invocation_tokens": [1, 2]},
}


def refused(adapter: Path, base: Path) -> ModelError:
    """Return the error that an adapter is refused with."""
    with pytest.raises(ModelError) as caught:
        read_adapter(adapter, base)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


def test_sound_adapter_passes(base: Path, tmp_path: Path) -> None:
    """Every pair is found with its target and rank; alpha / rank is its strength."""
    lora = read_adapter(write_lora(tmp_path / "l.gguf", base, rank=4, alpha=8.0), base)
    assert len(lora.pairs) == 7
    assert {pair.rank for pair in lora.pairs} == {4}
    assert {lora.strength(pair) for pair in lora.pairs} == {2.0}


def test_no_alpha_means_no_scaling(base: Path, tmp_path: Path) -> None:
    """Without an alpha the product counts once."""
    lora = read_adapter(write_adapter(tmp_path / "l.gguf", lora_matrices(base), {ALPHA: None}), base)
    assert lora.strength(lora.pairs[0]) == 1.0


@pytest.mark.parametrize("case", MATRICES)
def test_hostile_matrices_are_refused(base: Path, tmp_path: Path, case: str) -> None:
    """Each kind of tensor that does not belong is one clear line."""
    refused(write_adapter(tmp_path / "l.gguf", MATRICES[case](lora_matrices(base)), {}), base)


@pytest.mark.parametrize("case", VALUES)
def test_hostile_metadata_is_refused(base: Path, tmp_path: Path, case: str) -> None:
    """Each kind of metadata that llama.cpp refuses, or dies of, is one clear line."""
    refused(write_adapter(tmp_path / "l.gguf", lora_matrices(base), VALUES[case]), base)


@given(cut=st.integers(0, 40_000))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_adapter_is_refused(base: Path, tmp_path: Path, cut: int) -> None:
    """An adapter cut anywhere is refused."""
    whole = write_lora(tmp_path / "l.gguf", base).read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: min(cut, len(whole) - 1)])
    refused(tmp_path / "cut.gguf", base)


@given(place=st.integers(0, 1500), change=st.binary(min_size=1, max_size=9))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_read_or_refused(base: Path, tmp_path: Path, place: int, change: bytes) -> None:
    """Whatever bytes of the header are overwritten, the check passes or raises ModelError, nothing else."""
    data = bytearray(write_lora(tmp_path / "l.gguf", base).read_bytes())
    data[place : place + len(change)] = change
    (tmp_path / "changed.gguf").write_bytes(data)
    try:
        assert read_adapter(tmp_path / "changed.gguf", base).pairs
    except ModelError as e:
        assert e.hint  # noqa: PT017


def test_missing_adapter_is_an_error(base: Path, tmp_path: Path) -> None:
    """A path with nothing there says so."""
    assert "no such file" in refused(tmp_path / "none.gguf", base).message


def test_names_are_cleaned(base: Path, tmp_path: Path) -> None:
    """No escape in a tensor's name reaches a message."""
    matrices = {**lora_matrices(base), **only("\x1b]0;owned\x07", (4, 64), (64, 4))}
    assert "\x1b" not in refused(write_adapter(tmp_path / "l.gguf", matrices, {}), base).message


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.uint16])
def test_all_float_types_are_read(base: Path, tmp_path: Path, kind: type) -> None:
    """Matrices stored as F32, F16 or BF16 come back as the numbers they are."""
    exact = {name: np.round(matrix * 8) / 8 for name, matrix in lora_matrices(base).items()}
    stored = {
        name: (matrix.view(np.uint32) >> 16).astype(np.uint16) if kind is np.uint16 else matrix.astype(kind)
        for name, matrix in exact.items()
    }
    path = write_adapter(tmp_path / "l.gguf", stored, {})
    read = {tensor.name: read_weights(path, tensor) for tensor in read_header(path).tensors}
    assert all(np.array_equal(read[name], matrix) for name, matrix in exact.items())


def test_eight_bit_weights_are_read(tmp_path: Path) -> None:
    """In Q8_0, 32 signed bytes follow the half-precision number that they are multiplied with."""
    path = tmp_path / "q8"
    path.write_bytes(b"skip" + b"".join(struct.pack("<e32b", scale, *range(-16, 16)) for scale in (0.5, -2.0)))
    read = read_weights(path, Tensor("w", (32, 2), kind=8, offset=4, size=68))
    assert np.array_equal(read, np.outer([0.5, -2.0], np.arange(-16, 16)))


def test_card_names_the_usual_adapter(tmp_path: Path) -> None:
    """Without a wish the card's adapter is taken from the folder, and none when it names none."""
    (tmp_path / "reader.gguf").touch()
    card = CARD.model_copy(update={"adapter": "reader.gguf"})
    assert resolve_adapter(None, card, folder=tmp_path) == tmp_path / "reader.gguf"
    assert resolve_adapter(None, CARD, folder=tmp_path) is None


def test_user_can_turn_the_adapter_off(tmp_path: Path) -> None:
    """``none`` means the model as it is, whatever its card names."""
    (tmp_path / "reader.gguf").touch()
    card = CARD.model_copy(update={"adapter": "reader.gguf"})
    assert resolve_adapter("none", card, folder=tmp_path) is None


def test_adapter_is_found_by_name_or_path(tmp_path: Path) -> None:
    """A shipped adapter needs no ending, another one's path is taken as it is."""
    (tmp_path / "reader.gguf").touch()
    assert resolve_adapter("reader", CARD, folder=tmp_path) == tmp_path / "reader.gguf"
    other = tmp_path / "reader.gguf"
    assert resolve_adapter(str(other), CARD, folder=tmp_path / "empty") == other


def test_unknown_adapter_is_an_error(tmp_path: Path) -> None:
    """A name that leads nowhere lists those that do."""
    (tmp_path / "reader.gguf").touch()
    with pytest.raises(ModelError) as caught:
        resolve_adapter("writer", CARD, folder=tmp_path)
    assert "reader" in caught.value.hint
