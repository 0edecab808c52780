"""How fast a loaded model is in one way of running it, and how far two formats of its weights lie apart.

Runs in the probe's process only (measure.py). Ways are timed in turns and the shortest time counts, because what
else the machine does only ever adds time.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.engine.adapters import Adapter, LoadedAdapters
from rao_cli.engine.context import Context, Row
from rao_cli.engine.fit import Fit
from rao_cli.engine.native import LOG, Model
from rao_cli.errors import ModelError
from rao_cli.models.choose import Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Distributions = NDArray[np.float32]

_STEPS = 4
_COMPARED = 128
_MOST_NUMBERS = 1 << 23

TEXT = """The parser reads each line twice: once to find where records begin, and once to take them apart. In
March 2021 the committee paid 4,350 euros for repairs to the northern wall, although only two of its seven
members had seen the estimate. "Nobody asked me," said Dr. Okafor, who had run the laboratory since 1998; "and
had they asked, I would have said no." The river rises near Altenberg, flows past three mills and a glass
factory, and joins the larger stream after 64 kilometres. def area(width: float, height: float) -> float: return
width * height. If the pressure falls below 1.8 bar, close valve B and call the operator; never restart the pump
while the lamp is red. Sugar, butter and eggs are beaten for five minutes before the flour is added. Shares of
the company fell by 12% after it withdrew its forecast, while its largest competitor rose slightly. Whoever signs
the form must be over eighteen and live in the district. """
"""What every measurement reads: prose, figures, speech, code, orders. Its words matter for divergence only."""


class Weights:
    """A loaded model, with an adapter where one is to be applied; ``close`` frees both."""

    def __init__(self, path: Path, gpu_layers: int, adapter: str = "") -> None:
        self.model = Model(path, gpu_layers)
        try:
            self._adapters = LoadedAdapters(self.model, [Adapter(Path(adapter))]) if adapter else None
        except ModelError:
            self.model.close()
            raise

    def context(self, fit: Fit, *, cells: int, sequences: int) -> Context:
        """Return a context that computes with the adapter."""
        return Context(self.model, fit, cells=cells, sequences=sequences, adapters=self._adapters)

    def sample(self, count: int) -> list[int]:
        """Return so many tokens of the fixed text."""
        tokens = self.model.tokenize(TEXT)
        if not tokens:
            raise ModelError("the model cannot split a text into tokens", hint="choose another with --model")
        return (tokens * (count // len(tokens) + 1))[:count]

    def close(self) -> None:
        """Free the memory."""
        self.model.close()


def decode(context: Context, rows: Sequence[Row]) -> None:
    """Compute a batch; raises ModelError when llama.cpp cannot."""
    status = context.decode(rows)
    if status:
        reason = LOG.first_error() or "no reason given"
        raise ModelError(
            f"llama.cpp cannot compute with this model (status {status}): {reason}",
            hint="choose another with --model",
        )


class Runner:
    """One way to run a model, timed in turns with others."""

    def __init__(self, name: str, weights: Weights, fit: Fit, count: int, divergence: float = 0.0) -> None:
        self.name, self.divergence = name, divergence
        self._tokens = weights.sample(count)
        self._width = fit.parallel if fit.parallel <= 4 else 4
        self._context = weights.context(fit, cells=count + 256, sequences=self._width)
        self._reading = self._writing = float("inf")

    def turn(self) -> None:
        """Read the sample, write a few tokens, and keep the shortest times."""
        started = time.perf_counter()
        for start in range(0, len(self._tokens), self._context.batch_size):
            part = self._tokens[start : start + self._context.batch_size]
            last = len(part) - 1
            decode(self._context, [Row(token, start + i, 0, logits=i == last) for i, token in enumerate(part)])
        self._reading = min(self._reading, time.perf_counter() - started)
        self._context.drop(0)
        for step in range(-1, _STEPS):  # the first is not timed
            started = time.perf_counter() if step == 0 else started
            rows = [Row(self._tokens[number], step + 1, number, logits=True) for number in range(self._width)]
            decode(self._context, rows)
        self._writing = min(self._writing, time.perf_counter() - started)
        for number in range(self._width):
            self._context.drop(number)

    def measured(self, kind: str) -> Measured:
        """Return the speeds of the best turns."""
        read, written = len(self._tokens) / self._reading, self._width * _STEPS / self._writing
        return Measured(kind, self.name, read, written, self.divergence)

    def close(self) -> None:
        """Free the context."""
        self._context.close()


def distributions(weights: Weights, fit: Fit) -> "Distributions":
    """Return the logarithms of the next-token probabilities after each token of the fixed text."""
    import numpy as np

    tokens = weights.sample(max(1, min(_COMPARED, fit.batch, _MOST_NUMBERS // weights.model.vocab_size)))
    with closing(weights.context(fit, cells=len(tokens) + 32, sequences=1)) as context:
        decode(context, [Row(token, i, 0, logits=True) for i, token in enumerate(tokens)])
        logits = np.stack([context.logits(i) for i in range(len(tokens))])
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits


def divergence(reference: "Distributions", other: "Distributions") -> float:
    """Return the mean Kullback-Leibler divergence in nats; infinite when the other is not even a number."""
    import numpy as np

    value = float((np.exp(reference) * (reference - other)).sum(axis=1).mean())
    return max(0.0, value) if np.isfinite(value) else float("inf")
