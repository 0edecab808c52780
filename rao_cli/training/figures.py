"""Figures of an evaluation: each arm at each size, what training and delegating gained, and plots of it.

Shares have Wilson's intervals; gains are differences question by question, with bootstrap intervals. Plots need
matplotlib (extra ``train``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.intervals import Mean, Share, mean
from rao_cli.training.evaluate import ARMS, Outcome, by_arm

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPARED = (
    ("recursion-trained", "recursion"),
    ("recursion-trained", "single-trained"),
    ("recursion-trained", "single"),
    ("single-trained", "single"),
    ("recursion", "single"),
)
"""Pairs of arms of which the first is expected to do better."""


@dataclass(frozen=True)
class Group:
    """Outcomes of one arm on texts of one size, and on chains of one length where there are several."""

    arm: str
    size: int
    steps: int | None
    outcomes: tuple[Outcome, ...]

    @property
    def right(self) -> Share:
        """Return how many answers were right."""
        return Share(sum(one.right for one in self.outcomes), len(self.outcomes))

    @property
    def cited(self) -> Share:
        """Return how many were right and told the place."""
        return Share(sum(one.cited for one in self.outcomes), len(self.outcomes))

    @property
    def absent(self) -> Share:
        """Return how many questions without an answer were known to have none."""
        unanswered = [one for one in self.outcomes if one.absent]
        return Share(sum(one.said_absent for one in unanswered), len(unanswered))

    @property
    def false_absent(self) -> Share:
        """Return how many questions with an answer were said to have none."""
        answered = [one for one in self.outcomes if not one.absent]
        return Share(sum(one.said_absent for one in answered), len(answered))

    @property
    def parallel(self) -> Share:
        """Return how many children ran beside another."""
        return Share(sum(one.beside for one in self.outcomes), sum(one.children for one in self.outcomes))

    def average(self, of: Callable[[Outcome], float]) -> float:
        """Return the mean of something over the outcomes."""
        return sum(map(of, self.outcomes)) / len(self.outcomes)


def tokens(outcome: Outcome) -> float:
    """Return the tokens that were read and written, those in the cache included."""
    return float(outcome.prompt_tokens + outcome.output_tokens)


def groups(outcomes: Sequence[Outcome]) -> Iterator[Group]:
    """Yield the groups of every arm, the smallest texts and shortest chains first."""
    lengths = sorted({one.steps for one in outcomes})
    for arm, some in by_arm(outcomes).items():
        for size in sorted({one.key.size for one in some}):
            of_size = tuple(one for one in some if one.key.size == size)
            yield Group(arm, size, None, of_size)
            for steps in lengths if len(lengths) > 1 else ():
                of_steps = tuple(one for one in of_size if one.steps == steps)
                if of_steps:
                    yield Group(arm, size, steps, of_steps)


@dataclass(frozen=True)
class Gain:
    """By how much more often one arm is right than another, on the same questions."""

    better: str
    other: str
    difference: Mean


def gains(outcomes: Sequence[Outcome]) -> list[Gain]:
    """Return the differences of the compared arms, over the questions that both were asked."""
    arms = by_arm(outcomes)
    return [
        Gain(better, other, _difference(arms[better], arms[other]))
        for better, other in COMPARED
        if better in arms and other in arms
    ]


def _difference(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> Mean:
    others = {(one.key.size, one.key.asked): one for one in theirs}
    pairs = ((one, others.get((one.key.size, one.key.asked))) for one in ours)
    return mean(float(one.right) - float(other.right) for one, other in pairs if other)


def plot(outcomes: Sequence[Outcome], folder: Path) -> list[Path]:
    """Plot right answers, tokens and seconds against size; return the files, none without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return []
    whole = [group for group in groups(outcomes) if group.steps is None]
    figure = Figure(figsize=(12, 4), layout="constrained")
    for axes, (title, draw) in zip(figure.subplots(1, 3), _PLOTS.items(), strict=True):
        for name in ARMS:
            some = [group for group in whole if group.arm == name]
            if some:
                draw(axes, name, some)
        sizes = sorted({group.size for group in whole})
        axes.set(title=title, xlabel="tokens of the text", xscale="log", ylim=(0, None))
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.set_xticks([], minor=True)
        axes.legend(fontsize=8)
    path = folder / "evaluation.png"
    figure.savefig(path, dpi=150)
    return [path]


def _draw_right(axes: "Axes", name: str, some: Sequence[Group]) -> None:
    values = [group.right.value for group in some]
    ends = [group.right.interval for group in some]
    low = [value - end[0] for value, end in zip(values, ends, strict=True)]
    high = [end[1] - value for value, end in zip(values, ends, strict=True)]
    axes.errorbar([group.size for group in some], values, yerr=[low, high], label=name, marker="o", capsize=3)
    axes.set_ylim(0, 1)


def _draw_tokens(axes: "Axes", name: str, some: Sequence[Group]) -> None:
    axes.plot([group.size for group in some], [group.average(tokens) for group in some], label=name, marker="o")


def _draw_seconds(axes: "Axes", name: str, some: Sequence[Group]) -> None:
    seconds = [group.average(lambda one: one.seconds) for group in some]
    axes.plot([group.size for group in some], seconds, label=name, marker="o")


_PLOTS: dict[str, Callable[["Axes", str, Sequence[Group]], None]] = {
    "right answers (95 % intervals)": _draw_right,
    "tokens a question": _draw_tokens,
    "seconds a question": _draw_seconds,
}
