"""A step on packed samples is the step on each of them alone; rates rise and fall as described."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from rao_cli.training.learner import LAST_RATE, WARM_UP, Learner, Pack, option_logprobs, packs, share  # noqa: E402
from rao_cli.training.loss import decision_logprobs  # noqa: E402
from rao_cli.training.samples import Sample  # noqa: E402
from tests.training.helpers import SmallNetwork, chosen, same, written  # noqa: E402

TOKENS = st.lists(st.integers(0, 3), min_size=1, max_size=6).map(tuple)
SAMPLES = st.lists(
    st.builds(
        lambda prompt, options: Sample(prompt, tuple(options), len(options) - 1, (-0.5,)),
        TOKENS,
        st.lists(TOKENS, min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=8,
)
FEW = [chosen((1, 2, 3), (4, 5), (4, 6, 7)), chosen((1, 2), (3, 4), (9,), place=1), written((1, 2, 3, 4), (5, 6))]


def imitation(sample, options):
    """Return the negative log-probability of what was done."""
    return -decision_logprobs(options, sample.chosen).sum()


def stepped(batch, rate=0.01, multiple=64):
    """Return the weights of a network after a step on packs, and its loss."""
    network = SmallNetwork()
    loss = Learner(network, rate, 100, multiple=multiple).step(batch, imitation)
    return network.copied(), loss


@given(SAMPLES, st.integers(1, 40))
@settings(max_examples=30)
def test_each_sample_is_packed_once(samples, capacity):
    """Packs hold every sample once, and more than one only where they are within the capacity."""
    made = list(packs(samples, capacity))
    packed = [sample for pack in made for sample in pack.samples]
    assert sorted(map(id, packed)) == sorted(map(id, samples))
    assert all(len(pack.tree) <= capacity or len(pack.samples) == 1 for pack in made)


@given(SAMPLES)
@settings(max_examples=25, deadline=None)
def test_options_are_as_probable_as_alone(samples):
    """In a pack each option's log-probabilities are those of the option after its prompt alone."""
    network = SmallNetwork()
    for pack in packs(samples, 60):
        for sample, options in zip(pack.samples, option_logprobs(network, pack, 8), strict=True):
            lone = Pack()
            lone.add(sample)
            assert same(options, option_logprobs(network, lone, 1)[0])
            assert [len(option) for option in options] == [len(option) for option in sample.options]


@given(SAMPLES, st.integers(1, 60))
@settings(max_examples=8, deadline=None)
def test_a_step_on_a_pack_is_a_step_on_each(samples, capacity):
    """However samples are packed, a step changes the weights alike and has the same loss."""
    together, loss = stepped(list(packs(samples, capacity)))
    apart, other = stepped([pack for sample in samples for pack in packs([sample])], multiple=1)
    assert same(together, apart, by=2e-3)  # the first step of Adam has the sign of tiny gradients
    assert loss == pytest.approx(other, abs=1e-3)


def test_the_gradients_of_a_pack_are_those_of_each():
    """Before the optimizer the gradients agree to a hundred-thousandth."""
    gradients = []
    for batch in (list(packs(FEW)), [pack for sample in FEW for pack in packs([sample])]):
        network = SmallNetwork()
        Learner(network, 0.0, 1).step(batch, imitation)
        gradients.append([weight.grad for weight in network.weights])
    assert same(*gradients)


def test_steps_lower_the_loss():
    """Thirty steps make what was done nearly certain."""
    learner, batch = Learner(SmallNetwork(), 0.01, 60), list(packs(FEW))
    losses = [learner.step(batch, imitation) for _ in range(30)]
    assert losses[-1] < losses[0] / 5


def test_gradients_are_clipped():
    """However large a loss is, its gradient is of norm 1 at most."""
    learner = Learner(SmallNetwork(), 0.0, 1)
    learner.step(list(packs(FEW)), lambda sample, options: 1e6 * imitation(sample, options))
    norm = torch.linalg.vector_norm(torch.cat([weight.grad.flatten() for weight in learner.parameters]))
    assert norm.item() == pytest.approx(1, abs=1e-4)


def test_without_samples_nothing_changes():
    """A step on nothing has no loss, and leaves the weights as they were."""
    after, loss = stepped([])
    assert (loss, same(after, SmallNetwork().copied(), by=0)) == (0.0, True)


@given(st.integers(1, 2_000))
@settings(max_examples=20)
def test_the_rate_rises_then_falls(steps):
    """The rate is whole after the first steps and at a tenth at the end; it rises, then never rises again."""
    rates = [share(step, steps) for step in range(max(steps, WARM_UP) + 1)]
    assert rates[:WARM_UP] == [(step + 1) / WARM_UP for step in range(WARM_UP)]
    assert all(later <= rate for rate, later in zip(rates[WARM_UP - 1 :], rates[WARM_UP:], strict=False))
    assert min(rates) == pytest.approx(min(1 / WARM_UP, LAST_RATE))
    if steps > WARM_UP:
        assert rates[-1] == pytest.approx(LAST_RATE)
