"""Choose among measured ways to run a model: plain functions of numbers, which load and measure nothing.

What counts is the time of one typical agent: it reads 400 tokens and writes 24. A choice other than the plain
one must win clearly, and lose nothing: its next-token distributions may lie at most 0.02 nats from the
original's, by mean Kullback-Leibler divergence. SmolLM2-135M in Q4_1 shows where that line is: the same weights
in BF16 or F16 differ by 0.003, which is rounding (llama.cpp rounds what it multiplies with Q4_1 to 8 bits); Q8_0
differs by 0.006; Q4_0 by 0.28, and chooses another token one time in three.
"""

from collections.abc import Sequence
from dataclasses import dataclass

READ, WRITTEN = 400, 24
"""Tokens that a typical agent reads and writes."""
LOSSLESS = 0.02
"""Most divergence in nats that counts as none: five times what rounding alone does, a tenth of a real loss."""
# Beside other busy processes fewer threads look better than they are when the machine is idle.
_CLEARLY = {"weights": 0.10, "threads": 0.25}
_RATHER = 0.05
_MARGIN_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One way to run a model, and how fast it was."""

    kind: str
    """What is chosen: ``threads``, ``weights``, ``attention`` or ``micro-batch``."""
    name: str
    """Which one this is."""
    reading: float
    """Tokens read per second."""
    writing: float
    """Tokens written per second by several agents together."""
    divergence: float = 0.0
    """Nats between this and the original's next-token distributions."""

    @property
    def seconds(self) -> float:
        """Return the time of one typical agent."""
        return READ / self.reading + WRITTEN / self.writing


def choose(candidates: Sequence[Measured]) -> Measured:
    """Return the fastest of one kind that loses nothing, or the first where none is clearly faster.

    The first is the plain one. It is compared with in any case, however far it lies from itself.
    """
    plain = candidates[0]
    sound = [plain, *(one for one in candidates[1:] if one.divergence <= LOSSLESS)]
    fastest = min(sound, key=lambda one: one.seconds)
    margin = _CLEARLY.get(plain.kind, _RATHER)
    return fastest if fastest.seconds < plain.seconds * (1 - margin) else plain


def explain(candidates: Sequence[Measured], chosen: Measured) -> str:
    """Say in one line what was chosen and what the others did."""
    others = [_other(one) for one in candidates if one is not chosen]
    return f"{chosen.kind} {chosen.name}: {'; '.join([_told(chosen), *others])}"


def _other(one: Measured) -> str:
    lost = ": too great a loss" if one.divergence > LOSSLESS else ""
    return f"{one.name} {_told(one)}{lost}"


def _told(one: Measured) -> str:
    diverges = f", divergence {one.divergence:.3f}" if one.divergence else ""
    return f"reads {one.reading:,.0f}, writes {one.writing:,.0f} tokens/s{diverges}"


def layers_that_fit(*, weights: int, layers: int, kv_bytes: int, compute_bytes: int, free: Sequence[int]) -> int:
    """Return how many layers go to GPUs with so many free bytes: all of them, or as many as fit.

    ``weights`` and ``kv_bytes`` are those of the whole model. Each device needs ``compute_bytes`` of its own,
    and 256 MB stay free on each. llama.cpp counts the output as one layer more.
    """
    whole = layers + 1
    room = sum(max(0, bytes_ - compute_bytes - _MARGIN_BYTES) for bytes_ in free)
    return min(whole, room * whole // max(1, weights + kv_bytes))


def thread_counts(cores: int, processors: int) -> list[int]:
    """Return the thread counts worth measuring, the plain one first: cores, processors, one less."""
    counts = [cores, processors, cores - 1] + ([cores // 2] if cores >= 8 else [])
    return list(dict.fromkeys(count for count in counts if count >= 1))


def micro_batches(batch: int) -> list[int]:
    """Return the micro-batch sizes worth measuring, the plain one first."""
    return [512, *(size for size in (256, 1024, 2048) if size <= batch)]
