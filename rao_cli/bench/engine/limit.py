"""How far the engine is from what the machine can do.

To write one token for each sequence all weights must pass from memory to the processor once: bytes of the
weights by the bandwidth measured here is the least time. To read a token takes two operations for each weight:
by the arithmetic rate measured here. Bandwidth is that of numpy looking for the largest of many numbers, on as
many threads as the engine uses; the rate is that of numpy's product of two matrices of 32-bit numbers. Limits: a
processor with operations on 16-bit numbers can exceed that rate; attention and the KV cache are not counted; a
GPU is not measured.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from rao_cli.bench.engine.bare import weights_of
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.ours import answer_all, seconds_a_token
from rao_cli.bench.engine.setup import Setup
from rao_cli.bench.engine.workload import make_tree
from rao_cli.engine.base import Engine

_SEED = 80_000
_SHORT_WORDS = 30
_LONG_WORDS = 400
_TRIES = 5
_ARRAY = 32 << 20
"""Numbers of each thread: 128 MB, which no cache holds."""
_SIDE = 2048


@dataclass(frozen=True, slots=True)
class Rates:
    """What the machine does in a second."""

    bandwidth: float
    """Bytes read from memory."""
    operations: float
    """Additions and multiplications of 32-bit numbers."""


def limit(setup: Setup) -> Iterator[Figure]:
    """Yield the share of the machine's limit that writing and reading reach."""
    if setup.on_gpu:
        yield Figure("limit", "GPU", problem="the limits of a GPU are not measured")
        return
    setup.say("measuring memory and arithmetic")
    rates = measure_rates(setup.fit.threads)
    size, count = weights_of(setup.model)
    note = (
        f"{size / 1e6:.0f} MB of weights, {2 * count / 1e6:.0f}M operations a token; "
        f"{rates.bandwidth / 1e9:.1f} GB/s, {rates.operations / 1e9:.0f} GFLOP/s (32 bits; 16 can be faster)"
    )
    with closing(setup.engine(parallel=setup.width, window=setup.sizes.window)) as engine:
        for width in (1, setup.width):
            least = least_seconds(rates, size, count, width)
            yield _figure(f"{width} writing", _writing(setup, engine, width), least, note)
        yield _figure("reading", _reading(setup, engine), least_seconds(rates, 0, count, 1), note)


def least_seconds(rates: Rates, size: int, count: int, width: int) -> float:
    """Return the least seconds a token when so many are computed together: memory and arithmetic can overlap."""
    return max(size / rates.bandwidth, 2 * count * width / rates.operations) / width


def _figure(name: str, ours: tuple[float, ...], least: float, note: str) -> Figure:
    return Figure("limit", name, ours, (least,) * len(ours), "limit", tokens=1, note=note)


def _writing(setup: Setup, engine: Engine, width: int) -> tuple[float, ...]:
    setup.say(f"{width} writing beside the machine's limit")
    trees = (make_tree(width, _SEED + 100 * width + n, words=_SHORT_WORDS) for n in range(setup.sizes.repeats))
    return tuple(seconds_a_token(engine, tree.requests(setup.sizes.steps, endless=False)) for tree in trees)


def _reading(setup: Setup, engine: Engine) -> tuple[float, ...]:
    setup.say("reading beside the machine's limit")
    trees = [make_tree(1, _SEED + n, words=_LONG_WORDS) for n in range(setup.sizes.repeats)]
    return tuple(
        answer_all(engine, tree.requests(1, endless=False)) / engine.count_prompt(tree.prompts[0])
        for tree in trees
    )


def measure_rates(threads: int) -> Rates:
    """Measure memory and arithmetic, the best of a few tries each."""
    import numpy as np

    arrays = [np.ones(_ARRAY, np.float32) for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        seconds = _best(lambda: list(pool.map(np.max, arrays)))
    bandwidth = sum(array.nbytes for array in arrays) / seconds
    one = np.ones((_SIDE, _SIDE), np.float32)
    return Rates(bandwidth, 2 * _SIDE**3 / _best(lambda: one @ one))


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
