"""How training is shown: where it stands and when it will be done, and how it went, as a small plot of text."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from rao_cli.cli.reading import seldom
from rao_cli.cli.terminal import Notices, Streams, can_redraw

SECONDS_A_LINE = 30.0
"""How often progress is told where it cannot be drawn over."""
WIDTH, HEIGHT = 60, 8


class Progress:
    """Tell how far a run of so many steps is; the first step that is told of is where it was left before."""

    def __init__(self, notices: Notices, streams: Streams) -> None:
        live = can_redraw(streams.stderr)
        self._tell: Callable[[str], None] = notices.status if live else seldom(notices.line, SECONDS_A_LINE)
        self._started = time.monotonic()
        self._first: int | None = None

    def step(self, what: str, done: int, total: int, told: str = "") -> None:
        """Tell of a step that is done."""
        if self._first is None:
            self._first = done - 1
        seconds = (time.monotonic() - self._started) / (done - self._first) * (total - done)
        parts = (f"{what} {done:,}/{total:,}", told, f"{duration(seconds)} left" if done < total else "")
        self._tell(", ".join(filter(None, parts)))


def duration(seconds: float) -> str:
    """Return a time in words, as exact as anyone needs."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min"


def curve(values: Sequence[float], title: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Plot values against their place: a column is the mean of its share of them; empty without any."""
    if not values:
        return ""
    columns = min(width, len(values))
    edges = [round(n * len(values) / columns) for n in range(columns + 1)]
    means = [sum(values[start:end]) / (end - start) for start, end in pairwise(edges)]
    low, high = min(means), max(means)
    scale = (height - 1) / (high - low) if high > low else 0.0
    rows = [round((mean - low) * scale) for mean in means]
    lines = ["".join("*" if row == level else " " for row in rows).rstrip() for level in reversed(range(height))]
    labels = (
        [f"{high:.3g}", *[""] * (height - 2), f"{low:.3g}"] if high > low else [""] * (height - 1) + [f"{low:.3g}"]
    )
    side = max(map(len, labels))
    plotted = [f"{label:>{side}} |{line}" for label, line in zip(labels, lines, strict=True)]
    return (
        "\n".join([title, *plotted, f"{'':{side}} +{'-' * columns}", f"{'':{side}}  {len(values):,} steps"]) + "\n"
    )
