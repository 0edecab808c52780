"""What the agents of a stored run saw and handed down, rebuilt from its events and its source.

An agent that was shown an outline is a level; each time that it handed sections down is a stage. What search found
for it is searched for again, so that a stage can be told by the numbers that a plan's selectors know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError

from rao_cli.agent.actions import Delegate, Target
from rao_cli.agent.combine import combine, same_answer
from rao_cli.agent.offering import Offers
from rao_cli.agent.policy import State
from rao_cli.agent.records import Report, Returns
from rao_cli.documents.model import Section
from rao_cli.errors import RaoError
from rao_cli.runs.tree import Agent, Tree
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.plan import Rule

_RULES: tuple[Rule, ...] = get_args(Rule)
_ALL_COUNT = frozenset({"list", "sum", "count"})
"""Rules by which every report is evidence, those that found nothing too."""


class UnusableError(ValueError):
    """Nothing can be learned from a run; the message says why."""


@dataclass(frozen=True)
class Stage:
    """Sections that an agent handed down at once, by id, and what its children said."""

    groups: tuple[frozenset[str], ...]
    """What each child was given."""
    goal: str
    """What they were asked; empty where it was the agent's own goal."""
    returns: Returns
    how: Rule
    reports: tuple[Report, ...]
    """In the order of the groups."""

    @property
    def sections(self) -> frozenset[str]:
        """Return all that was handed down."""
        return frozenset().union(*self.groups)

    def evidence(self, told: Report) -> frozenset[str]:
        """Return what those of the children were given that say the same as a report, or all where all count."""
        if self.how in _ALL_COUNT:
            return self.sections
        pairs = zip(self.groups, self.reports, strict=True)
        return frozenset().union(*(group for group, report in pairs if same_answer(report, told)))


@dataclass(frozen=True)
class Level:
    """One agent that was shown an outline, as it was before its first step, and the stages up to its answer."""

    lesson: Lesson
    state: State
    stages: tuple[Stage, ...]

    def told(self, number: int) -> Report:
        """Return what the stages up to one (from 0) come to, those that were asked the same as that one."""
        return told(self.stages[: number + 1])


def told(stages: Sequence[Stage]) -> Report:
    """Return what stages come to, those that were asked the same as the last one."""
    last = stages[-1]
    return combine([report for stage in stages if stage.goal == last.goal for report in stage.reports], last.how)


def levels(lesson: Lesson) -> tuple[Level, tuple[Level, ...]]:
    """Return the level of a run's root, and those of other agents that found something.

    Raises UnusableError where the run's way cannot be told by the stages of a plan.
    """
    tree = lesson.run.tree
    root = tree.agents.get("1")
    if root is None or root.opened is None or root.closed is None:
        raise UnusableError("a part of its record is missing")
    if root.opened.view == "text":
        raise UnusableError("its source was read at once, so there is nothing to plan")
    offers = _offers(lesson)
    below = (agent for agent in tree.agents.values() if agent.parent and _is_level(agent))
    return _level(lesson, offers, root), tuple(_inner(lesson, offers, below))


def _is_level(agent: Agent) -> bool:
    report = agent.report
    return bool(agent.opened and agent.opened.view == "outline" and report and report.status == "found")


def _inner(lesson: Lesson, offers: Offers, agents: Iterator[Agent]) -> Iterator[Level]:
    """Yield levels below the root; one that no plan tells is left to the work without a plan."""
    for agent in agents:
        try:
            yield _level(lesson, offers, agent)
        except UnusableError:
            continue


def _offers(lesson: Lesson) -> Offers:
    return Offers(lesson.task, lesson.prepared.reading, proposer=lesson.prepared.proposer)


def _level(lesson: Lesson, offers: Offers, agent: Agent) -> Level:
    state = _state(lesson, offers, agent)
    return Level(lesson, state, _answering(_stages(lesson.run.tree, agent, state), agent.report))


def _state(lesson: Lesson, offers: Offers, agent: Agent) -> State:
    """Rebuild what an agent was shown."""
    if agent.opened is None:
        raise UnusableError("a part of its record is missing")
    handoff, prepared = agent.opened.handoff, lesson.prepared
    try:
        sections = [prepared.reading.section(one) for one in handoff.sections]
        room = prepared.budget(lesson.task.question, prepared.known(lesson.task))
        view = prepared.view(sections, room)
    except RaoError as error:
        raise UnusableError("its source is divided in another way now") from error
    return State(lesson.task, handoff, view, offers.sections(handoff.goal, view))


def _stages(tree: Tree, agent: Agent, state: State) -> list[Stage]:
    children = [tree.agents[name] for name in agent.children]
    found = []
    for taken in agent.actions:
        if taken.action.get("action") == "delegate":
            try:
                action = Delegate.model_validate(taken.action)
            except ValidationError as error:
                raise UnusableError("a part of its record is damaged") from error
            found.append(_stage(action, state, children))
    if children:
        raise UnusableError("it is not read now as it was then")
    return found


def _stage(action: Delegate, state: State, children: list[Agent]) -> Stage:
    """Return what an action handed down, taking its children from the front; one not opened was refused."""
    groups, reports = [], []
    for target in action.to:
        ids = tuple(dict.fromkeys(section.id for section in _named(state, target)))
        child = children[0] if children else None
        opened = child.opened.handoff if child and child.opened else None
        same = opened is not None and opened.sections == ids and opened.goal == (target.goal or state.handoff.goal)
        report = children.pop(0).report if same else None
        groups.append(frozenset(ids))
        reports.append(report or Report(status="failed", reason="it was not opened"))
    goals = {target.goal for target in action.to}
    if len(goals) > 1:
        raise UnusableError("its agents were asked different questions at once")
    goal = goals.pop()
    how = _rule(action)
    goal = "" if goal == state.handoff.goal else goal
    return Stage(tuple(groups), goal, action.returns, how, tuple(reports))


def _named(state: State, target: Target) -> Sequence[Section]:
    if max(target.sections) > len(state.numbered):
        raise UnusableError("search finds other sections now")
    return [state.numbered[number - 1] for number in target.sections]


def _rule(action: Delegate) -> Rule:
    """Return the rule that reports were combined by; a text that the model wrote of them is none."""
    rule = next((one for one in _RULES if one == action.combine), None)
    if rule is None:
        raise UnusableError("the model itself combined what its agents found")
    return rule


def _answering(stages: Sequence[Stage], report: Report | None) -> tuple[Stage, ...]:
    """Return the stages up to the one from which the agent's answer follows.

    Where the parts of a question were asked in vain and then the question, they are left out.
    """
    answer = report or Report(status="failed")
    for number, stage in enumerate(stages, start=1):
        followed = [one for one in stages[:number] if stage.goal or not one.goal]
        if (not stage.goal or number == len(stages)) and same_answer(told(followed), answer):
            return tuple(followed)
    raise UnusableError("its answer is not what its agents' reports come to")
