"""Let code answer first: the root's first step, in which solvers are asked, and what comes of it."""

import asyncio
from dataclasses import dataclass

from rao_cli.agent.actions import Answer, Compute
from rao_cli.agent.cite import cite
from rao_cli.agent.compute.base import Computed, Labelling
from rao_cli.agent.compute.solve import solve
from rao_cli.agent.policy import Call, Decision, Policy, State, Step
from rao_cli.agent.question.model import Asked
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Report

CITATIONS = 3


@dataclass(frozen=True)
class ComputeFirst:
    """Conclude from what code computed; where it found nothing, ``policy`` chooses."""

    policy: Policy

    def cost(self, state: State) -> int:
        """Return the policy's cost; a conclusion from what was computed costs nothing."""
        return 0 if _computed(state) else self.policy.cost(state)

    async def act(self, state: State, call: Call) -> Decision:
        """Answer what was computed, or leave the choice to the policy."""
        report = _computed(state)
        if report is None:
            return await self.policy.act(state, call)
        return Decision(Answer(answer=report.answer, cite=(1,)), "rules", report.confidence)


def _computed(state: State) -> Report | None:
    """Return the report of the solvers' step, if that is the last thing that was done."""
    last = state.steps[-1] if state.steps else None
    return last.combined if last and isinstance(last.action, Compute) else None


async def compute(asked: Asked, reading: Reading) -> Step | None:
    """Ask the solvers, beside whatever else runs, and return their step, or None where they found nothing."""
    found = await asyncio.to_thread(solve, asked, reading)
    if found is None or isinstance(found, Labelling):
        return None
    report = computed_report(reading, found)
    return Step(Compute(), found.how, (report,), report)


def computed_report(reading: Reading, found: Computed) -> Report:
    """Return what was computed as a report that cites where it was found."""
    if not found.answer:
        return Report(status="absent", confidence=found.confidence, how=found.how)
    citations = (cite(reading.document, span, found.answer) for span in found.evidence[:CITATIONS])
    return Report(
        status="found",
        answer=found.answer,
        citations=tuple(one.model_copy(update={"verified": True}) for one in citations),
        confidence=found.confidence,
        how=found.how,
    )
