"""Ask the questions that a question is made of: one after another where they depend on each other, else together.

An inner question is handed down like any goal; its answer is put into the next one and carried along as a fact.
Where one stays open, the whole is read for as if it had not been taken apart. Limits: English; most questions with
a relative clause are answered by one sentence, so only roles, places and owners are asked for apart.
"""

import re
from dataclasses import dataclass, replace

from rao_cli.agent.actions import Action, Answer, Delegate, Target
from rao_cli.agent.combine import weight
from rao_cli.agent.compute.chains import with_answers
from rao_cli.agent.finding.hops import decompose
from rao_cli.agent.policy import Call, Decision, Policy, State, Step
from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.records import Report

BELIEVED = 0.2
"""Weight of a report below which no further question is built on it."""
NOT_FOUND = "not found"

_ASKS = r"(?:(?:in|on|at|from|to|by|for|with|of) )?(?:who|whom|when|where|how|why|what|which)\b"
_BETWEEN = re.compile(rf"(?<=\?)\s+|,?\s+and\s+(?={_ASKS})", re.IGNORECASE)
_NAMES = re.compile(r"(?:Who|What) is the |In which |Whose ")
"""How the inner question begins where a role, a place or an owner is asked for: another sentence may name it."""
_BEGINS = re.compile(_ASKS, re.IGNORECASE)


@dataclass(frozen=True)
class PartsFirst:
    """Take the user's question apart; ``policy`` does everything else."""

    policy: Policy

    def cost(self, state: State) -> int:
        """Return the policy's cost; taking a question apart costs nothing."""
        return 0 if self._decided(state) else self.policy.cost(_without_parts(state))

    async def act(self, state: State, call: Call) -> Decision:
        """Hand down the next question, conclude when all are answered, or leave the choice to the policy."""
        decided = self._decided(state)
        if decided:
            return decided
        decision = await self.policy.act(_without_parts(state), call)
        return replace(decision, action=_renumbered(state, decision.action))

    def _decided(self, state: State) -> Decision | None:
        if state.handoff.goal != state.task.question or state.view.kind != "outline" or not state.may_delegate:
            return None
        chain = dependent(state.task.question)
        if chain:
            return _next_in_chain(state, chain)
        parts = independent(state.task.question)
        return _all_parts(state, parts) if parts else None


def dependent(question: str) -> tuple[str, ...]:
    """Return the questions to ask one after another; none where a question is not made of such."""
    asked = recognise(question)
    parts = decompose(asked.stem) if not asked.form.options else None
    return tuple(parts) if parts and _NAMES.match(parts[0]) else ()


def is_several(asked: Asked) -> bool:
    """Tell whether a question asks for more than one thing, whether or not it can be taken apart."""
    asking = [part for part in _BETWEEN.split(asked.stem) if _BEGINS.match(part.strip())]
    return len(asking) > 1 and not asked.form.options


def independent(question: str) -> tuple[str, ...]:
    """Return several questions asked in one breath; none where it is only one."""
    asked = recognise(question)
    if not is_several(asked):
        return ()
    parts = [part.strip() for part in _BETWEEN.split(asked.stem)]
    whole = all(len(part.split()) >= 3 and _BEGINS.match(part) for part in parts)
    return tuple(f"{part.rstrip(' ?')}?" for part in parts) if len(parts) > 1 and whole else ()


def _next_in_chain(state: State, questions: tuple[str, ...]) -> Decision | None:
    answered = [step.combined for step in state.steps if _is_part(step) and step.combined]
    if any(not report.answer or weight(report) < BELIEVED for report in answered):
        return None
    answers = [report.answer for report in answered]
    if len(answered) == len(questions):
        return _conclude(state, answers[-1], min(report.confidence for report in answered))
    question = with_answers(questions[len(answered)], answers)
    facts = tuple(
        f"{with_answers(before, answers)} {told}" for before, told in zip(questions, answers, strict=False)
    )
    return Decision(Delegate(to=(_target(state, question, facts),)), "rules")


def _all_parts(state: State, questions: tuple[str, ...]) -> Decision | None:
    if not state.steps:
        return Decision(Delegate(to=tuple(_target(state, one) for one in questions), combine="list"), "rules")
    reports: tuple[Report, ...] = next((step.reports for step in state.steps if _is_part(step)), ())
    if not any(report.answer for report in reports):
        return None
    told = "; ".join(report.answer or NOT_FOUND for report in reports)
    return _conclude(state, told, sum(report.confidence for report in reports) / len(reports))


def _conclude(state: State, answer: str, confidence: float) -> Decision:
    """Answer with the reports of the last questions that were handed down."""
    count = len(state.reports)
    last = state.steps[-1].reports
    return Decision(
        Answer(answer=answer, cite=tuple(range(count - len(last) + 1, count + 1))), "rules", confidence
    )


def _target(state: State, question: str, facts: tuple[str, ...] = ()) -> Target:
    return Target(sections=tuple(range(1, len(state.view.entries) + 1)), goal=question, facts=facts)


def _is_part(step: Step) -> bool:
    return isinstance(step.action, Delegate) and all(target.goal for target in step.action.to)


def _without_parts(state: State) -> State:
    return replace(state, steps=tuple(step for step in state.steps if not _is_part(step)))


def _renumbered(state: State, action: Action) -> Action:
    """Return an action of who was not told of the parts: what it cites has its number among all reports."""
    if not isinstance(action, Answer) or not any(map(_is_part, state.steps)):
        return action
    whole = [not _is_part(step) for step in state.steps for _ in step.reports]
    numbers = [number for number, of_whole in enumerate(whole, start=1) if of_whole]
    return action.model_copy(update={"cite": tuple(numbers[cited - 1] for cited in action.cite)})
