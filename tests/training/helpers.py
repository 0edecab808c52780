"""A small network, a tokenizer and an engine that tells its tokens' numbers: fakes for the tests of training."""

import re
from dataclasses import replace

import pytest

from rao_cli.engine.scripted import ScriptedEngine
from rao_cli.training.samples import Sample

torch = pytest.importorskip("torch")

_PIECE = re.compile(r"\w{1,8}|\s+|[^\w\s]")


class SmallNetwork:
    """A decoder of two layers that sees what its mask allows and knows positions; it meets network.py."""

    def __init__(self, vocabulary=12, width=16, seed=0):
        """Draw the weights."""
        generator = torch.Generator().manual_seed(seed)
        shapes = [(vocabulary, width), (512, width), *[(width, width)] * 8]
        self.weights = [torch.nn.Parameter(torch.randn(*shape, generator=generator) * 0.3) for shape in shapes]

    def trained(self):
        """Yield all weights."""
        yield from self.weights

    def hidden(self, tokens, positions, mask):
        """Return states [n, width]."""
        embedding, places, *layers = self.weights
        states = embedding[tokens] + places[positions]
        for query, key, value, out in (layers[:4], layers[4:]):
            scores = (states @ query) @ (states @ key).T
            shares = scores.masked_fill(~mask, float("-inf")).softmax(-1)
            states = states + torch.tanh(shares @ states @ value) @ out
        return states

    def logits(self, hidden):
        """Return logits [m, vocabulary]."""
        return hidden @ self.weights[0].T * 2

    def copied(self):
        """Return a copy of the weights."""
        return [weight.detach().clone() for weight in self.weights]


class Pieces:
    """Cuts text as the scripted engine does; a piece's number is the place at which it first came."""

    def __init__(self):
        """Know no piece."""
        self._numbers = {}

    def number(self, piece):
        """Return a piece's number."""
        return self._numbers.setdefault(piece, len(self._numbers))

    def text(self, text):
        """Return the tokens of a text."""
        return [self.number(piece) for piece in _PIECE.findall(text)]

    def prompt(self, messages):
        """Return the tokens of a prompt, a mark before each turn."""
        marked = [(f"<{one.role}>", *_PIECE.findall("".join(one.parts))) for one in messages]
        return [self.number(piece) for pieces in (*marked, ("<answer>",)) for piece in pieces]

    def end(self):
        """Return the token that ends a turn."""
        return self.number("<end>")

    def decode(self, tokens):
        """Return the text of tokens."""
        pieces = list(self._numbers)
        return "".join(pieces[token] for token in tokens)


class NumberedEngine(ScriptedEngine):
    """A scripted engine that tells the numbers of the tokens that it writes."""

    def __init__(self, respond, pieces, window=2048):
        """Answer with a function."""
        super().__init__(respond, window=window)
        self._pieces = pieces

    async def generate(self, request, on_progress=None):
        """Answer, the tokens numbered."""
        done = await super().generate(request, on_progress)
        numbered = [replace(token, id=self._pieces.number(token.text)) for token in done.tokens]
        return replace(done, tokens=tuple(numbered))


def chosen(prompt, *options, place=0, logprob=-0.5):
    """Return a sample in which one of several options was taken."""
    return Sample(tuple(prompt), tuple(map(tuple, options)), place, (logprob,))


def written(prompt, option):
    """Return a sample in which an action was written."""
    return Sample(tuple(prompt), (tuple(option),), 0, (-0.5,) * len(option))


def same(found, wanted, by=1e-5):
    """Tell whether two lists of tensors are equal but for rounding."""
    pairs = list(zip(found, wanted, strict=True))
    return all(torch.allclose(one, other, atol=by, rtol=0) for one, other in pairs)
