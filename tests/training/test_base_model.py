"""The base model in torch is the one that llama.cpp runs, and bad ones are refused in one line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.training.base_model import LoraNetwork, LoraSettings, choose_device, load_base
from tests.engine.tiny import write_tiny
from tests.training.reference import distance, llama_logits, torch_logits

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

pytestmark = pytest.mark.usefixtures("one_thread")

TOKENS = [1, 72, 104, 111, 114, 35, 120, 263, 9, 200]
EXACT = 1e-4
"""Largest difference in 32 bits, relative to the spread of the logits."""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a tiny model in F32."""
    return write_tiny(tmp_path / "tiny.gguf", layers=2)


def loaded(path: Path, cache: Path) -> LoraNetwork:
    """Load a model in 32 bits with an adapter that is not trained yet."""
    return LoraNetwork(load_base(path, cache=cache, device="cpu", precision="float32"), LoraSettings(rank=4))


def test_logits_are_llamas(tiny: Path, tmp_path: Path) -> None:
    """Without training, torch computes what llama.cpp computes."""
    network = loaded(tiny, tmp_path)
    assert distance(llama_logits(tiny, TOKENS), torch_logits(network, TOKENS)) < EXACT


def test_copy_in_the_cache_is_the_same(tiny: Path, tmp_path: Path) -> None:
    """The second load comes from the copy, and computes the same to the last bit."""
    first = torch_logits(loaded(tiny, tmp_path / "c"), TOKENS)
    (kept,) = (tmp_path / "c").iterdir()
    written = (kept / "model.safetensors").stat().st_mtime_ns
    assert np.array_equal(first, torch_logits(loaded(tiny, tmp_path / "c"), TOKENS))
    assert (kept / "model.safetensors").stat().st_mtime_ns == written


def test_damaged_copy_is_made_again(tiny: Path, tmp_path: Path) -> None:
    """A copy that was cut off is not trusted."""
    first = torch_logits(loaded(tiny, tmp_path / "c"), TOKENS)
    (kept,) = (tmp_path / "c").iterdir()
    (kept / "model.safetensors").write_bytes(b"half")
    assert np.array_equal(first, torch_logits(loaded(tiny, tmp_path / "c"), TOKENS))


def test_changed_file_is_not_taken_from_the_cache(tiny: Path, tmp_path: Path) -> None:
    """Another model of the same name has a copy of its own."""
    first = torch_logits(loaded(tiny, tmp_path / "c"), TOKENS)
    write_tiny(tiny, layers=2, seed=1)
    assert not np.allclose(first, torch_logits(loaded(tiny, tmp_path / "c"), TOKENS))


def test_folder_is_the_same_model(tiny: Path, tmp_path: Path) -> None:
    """A Hugging Face folder of the same weights computes the same."""
    first = torch_logits(loaded(tiny, tmp_path / "c"), TOKENS)
    (kept,) = (tmp_path / "c").iterdir()
    assert np.array_equal(first, torch_logits(loaded(kept, tmp_path / "other"), TOKENS))
    assert not (tmp_path / "other").exists()


def test_branches_of_a_tree_do_not_see_each_other(tiny: Path, tmp_path: Path) -> None:
    """In a tree, each branch is computed as if it stood alone after the stem."""
    network = loaded(tiny, tmp_path)
    stem, left, right = TOKENS[:4], [9, 10, 11], [200, 12]
    parents = [-1, 0, 1, 2, 3, 4, 5, 3, 7]
    mask = torch.eye(9, dtype=torch.bool)
    for node, parent in enumerate(parents):
        if parent >= 0:
            mask[node] |= mask[parent]
    states = network.hidden(torch.tensor(stem + left + right), torch.tensor([0, 1, 2, 3, 4, 5, 6, 4, 5]), mask)
    both = network.logits(states).detach().numpy()
    assert distance(torch_logits(network, stem + left), both[:7]) < EXACT
    assert distance(torch_logits(network, stem + right)[4:], both[7:]) < EXACT


def test_only_the_adapter_is_trained(tiny: Path, tmp_path: Path) -> None:
    """Gradients reach both matrices of every layer, in float32, and no weight of the base."""
    network = loaded(tiny, tmp_path)
    for lora in network.loras.values():
        torch.nn.init.normal_(lora.b)
    size = len(TOKENS)
    mask = torch.ones(size, size).tril().bool()
    network.logits(network.hidden(torch.tensor(TOKENS), torch.arange(size), mask)).square().mean().backward()
    trained = list(network.trained())
    assert len(trained) == 2 * 7 * 2
    assert all(one.dtype == torch.float32 and one.grad is not None and one.grad.any() for one in trained)
    mine = {id(one) for one in trained}
    assert all(one.grad is None for one in network.decoder.parameters() if id(one) not in mine)


def test_layers_are_named_as_in_the_file(tiny: Path, tmp_path: Path) -> None:
    """Adapters are found by the names of the tensors that they belong to."""
    names = set(loaded(tiny, tmp_path).loras)
    assert {"blk.0.attn_q.weight", "blk.1.ffn_down.weight"} <= names


def test_same_seed_gives_the_same_adapter(tiny: Path, tmp_path: Path) -> None:
    """An adapter's first weights depend on the seed alone; they change nothing that is computed."""
    model = load_base(tiny, cache=tmp_path, device="cpu", precision="float32")
    again = load_base(tiny, cache=tmp_path, device="cpu", precision="float32")
    other = load_base(tiny, cache=tmp_path, device="cpu", precision="float32")
    one, two = LoraNetwork(model, LoraSettings(seed=5)), LoraNetwork(again, LoraSettings(seed=5))
    three = LoraNetwork(other, LoraSettings(seed=6))
    assert all(torch.equal(a, b) for a, b in zip(one.trained(), two.trained(), strict=True))
    assert not torch.equal(next(one.trained()), next(three.trained()))


def test_bfloat16_is_near(tiny: Path, tmp_path: Path) -> None:
    """In bfloat16, states are in that type, logits in float32, and near those of 32 bits."""
    model = load_base(tiny, cache=tmp_path, device="cpu", precision="bfloat16")
    network = LoraNetwork(model)
    assert network.dtype == torch.bfloat16
    assert all(one.dtype == torch.float32 for one in network.trained())
    assert distance(llama_logits(tiny, TOKENS), torch_logits(network, TOKENS)) < 0.1


def missing(folder: Path) -> Path:
    """Name a file that is not there."""
    return folder / "none.gguf"


def no_gguf(folder: Path) -> Path:
    """Write a file of another kind."""
    (folder / "text.gguf").write_text("hello")
    return folder / "text.gguf"


def empty_folder(folder: Path) -> Path:
    """Make a folder without a model."""
    (folder / "empty").mkdir()
    return folder / "empty"


def other_architecture(folder: Path) -> Path:
    """Write a model of an architecture that nobody has heard of."""
    return write_tiny(folder / "other.gguf", pairs={"general.architecture": "mamba"})


def missing_tensor(folder: Path) -> Path:
    """Write a model that says it has more layers than it has."""
    return write_tiny(folder / "short.gguf", layers=1, pairs={"llama.block_count": 2})


def wrong_shape(folder: Path) -> Path:
    """Write a model with a matrix of another shape."""
    return write_tiny(
        folder / "shape.gguf", layers=2, tensors={"blk.1.ffn_up.weight": np.zeros((8, 8), np.float32)}
    )


def folder_with(folder: Path, config: object) -> Path:
    """Make a Hugging Face folder without weights."""
    (folder / "hf").mkdir()
    (folder / "hf" / "config.json").write_text(json.dumps(config))
    return folder / "hf"


def folder_without_weights(folder: Path) -> Path:
    """Make a folder that has a sound configuration only."""
    return folder_with(folder, {"model_type": "llama", "architectures": ["LlamaForCausalLM"]})


def folder_of_nonsense(folder: Path) -> Path:
    """Make a folder whose configuration is a list."""
    return folder_with(folder, ["llama"])


def folder_of_wrong_types(folder: Path) -> Path:
    """Make a folder whose sizes are words."""
    return folder_with(folder, {"model_type": "llama", "hidden_size": "wide"})


def folder_with_code(folder: Path) -> Path:
    """Make a folder that wants its own code to be run."""
    path = folder_with(folder, {"model_type": "mine", "auto_map": {"AutoModelForCausalLM": "evil.Model"}})
    (path / "evil.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    return path


def folder_with_a_pickle(folder: Path) -> Path:
    """Make a folder whose weights are a pickle."""
    path = folder_without_weights(folder)
    (path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    return path


BAD = [
    missing,
    no_gguf,
    empty_folder,
    other_architecture,
    missing_tensor,
    wrong_shape,
    folder_without_weights,
    folder_of_nonsense,
    folder_of_wrong_types,
    folder_with_code,
    folder_with_a_pickle,
]


@pytest.mark.parametrize("write", BAD)
def test_bad_model_is_one_clear_line(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """A model that cannot be trained is refused with what to do, and nothing of it is run or kept."""
    path = write(tmp_path)
    with pytest.raises(ModelError) as caught:
        load_base(path, cache=tmp_path / "cache", device="cpu")
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "cache").exists()


def test_cache_that_cannot_be_written_is_an_error(tiny: Path, tmp_path: Path) -> None:
    """A file where the cache folder should be is one clear line."""
    (tmp_path / "cache").write_text("")
    with pytest.raises(ModelError, match="could not be kept"):
        load_base(tiny, cache=tmp_path / "cache", device="cpu")


def test_device_that_is_not_there_is_an_error() -> None:
    """A device that this machine lacks is refused; auto always finds one."""
    assert choose_device("auto") in {"cuda", "mps", "cpu"}
    if not torch.backends.mps.is_available():
        with pytest.raises(UsageError, match="mps") as caught:
            choose_device("mps")
        assert caught.value.hint


@pytest.mark.parametrize(
    "settings", [LoraSettings(rank=0), LoraSettings(alpha=0), LoraSettings(alpha=float("nan"))]
)
def test_impossible_adapter_is_refused(tiny: Path, tmp_path: Path, settings: LoraSettings) -> None:
    """A rank or alpha that makes no adapter is an error of usage."""
    model = load_base(tiny, cache=tmp_path, device="cpu")
    with pytest.raises(RaoError):
        LoraNetwork(model, settings)


@pytest.mark.parametrize("name", ["torch", "accelerate", "gguf"])
def test_missing_library_is_an_error(tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without the extra, the first thing that is told is how to install it."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=name) as caught:
        load_base(tiny, cache=tiny.parent)
    assert "rao-cli[train]" in caught.value.hint
