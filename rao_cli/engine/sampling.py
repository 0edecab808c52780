"""Choose the next token from logits, under a grammar.

The best token is checked against the grammar alone first; the whole vocabulary is scanned only when that token
is refused, because a scan costs as much as half a decoding step. Sampling with a temperature draws from the
top-p and min-p candidates with the request's own random numbers. Limits: one ``Sampler`` serves
one request; llama.cpp itself prints to stderr why it refuses a grammar, so grammars come from rao's own code.
"""

import ctypes
import math
from typing import TYPE_CHECKING, Any

from rao_cli.engine.base import Request, Sampling
from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError

if TYPE_CHECKING:
    from rao_cli.engine.context import Logits


class Sampler:
    """The choices of one request; ``close`` frees its grammar. Raises ModelError when the grammar is invalid."""

    def __init__(self, model: Model, request: Request) -> None:
        import numpy as np

        self._sampling = request.sampling
        self._random = np.random.default_rng(request.sampling.seed & 0xFFFFFFFF)
        self._grammar = Grammar(model, request.grammar) if request.grammar else None

    def choose(self, logits: "Logits") -> tuple[int, float]:
        """Return the next token and its log-probability under the unconstrained logits.

        Raises ModelError when the grammar allows nothing, or the logits are no numbers.
        """
        if not math.isfinite(float(logits.max())):
            raise ModelError(
                "the model computed no numbers", hint="download it again, or choose another with --model"
            )
        token = self._draw(logits)
        if self._grammar and not self._grammar.allows(token):
            token = self._draw(self._grammar.masked(logits))
        return token, _log_probability(logits, token)

    def _draw(self, logits: "Logits") -> int:
        if self._sampling.temperature <= 0:
            return int(logits.argmax())
        return draw(logits, self._sampling, float(self._random.random()))

    def accept(self, token: int) -> bool:
        """Record the chosen token; True when the grammar allows nothing more."""
        if self._grammar is None:
            return False
        self._grammar.accept(token)
        return self._grammar.complete()

    def close(self) -> None:
        """Free the grammar; safe to call twice."""
        if self._grammar:
            self._grammar.close()


class Grammar:
    """A GBNF grammar and how far it has been followed."""

    def __init__(self, model: Model, text: str) -> None:
        self._lib = model.lib
        self._end = model.end_token()
        self._ends = model.ends
        self._probes = model.letter_tokens
        self._vocab_size = model.vocab_size
        LOG.errors.clear()
        if "\0" in text:
            raise ModelError("the grammar holds a zero byte")
        try:
            data = text.encode()
        except UnicodeEncodeError as e:
            raise ModelError("the grammar holds half a surrogate pair") from e
        self._handle = self._lib.llama_sampler_init_grammar(model.vocab, data, b"root")
        if not self._handle:
            raise ModelError(f"the grammar is not valid: {LOG.first_error() or 'it cannot be parsed'}")

    def allows(self, token: int) -> bool:
        """Tell whether a token may come next."""
        item = self._lib.llama_token_data(token, 0.0, 0.0)
        self._apply(ctypes.pointer(item), 1)
        return bool(item.logit > -math.inf)

    def masked(self, logits: "Logits") -> "Logits":
        """Return a copy of the logits with every token that may not come next at minus infinity.

        Raises ModelError when nothing may.
        """
        import numpy as np

        kind = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        items = np.empty(len(logits), kind)
        items["id"] = np.arange(len(logits), dtype=np.int32)
        items["logit"] = logits
        self._apply(items.ctypes.data_as(self._lib.llama_token_data_p), len(items))
        kept: Logits = items["logit"].copy()
        if not np.isfinite(kept.max()):
            raise ModelError("the grammar allows no token here", hint="simplify the grammar")
        return kept

    def _apply(self, items: Any, count: int) -> None:
        array = self._lib.llama_token_data_array(items, count, -1, False)
        self._lib.llama_sampler_apply(self._handle, ctypes.byref(array))

    def accept(self, token: int) -> None:
        """Step over a token that is allowed."""
        self._lib.llama_sampler_accept(self._handle, token)

    def complete(self) -> bool:
        """Tell whether the model may only end here.

        A grammar that can go on nearly always accepts some letter, so those are asked before the vocabulary.
        """
        import numpy as np

        if self._end < 0 or not self.allows(self._end) or any(map(self.allows, self._probes)):
            return False
        masked = self.masked(np.zeros(self._vocab_size, np.float32))
        return all(self._ends(int(token)) for token in np.flatnonzero(np.isfinite(masked)))

    def close(self) -> None:
        """Free the grammar; safe to call twice."""
        if self._handle:
            self._lib.llama_sampler_free(self._handle)
            self._handle = None


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


def _log_probability(logits: "Logits", token: int) -> float:
    import numpy as np

    top = float(logits.max())
    return float(logits[token]) - top - math.log(float(np.exp(logits - top).sum(dtype=np.float64)))
