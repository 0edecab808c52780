"""One line of the table: times of ours, times of what they are compared with, and the target.

Every time that was measured is kept; a line's value is the median over pairs that were run one after the other, so
that a machine that grows slower or faster meanwhile changes both sides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

Measure = Literal["speed", "share", "seconds"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in seconds of each run; both sides did the same work."""

    row: str
    name: str
    """What was done, in words."""
    ours: tuple[float, ...] = ()
    other: tuple[float, ...] = ()
    """What ours is compared with, run by run; empty where nothing is."""
    against: str = ""
    """What that is."""
    tokens: float = 0.0
    """Tokens that one run of either side reads or writes; 0 where seconds say more than a rate."""
    measure: Measure = "speed"
    """``speed``: how many times as fast ours is; ``share``: our time as a share; ``seconds``: our time alone."""
    target: float | None = None
    """Speed that is wanted at least, or share or seconds at most."""
    note: str = ""
    problem: str = ""
    """Why there is no figure."""

    @property
    def value(self) -> float | None:
        """Return the median, or None where nothing was measured."""
        if not self.ours or (self.measure != "seconds" and not self.other):
            return None
        if self.measure == "seconds":
            return median(self.ours)
        pairs = zip(self.ours, self.other, strict=True)
        return median(theirs / mine if self.measure == "speed" else mine / theirs for mine, theirs in pairs)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is met, or None where there is none or nothing was measured."""
        if self.target is None or self.value is None:
            return None
        return self.value >= self.target if self.measure == "speed" else self.value <= self.target


def alternate(
    repeats: int, ours: Callable[[int], float], other: Callable[[int], float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Run both sides in turn, who begins changing, and return the seconds that each reports, run by run."""
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(repeats):
        sides = [(ours, mine), (other, theirs)]
        for run, times in sides if number % 2 == 0 else reversed(sides):
            times.append(run(number))
    return tuple(mine), tuple(theirs)
