"""Tokens of crafting prompts and actions, few enough for a policy that is trained from scratch.

A token is a word of the prompt, a short name, a number, or a whole piece of JSON that an action must have.
Limits: a number above 64 and a name above 199 share one token each, so these texts do not come back from their
tokens.
"""

import re
from functools import cached_property

from rao_cli.training.samples import Sample
from rao_cli.training.textcraft.rollout import Decision

PIECES = (
    '{"action":"craft","item":"',
    '","count":',
    '{"action":"info","item":"',
    '"}',
    '{"action":"delegate","to":[{"targets":{"',
    '}},{"targets":{"',
    ',"',
    '":',
    "}}]}",
    "}",
    '{"action":"finish"}',
)
WORDS = ("craft", "more", "from", "of", ",", "many", "steps", "left", "\n", "a", "helper", "gave", "up", "refused")
MOST_NUMBER, MOST_NAME = 64, 199
_PARTS = re.compile(
    "|".join([*map(re.escape, sorted(PIECES, key=len, reverse=True)), r"[ir]?\d+", r"[a-z]+|,|\n"])
)


class Alphabet:
    """Turns texts of this environment into tokens; raises KeyError for a word that no prompt has."""

    @cached_property
    def _tokens(self) -> dict[str, int]:
        numbers = map(str, range(MOST_NUMBER + 2))
        names = (f"{kind}{place}" for kind in "ir" for place in range(MOST_NAME + 2))
        return {piece: token for token, piece in enumerate((*PIECES, *WORDS, *numbers, *names))}

    @property
    def size(self) -> int:
        """Return how many tokens there are."""
        return len(self._tokens)

    def text(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a prompt or an action."""
        return tuple(self._tokens[_within(part)] for part in _PARTS.findall(text))

    def sample(self, decision: Decision, chosen: int, logprob: float = 0.0) -> Sample:
        """Return a decision, in tokens, with what was chosen."""
        return Sample(self.text(decision.prompt), tuple(map(self.text, decision.options)), chosen, (logprob,))


def _within(part: str) -> str:
    kind, digits = (part[0], part[1:]) if part[:1] in "ir" else ("", part)
    if not digits.isdecimal():
        return part
    return f"{kind}{min(int(digits), (MOST_NAME if kind else MOST_NUMBER) + 1)}"
