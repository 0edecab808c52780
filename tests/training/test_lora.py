"""An adapter adds its product to what a linear layer returns, in the layer's own type."""

import pytest

from rao_cli.training.lora import NAMES, adapt

torch = pytest.importorskip("torch")


class Layer(torch.nn.Module):
    """A decoder layer's linear layers, each from 6 to 4 numbers."""

    def __init__(self, more: str = "") -> None:
        super().__init__()
        for name in (*NAMES, *([more] if more else [])):
            parent, _, last = name.rpartition(".")
            if parent not in dict(self.named_children()):
                self.add_module(parent, torch.nn.Module())
            self.get_submodule(parent).add_module(last, torch.nn.Linear(6, 4))


def decoder(count: int = 2, more: str = "") -> torch.nn.Module:
    """Return layers as a decoder has them."""
    made = torch.nn.Module()
    made.layers = torch.nn.ModuleList(Layer(more) for _ in range(count))
    return made


def test_product_is_added() -> None:
    """A layer returns x W^T + bias + alpha / rank * x A^T B^T."""
    base = decoder()
    lora = adapt(base, rank=3, alpha=12.0, seed=0)["blk.1.ffn_up.weight"]
    linear, x = base.get_submodule("layers.1.mlp.up_proj"), torch.randn(5, 6)
    with torch.no_grad():
        lora.b.normal_()
        plain = x @ linear.weight.T + linear.bias
        assert torch.allclose(linear(x), plain + 4 * x @ lora.a.T @ lora.b.T, atol=1e-5)


def test_nothing_changes_at_first() -> None:
    """Before training every layer returns what it did, to the last bit, and A is not zero."""
    base, x = decoder(), torch.randn(5, 6)
    linear = base.get_submodule("layers.0.self_attn.q_proj")
    before = linear(x)
    loras = adapt(base, rank=3, alpha=12.0, seed=0)
    assert torch.equal(before, linear(x))
    assert all(lora.a.abs().min() > 0 and not lora.b.any() for lora in loras.values())


def test_every_layer_has_its_own() -> None:
    """Each linear layer of each decoder layer has an adapter of its own shape and random weights."""
    loras = adapt(decoder(3), rank=2, alpha=1.0, seed=0)
    assert set(loras) == {f"blk.{number}.{name}.weight" for number in range(3) for name in NAMES.values()}
    assert {(lora.a.shape, lora.b.shape) for lora in loras.values()} == {((2, 6), (4, 2))}
    assert len({float(lora.a.detach().sum()) for lora in loras.values()}) == len(loras)


def test_thin_products_are_in_the_layers_type() -> None:
    """Beside bfloat16 weights, float32 matrices are computed with in bfloat16, and get float32 gradients."""
    base = decoder().to(torch.bfloat16)
    lora = adapt(base, rank=3, alpha=3.0, seed=0)["blk.0.attn_v.weight"]
    out = base.get_submodule("layers.0.self_attn.v_proj")(torch.randn(5, 6, dtype=torch.bfloat16))
    out.sum().backward()
    assert out.dtype == torch.bfloat16
    assert lora.b.grad.dtype == lora.a.dtype == torch.float32


def test_unknown_layer_is_told() -> None:
    """A linear layer without a name in GGUF files is named."""
    with pytest.raises(KeyError, match=r"mlp\.router"):
        adapt(decoder(more="mlp.router"), rank=3, alpha=3.0, seed=0)
