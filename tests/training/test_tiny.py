"""The tiny network keeps to the tree it is given, and what it kept is what it would compute."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.training.packing import Scored, TokenTree, logprobs
from rao_cli.training.tiny import Kept, Shape, TinyNetwork

torch = pytest.importorskip("torch")

VOCABULARY = 12
SEQUENCES = st.lists(st.lists(st.integers(0, VOCABULARY - 1), min_size=2, max_size=9), min_size=1, max_size=5)


def network(seed=0, **shape):
    """Make a very small network."""
    return TinyNetwork(Shape(VOCABULARY, width=16, heads=2, before=3, **shape), seed)


def alone(net, sequence):
    """Return the log-probabilities of all but the first token of one sequence."""
    tree = TokenTree()
    return logprobs(net, tree, [Scored(tree.add(sequence), 1)])[0]


@settings(max_examples=20)
@given(SEQUENCES)
def test_a_tree_is_its_sequences(sequences):
    """In a tree each sequence has the log-probabilities that it has alone."""
    net, tree = network(), TokenTree()
    together = logprobs(net, tree, [Scored(tree.add(one), 1) for one in sequences])
    for sequence, found in zip(sequences, together, strict=True):
        assert torch.allclose(found, alone(net, sequence), atol=1e-5)


@settings(max_examples=20)
@given(st.lists(st.integers(0, VOCABULARY - 1), min_size=2, max_size=9), st.integers(1, 8))
def test_what_was_kept_is_used(tokens, at):
    """Reading in two parts gives the states of reading at once."""
    net, n = network(), len(tokens)
    at = min(at, n - 1)
    ids, positions, mask = torch.tensor(tokens), torch.arange(n), torch.ones(n, n).tril().bool()
    whole = net.hidden(ids, positions, mask)
    kept = Kept()
    first = net.read(ids[:at], positions[:at], mask[:at, :at], kept)
    second = net.read(ids[at:], positions[at:], mask[at:], kept)
    assert torch.allclose(torch.cat([first, second]), whole, atol=1e-5)


def test_what_comes_later_is_not_seen():
    """A token's state does not depend on those after it."""
    net = network()
    first, second = (alone(net, [1, 2, 3, last, 5]) for last in (4, 9))
    assert torch.equal(first[:2], second[:2])
    assert not torch.equal(first, second)


def test_what_went_before_is_seen():
    """A token's state depends on the order of those before it."""
    net = network()
    assert not torch.allclose(alone(net, [1, 2, 3, 4])[-1], alone(net, [2, 1, 3, 4])[-1])


def test_a_far_token_is_seen():
    """Attention reaches beyond the tokens that are mixed in."""
    net = network()
    assert not torch.allclose(alone(net, [1, *[0] * 9, 4])[-1], alone(net, [2, *[0] * 9, 4])[-1])


def test_seeds_draw_weights():
    """The same seed draws the same weights, another seed others."""
    tokens = [1, 2, 3]
    assert torch.equal(alone(network(1), tokens), alone(network(1), tokens))
    assert not torch.equal(alone(network(1), tokens), alone(network(2), tokens))


def test_every_parameter_learns():
    """Each parameter has a gradient from what it is used for."""
    net = network()
    alone(net, [1, 2, 3, 1, 2]).sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in net.trained())


def test_weights_come_back(tmp_path):
    """A network that loads what another saved computes the same."""
    pytest.importorskip("safetensors")
    saved, loaded = network(1), network(2)
    saved.save(tmp_path / "tiny.safetensors")
    loaded.load(tmp_path / "tiny.safetensors")
    assert torch.equal(alone(saved, [1, 2, 3]), alone(loaded, [1, 2, 3]))


def test_the_usual_network_is_tiny():
    """With a vocabulary of five hundred words it has between 0.2 and 2 million parameters."""
    count = sum(weight.numel() for weight in TinyNetwork(Shape(500)).trained())
    assert 200_000 < count < 2_000_000
