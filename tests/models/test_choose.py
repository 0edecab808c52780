"""Choosing among measured ways: the plain one unless another clearly wins and loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rao_cli.models.choose import (
    LOSSLESS,
    Measured,
    choose,
    explain,
    layers_that_fit,
    micro_batches,
    thread_counts,
)

GB = 1 << 30
Q4_1 = Measured("weights", "q4_1", 425, 120)
BF16 = Measured("weights", "bf16", 1400, 150, 0.004)
Q4_0 = Measured("weights", "q4_0", 1500, 160, 0.385)


def test_time_is_that_of_a_typical_agent() -> None:
    """The time counts 400 tokens read and 24 written."""
    assert Measured("weights", "x", 400, 24).seconds == 2


def test_faster_format_is_chosen() -> None:
    """BF16 as measured is chosen over the shipped Q4_1."""
    assert choose([Q4_1, BF16]) is BF16


def test_lossy_format_is_not_chosen() -> None:
    """The fastest is left when it changes what is written."""
    assert choose([Q4_1, Q4_0]) is Q4_1
    assert choose([Q4_1, Q4_0, BF16]) is BF16


@pytest.mark.parametrize("loss", [float("inf"), float("nan"), LOSSLESS * 1.01])
def test_any_larger_loss_counts(loss: float) -> None:
    """Infinite, undefined and slightly too large divergences all are losses."""
    assert choose([Q4_1, Measured("weights", "x", 9999, 9999, loss)]) is Q4_1


GAINS = [
    ("weights", 1.05, False),
    ("weights", 1.2, True),
    ("threads", 1.2, False),
    ("threads", 1.5, True),
    ("attention", 1.03, False),
    ("attention", 1.1, True),
]


@pytest.mark.parametrize(("kind", "gain", "wins"), GAINS)
def test_small_gains_keep_the_plain_way(kind: str, gain: float, wins: bool) -> None:
    """A little faster is not enough, and how much is depends on what it costs to be wrong."""
    plain, other = Measured(kind, "a", 400, 100), Measured(kind, "b", 400 * gain, 100 * gain)
    assert (choose([plain, other]) is other) == wins


@given(st.lists(st.tuples(*[st.floats(1, 1e6)] * 2, st.floats(0, 1)), min_size=1, max_size=6))
def test_choice_is_never_slower_than_plain(numbers: list[tuple[float, float, float]]) -> None:
    """Whatever was measured, the choice takes no longer than the plain way, and loses nothing."""
    candidates = [Measured("weights", str(i), *values) for i, values in enumerate(numbers)]
    chosen = choose(candidates)
    assert chosen.seconds <= candidates[0].seconds
    assert chosen is candidates[0] or chosen.divergence <= LOSSLESS


def test_reason_has_the_numbers() -> None:
    """The line names the choice, the others, their speeds and what was lost."""
    line = explain([Q4_1, BF16, Q4_0], BF16)
    assert line.startswith("weights bf16: reads 1,400, writes 150 tokens/s, divergence 0.004; q4_1 reads 425")
    assert line.endswith("divergence 0.385: too great a loss")


def test_model_that_fits_goes_to_the_gpu() -> None:
    """All layers and the output go to a GPU with room."""
    assert layers_that_fit(weights=2 * GB, layers=36, kv_bytes=2 * GB, compute_bytes=GB, free=[24 * GB]) == 37


def test_half_of_a_model_goes_to_a_small_gpu() -> None:
    """Half the room takes half of the layers."""
    room = 10 * GB + GB + (256 << 20)
    assert layers_that_fit(weights=18 * GB, layers=39, kv_bytes=2 * GB, compute_bytes=GB, free=[room]) == 20


def test_two_gpus_add_up() -> None:
    """What does not fit on one GPU fits on two, each with its own room for computing."""
    sizes = {"weights": 30 * GB, "layers": 59, "kv_bytes": 2 * GB, "compute_bytes": GB}
    assert layers_that_fit(**sizes, free=[24 * GB]) < 60
    assert layers_that_fit(**sizes, free=[24 * GB, 24 * GB]) == 60


@pytest.mark.parametrize("free", [[], [0], [GB], [512 << 20, 512 << 20]])
def test_no_room_is_no_layers(free: list[int]) -> None:
    """Without a GPU, or with one that is full, nothing goes there."""
    assert layers_that_fit(weights=GB, layers=30, kv_bytes=GB, compute_bytes=GB, free=free) == 0


@given(st.integers(1, 1 << 40), st.integers(1, 2048), st.integers(0, 1 << 36), st.lists(st.integers(0, 1 << 42)))
def test_layers_are_in_range(weights: int, layers: int, kv: int, free: list[int]) -> None:
    """The number of layers is between none and all of them, whatever the sizes."""
    found = layers_that_fit(weights=weights, layers=layers, kv_bytes=kv, compute_bytes=GB, free=free)
    assert 0 <= found <= layers + 1


@pytest.mark.parametrize(
    ("cores", "processors", "counts"),
    [(1, 1, [1]), (2, 2, [2, 1]), (4, 8, [4, 8, 3]), (16, 32, [16, 32, 15, 8])],
)
def test_threads_worth_measuring(cores: int, processors: int, counts: list[int]) -> None:
    """Cores come first, then processors, one less, and half of many."""
    assert thread_counts(cores, processors) == counts


def test_micro_batches_fit_the_batch() -> None:
    """No micro-batch is larger than the batch it is part of; the plain one comes first."""
    assert micro_batches(512) == [512, 256]
    assert micro_batches(2048) == [512, 256, 1024, 2048]
