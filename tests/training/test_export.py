"""An exported adapter computes in llama.cpp what it computed in torch, and comes back from its file unchanged."""

import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rao_cli.errors import ModelError, UsageError
from rao_cli.models.adapters import read_adapter
from rao_cli.models.convert import convert
from rao_cli.models.gguf import read_header
from rao_cli.models.resolve import resolve
from rao_cli.training.base_model import LoraNetwork, LoraSettings, load_base
from rao_cli.training.export import (
    AdapterWeights,
    ModelWeights,
    adapter_settings,
    export_adapter,
    import_adapter,
    merge_and_quantize,
)
from tests.engine.tiny import HEADS, KV_HEADS, WIDTH, Value, write_tiny
from tests.loras import ALPHA, lora_matrices, write_adapter
from tests.training.reference import distance, llama_logits, torch_logits

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("gguf")

pytestmark = pytest.mark.usefixtures("one_thread")

TOKENS = [1, 72, 104, 111, 114, 35, 120, 263, 9, 200, 8, 77]
SETTINGS = LoraSettings(rank=4, alpha=6.0)
HEAD = WIDTH // HEADS
TOLERANCE: dict[AdapterWeights, float] = {"f32": 1e-4, "f16": 5e-3}
"""Largest difference of logits between torch and llama.cpp, relative to their spread, by an adapter's format."""
MERGED: dict[ModelWeights, float] = {"f32": 1e-5, "f16": 2e-3, "bf16": 0.02, "q8_0": 0.06, "q4_0": 0.6}
"""Mean (quadratic) difference of logits after merging, relative to their spread; these weights are pure noise."""
SEEN = 0.05
"""What any mistake in an adapter changes at least."""


def metadata(architecture: str) -> dict[str, Value]:
    """Return what a tiny model says of itself when it is of another architecture."""
    plain = {
        "block_count": 2,
        "context_length": 512,
        "embedding_length": WIDTH,
        "feed_forward_length": 128,
        "attention.head_count": HEADS,
        "attention.head_count_kv": KV_HEADS,
        "attention.layer_norm_rms_epsilon": 1e-5,
        "rope.freq_base": 10000.0,
        "attention.key_length": HEAD,
        "attention.value_length": HEAD,
    }
    values: dict[str, Value] = {f"{architecture}.{key}": value for key, value in plain.items()}
    return {"general.architecture": architecture, **values}


def llama(path: Path) -> Path:
    """Write a tiny Llama."""
    return write_tiny(path, layers=2)


def qwen2(path: Path) -> Path:
    """Write a tiny Qwen 2, whose queries, keys and values have biases."""
    random = np.random.default_rng(1)
    widths = {"attn_q": WIDTH, "attn_k": WIDTH // 2, "attn_v": WIDTH // 2}
    biases = {
        f"blk.{layer}.{name}.bias": random.normal(0, 0.5, width).astype(np.float32)
        for layer in range(2)
        for name, width in widths.items()
    }
    return write_tiny(path, layers=2, pairs=metadata("qwen2"), tensors=biases)


def qwen3(path: Path) -> Path:
    """Write a tiny Qwen 3, whose queries and keys are normed."""
    random = np.random.default_rng(1)
    norms = {
        f"blk.{layer}.{name}_norm.weight": random.uniform(0.5, 1.5, HEAD).astype(np.float32)
        for layer in range(2)
        for name in ("attn_q", "attn_k")
    }
    return write_tiny(path, layers=2, pairs=metadata("qwen3"), tensors=norms)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a tiny Llama in F32."""
    return llama(tmp_path / "base.gguf")


def network_of(base: Path, settings: LoraSettings = SETTINGS, *, seed: int | None = 7) -> LoraNetwork:
    """Load a model in 32 bits; with a seed both matrices of its adapter are random, so that it has an effect."""
    model = load_base(base, cache=base.parent / "cache", device="cpu", precision="float32")
    network = LoraNetwork(model, settings)
    if seed is not None:
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for lora in network.loras.values():
                lora.a.copy_(torch.randn(lora.a.shape, generator=random) * lora.a.shape[1] ** -0.5)
                lora.b.copy_(torch.randn(lora.b.shape, generator=random) * 0.1)
    return network


def exported(network: LoraNetwork, path: Path, weights: AdapterWeights = "f32") -> Path:
    """Export and return the path."""
    export_adapter(network, path, weights)
    return path


@pytest.mark.parametrize("write", [llama, qwen2, qwen3])
@pytest.mark.parametrize("weights", TOLERANCE)
def test_llama_computes_what_torch_does(
    tmp_path: Path, write: Callable[[Path], Path], weights: AdapterWeights
) -> None:
    """With the exported adapter, llama.cpp's logits are torch's within the tolerance, far from the base's."""
    base = write(tmp_path / "base.gguf")
    network = network_of(base)
    adapter = exported(network, tmp_path / "a.gguf", weights)
    trained, plain = torch_logits(network, TOKENS), llama_logits(base, TOKENS)
    assert distance(plain, torch_logits(network_of(base, seed=None), TOKENS)) < TOLERANCE["f32"]
    assert distance(trained, llama_logits(base, TOKENS, adapter)) < TOLERANCE[weights]
    assert distance(trained, plain) > SEEN


@pytest.mark.parametrize("name", ["attn_q", "attn_k"])
def test_rows_in_torchs_order_would_be_seen(base: Path, tmp_path: Path, name: str) -> None:
    """Queries or keys whose rows are not reordered differ by far more than the tolerance, right ones do not."""
    network = network_of(base)
    with torch.no_grad():
        for other, lora in network.loras.items():
            lora.b.mul_(20.0 if f".{name}." in other else 0.0)
    right = exported(network, tmp_path / "right.gguf")
    matrices = {
        f"{target}.lora_{side}": getattr(lora, side).detach().numpy()
        for target, lora in network.loras.items()
        for side in ("a", "b")
    }
    wrong = write_adapter(tmp_path / "wrong.gguf", matrices, {ALPHA: SETTINGS.alpha})
    trained = torch_logits(network, TOKENS)
    assert distance(trained, llama_logits(base, TOKENS, right)) < TOLERANCE["f32"]
    assert distance(trained, llama_logits(base, TOKENS, wrong)) > SEEN


@pytest.mark.parametrize("layer", ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"])
def test_every_layer_is_exported(base: Path, tmp_path: Path, layer: str) -> None:
    """An adapter of one kind of layer alone arrives, and changes something."""
    network = network_of(base)
    with torch.no_grad():
        for name, lora in network.loras.items():
            lora.b.mul_(20.0 if f".{layer}." in name else 0.0)
    trained = torch_logits(network, TOKENS)
    assert distance(trained, llama_logits(base, TOKENS, exported(network, tmp_path / "a.gguf"))) < 1e-3
    assert distance(trained, llama_logits(base, TOKENS)) > SEEN


def test_merged_model_computes_the_same(base: Path, tmp_path: Path) -> None:
    """Merged into 32 bits, the model computes what torch does with the adapter; in few bits, nearly so."""
    network = network_of(base)
    adapter = exported(network, tmp_path / "a.gguf")
    trained = torch_logits(network, TOKENS)
    for weights, tolerance in MERGED.items():
        out = tmp_path / f"{weights}.gguf"
        merge_and_quantize(base, adapter, out, weights)
        difference = trained - llama_logits(out, TOKENS)
        assert np.sqrt(np.square(difference).mean()) < tolerance * trained.std(), weights
        assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", *[".gguf"] * 7]


def test_file_is_one_that_models_accept(base: Path, tmp_path: Path) -> None:
    """The checks before loading find a pair for every layer, at the strength of training."""
    lora = read_adapter(exported(network_of(base), tmp_path / "a.gguf", "f16"), base)
    assert len(lora.pairs) == 14
    assert {lora.strength(pair) for pair in lora.pairs} == {1.5}


def test_adapter_comes_back(base: Path, tmp_path: Path) -> None:
    """What is read back into a fresh network is what was trained, to the last bit."""
    network = network_of(base)
    path = exported(network, tmp_path / "a.gguf")
    fresh = network_of(base, adapter_settings(path), seed=None)
    import_adapter(fresh, path)
    assert fresh.settings == SETTINGS
    assert all(torch.equal(a, b) for a, b in zip(network.trained(), fresh.trained(), strict=True))


def test_adapter_of_another_alpha_means_the_same(base: Path, tmp_path: Path) -> None:
    """Where the network multiplies by another number, B is scaled so that the same is computed."""
    network = network_of(base)
    path = exported(network, tmp_path / "a.gguf")
    other = network_of(base, LoraSettings(rank=4, alpha=64.0), seed=None)
    import_adapter(other, path)
    assert distance(torch_logits(network, TOKENS), torch_logits(other, TOKENS)) < 1e-4


def test_foreign_adapter_is_trained_on(base: Path, tmp_path: Path) -> None:
    """An adapter that other tools wrote, without an alpha, computes in torch what llama.cpp does with it."""
    path = write_adapter(tmp_path / "f.gguf", lora_matrices(base, rank=3), {ALPHA: None})
    network = network_of(base, adapter_settings(path), seed=None)
    import_adapter(network, path)
    assert distance(torch_logits(network, TOKENS), llama_logits(base, TOKENS, path)) < 1e-4


def test_training_in_bfloat16_is_exported(base: Path, tmp_path: Path) -> None:
    """An adapter beside bfloat16 weights is exported from its own float32."""
    model = load_base(base, cache=tmp_path / "cache", device="cpu", precision="bfloat16")
    network = LoraNetwork(model, SETTINGS)
    import_adapter(network, exported(network_of(base), tmp_path / "a.gguf"))
    assert exported(network, tmp_path / "b.gguf").read_bytes() == (tmp_path / "a.gguf").read_bytes()


@pytest.mark.model
def test_embedded_model_with_an_adapter(tmp_path: Path) -> None:
    """On the embedded model, in 32 bits, torch and llama.cpp agree with a random adapter of rank 16."""
    base, floats = resolve("smollm2").path, tmp_path / "f32.gguf"
    convert(base, "f32", floats, 1)
    network = network_of(base, LoraSettings(rank=16), seed=3)
    with torch.no_grad():
        for lora in network.loras.values():
            lora.b.mul_(0.1)
    adapter = exported(network, tmp_path / "a.gguf", "f16")
    assert adapter.stat().st_size < 10_500_000
    tokens = [1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365]
    trained = torch_logits(network, tokens)
    assert distance(trained, llama_logits(floats, tokens, adapter)) < 1e-2
    assert distance(trained, llama_logits(floats, tokens)) > SEEN


def other_rank(base: Path, path: Path) -> None:
    """Write an adapter of another rank."""
    write_adapter(path, lora_matrices(base, rank=5), {})


def part_of_it(base: Path, path: Path) -> None:
    """Write an adapter without one of the layers."""
    matrices = lora_matrices(base)
    write_adapter(path, {name: it for name, it in matrices.items() if "blk.1.ffn_up" not in name}, {})


def more_layers(base: Path, path: Path) -> None:
    """Write an adapter of a model with more layers."""
    write_adapter(path, lora_matrices(write_tiny(base.with_name("more.gguf"), layers=3)), {})


def other_architecture(base: Path, path: Path) -> None:
    """Write an adapter of another architecture."""
    write_adapter(path, lora_matrices(base), {"general.architecture": "qwen2"})


def no_lora(base: Path, path: Path) -> None:
    """Write another kind of adapter."""
    write_adapter(path, lora_matrices(base), {"adapter.type": "aloha"})


def no_numbers(base: Path, path: Path) -> None:
    """Write an adapter with a weight that is not a number."""
    matrices = lora_matrices(base)
    matrices["blk.0.attn_v.weight.lora_b"][3, 1] = np.nan
    write_adapter(path, matrices, {})


def turned(base: Path, path: Path) -> None:
    """Write an adapter one of whose matrices is transposed."""
    matrices = lora_matrices(base)
    matrices["blk.0.attn_q.weight.lora_a"] = matrices["blk.0.attn_q.weight.lora_a"].T.copy()
    write_adapter(path, matrices, {})


def integers(base: Path, path: Path) -> None:
    """Write an adapter one of whose matrices holds integers."""
    matrices = lora_matrices(base)
    matrices["blk.0.attn_q.weight.lora_a"] = np.ones((4, WIDTH), np.int8)
    write_adapter(path, matrices, {})


def infinite_alpha(base: Path, path: Path) -> None:
    """Write an adapter whose alpha is infinite."""
    write_adapter(path, lora_matrices(base), {ALPHA: float("inf")})


def alpha_in_words(base: Path, path: Path) -> None:
    """Write an adapter whose alpha is a text."""
    write_adapter(path, lora_matrices(base), {ALPHA: "eight"})


def no_gguf(base: Path, path: Path) -> None:
    """Write a file of another kind."""
    path.write_bytes(b"PK")


BAD = [
    *(other_rank, part_of_it, more_layers, other_architecture, no_lora, no_numbers, turned, integers),
    *(infinite_alpha, alpha_in_words, no_gguf),
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LoraNetwork]:
    """Return a model and a network of it for tests that leave it as it is."""
    base = llama(tmp_path_factory.mktemp("kept") / "base.gguf")
    return base, network_of(base)


@pytest.mark.parametrize("write", BAD)
def test_adapter_that_does_not_fit_is_refused(
    kept: tuple[Path, LoraNetwork], tmp_path: Path, write: Callable[[Path, Path], None]
) -> None:
    """An adapter of another size, model or kind is one clear line, and the network stays as it was."""
    base, network = kept
    before = [one.detach().clone() for one in network.trained()]
    write(base, tmp_path / "a.gguf")
    with pytest.raises(ModelError) as caught:
        import_adapter(network, tmp_path / "a.gguf")
    assert caught.value.hint
    assert all(torch.equal(a, b) for a, b in zip(before, network.trained(), strict=True))


@pytest.mark.parametrize("write", [turned, no_gguf, infinite_alpha])
def test_size_of_a_bad_adapter_is_an_error(
    kept: tuple[Path, LoraNetwork], tmp_path: Path, write: Callable[[Path, Path], None]
) -> None:
    """A file that is no adapter of one rank has no settings."""
    write(kept[0], tmp_path / "a.gguf")
    with pytest.raises(ModelError):
        adapter_settings(tmp_path / "a.gguf")


@pytest.mark.parametrize(("value", "weights"), [(float("nan"), "f32"), (1e6, "f16"), (float("inf"), "f16")])
def test_weights_that_are_no_numbers_are_not_exported(
    base: Path, tmp_path: Path, value: float, weights: AdapterWeights
) -> None:
    """An adapter that diverged is refused, and what was at the path stays."""
    network, out = network_of(base), tmp_path / "a.gguf"
    out.write_text("before")
    with torch.no_grad():
        network.loras["blk.1.ffn_up.weight"].b[2, 2] = value
    with pytest.raises(ModelError, match="no numbers") as caught:
        export_adapter(network, out, weights)
    assert caught.value.hint
    assert out.read_text() == "before"
    assert not list(tmp_path.glob(".*"))


def test_folder_that_is_not_there_is_an_error(kept: tuple[Path, LoraNetwork], tmp_path: Path) -> None:
    """Where nothing can be written, exporting and merging are one clear line."""
    base, network = kept
    adapter = exported(network, tmp_path / "a.gguf")
    with pytest.raises(ModelError):
        export_adapter(network, tmp_path / "none" / "a.gguf")
    for weights in ("f16", "q8_0"):
        with pytest.raises(ModelError):
            merge_and_quantize(base, adapter, tmp_path / "none" / "m.gguf", weights)


@pytest.mark.parametrize("most", [100, 5_000, 30_000])
def test_disk_full_is_an_error(kept: tuple[Path, LoraNetwork], tmp_path: Path, most: int) -> None:
    """An export that may not grow is one clear line, and nothing is left of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        with pytest.raises(ModelError, match="could not be written"):
            export_adapter(kept[1], tmp_path / "a.gguf", "f32")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_unknown_format_is_refused(base: Path, tmp_path: Path) -> None:
    """A format that nobody knows is an error of usage that names those there are."""
    with pytest.raises(UsageError) as caught:
        merge_and_quantize(base, base, tmp_path / "m.gguf", "q3_k")  # type: ignore[arg-type]
    assert "q8_0" in caught.value.hint


def test_header_says_what_it_is(kept: tuple[Path, LoraNetwork], tmp_path: Path) -> None:
    """The file is a LoRA adapter for the base's architecture with the alpha of training."""
    header = read_header(exported(kept[1], tmp_path / "a.gguf", "f16"))
    assert (header.architecture, header.metadata[ALPHA]) == ("llama", 6.0)
    assert (header.metadata["general.type"], header.metadata["adapter.type"]) == ("adapter", "lora")
