"""Writing after several prompts at once gives what computing each text anew gives, and computes nothing twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.training.growing import write
from rao_cli.training.tiny import Shape, TinyNetwork

torch = pytest.importorskip("torch")

VOCABULARY = 12
SAME = 1e-4
PIECE = st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=5)


class Counting(TinyNetwork):
    """A network that counts the tokens it computes."""

    def __init__(self):
        """Draw the weights."""
        super().__init__(Shape(VOCABULARY, width=16, heads=2))
        self.computed = []

    def read(self, tokens, positions, mask, kept):
        """Compute, and count."""
        self.computed.append(len(tokens))
        return super().read(tokens, positions, mask, kept)


class Dictated:
    """Writes given pieces, one at each step, and keeps the logits that it is shown."""

    def __init__(self, prompt, pieces=()):
        """Begin with a prompt."""
        self.prompt, self._pieces, self.seen = prompt, list(pieces), []
        self.text = [token for piece in pieces for token in piece]

    def take(self, logits):
        """Keep what is shown."""
        self.seen += list(logits)

    def pending(self):
        """Return the next piece."""
        return self._pieces.pop(0) if self._pieces else []


def anew(network, prompt, text):
    """Return the logits after a prompt and each token of a text, all of it computed as one sequence."""
    tokens = torch.tensor([*prompt, *text])
    size = len(tokens)
    states = network.hidden(tokens, torch.arange(size), torch.ones(size, size).tril().bool())
    return network.logits(states)[len(prompt) - 1 :]


@settings(max_examples=40)
@given(st.lists(st.tuples(PIECE, st.lists(PIECE, max_size=3)), min_size=1, max_size=4))
def test_what_is_seen_is_what_would_be_computed_anew(texts):
    """Whatever prompts share and however long pieces are, the logits are those of each text alone."""
    network = Counting()
    writers = [Dictated(prompt, pieces) for prompt, pieces in texts]
    with torch.no_grad():
        write(network, writers)
        for writer in writers:
            wanted = anew(network, writer.prompt, writer.text)
            assert torch.allclose(torch.stack(writer.seen), wanted, atol=SAME)


def test_nothing_is_computed_twice():
    """Prompts that are alike are read once, padded; then only what is new is computed."""
    network = Counting()
    prompt = [n % VOCABULARY for n in range(100)]
    with torch.no_grad():
        write(network, [Dictated(prompt, [[1], [2, 3]]), Dictated(prompt, [[4, 5]]), Dictated([*prompt, 7])])
    assert network.computed == [128, 3, 2]


def test_who_writes_nothing_sees_what_follows_the_prompt():
    """A writer that is done at once is shown one row, and nothing more is computed."""
    network, writer = Counting(), Dictated([1, 2, 3])
    with torch.no_grad():
        write(network, [writer])
    assert len(writer.seen) == 1
    assert network.computed == [64]
