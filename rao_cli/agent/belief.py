"""What a trained model's choice is worth, code's own score counted in, and how sure it is.

The model says how much likelier each offered answer is than that the text does not answer; code says how well the
answer's place and form suit the question. Together they choose better than either (docs/experiments.md), and the
sum can be compared between the reports of a run. The weights were fitted on questions that were never trained on.
"""

from collections.abc import Sequence

from rao_cli.agent.proposing import Proposal
from rao_cli.agent.weighing import probability

CODE = 0.3
"""What a proposal's score by code counts for beside the model's log-odds of it against absence."""
RIGHT = (0.395, 1.4, -2.7)
"""Logistic curve of the share of right answers: what an answer's worth and ``about`` count for; the offset."""
STATED = (0.306, 5.01, -0.18)
"""The same of how probable it is that the text answers the question at all."""
LEAST_STATED = 0.65
"""Below this a text is taken not to answer, as it did not for 18 of 21 questions left out, and did for 5 of 99."""


def best(proposals: Sequence[Proposal], odds: Sequence[float]) -> tuple[int, float]:
    """Return the place of the answer that is worth most, and its worth, given the log-odds against absence."""
    worth = [odd + CODE * proposal.score for proposal, odd in zip(proposals, odds, strict=True)]
    place = max(range(len(worth)), key=worth.__getitem__)
    return place, worth[place]


def right(proposal: Proposal, worth: float) -> float:
    """Return how probable it is that an answer of this worth is right."""
    return probability(RIGHT, worth, proposal.about)


def stated(proposal: Proposal, worth: float) -> float:
    """Return how probable it is that the text answers at all, its best answer being worth this."""
    return probability(STATED, worth, proposal.about)
