"""Choose the next token from logits, under a grammar.

The best token is checked against the grammar alone first; the whole vocabulary is scanned only when that token
is refused, because a scan costs as much as half a decoding step. Sampling with a temperature draws from the
top-p and min-p candidates with the request's own random numbers. Limits: one ``Sampler`` serves one request.
"""

import math
from typing import TYPE_CHECKING, Any

from rao_cli.engine.base import Request, Sampling
from rao_cli.engine.grammar import Grammar
from rao_cli.engine.native import Model
from rao_cli.errors import ModelError

if TYPE_CHECKING:
    from rao_cli.engine.context import Logits


class Sampler:
    """The choices of one request; ``close`` frees its grammar. Raises ModelError when the grammar is invalid."""

    def __init__(self, model: Model, request: Request) -> None:
        import numpy as np

        self._sampling = request.sampling
        self._room: Logits | None = None
        self._random = np.random.default_rng(request.sampling.seed & 0xFFFFFFFF)
        self._grammar = Grammar(model, request.grammar) if request.grammar else None

    def choose(self, logits: "Logits") -> tuple[int, float]:
        """Return the next token and its log-probability under the unconstrained logits.

        Raises ModelError when the grammar allows nothing, or the logits are no numbers.
        """
        best = int(logits.argmax())
        top = _finite(logits[best])
        token = best if self._sampling.temperature <= 0 else self._draw(logits)
        if self._grammar and not self._grammar.allows(token):
            token = self._draw(self._grammar.masked(logits))
        return token, self.log_probability(logits, token, top)

    def log_probability(self, logits: "Logits", token: int, top: float | None = None) -> float:
        """Return a token's log-probability; raises ModelError when the logits are no numbers.

        ``top`` is the largest logit, where it is known.
        """
        import numpy as np

        top = _finite(logits.max()) if top is None else top
        if self._room is None:
            self._room = np.empty_like(logits)  # allocating it for every token would take longer than the sum
        np.exp(np.subtract(logits, np.float32(top), out=self._room), out=self._room)
        return float(logits[token]) - top - math.log(float(self._room.sum()))

    def _draw(self, logits: "Logits") -> int:
        if self._sampling.temperature <= 0:
            return int(logits.argmax())
        return draw(logits, self._sampling, float(self._random.random()))

    def accept(self, token: int) -> tuple[list[int], bool]:
        """Step over the chosen token; return those that must follow, and whether the text can only end then."""
        if self._grammar is None:
            return [], False
        self._grammar.accept(token)
        return self._grammar.force()

    def begin(self) -> tuple[list[int], bool]:
        """Step over the tokens that every text begins with; return them, and whether that is all of it."""
        return self._grammar.force() if self._grammar else ([], False)

    def close(self) -> None:
        """Free the grammar; safe to call twice."""
        if self._grammar:
            self._grammar.close()


def draw(logits: "Logits", sampling: Sampling, uniform: float) -> int:
    """Pick a token with a uniform number in [0, 1): top-p, then min-p, then temperature."""
    import numpy as np

    order = np.argsort(-logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    scores = logits[order].astype(np.float64)
    chances = _softmax(scores)
    keep = max(1, int(np.searchsorted(np.cumsum(chances), sampling.top_p) + 1))
    keep = min(keep, max(1, int((chances >= sampling.min_p * chances[0]).sum())))
    warmed = np.cumsum(_softmax(scores[:keep] / sampling.temperature))
    return int(order[min(keep - 1, int(np.searchsorted(warmed, uniform * warmed[-1], side="right")))])


def _softmax(scores: Any) -> Any:
    import numpy as np

    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        raise ModelError("the model computed no numbers", hint="download it again, or choose another with --model")
    return float(value)
