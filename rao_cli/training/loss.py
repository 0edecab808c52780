"""Losses on log-probabilities that a network gave; every function is plain arithmetic on tensors.

A batch too large for memory is done in parts: ``total`` is then the number of policy tokens of the whole batch,
those without credit included, so that the parts' losses add up to the whole's.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from rao_cli.training.samples import Sample

CLIP = 5.0
"""The most that a token's ratio counts for; the least is 0."""


def choice_logprobs(options: "torch.Tensor") -> "torch.Tensor":
    """Return the log-probability of each offered action [k], given its tokens' summed log-probabilities [k]."""
    return options.log_softmax(-1)


def decision_logprobs(options: "Sequence[torch.Tensor]", chosen: int) -> "torch.Tensor":
    """Return the log-probabilities of a decision's policy tokens, given those of each option's tokens.

    The only option was written: its tokens'. One of several was chosen: one number, among those offered.
    """
    import torch

    if len(options) == 1:
        return options[0]
    return choice_logprobs(torch.stack([option.sum() for option in options]))[chosen : chosen + 1]


def ratios(logprobs: "torch.Tensor", behaviour: "torch.Tensor") -> "torch.Tensor":
    """Return rho [n], how much likelier than the policy that acted the network makes each token; no gradient."""
    return (logprobs.detach() - behaviour).exp()


def cispo(
    logprobs: "torch.Tensor",
    behaviour: "torch.Tensor",
    credit: "torch.Tensor | float",
    *,
    clip: float = CLIP,
    total: int | None = None,
) -> "torch.Tensor":
    """Return the mean over n policy tokens of -clip(rho, 0, 5) w A log pi, the gradient through log pi only.

    ``logprobs`` [n] are the network's, ``behaviour`` [n] the acting policy's, ``credit`` is w A of each
    token's node [n], or of all of them. A token is a written one, or a whole decision among offered actions.
    """
    factor = ratios(logprobs, behaviour).clamp(0, clip) * credit
    return -(factor * logprobs).sum() / (total or max(1, len(logprobs)))


def decision_cispo(
    sample: "Sample",
    options: "Sequence[torch.Tensor]",
    credit: float,
    *,
    clip: float = CLIP,
    total: int | None = None,
) -> "torch.Tensor":
    """Return the CISPO loss of one decision, given the log-probabilities of each option's tokens."""
    logprobs = decision_logprobs(options, sample.chosen)
    return cispo(logprobs, logprobs.new_tensor(sample.logprobs), credit, clip=clip, total=total)


def written_cross_entropy(logprobs: "torch.Tensor", *, total: int | None = None) -> "torch.Tensor":
    """Return the mean cross-entropy of a demonstration's written tokens, given their log-probabilities [n]."""
    return -logprobs.sum() / (total or max(1, len(logprobs)))


def choice_cross_entropy(options: "torch.Tensor", chosen: int) -> "torch.Tensor":
    """Return the listwise cross-entropy of a demonstrated choice, its options given as to ``choice_logprobs``."""
    return -choice_logprobs(options)[chosen]
