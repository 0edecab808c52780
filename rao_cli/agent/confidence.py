"""How sure a reader is, as one number that can be compared between the reports of a run.

It combines how probable the answer's tokens were with how much of the question stands in the text: a tiny
model is nearly as fluent about a wrong paragraph as about the right one, and only the second tells them apart.
"""

import math

from rao_cli.agent.actions import Action, Answer
from rao_cli.agent.cite import content_words
from rao_cli.agent.view import View
from rao_cli.engine.base import Completion

STEM_LETTERS = 6


def read_confidence(completion: Completion, action: Action, view: View, goal: str) -> float:
    """Return a confidence between 0 and 1: of an answer read from a view, or of another action by itself."""
    fluency = math.exp(_mean_logprob(completion))
    if not isinstance(action, Answer):
        return fluency
    return fluency * (0.25 + 0.75 * _overlap(goal, view.text))


def _mean_logprob(completion: Completion) -> float:
    logprobs = [token.logprob for token in completion.tokens]
    return max(-50.0, sum(logprobs) / len(logprobs)) if logprobs else -50.0


def _overlap(goal: str, text: str) -> float:
    wanted = _stems(goal)
    return len(wanted & _stems(text)) / len(wanted) if wanted else 0.0


def _stems(text: str) -> set[str]:
    # Six letters are enough to match "granted" with "grant" in most European languages, without a table for each.
    return {word[:STEM_LETTERS] for word in content_words(text)}
