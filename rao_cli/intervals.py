"""Shares and means with the intervals of 95 of 100 in which the true ones lie.

A share's is Wilson's (Wilson, 1927); a mean's is the percentile bootstrap (Efron, 1979), with a fixed seed.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

RESAMPLES = 2000
_Z = 1.96
_SEED = 7


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval in which the true share lies."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Return the share, or 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.value
        middle = p + _Z * _Z / (2 * n)
        around = _Z * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        low, high = (middle - around) / scale, (middle + around) / scale
        return max(0.0, min(low, p)), min(1.0, max(high, p))  # at 0 and 1 rounding leaves a hair between


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over some values, with its interval; without values there is none."""

    count: int
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0


def mean(values: Iterable[float]) -> Mean:
    """Return a mean with its bootstrap interval."""
    import numpy

    kept = numpy.array(list(values), dtype=float)
    if not len(kept):
        return Mean(0)
    drawn = numpy.random.default_rng(_SEED).integers(0, len(kept), (RESAMPLES, len(kept)))
    low, high = numpy.percentile(kept[drawn].mean(axis=1), (2.5, 97.5))
    return Mean(len(kept), float(kept.mean()), float(low), float(high))
