"""Merging: sums are exact up to the format's rounding, and a merged file is whole or not there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rao_cli.errors import ModelError
from rao_cli.models.adapters import read_weights
from rao_cli.models.gguf import read_header
from rao_cli.models.merge import Weights, encode, merge_adapter
from tests.engine.tiny import write_tiny
from tests.loras import lora_matrices, write_adapter, write_lora

F32, F16, BF16 = 0, 1, 30
EXACT: dict[Weights, float] = {"f32": 1e-7, "f16": 2**-11, "bf16": 2**-8}
"""Half a unit in the last place of each format, relative to 1."""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a tiny model in F32."""
    return write_tiny(tmp_path / "base.gguf", layers=2)


def weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return all tensors of a model of floats by name."""
    return {tensor.name: read_weights(path, tensor) for tensor in read_header(path).tensors}


@pytest.mark.parametrize("kind", EXACT)
def test_product_is_added(base: Path, tmp_path: Path, kind: Weights) -> None:
    """Every adapted matrix is W + alpha / rank * B A, every other tensor as it was, within the rounding."""
    path, out = write_lora(tmp_path / "l.gguf", base, rank=4, alpha=6.0), tmp_path / "out.gguf"
    merge_adapter(base, path, out, weights=kind)
    pairs, before = lora_matrices(base, rank=4), weights(base)
    for name, after in weights(out).items():
        a, b = pairs.get(f"{name}.lora_a"), pairs.get(f"{name}.lora_b")
        wanted = before[name] if a is None or b is None else before[name] + 6.0 / 4 * (b @ a)
        assert np.abs(after - wanted).max() <= EXACT[kind] * max(1, np.abs(wanted).max())
    assert read_header(out).metadata["general.file_type"] == {"f32": F32, "f16": F16, "bf16": 32}[kind]


def test_scale_doubles_the_change(base: Path, tmp_path: Path) -> None:
    """At scale 2 the weights move twice as far, at scale 0 not at all."""
    path = write_lora(tmp_path / "l.gguf", base)
    for scale in (0, 1, 2):
        merge_adapter(base, path, tmp_path / f"{scale}.gguf", scale=scale, weights="f32")
    none, once, twice = (weights(tmp_path / f"{scale}.gguf")["blk.1.ffn_up.weight"] for scale in (0, 1, 2))
    assert np.array_equal(none, weights(base)["blk.1.ffn_up.weight"])
    assert np.allclose(twice - none, 2 * (once - none), atol=1e-6)


def test_large_matrix_is_added_in_blocks(tmp_path: Path) -> None:
    """A matrix of several blocks of rows, the last one smaller, is added to in all of them."""
    random = np.random.default_rng(3)
    big = random.normal(0, 0.1, (1050, 64)).astype(np.float32)
    base = write_tiny(tmp_path / "big.gguf", tensors={"blk.0.big.weight": big})
    pairs = lora_matrices(base)
    merge_adapter(base, write_lora(tmp_path / "l.gguf", base), tmp_path / "out.gguf", weights="f32")
    wanted = big + 2 * pairs["blk.0.big.weight.lora_b"] @ pairs["blk.0.big.weight.lora_a"]
    assert np.allclose(weights(tmp_path / "out.gguf")["blk.0.big.weight"], wanted, atol=1e-6)


def test_experts_get_their_own_products(tmp_path: Path) -> None:
    """A tensor of three dimensions is a matrix for each expert, and so is the adapter's."""
    random = np.random.default_rng(4)
    name, experts = "blk.0.ffn_up_exps.weight", random.normal(0, 0.1, (3, 16, 64)).astype(np.float32)
    base = write_tiny(tmp_path / "experts.gguf", tensors={name: experts})
    a, b = (random.normal(0, 0.1, shape).astype(np.float32) for shape in ((3, 2, 64), (3, 16, 2)))
    path = write_adapter(tmp_path / "l.gguf", {f"{name}.lora_a": a, f"{name}.lora_b": b}, {})
    merge_adapter(base, path, tmp_path / "out.gguf", weights="f32")
    assert np.allclose(weights(tmp_path / "out.gguf")[name], experts + 4 * b @ a, atol=1e-6)


def test_merged_file_is_private(base: Path, tmp_path: Path) -> None:
    """Only the user may read what was made, and nothing else is left."""
    (tmp_path / "made").mkdir()
    merge_adapter(base, write_lora(tmp_path / "l.gguf", base), tmp_path / "made" / "out.gguf")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["out.gguf"]
    assert (tmp_path / "made" / "out.gguf").stat().st_mode & 0o777 == 0o600


def overflowing(path: Path, base: Path) -> Path:
    """Write an adapter whose sums are beyond F16."""
    matrices = {name: matrix * 1e6 for name, matrix in lora_matrices(base).items()}
    return write_adapter(path, matrices, {})


def not_fitting(path: Path, base: Path) -> Path:
    """Write an adapter of a model with more layers."""
    return write_lora(path, write_tiny(base.with_name("larger.gguf"), layers=3))


@pytest.mark.parametrize("write", [overflowing, not_fitting])
def test_failure_leaves_nothing(base: Path, tmp_path: Path, write: Callable[[Path, Path], Path]) -> None:
    """An adapter that cannot be merged is one clear line, and no file appears."""
    (tmp_path / "made").mkdir()
    with pytest.raises(ModelError) as caught:
        merge_adapter(base, write(tmp_path / "l.gguf", base), tmp_path / "made" / "out.gguf", weights="f16")
    assert caught.value.hint
    assert not list((tmp_path / "made").iterdir())


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 1e300])
def test_scale_that_makes_no_numbers_is_an_error(base: Path, tmp_path: Path, scale: float) -> None:
    """A scale under which weights would be infinite or NaN is refused."""
    with pytest.raises(ModelError, match="no number"):
        merge_adapter(base, write_lora(tmp_path / "l.gguf", base), tmp_path / "out.gguf", scale=scale)


def test_folder_that_is_not_there_is_an_error(base: Path, tmp_path: Path) -> None:
    """Where nothing can be written, ModelError is raised."""
    with pytest.raises(ModelError):
        merge_adapter(base, write_lora(tmp_path / "l.gguf", base), tmp_path / "none" / "out.gguf")


def test_disk_full_is_an_error(base: Path, tmp_path: Path) -> None:
    """A file that may not grow is one clear line, and nothing is left."""
    import resource

    path = write_lora(tmp_path / "l.gguf", base)
    (tmp_path / "made").mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(ModelError):
            merge_adapter(base, path, tmp_path / "made" / "out.gguf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((tmp_path / "made").iterdir())


def test_existing_file_survives_a_failure(base: Path, tmp_path: Path) -> None:
    """What was at the target before a failed merge stays."""
    out = tmp_path / "out.gguf"
    out.write_bytes(b"before")
    with pytest.raises(ModelError):
        merge_adapter(base, overflowing(tmp_path / "l.gguf", base), out, weights="f16")
    assert out.read_bytes() == b"before"


@given(st.floats(width=32, min_value=-(2.0**127), max_value=2.0**127))
def test_bfloat16_is_the_nearest(value: float) -> None:
    """Neither neighbour is nearer than what a float is rounded to, and of two as near the even one is taken."""
    bits = int(encode(np.array([value], np.float32), BF16)[0])

    def distance(other: int) -> float:
        return abs(float(np.array([other << 16], np.uint32).view(np.float32)[0]) - value)

    for neighbour in (bits - 1, bits + 1):
        if neighbour >= 0 and (neighbour ^ bits) & 0x8000 == 0:
            assert (distance(bits), bits % 2) < (distance(neighbour), neighbour % 2)
