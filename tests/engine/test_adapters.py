"""Adapters at load: what they change, what they leave, and that merged weights compute the same.

Every comparison is teacher-forced: the same tokens are read, and all logits compared. Tolerances are relative to
the spread of the logits: the sum is rounded at other places when the product is part of the weights.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rao_cli.engine.adapters import Adapter, LoadedAdapters, adapter_identity
from rao_cli.engine.base import Completion, Message, Request
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.llama import LlamaEngine
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError
from rao_cli.models.convert import convert
from rao_cli.models.merge import merge_adapter
from rao_cli.models.resolve import resolve
from tests.engine.tiny import write_tiny
from tests.loras import write_lora

FIT = Fit(threads=2, batch=128, micro_batch=64, kv_type="f32", flash_attention=False)
TOKENS = [1, *(3 + byte for byte in b"The code of box 7 is 259. Which box has the code 259?")]
F32_TOLERANCE = 1e-4
BF16_TOLERANCE = 0.15
Logits = NDArray[np.float32]
ROOT = Path(__file__).parents[2]


@dataclass
class Reader:
    """A model with a context; reads tokens and returns the logits after each."""

    model: Model
    context: Context

    def read(self, tokens: Sequence[int], start: int = 0, sequence: int = 0) -> Logits:
        """Return a row of logits for each token."""
        rows = [Row(token, start + i, sequence, logits=True) for i, token in enumerate(tokens)]
        assert self.context.decode(rows) == 0
        return np.stack([self.context.logits(i).copy() for i in range(len(rows))])

    def close(self) -> None:
        """Free both."""
        self.context.close()
        self.model.close()


def opened(path: Path, *adapters: Adapter) -> Reader:
    """Load a model with adapters."""
    model = Model(path)
    loaded = LoadedAdapters(model, adapters)
    return Reader(model, Context(model, FIT, cells=512, sequences=3, adapters=loaded))


def logits(path: Path, *adapters: Adapter, tokens: Sequence[int] = TOKENS) -> Logits:
    """Return the logits after each token."""
    reader = opened(path, *adapters)
    try:
        return reader.read(tokens)
    finally:
        reader.close()


def distance(left: Logits, right: Logits) -> float:
    """Return the largest difference, relative to the spread of the logits."""
    return float(np.abs(left - right).max() / left.std())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a tiny model."""
    return write_tiny(tmp_path / "base.gguf", layers=2)


@pytest.fixture
def lora(base: Path, tmp_path: Path) -> Path:
    """Return a random adapter of it."""
    return write_lora(tmp_path / "lora.gguf", base, rank=4)


def test_zero_adapter_changes_nothing(base: Path, tmp_path: Path) -> None:
    """An adapter whose B is zero leaves every logit as it was."""
    zero = write_lora(tmp_path / "zero.gguf", base, strength=0)
    assert np.array_equal(logits(base), logits(base, Adapter(zero)))


def test_scale_zero_is_none(base: Path, lora: Path) -> None:
    """At scale 0 the logits are those of the model alone, at scale 1 they are not."""
    assert np.array_equal(logits(base), logits(base, Adapter(lora, 0.0)))
    assert distance(logits(base), logits(base, Adapter(lora))) > 0.1


def test_scale_two_is_twice_the_adapter(base: Path, lora: Path) -> None:
    """Scale 2 equals the same adapter twice, and an adapter of twice the alpha."""
    double = write_lora(lora.with_name("double.gguf"), base, rank=4, alpha=16.0)
    wanted = logits(base, Adapter(lora, 2.0))
    assert distance(wanted, logits(base, Adapter(double))) < F32_TOLERANCE
    assert distance(wanted, logits(base, Adapter(lora, 1.5), Adapter(double, 0.25))) < F32_TOLERANCE


def test_merged_weights_compute_the_same(base: Path, lora: Path, tmp_path: Path) -> None:
    """Applied at load and merged into F32 weights give the same logits; BF16 weights nearly."""
    wanted = logits(base, Adapter(lora))
    for weights, tolerance in (("f32", F32_TOLERANCE), ("bf16", BF16_TOLERANCE)):
        merge_adapter(base, lora, tmp_path / "m.gguf", weights=weights)  # type: ignore[arg-type]
        assert distance(wanted, logits(tmp_path / "m.gguf")) < tolerance


def test_shared_prefix_keeps_logits(base: Path, lora: Path) -> None:
    """What a sequence computes after a prefix shared from another is what it computes after its own."""
    wanted = logits(base, Adapter(lora))
    reader = opened(base, Adapter(lora))
    try:
        reader.read(TOKENS[:30])
        reader.context.share(0, 1, 30)
        assert distance(wanted[30:], reader.read(TOKENS[30:], 30, 1)) < F32_TOLERANCE
    finally:
        reader.close()


def test_reloaded_state_keeps_logits(base: Path, lora: Path) -> None:
    """A state saved with an adapter and loaded into another context with it continues alike."""
    wanted = logits(base, Adapter(lora))
    first, second = opened(base, Adapter(lora)), opened(base, Adapter(lora))
    try:
        first.read(TOKENS[:30])
        assert second.context.load(2, first.context.save(0))
        assert distance(wanted[30:], second.read(TOKENS[30:], 30, 2)) < F32_TOLERANCE
    finally:
        first.close()
        second.close()


def test_identities_differ(base: Path, lora: Path, tmp_path: Path) -> None:
    """No two of: no adapter, an adapter, another, another scale, share an identity; a copy of the file does."""
    other = write_lora(tmp_path / "other.gguf", base, seed=1)
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(lora.read_bytes())
    added: list[tuple[Adapter, ...]] = [(), (Adapter(lora),), (Adapter(other),), (Adapter(lora, 0.5),)]
    identities = [identity(base, adapters) for adapters in added]
    assert len(set(identities)) == len(added)
    assert identity(base, (Adapter(copy),)) == identities[1]


def identity(path: Path, adapters: tuple[Adapter, ...]) -> str:
    """Return the identity of an engine."""
    engine = LlamaEngine(path, window=64, fit=Fit(threads=1, parallel=1), adapters=adapters)
    engine.close()
    return engine.identity


def test_engine_writes_with_the_adapter(base: Path, lora: Path) -> None:
    """The engine's completions with an adapter are not those without, and the same again from a state."""
    request = Request((Message("user", ("What is the code of box 7?",)),), max_tokens=8)

    def write(*adapters: Adapter) -> tuple[Completion, Completion]:
        engine = LlamaEngine(base, window=256, fit=Fit(threads=2, parallel=2), adapters=adapters)
        try:
            return asyncio.run(engine.generate(request)), asyncio.run(engine.generate(request))
        finally:
            engine.close()

    plain, _ = write()
    first, second = write(Adapter(lora))
    assert first.text != plain.text
    assert (first.text, second.cached_tokens > 0) == (second.text, True)


def test_closing_frees_adapters(base: Path, tmp_path: Path) -> None:
    """Opening and closing models with an adapter of 10 MB fifty times takes no more memory than a few of them."""
    large = write_lora(tmp_path / "large.gguf", base, rank=1000)
    opened(base, Adapter(large)).close()
    before = resident()
    for _ in range(50):
        opened(base, Adapter(large)).close()
    assert resident() - before < 60 << 20


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        pytest.skip("no /proc")
    return int(pages.read_text().split()[1]) * 4096


@pytest.mark.parametrize("case", ["missing", "cut", "a model", "other shapes"])
def test_refused_adapters_are_errors(base: Path, lora: Path, tmp_path: Path, case: str) -> None:
    """What llama.cpp itself refuses is ModelError with a hint, and the model loads without it afterwards."""
    path = tmp_path / "bad.gguf"
    if case == "cut":
        path.write_bytes(lora.read_bytes()[:-5000])
    elif case == "a model":
        path.write_bytes(base.read_bytes())
    elif case == "other shapes":
        write_lora(path, write_tiny(tmp_path / "larger.gguf", layers=3))
    with pytest.raises(ModelError) as caught:
        LlamaEngine(base, window=64, adapters=(Adapter(path),))
    assert caught.value.hint
    assert identity(base, ())


def test_hostile_adapters_do_not_end_the_process(tmp_path: Path) -> None:
    """Of 400 damaged headers, those that the check passes are refused by llama.cpp or computed with."""
    command = [sys.executable, "-m", "tests.engine.adapter_mutations", str(tmp_path), "400"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    checked, refused, computed = (int(word) for word in done.stdout.split()[1::2])
    assert checked > 300
    assert checked + refused + computed == 400


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_scale_that_is_no_number_is_an_error(base: Path, lora: Path, scale: float) -> None:
    """A scale that would make all logits NaN is refused."""
    with pytest.raises(ModelError):
        LlamaEngine(base, window=64, adapters=(Adapter(lora, scale),))


def test_identity_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that cannot be read has no identity."""
    with pytest.raises(ModelError, match="No such file"):
        adapter_identity(Adapter(tmp_path / "none.gguf"))


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Yield the embedded model as shipped and as F32, a rank-16 adapter of it, and both merged."""
    folder = tmp_path_factory.mktemp("embedded")
    paths = {"shipped": resolve("smollm2").path}
    paths |= {name: folder / f"{name}.gguf" for name in ("f32", "lora", "merged f32", "merged bf16")}
    convert(paths["shipped"], "f32", paths["f32"], 2)
    write_lora(paths["lora"], paths["shipped"], rank=16, alpha=32.0, strength=0.2)
    merge_adapter(paths["shipped"], paths["lora"], paths["merged f32"], weights="f32")
    merge_adapter(paths["shipped"], paths["lora"], paths["merged bf16"])
    yield paths
    for name in paths.keys() - {"shipped"}:
        paths[name].unlink()


def embedded_tokens(path: Path) -> list[int]:
    """Return some tokens of plain English."""
    model = Model(path)
    try:
        return model.tokenize("The lighthouse keeper counted the ships each evening. " * 3)[:24]
    finally:
        model.close()


@pytest.mark.model
def test_embedded_model_at_load_equals_merged(embedded: dict[str, Path]) -> None:
    """With F32 weights, at load and merged agree within 1e-4 of the spread of the logits; BF16 within 0.15."""
    tokens = embedded_tokens(embedded["shipped"])
    at_load = logits(embedded["f32"], Adapter(embedded["lora"]), tokens=tokens)
    assert distance(logits(embedded["f32"], tokens=tokens), at_load) > 0.5
    assert distance(at_load, logits(embedded["merged f32"], tokens=tokens)) < F32_TOLERANCE
    assert distance(at_load, logits(embedded["merged bf16"], tokens=tokens)) < BF16_TOLERANCE


@pytest.mark.model
def test_merged_weights_are_nearer_than_the_shipped_ones(embedded: dict[str, Path]) -> None:
    """The adapter merged into BF16 is nearer to what it is in F32 than applied to 4-bit weights at load."""
    tokens = embedded_tokens(embedded["shipped"])
    exact = logits(embedded["merged f32"], tokens=tokens)
    merged = distance(exact, logits(embedded["merged bf16"], tokens=tokens))
    assert merged < distance(exact, logits(embedded["shipped"], Adapter(embedded["lora"]), tokens=tokens))
