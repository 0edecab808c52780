"""A programmatic teacher: it knows where the evidence stands, and takes the ideal action at every node.

At a text it answers with the offered action that says what the evidence says, or absent where none lies there. At
an outline it hands down the section that holds the evidence first, then some that search ranks highest, as a
reader who does not know better would do well to. An agent that was handed a step of a chain is taught that step.
Everything else is the product's own policy and runner.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from rao_cli.agent.actions import Absent, Action, Answer, Delegate, Target
from rao_cli.agent.policy import Call, Decision, State
from rao_cli.agent.rules import conclude
from rao_cli.agent.trained import TrainedPolicy, answer_at, written
from rao_cli.documents.model import Span
from rao_cli.engine.base import Request
from rao_cli.text import one_line
from rao_cli.training.episodes import Episode
from rao_cli.training.judging import agrees, asked_by, holds

MOST = 4
"""Sections that the teacher hands down, at most."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the policy was asked, the texts of the actions on offer, and which of them is ideal.

    One text alone is one that is to be written.
    """

    request: Request
    options: tuple[str, ...]
    ideal: int
    kind: str
    """What it is of: answer, absent or delegate."""


@dataclass
class Teacher:
    """Take the ideal actions of one episode and tell each to ``show``."""

    policy: TrainedPolicy
    episode: Episode
    chance: random.Random
    show: Callable[[Demonstration], None]
    read_more: int = 3
    """Sections that are read beside those demonstrated to be handed down: what a reader learns absence from."""

    def cost(self, state: State) -> int:  # noqa: ARG002
        """Return nothing: a teacher asks no model."""
        return 0

    async def act(self, state: State, call: Call) -> Decision:  # noqa: ARG002
        """Show the ideal action, and take it."""
        if self.policy.concludes(state):
            return conclude(state)
        asked = asked_by(state.handoff.goal, self.episode)
        if asked is None:
            return Decision(Absent(), "model", 1.0)  # nothing to be taught where nobody knows what is right
        request = self.policy.request(state)
        lesson = replace(self, episode=asked)
        return lesson._write(state, request) if request.grammar else lesson._choose(state, request)

    def _choose(self, state: State, request: Request) -> Decision:
        offered = self.policy.offered(state)
        ideal = self._ideal(state, offered)
        options = tuple(dict.fromkeys((*request.choices, written(ideal))))
        if len(options) > 1:
            self.show(Demonstration(request, options, options.index(written(ideal)), ideal.action))
        taken = ideal
        if isinstance(ideal, Answer):
            place = next((n for n, one in enumerate(state.proposals, start=1) if one.text == ideal.answer), 0)
            taken = ideal.model_copy(update={"cite": (place,)}) if place else Absent()
        return Decision(taken, "model", 1.0)

    def _ideal(self, state: State, offered: tuple[Action, ...]) -> Action:
        """Return the ideal action at a text: to divide one that is long, else what the evidence says of it."""
        if isinstance(offered[-1], Delegate):
            return offered[-1]
        inside = [span for span in self.episode.evidence if any(view.contains(span) for view in state.view.spans)]
        if not inside:
            return Absent()
        answers = [action for action in offered if isinstance(action, Answer)]
        right = [action for action in answers if agrees(action.answer, self.episode)]
        return right[0] if right else self._own(state, inside[0])

    def _own(self, state: State, evidence: Span) -> Answer:
        """Return the answer that evidence states, where code did not propose it."""
        stated = self.episode.text[evidence.start : evidence.end]
        answers = self.episode.answers
        true = next((one for one in answers if one in stated), answers[0])
        return answer_at(state, one_line(true), evidence.start)

    def _write(self, state: State, request: Request) -> Decision:
        found = self.policy.found(state)
        holding = [n for n, one in enumerate(found, start=1) if holds(one.span, self.episode)]
        if not holding and state.steps:
            self.show(Demonstration(request, (written(Absent()),), 0, "absent"))
            return Decision(Absent(), "model", 1.0)
        others = [n for n in range(1, len(found) + 1) if n not in holding]
        told = (holding + others[: self.chance.randint(0 if holding else 2, MOST)])[:MOST]
        ideal = Delegate(to=tuple(Target(sections=(number,)) for number in told))
        self.show(Demonstration(request, (written(ideal),), 0, "delegate"))
        read = dict.fromkeys((*told, *others[: self.read_more]))
        taken = Delegate(to=tuple(Target(sections=(number,)) for number in read))
        return Decision(self.policy.named(state, taken), "model", 1.0)
