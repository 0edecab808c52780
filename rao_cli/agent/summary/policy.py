"""What agents do for a summary: the root hands the chosen passages down, readers say what they are about."""

from dataclasses import dataclass

from rao_cli.agent import prompts
from rao_cli.agent.actions import Absent, Answer, Delegate, Target
from rao_cli.agent.policy import Call, Decision, Policy, State
from rao_cli.agent.summary.telling import Telling


@dataclass(frozen=True)
class SummaryPolicy:
    """Hand down by rule what code chose to be read; leave reading to ``reader``, and the whole to ``telling``."""

    reader: Policy
    telling: Telling

    def cost(self, state: State) -> int:
        """Return what reading costs; a rule costs nothing."""
        return self.reader.cost(state) if self._reads(state) else 0

    async def act(self, state: State, call: Call) -> Decision:
        """Let the model read, hand down what is to be read, or conclude."""
        if self._reads(state):
            return await self.reader.act(state, call)
        targets = () if state.steps or not state.may_delegate else self._targets(state)
        if targets:
            return Decision(Delegate(to=targets, combine="merge"), "rules")
        report = state.steps[-1].combined if state.steps else None
        if self._is_root(state) or (report and report.answer):
            return Decision(Answer(answer=report.answer if report else ""), "rules")
        return Decision(Absent(), "rules")

    def _is_root(self, state: State) -> bool:
        return state.handoff.goal == prompts.WHOLE_GOAL

    def _reads(self, state: State) -> bool:
        """Tell whether an agent reads what it is shown: every one below the root that is shown text.

        The root does where that saves an agent, or where it may not have any.
        """
        if state.view.kind == "outline" or not self._is_root(state):
            return state.view.kind == "text"
        passages = sum(len(group) for group in self.telling.groups)
        return passages == 1 or (passages > 1 and not state.may_delegate)

    def _targets(self, state: State) -> tuple[Target, ...]:
        """Return a child for each group of passages or, below the root, for each entry of the outline."""
        sizes = (
            [len(group) for group in self.telling.groups]
            if self._is_root(state)
            else [1] * len(state.view.entries)
        )
        number = len(state.view.entries) + 1 if self._is_root(state) else 1
        targets = []
        for size in sizes:
            targets.append(Target(sections=tuple(range(number, number + size)), goal=prompts.PART_GOAL))
            number += size
        return tuple(targets)
