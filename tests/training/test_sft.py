"""The warm start learns what it is shown, and a killed run ends like one that was not."""

import math

import pytest

torch = pytest.importorskip("torch")

from rao_cli.training.sft import SftSettings, accuracy, demonstration_loss, packed, train  # noqa: E402
from tests.training.helpers import SmallNetwork, chosen, same, written  # noqa: E402

SHOWN = [
    one
    for first in range(6)
    for one in (
        chosen((first, 7, 8), (9, first), (9, 10), (11,), place=first % 3),
        written((first, 8), (first, 11)),
    )
]
SETTINGS = SftSettings(rate=0.01, epochs=6, packs=2, capacity=24, save_seconds=1e9)


def vector(*values):
    """Return log-probabilities."""
    return torch.tensor(values)


def trained(folder, network=None, settings=SETTINGS, stop_after=10**9):
    """Train in a folder until some steps are done; return the network and what was told."""
    network, steps = network or SmallNetwork(), []
    train(network, SHOWN, settings, folder, steps.append, lambda: len(steps) >= stop_after)
    return network, steps


def test_a_choice_is_learned_among_what_is_on_offer():
    """The loss of a choice is its cross-entropy among the options and, with a weight, its tokens' mean."""
    options = [vector(-1.0, -1.0), vector(-0.5), vector(-3.0, 0.0, 0.0)]
    share = math.exp(-0.5) / (math.exp(-2) + math.exp(-0.5) + math.exp(-3))
    loss = demonstration_loss(chosen((1,), (2, 3), (4,), (5, 6, 7), place=1), options, 0.3)
    assert loss.item() == pytest.approx(-math.log(share) + 0.3 * 0.5)


def test_a_written_action_is_learned_by_its_tokens():
    """The loss of a written action is its tokens' mean."""
    loss = demonstration_loss(written((1,), (2, 3)), [vector(-1.0, -0.5)], 0.3)
    assert loss.item() == pytest.approx(0.75)


def test_what_is_shown_is_learned(tmp_path):
    """A network chooses nearly as shown after a few epochs, and did not before."""
    kinds = ["written" if sample.written else str(sample.chosen) for sample in SHOWN]
    before = accuracy(SmallNetwork(), SHOWN, kinds)
    network, steps = trained(tmp_path, settings=SftSettings(rate=0.02, epochs=25, packs=2, capacity=24))
    after = accuracy(network, SHOWN, kinds)
    assert sum(before.right.values()) < sum(after.right.values()) == sum(after.asked.values()) == 6
    assert steps[-1].loss < steps[0].loss / 3
    assert (after.share("1"), after.share("nothing")) == (1.0, 0.0)


@pytest.mark.parametrize("kills", [[1], [2, 3], [1, 1, 1]])
def test_a_killed_run_ends_like_another(tmp_path, kills):
    """Stopped after some steps, and again, and taken up in another process, a run gives the same weights."""
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    whole, steps = trained(tmp_path / "whole")
    told = []
    for number, kill in enumerate([*kills, 10**9]):
        network, part = trained(tmp_path / "cut", SmallNetwork(seed=number), stop_after=kill)
        told += part
    assert same(network.copied(), whole.copied(), by=0)
    assert [(one.step, one.loss) for one in told] == [(one.step, one.loss) for one in steps]


def test_a_finished_run_is_not_run_again(tmp_path):
    """A run that is done takes no further step."""
    trained(tmp_path)
    assert trained(tmp_path)[1] == []


def test_each_epoch_shows_everything_once():
    """Every demonstration is in one pack of each epoch; the order is the seed's."""
    steps = list(packed(SHOWN, SETTINGS))
    shown = [id(sample) for batch in steps for pack in batch for sample in pack.samples]
    assert sorted(shown) == sorted(6 * list(map(id, SHOWN)))
    again = [id(sample) for batch in packed(SHOWN, SETTINGS) for pack in batch for sample in pack.samples]
    assert again == shown
    assert all(len(batch) <= SETTINGS.packs for batch in steps)
