"""Sequences packed as one tree have the log-probabilities that they have alone, whatever the packing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from rao_cli.training.packing import Scored, TokenTree, logprobs  # noqa: E402
from tests.training.helpers import SmallNetwork, same  # noqa: E402

NETWORK = SmallNetwork()
SEQUENCES = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=12), min_size=1, max_size=8)


def tree_of(sequences):
    """Return a tree of sequences and their paths."""
    tree = TokenTree()
    return tree, [tree.add(sequence) for sequence in sequences]


def alone(sequence, start):
    """Compute the log-probabilities of a sequence's tokens from a place on in the plain way."""
    size = len(sequence)
    tokens, places = torch.tensor(sequence), torch.arange(size)
    seen = torch.ones(size, size, dtype=torch.bool).tril()
    shares = NETWORK.logits(NETWORK.hidden(tokens, places, seen)).log_softmax(-1)
    return torch.stack([shares[at - 1, tokens[at]] for at in range(start, size)])


@given(SEQUENCES, st.integers(1, 11), st.sampled_from([1, 7, 64]), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_a_packed_sequence_is_as_probable_as_alone(sequences, start, multiple, chance):
    """Whatever shares the tree, in whatever order and padding, log-probabilities differ by rounding only."""
    chance.shuffle(sequences)
    tree, paths = tree_of(sequences)
    starts = [min(start, len(sequence) - 1) for sequence in sequences]
    scored = [Scored(path, at) for path, at in zip(paths, starts, strict=True)]
    found = logprobs(NETWORK, tree, scored, multiple=multiple)
    assert same(found, [alone(sequence, at) for sequence, at in zip(sequences, starts, strict=True)])


@given(SEQUENCES)
@settings(max_examples=30)
def test_a_path_spells_its_sequence(sequences):
    """Each path has its sequence's tokens at positions from 0 on, each after its parent."""
    tree, paths = tree_of(sequences)
    for sequence, path in zip(sequences, paths, strict=True):
        assert [tree.tokens[node] for node in path] == sequence
        assert [tree.positions[node] for node in path] == list(range(len(sequence)))
        assert [tree.parents[node] for node in path] == [-1, *path[:-1]]


@given(SEQUENCES)
@settings(max_examples=30)
def test_a_tree_has_each_beginning_once(sequences):
    """A tree has as many nodes as its sequences have different beginnings, as ``missing`` foretells."""
    tree = TokenTree()
    for sequence in sequences:
        size, missing = len(tree), tree.missing(sequence)
        tree.add(sequence)
        assert len(tree) == size + missing
    beginnings = {tuple(sequence[:end]) for sequence in sequences for end in range(1, len(sequence) + 1)}
    assert len(tree) == len(beginnings)


@given(SEQUENCES, st.integers(0, 5))
@settings(max_examples=30)
def test_a_token_sees_its_ancestors_only(sequences, pad):
    """A node sees itself and those before it on its path; a node of the padding sees itself."""
    tree, paths = tree_of(sequences)
    seen = tree.seen(len(tree) + pad)
    wanted = torch.eye(len(tree) + pad, dtype=torch.bool)
    for path in paths:
        for at, node in enumerate(path):
            wanted[node, list(path[: at + 1])] = True
    assert torch.equal(seen, wanted)


def test_few_shapes_are_computed():
    """The network sees a tree padded to a multiple, so that few shapes occur."""
    sizes = []

    class Watched(SmallNetwork):
        def hidden(self, tokens, positions, mask):
            sizes.append(len(tokens))
            return super().hidden(tokens, positions, mask)

    for length in (2, 5, 8, 9):
        tree, [path] = tree_of([[1] * length])
        logprobs(Watched(), tree, [Scored(path, 1)], multiple=8)
    assert sizes == [8, 8, 8, 16]
