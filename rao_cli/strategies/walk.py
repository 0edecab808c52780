"""One agent's way through a plan: what its next step is, from nothing but its state."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from rao_cli.agent.actions import Answer, Delegate, Target
from rao_cli.agent.combine import combine, same_answer, weight
from rao_cli.agent.policy import Decision, State, Step
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Report
from rao_cli.strategies.plan import Ask, Check, Combine, Group, Operator, Plan, Rule, Search, Select, Stop
from rao_cli.strategies.records import Strategy
from rao_cli.strategies.selecting import Chooser
from rao_cli.strategies.slots import fill

TOO_MANY_FAILED = 0.3
"""Share of failed or partial reports from which a plan is not gone on with."""
DEARER = 2.0
"""A plan that would cost this many times the ninth decile of its runs is not gone on with."""
AGENT_TOKENS = 150
"""About what an agent reads and writes beside the text of its sections."""
AUDIT_DISAGREED = "a section that it skips says otherwise"
"""Why a plan is left whose answer an audit speaks against."""
AUDITED = 16
"""Of so many skipped sections, the ones search ranks first, one is read to see whether the plan skips too much."""
AUDIT_EVERY = {"bundled": 4, "local": 4, "imported": 1}
"""One in how many questions is audited."""


@dataclass(frozen=True)
class Fallen:
    """Why a plan is not gone on with, and how many of the agent's steps were the plan's."""

    reason: str
    steps: int


class Walk:
    """One way through a plan: the agent's steps so far are those of the plan as long as it asks."""

    def __init__(
        self, strategy: Strategy, plan: Plan, state: State, reading: Reading, *, audits: bool = True
    ) -> None:
        self.strategy, self.plan, self.state, self.reading = strategy, plan, state, reading
        self.audits = audits
        self.taken = 0
        """How many of the agent's steps the plan has come past."""
        self.search: Search | None = None
        self.group: Group | None = None
        self.numbers: list[int] = []
        self.last: Report | None = None
        """What was combined of the reports that were asked for last."""
        self.holds = True
        self.answers: list[str] = []
        self.goal = ""
        """What was asked last, in the words of the children's handoff."""

    def next(self) -> Decision | Fallen:
        """Go through the operators until one needs a step that was not taken yet, or no more is to be done."""
        unfit = self._unfit()
        if unfit:
            return self._fallen(unfit)
        for place, operator in enumerate(self.plan.operators):
            ended = self._apply(operator, place)
            if ended:
                return ended
        return self._fallen("its checks did not hold")

    def _apply(self, operator: Operator, place: int) -> Decision | Fallen | None:
        match operator:
            case Search():
                self.search = operator
            case Group():
                self.group = operator
            case Select():
                self._select(operator, place)
            case Ask():
                return self._ask(operator, place)
            case Combine():
                self.last = combine(self._reports(), operator.how)
            case Check():
                self.holds = self.last is not None and _holds(operator, self.last, self._reports())
            case Stop():
                return self._stop() if self.holds else None
            case _:
                pass
        return None

    def _select(self, select: Select, place: int) -> None:
        """Select what was not yet read for the question that is asked next."""
        goal = next(one.goal for one in self.plan.operators[place:] if isinstance(one, Ask))
        read = handed_down(self.state, self._steps(), self._told(goal))
        chosen = self._chooser().choose(select, self.search, read)
        self.numbers += [number for number in chosen if number not in self.numbers]

    def _told(self, slot: str) -> str:
        """Return the goal that children are told for a slot: nothing where it is the agent's own."""
        goal = self._slots()[slot]
        return "" if goal == self.state.handoff.goal else goal

    def _ask(self, ask: Ask, place: int) -> Decision | Fallen | None:
        """Hand down what was selected, or go past it where that was done."""
        refusal = self._refusal(ask)
        if refusal:
            return self._fallen(refusal)
        if self.taken == len(self.state.steps):
            return self._hand_down(ask, place)
        step = self.state.steps[self.taken]
        self.taken += 1
        self.numbers, self.group, self.holds, self.goal = [], None, True, self._told(ask.goal)
        self.last = step.combined or combine(step.reports, "best")
        failed = sum(report.status in ("failed", "partial") for report in step.reports)
        if failed > TOO_MANY_FAILED * len(step.reports):
            return self._fallen(f"{failed} of {len(step.reports)} of its agents failed")
        if self.last.answer:
            self.answers.append(self.last.answer)
        return None

    def _refusal(self, ask: Ask) -> str:
        """Return why the plan cannot ask, or an empty string."""
        if not self.numbers:
            return "it selects nothing here"
        if not self._slots()[ask.goal]:
            return f"the question has nothing for its slot {ask.goal}"
        dear = self._cost() > DEARER * self.strategy.budget.tokens_p90 > 0
        return "it would cost too much here" if dear else ""

    def _hand_down(self, ask: Ask, place: int) -> Decision:
        goal = self._told(ask.goal)
        targets = self._chooser().group(self.numbers, self.group)
        if goal:
            targets = tuple(target.model_copy(update={"goal": goal, "facts": self._facts()}) for target in targets)
        how: Rule = next((one.how for one in self.plan.operators[place:] if isinstance(one, Combine)), "best")
        return Decision(Delegate(to=targets, returns=ask.returns, combine=how), "strategy")

    def _stop(self) -> Decision | Fallen:
        """Answer, unless a section that the plan skips and that is read to audit it says otherwise."""
        if self.last is None or not self.last.answer:
            return self._fallen("it found nothing")
        audited = self._audited()
        if audited and self.taken == len(self.state.steps):
            target = Target(sections=(audited,), goal=self.goal, facts=self._facts() if self.goal else ())
            return Decision(Delegate(to=(target,)), "strategy")
        if audited:
            other = self.state.steps[self.taken].combined
            if other and _disagrees(other, self.last):
                self.taken += 1
                return self._fallen(AUDIT_DISAGREED)
        return _answered(self.state, self.last)

    def _audited(self) -> int:
        """Return the number of the skipped section to read, the same each time; 0 where none is."""
        strategy, state = self.strategy, self.state
        seed = hashlib.sha256(f"{strategy.id} {self.reading.document.digest} {state.handoff.goal}".encode())
        draw = int.from_bytes(seed.digest()[:8])
        if not self.audits or draw % AUDIT_EVERY[strategy.trust]:
            return 0
        read = handed_down(state, self._steps(), self.goal)
        skipped = [number for number in self._chooser().found(None) if state.numbered[number - 1].id not in read]
        skipped = skipped[:AUDITED]
        return skipped[draw // 64 % len(skipped)] if skipped else 0

    def _unfit(self) -> str:
        """Return why the plan cannot be begun, or an empty string."""
        slots = self._slots()
        for wanted in self.strategy.requires:
            value = slots[wanted.slot]
            if not value:
                return f"the question has nothing for its slot {wanted.slot}"
            if wanted.be == "found" and not self._chooser().found(Search(slot=wanted.slot, how="exact")):
                return f"no section that was found holds its slot {wanted.slot}"
        return ""

    def _cost(self) -> float:
        """Return about how many tokens the plan will have cost with what is selected now."""
        read = handed_down(self.state, self._steps())
        sections = {section.id: section.tokens for section in self.state.numbered}
        chosen = {self.state.numbered[number - 1].id for number in self.numbers}
        return sum(sections.get(one, 0) + AGENT_TOKENS for one in read | chosen)

    def _reports(self) -> list[Report]:
        """Return the reports of all that were asked the same as those that were asked last."""
        return [report for step in self._steps() if _goal(step) == self.goal for report in step.reports]

    def _steps(self) -> tuple[Step, ...]:
        return self.state.steps[: self.taken]

    def _slots(self) -> dict[str, str]:
        goal = self.state.handoff.goal
        return {slot.name: fill(slot.type, goal, self.answers) for slot in self.strategy.slots}

    def _chooser(self) -> Chooser:
        return Chooser(self.state, self.reading, self._slots())

    def _facts(self) -> tuple[str, ...]:
        """Return the inner question with its answer, for the one that is asked after it."""
        inner = fill("inner", self.state.handoff.goal)
        return (f"{inner} {self.answers[0]}",) if self.answers and inner else ()

    def _fallen(self, reason: str) -> Fallen:
        return Fallen(reason, self.taken)


def _holds(check: Check, report: Report, reports: Sequence[Report]) -> bool:
    same = sum(same_answer(one, report) for one in reports)
    believed = bool(report.answer) and weight(report) >= check.least
    return believed and (report.verified or not check.verified) and (same >= check.agree or check.agree == 1)


def _disagrees(other: Report, report: Report) -> bool:
    """Tell whether a report with another answer is verified and to be believed more."""
    return other.verified and not same_answer(other, report) and weight(other) > weight(report)


def _answered(state: State, report: Report) -> Decision:
    """Answer with a report that was combined, citing those that say it or, of a sum or list, all."""
    numbered = list(enumerate(state.reports, start=1))
    same = [number for number, one in numbered if same_answer(one, report)]
    cite = same or [number for number, one in numbered if one.answer]
    return Decision(Answer(answer=report.answer, cite=tuple(cite[:64])), "strategy", report.confidence)


def _goal(step: Step) -> str | None:
    return step.action.to[0].goal if isinstance(step.action, Delegate) else None


def handed_down(state: State, steps: Sequence[Step], goal: str | None = None) -> set[str]:
    """Return the ids of the sections that steps have handed down, all or those with one goal."""
    actions = [step.action for step in steps if isinstance(step.action, Delegate)]
    targets = [to for action in actions for to in action.to if goal is None or to.goal == goal]
    return {state.numbered[number - 1].id for to in targets for number in to.sections}
