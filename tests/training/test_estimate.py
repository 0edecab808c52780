"""Estimates: counts are those of the run itself, and time is what was measured times the work."""

import pytest

from rao_cli.training.estimate import estimate, peak_memory
from rao_cli.training.samples import Sample
from rao_cli.training.sft import SftSettings, packed
from rao_cli.training.tiny import Shape, TinyNetwork

torch = pytest.importorskip("torch")

SAMPLES = [Sample((*range(1, 9), n), ((1, 2), (3,)), 0, ()) for n in range(1, 30)]
SETTINGS = SftSettings(epochs=2, packs=2, capacity=64)


def test_counts_are_those_of_the_run():
    """Steps, samples and tokens are what the packs of the run hold, each epoch anew."""
    network = TinyNetwork(Shape(vocabulary=40, width=16, layers=1, heads=2))
    found = estimate(network, SAMPLES, SETTINGS)
    batches = list(packed(SAMPLES, SETTINGS))
    assert (found.steps, found.samples) == (len(batches), 2 * len(SAMPLES))
    assert found.tokens == sum(len(pack.tree) for batch in batches for pack in batch)
    assert found.parameters == sum(one.numel() for one in network.trained())
    assert found.seconds > 0
    assert found.memory == pytest.approx(peak_memory(torch.device("cpu")), rel=0.2)


def test_memory_is_told_in_bytes():
    """A process with torch in it has more than 50 MB and less than this machine could hold."""
    assert 50e6 < peak_memory(torch.device("cpu")) < 1e13
