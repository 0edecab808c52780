"""Carry out a plan as a policy: what is read is chosen by the plan's operators, and the model reads.

The plan takes the same actions as any policy, in the same runner, under the same budget. It can only end with an
answer that its check holds for; in every other case the agent goes on by ``default``, with what was found so far.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rao_cli.agent.actions import Absent, Action, Answer, Compute, Delegate, Search
from rao_cli.agent.combine import combine, weight
from rao_cli.agent.policy import Call, Decision, Policy, State, Step
from rao_cli.agent.reading import Reading
from rao_cli.agent.rules import conclude
from rao_cli.documents.model import Section
from rao_cli.strategies.plan import MOST_READ, Check, Plan
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.walk import Fallen, Walk, handed_down

ALL_READ = "it has read as much as a plan may"
Renamed = Callable[[int], int]
"""Turns the number of a section, as one side knows it, into the other side's."""


@dataclass
class Spent:
    """What a plan has read in a whole run, at most ``MOST_READ`` sections, and the agents left because of that."""

    sections: int = 0
    left: dict[str, Fallen] = field(default_factory=dict)

    def note(self, agent: str, chosen: Decision | Fallen | None) -> None:
        """Count what an agent's next step reads, or that the plan may not read any more."""
        if isinstance(chosen, Decision):
            self.sections += _sections(chosen)
        elif chosen and chosen.reason == ALL_READ:
            self.left[agent] = chosen


@dataclass(frozen=True)
class StrategyPolicy:
    """Follow a strategy where one agent's view allows it; ``default`` does all other work, reading included."""

    strategy: Strategy
    default: Policy
    reading: Reading
    audits: bool = True
    """Whether a section that the plan skips may be read to see whether it skips too much."""
    spent: Spent = field(default_factory=Spent, compare=False)

    def cost(self, state: State) -> int:
        """Return the default's cost where it decides; the plan's own steps cost nothing."""
        chosen = self._chosen(state)
        return 0 if isinstance(chosen, Decision) else self.default.cost(rest_of(state, chosen))

    async def act(self, state: State, call: Call) -> Decision:
        """Take the plan's next step, or the default's; the first step after a plan was left says why it was."""
        chosen = self._chosen(state)
        self.spent.note(state.agent, chosen)
        if isinstance(chosen, Decision):
            return chosen
        if chosen is None:
            return await self.default.act(state, call)
        return await go_on(self.default, state, chosen, call, self._suffices)

    def _chosen(self, state: State) -> Decision | Fallen | None:
        """Return the plan's next step, why there is none any more, or None where no plan applies."""
        plan = self._plan(state)
        if plan is None or any(isinstance(step.action, Compute) for step in state.steps):
            return None
        if state.agent in self.spent.left:
            return self.spent.left[state.agent]
        chosen = Walk(self.strategy, plan, state, self.reading, audits=self.audits).next()
        if isinstance(chosen, Decision) and self.spent.sections + _sections(chosen) > MOST_READ:
            return Fallen(ALL_READ, len(state.steps))
        return chosen

    def _suffices(self, state: State, rest: State, decision: Decision) -> bool:
        """Tell whether the default would read on although what was found is believed by the plan's measure."""
        if not rest.steps or decision.by != "rules" or not isinstance(decision.action, Delegate):
            return False
        checks = [one.least for one in self.strategy.plan.operators if isinstance(one, Check)]
        found = [step.combined for step in state.steps if step.combined]
        asked = any(to.goal for step in state.steps if isinstance(step.action, Delegate) for to in step.action.to)
        return bool(checks) and not asked and weight(combine(found, "best")) >= checks[-1]

    def _plan(self, state: State) -> Plan | None:
        """Return the plan for an agent: the whole for the first, what recursion gives for those below it."""
        if state.view.kind != "outline" or not state.may_delegate or not state.hits:
            return None
        whole = {section.id for section in state.view.sections} == {self.reading.root.id}
        if whole and state.handoff.goal == state.task.question:
            return self.strategy.plan
        return self.strategy.plan.inner


def _sections(decision: Decision) -> int:
    """Return how many sections a decision hands down."""
    action = decision.action
    return sum(len(to.sections) for to in action.to) if isinstance(action, Delegate) else 0


async def go_on(
    default: Policy,
    state: State,
    fallen: Fallen,
    call: Call,
    suffices: Callable[[State, State, Decision], bool] = lambda state, rest, decision: False,  # noqa: ARG005
) -> Decision:
    """Return the default's next step after a plan was left; its first one says why.

    ``suffices`` tells, of the agent's state, what the default is shown of it and what that decided, whether it
    concludes instead.
    """
    rest = rest_of(state, fallen)
    decision = await default.act(rest, call)
    if suffices(state, rest, decision):
        return conclude(state)
    decision = as_own(state, rest, decision) if fallen.steps else decision
    return replace(decision, fell_back=fallen.reason if not rest.steps else "")


def rest_of(state: State, fallen: Fallen | None) -> State:
    """Return what the default is shown: nothing of the plan's steps, and nothing that they have read."""
    if fallen is None or not fallen.steps:
        return state
    read = handed_down(state, state.steps[: fallen.steps])
    left = replace(state, hits=tuple(section for section in state.hits if section.id not in read))
    steps = tuple(_renamed(step, _renames(state, left)) for step in state.steps[fallen.steps :])
    return replace(left, steps=steps)


def as_own(state: State, rest: State, decision: Decision) -> Decision:
    """Return the default's decision as the agent's: in its numbers, concluding from the plan's finds as well."""
    action = decision.action
    parts = any(isinstance(s.action, Delegate) and any(to.goal for to in s.action.to) for s in rest.steps)
    if decision.by == "rules" and isinstance(action, Answer | Absent) and not parts:
        return conclude(state)
    if isinstance(action, Answer):
        before = len(state.reports) - len(rest.reports)
        cite = tuple(number + before for number in action.cite) if rest.reports else ()
        return replace(decision, action=action.model_copy(update={"cite": cite}))
    return replace(decision, action=_moved(action, _renames(rest, state)))


def _renames(known: State, other: State) -> Renamed:
    """Return what turns the numbers of one state's sections into another's, which lacks some or has more."""
    entries = len(other.view.entries)
    numbers = {section.id: entries + n for n, section in reversed(list(enumerate(other.hits, start=1)))}

    def rename(number: int) -> int:
        if number <= entries or number > len(known.numbered):
            return number
        section: Section = known.numbered[number - 1]
        return numbers.get(section.id, number)

    return rename


def _renamed(step: Step, rename: Renamed) -> Step:
    return step if isinstance(step.action, Compute) else replace(step, action=_moved(step.action, rename))


def _moved(action: Action, rename: Renamed) -> Action:
    """Return an action that names sections by other numbers."""
    if isinstance(action, Delegate):
        targets = (to.model_copy(update={"sections": tuple(map(rename, to.sections))}) for to in action.to)
        return action.model_copy(update={"to": tuple(targets)})
    if isinstance(action, Search):
        return action.model_copy(update={"scope": tuple(map(rename, action.scope))})
    return action
