"""Losses: values and gradients computed by hand, the clip, and the gradient of the expected reward."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rao_cli.training.credit import CreditSettings, assign
from rao_cli.training.loss import (
    choice_cross_entropy,
    choice_logprobs,
    cispo,
    decision_cispo,
    decision_logprobs,
    ratios,
    written_cross_entropy,
)
from rao_cli.training.samples import NodeRollout, Sample, TreeRollout
from tests.training.trees import close

torch = pytest.importorskip("torch")


def vector(*values, grad=False):
    """Return a vector in double precision."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=grad)


def gradient(loss, leaf):
    """Return the gradient of a loss by a leaf."""
    return torch.autograd.grad(loss, leaf)[0].tolist()


def test_cispo_on_the_acting_policy():
    """Where the network is the acting policy every ratio is 1: the mean of -w A log pi."""
    logprobs = vector(-0.5, -2.0, grad=True)
    loss = cispo(logprobs, logprobs.detach(), vector(1.0, -0.5))
    assert loss.item() == close((0.5 - 1.0) / 2)
    assert gradient(loss, logprobs) == close([-0.5, 0.25])


def test_cispo_by_hand():
    """Ratios 0.5, 2 and 1 with credits 1, -1 and 3."""
    logprobs = vector(math.log(0.25), math.log(0.5), math.log(0.1), grad=True)
    behaviour = vector(math.log(0.5), math.log(0.25), math.log(0.1))
    loss = cispo(logprobs, behaviour, vector(1.0, -1.0, 3.0))
    by_hand = -(0.5 * math.log(0.25) - 2 * math.log(0.5) + 3 * math.log(0.1)) / 3
    assert loss.item() == close(by_hand)
    assert gradient(loss, logprobs) == close([-0.5 / 3, 2 / 3, -1.0])


def test_no_gradient_through_the_ratio():
    """The gradient is -clip(rho) w A for each token, not that of the ratio as a function of the network."""
    logprobs = vector(math.log(0.6), grad=True)
    loss = cispo(logprobs, vector(math.log(0.2)), vector(0.7))
    through = -3 * 0.7 * (1 + math.log(0.6))
    found = gradient(loss, logprobs)
    assert found == close([-3 * 0.7])
    assert found != close([through])


def test_one_credit_for_all_tokens():
    """Credit may be one number for all of a node's tokens."""
    logprobs, behaviour = vector(-0.5, -1.0), vector(-0.7, -0.6)
    assert cispo(logprobs, behaviour, 2.0).item() == cispo(logprobs, behaviour, vector(2.0, 2.0)).item()


def test_ratios_are_clipped_above():
    """A token ten times as likely as before counts five times, and it still learns."""
    logprobs = vector(math.log(0.5), grad=True)
    loss = cispo(logprobs, vector(math.log(0.05)), vector(1.0))
    assert loss.item() == close(-5 * math.log(0.5))
    assert gradient(loss, logprobs) == close([-5.0])


def test_ratios_are_not_clipped_below():
    """A token far less likely than before counts as little as its ratio says."""
    logprobs = vector(math.log(0.001), grad=True)
    loss = cispo(logprobs, vector(math.log(0.5)), vector(1.0))
    assert gradient(loss, logprobs) == close([-0.002])


def test_the_clip_can_be_moved():
    """A clip of 1 keeps a larger ratio at 1."""
    logprobs = vector(math.log(0.5), grad=True)
    assert gradient(cispo(logprobs, vector(math.log(0.1)), vector(1.0), clip=1.0), logprobs) == close([-1.0])


def test_a_ratio_without_bound_stays_finite():
    """An acting policy that gave a token next to no chance makes no infinity."""
    logprobs = torch.tensor([-0.1], requires_grad=True)
    loss = cispo(logprobs, torch.tensor([-1000.0]), torch.tensor([1.0]))
    assert loss.item() == close(0.5)
    assert gradient(loss, logprobs) == close([-5.0])


def test_ratios_have_no_gradient():
    """They can be logged as they are."""
    assert not ratios(vector(-1.0, grad=True), vector(-1.0)).requires_grad


def test_no_credit_no_gradient():
    """A token without credit does not move, but it is one of those averaged over."""
    logprobs = vector(-1.0, -1.0, grad=True)
    assert gradient(cispo(logprobs, logprobs.detach(), vector(0.0, 1.0)), logprobs) == close([0, -0.5])


def test_parts_add_up():
    """Parts of a batch with the whole's number of tokens add up to the whole's loss."""
    logprobs, behaviour, credit = vector(-0.5, -1.0, -2.0), vector(-0.7, -0.9, -2.5), vector(1.0, -1.0, 0.5)
    whole = cispo(logprobs, behaviour, credit)
    parts = [cispo(logprobs[at], behaviour[at], credit[at], total=3) for at in (slice(0, 1), slice(1, 3))]
    assert sum(parts).item() == close(whole.item())


def test_nothing_costs_nothing():
    """No tokens give a loss of 0, not a division by zero."""
    empty = vector(grad=True)
    assert cispo(empty, empty, empty).item() == 0
    assert written_cross_entropy(empty).item() == 0


def test_choice_logprobs_are_among_those_offered():
    """Options of chances 0.2 and 0.1 among all texts have 2/3 and 1/3 among themselves."""
    found = choice_logprobs(vector(math.log(0.2), math.log(0.1))).exp()
    assert found.tolist() == close([2 / 3, 1 / 3])


def test_a_choice_trains_all_options():
    """Praising a choice raises it and lowers the others, as the softmax among those offered says."""
    options = vector(math.log(0.2), math.log(0.1), math.log(0.1), grad=True)
    chosen = choice_logprobs(options)[1:2]
    assert gradient(cispo(chosen, chosen.detach(), vector(1.0)), options) == close([0.5, -0.75, 0.25])


def test_a_written_decision_is_its_tokens():
    """The only option's tokens are the policy's, one by one."""
    assert decision_logprobs([vector(-0.5, -0.25)], 0).tolist() == [-0.5, -0.25]


def test_a_chosen_decision_is_one_token():
    """An option's chance is the product of its tokens', shared out among those offered."""
    options = [vector(math.log(0.5), math.log(0.4)), vector(math.log(0.1))]
    assert decision_logprobs(options, 1).exp().tolist() == close([1 / 3])


def test_the_loss_of_a_written_decision():
    """Each written token has its own ratio: 2 and 0.5 here."""
    sample = Sample((1,), ((2, 3),), 0, (math.log(0.25), math.log(0.5)))
    tokens = vector(math.log(0.5), math.log(0.25), grad=True)
    assert gradient(decision_cispo(sample, [tokens], 0.6), tokens) == close([-0.6, -0.15])


def test_the_loss_of_a_chosen_decision():
    """A choice has one ratio, of 2/3 to 1/3 here, and counts as one of the batch's tokens."""
    sample = Sample((1,), ((2, 3), (4,)), 0, (math.log(1 / 3),))
    options = [vector(math.log(0.5), math.log(0.4)), vector(math.log(0.1))]
    assert decision_cispo(sample, options, 0.6, total=4).item() == close(-2 * 0.6 * math.log(2 / 3) / 4)


def test_the_clip_of_a_decision_can_be_moved():
    """A decision's ratio of 4 is kept at 2."""
    sample, tokens = Sample((1,), ((2,),), 0, (math.log(0.2),)), vector(math.log(0.8), grad=True)
    assert gradient(decision_cispo(sample, [tokens], 1.0, clip=2.0), tokens) == close([-2.0])


def test_written_cross_entropy_is_a_mean():
    """It is minus the mean log-probability of the tokens."""
    logprobs = vector(-0.5, -1.5, grad=True)
    loss = written_cross_entropy(logprobs)
    assert loss.item() == close(1.0)
    assert gradient(loss, logprobs) == close([-0.5, -0.5])


def test_written_cross_entropy_in_parts():
    """Two demonstrations with the batch's number of tokens add up."""
    parts = written_cross_entropy(vector(-1.0), total=3) + written_cross_entropy(vector(-2.0, -3.0), total=3)
    assert parts.item() == close(2.0)


def test_choice_cross_entropy_by_hand():
    """Of three options the second is right; the gradient is the softmax less one at its place."""
    options = vector(math.log(2), math.log(1), math.log(1), grad=True)
    loss = choice_cross_entropy(options, 1)
    assert loss.item() == close(math.log(4))
    assert gradient(loss, options) == close([0.5, -0.75, 0.25])


def test_an_only_option_teaches_nothing():
    """Where there was nothing to choose there is no loss."""
    options = vector(-7.0, grad=True)
    loss = choice_cross_entropy(options, 0)
    assert loss.item() == 0
    assert gradient(loss, options) == close([0])


@settings(deadline=None)
@given(st.lists(st.floats(-8, -0.01), min_size=1, max_size=6), st.data())
def test_the_gradient_is_the_clipped_ratio_times_credit(numbers, data):
    """Whatever the numbers, each token's gradient is -clip(rho, 0, 5) w A / n."""
    size = len(numbers)
    old = data.draw(st.lists(st.floats(-8, -0.01), min_size=size, max_size=size))
    credit = data.draw(st.lists(st.floats(-3, 3), min_size=size, max_size=size))
    logprobs = vector(*numbers, grad=True)
    found = gradient(cispo(logprobs, vector(*old), vector(*credit)), logprobs)
    by_hand = [-min(math.exp(new - was), 5) * wa / size for new, was, wa in zip(numbers, old, credit, strict=True)]
    assert found == close(by_hand)


def attempt(choice, chances, success):
    """Return a tree of one node that took one of the offered actions."""
    options = tuple((place,) for place in range(len(chances)))
    sample = Sample((0,), options, choice, (math.log(chances[choice]),))
    return TreeRollout("e", (NodeRollout(-1, 0, success[choice], (sample,)),))


def step_loss(logits, trees):
    """Return the loss of a batch, each decision one token."""
    found = assign([trees], CreditSettings())
    total = sum(credit.tokens for credit in found)
    options = logits.split(1)
    parts = [
        decision_cispo(sample, options, credit.credit, total=total)
        for credit in found
        for sample in credit.samples
    ]
    return torch.stack([*parts, logits.sum() * 0]).sum()


def test_the_gradient_is_that_of_the_expected_reward():
    """Over all outcomes of three attempts, each as often as it happens, the loss descends as the reward rises."""
    logits, success = vector(0.3, -0.4, 0.1, grad=True), (1.0, 0.0, 0.5)
    chances = logits.softmax(-1).tolist()
    total = torch.zeros(3, dtype=torch.float64)
    for outcome in itertools.product(range(3), repeat=3):
        loss = step_loss(logits, [attempt(choice, chances, success) for choice in outcome])
        total += math.prod(chances[choice] for choice in outcome) * torch.autograd.grad(loss, logits)[0]
    reward = (logits.softmax(-1) * vector(*success)).sum()
    assert total.tolist() == close([-value for value in gradient(reward, logits)])


def test_a_policy_learns():
    """Forty steps of eight attempts take a policy of four actions from a quarter to nearly always right."""
    logits, success = vector(0, 0, 0, 0, grad=True), (0.0, 0.0, 1.0, 0.0)
    random = torch.Generator().manual_seed(3)
    optimizer = torch.optim.SGD([logits], lr=3.0)
    for _ in range(40):
        chances = logits.softmax(-1).detach()
        drawn = torch.multinomial(chances, 8, replacement=True, generator=random).tolist()
        optimizer.zero_grad()
        step_loss(logits, [attempt(choice, chances.tolist(), success) for choice in drawn]).backward()
        optimizer.step()
    assert logits.softmax(-1)[2].item() > 0.95
