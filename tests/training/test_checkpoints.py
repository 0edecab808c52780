"""A checkpoint brings a run back to where it was, or says in one line why it cannot; the log outlives a kill."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from rao_cli.errors import InputError  # noqa: E402
from rao_cli.training.checkpoints import NAME, Log, restore, restore_parameters, save  # noqa: E402
from rao_cli.training.learner import Learner, packs  # noqa: E402
from tests.training.helpers import SmallNetwork, same  # noqa: E402
from tests.training.test_learner import FEW, imitation  # noqa: E402


def learner(seed=0, **sizes):
    """Return a learner of a small network."""
    return Learner(SmallNetwork(seed=seed, **sizes), 0.01, 40)


def stepped(one, count):
    """Take some steps; return the learner."""
    for _ in range(count):
        one.step(list(packs(FEW)), imitation)
    return one


def test_a_restored_learner_goes_on_alike(tmp_path):
    """Saved after three steps and restored into another network, the next steps give the same weights."""
    first = stepped(learner(), 3)
    save(tmp_path, first, {"step": 3})
    second = learner(seed=9)
    assert restore(tmp_path, second) == {"step": 3}
    assert same(stepped(second, 4).network.copied(), stepped(first, 4).network.copied(), by=0)


def test_only_the_parameters_may_be_taken(tmp_path):
    """A network can be given what was trained without a learner."""
    first = stepped(learner(), 2)
    save(tmp_path, first, {})
    network = SmallNetwork(seed=5)
    restore_parameters(tmp_path / NAME, network)
    assert same(network.copied(), first.network.copied(), by=0)


def test_nothing_is_restored_from_nothing(tmp_path):
    """Without a checkpoint a learner stays as it is."""
    one = learner()
    assert restore(tmp_path, one) == {}
    assert same(one.network.copied(), SmallNetwork().copied(), by=0)


def test_a_checkpoint_is_replaced_whole(tmp_path):
    """Saving again replaces the file, and leaves no other."""
    one = learner()
    save(tmp_path, one, {"step": 1})
    save(tmp_path, stepped(one, 1), {"step": 2})
    assert restore(tmp_path, learner()) == {"step": 2}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_save_that_fails_keeps_the_one_before(tmp_path):
    """Where a checkpoint cannot be written, the one before is still there, and nothing beside it."""
    one = learner()
    save(tmp_path, one, {"step": 1})
    with pytest.raises((AttributeError, pickle.PicklingError, TypeError)):
        save(tmp_path, one, {"step": lambda: 2})
    assert restore(tmp_path, learner()) == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


class Evil:
    """Runs code when it is unpickled without care."""

    def __reduce__(self):
        """Ask for a call."""
        return (pytest.fail, ("code of a checkpoint was run",))


@pytest.mark.parametrize("made", [{}, [], 3, {"parameters": 3}, {"parameters": [1]}, Evil()])
def test_what_is_no_checkpoint_is_refused(tmp_path, made):
    """A file of something else is refused in one line, and no code of it is run."""
    torch.save(made, tmp_path / NAME)
    with pytest.raises(InputError, match="cannot go on from") as refused:
        restore(tmp_path, learner())
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_cut_off_checkpoint_is_refused(tmp_path, share):
    """A file that lost its end is refused."""
    save(tmp_path, learner(), {"step": 1})
    data = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError):
        restore(tmp_path, learner())


@pytest.mark.parametrize("sizes", [{"width": 8}, {"width": 1}, {"vocabulary": 1}])
def test_another_networks_checkpoint_is_refused(tmp_path, sizes):
    """Weights of another shape are refused, also those that torch would stretch to fit."""
    save(tmp_path, learner(**sizes), {})
    with pytest.raises(InputError, match="another shape"):
        restore(tmp_path, learner())


def test_the_log_keeps_lines(tmp_path):
    """Lines are there at once, and those of an earlier run stay."""
    Log(tmp_path).add(step=1, loss=0.5)
    Log(tmp_path).add(step=2, loss=0.25, kind="räo")
    assert list(Log(tmp_path).lines()) == [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25, "kind": "räo"}]


def test_an_empty_log_has_no_lines(tmp_path):
    """Without a file there are no lines."""
    assert list(Log(tmp_path).lines()) == []


@given(cut=st.integers(0, 40))
def test_a_cut_off_line_costs_no_other(tmp_path_factory, cut):
    """Killed inside a line, a log goes on with the next: only the line that was cut off is missing."""
    folder = tmp_path_factory.mktemp("log")
    log = Log(folder)
    log.add(step=1)
    line = json.dumps({"step": 2, "kind": "räo"}, ensure_ascii=False).encode() + b"\n"
    with (folder / "log.jsonl").open("ab") as file:
        file.write(line[:cut])
    log.add(step=3)
    told = [one["step"] for one in log.lines()]
    assert told in ([1, 3], [1, 2, 3])
    assert (2 in told) == (cut >= len(line) - 1)
