"""Rank files and the symbols in them by what refers to them: PageRank (Page et al. 1999) over weighted edges."""

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAMPING = 0.85
# Every round takes at least 15 % off the error: after 40 it is below a thousandth.
_ROUNDS = 40


class Edges:
    """References from file to file, by number, each of a weight and for a symbol of the target, if for any."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._sources, self._targets, self._labels = array("q"), array("q"), array("q")
        self._weights = array("d")
        self._symbols: dict[tuple[int, str], int] = {}

    def add(self, source: int, target: int, weight: float, name: str = "") -> None:
        """Add a reference; without a name it is to the file as a whole."""
        self._sources.append(source)
        self._targets.append(target)
        self._weights.append(weight)
        self._labels.append(self._symbols.setdefault((target, name), len(self._symbols)))

    def rank(self) -> tuple[list[float], dict[tuple[int, str], float]]:
        """Return each file's share of importance, and what of it flows to each symbol, by file and name."""
        if not self._files:
            return [], {}
        import numpy as np

        sources, targets = np.array(self._sources, int), np.array(self._targets, int)
        weights = np.array(self._weights)
        out = np.bincount(sources, weights, self._files)
        shares = weights / out[sources]
        ranks = self._iterate(sources, targets, shares, out == 0)
        flows = np.bincount(np.array(self._labels, int), ranks[sources] * shares, len(self._symbols))
        return ranks.tolist(), dict(zip(self._symbols, flows.tolist(), strict=True))

    def _iterate(
        self,
        sources: "NDArray[np.int_]",
        targets: "NDArray[np.int_]",
        shares: "NDArray[np.float64]",
        dangling: "NDArray[np.bool_]",
    ) -> "NDArray[np.float64]":
        """Return the ranks of all files; a file without references (``dangling``) passes its own to all."""
        import numpy as np

        count = self._files
        ranks = np.full(count, 1 / count)
        for _ in range(_ROUNDS):
            flow = np.bincount(targets, ranks[sources] * shares, count) + ranks[dangling].sum() / count
            ranks = (1 - _DAMPING) / count + _DAMPING * flow
        return ranks
