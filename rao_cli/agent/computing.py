"""Let code answer first: the root's first step, in which solvers are asked, and what comes of it.

Where records must be labelled by their meaning before code can count them, agents label them (labelling.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rao_cli.agent.actions import Answer, Compute
from rao_cli.agent.chaining import independent, is_several
from rao_cli.agent.choosing import choose
from rao_cli.agent.choosing_yes_no import judge
from rao_cli.agent.cite import cite
from rao_cli.agent.compute.base import Computed, Labelling
from rao_cli.agent.compute.solve import solve
from rao_cli.agent.labelling import Labelled
from rao_cli.agent.policy import Call, Decision, Policy, State, Step
from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Report
from rao_cli.documents.model import Span

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


async def compute(
    asked: Asked, reading: Reading, label: Callable[[Labelling], Awaitable[Labelled | None]]
) -> Step | None:
    """Ask the solvers, beside whatever else runs, and return their step, or None where they found nothing.

    ``label`` lets agents label records, where that is what a solver needs.
    """
    found = await asyncio.to_thread(_solved, asked, reading)
    if found is None:
        return None
    if isinstance(found, Computed):
        return _step(computed_report(reading, found), found.examined)
    report = await _labelled(reading, found, label)
    return _step(report, found.records) if report else None


def _solved(asked: Asked, reading: Reading) -> Computed | Labelling | None:
    """Solve a question, or all of several that are asked in one breath: half an answer is none."""
    if not is_several(asked):
        return solve(asked, reading)
    found = [solve(recognise(part), reading) for part in independent(asked.text)]
    every = [one for one in found if isinstance(one, Computed) and one.answer]
    if not every or len(every) < len(found):
        return None
    return Computed(
        answer="; ".join(one.answer for one in every),
        how="; ".join(one.how for one in every),
        evidence=tuple(one.evidence[0] for one in every if one.evidence),
        examined=tuple(span for one in every for span in one.examined),
        confidence=min(one.confidence for one in every),
        verified=all(one.verified for one in every),
    )


def _step(report: Report, examined: tuple[Span, ...]) -> Step:
    return Step(Compute(), report.how, (report,), report, examined)


async def guess(asked: Asked, reading: Reading) -> Step | None:
    """Let code choose an option, or answer yes or no, for a model that reads too poorly to do so."""
    found = await asyncio.to_thread(lambda: choose(asked, reading) or judge(asked, reading))
    if found is None:
        return None
    return _step(computed_report(reading, found), found.examined)


async def _labelled(
    reading: Reading, task: Labelling, label: Callable[[Labelling], Awaitable[Labelled | None]]
) -> Report | None:
    """Return what follows from records' labels, as far as they are known; None where none is."""
    told = await label(task)
    if told is None:
        return None
    report = computed_report(reading, await asyncio.to_thread(task.conclude, told.labels))
    # The places are records that a model judged: nobody checked that they say so.
    changes = {
        "citations": tuple(one.model_copy(update={"verified": False}) for one in report.citations),
        "confidence": report.confidence * told.confidence,
        "how": "; ".join(part for part in (report.how, told.how) if part),
        "reason": told.reason,
    }
    if told.reason and report.answer:
        changes["status"] = "partial"
    return report.model_copy(update=changes)


def computed_report(reading: Reading, found: Computed) -> Report:
    """Return what was computed as a report that cites where it was found."""
    if not found.answer:
        return Report(status="absent", confidence=found.confidence, how=found.how)
    citations = (cite(reading.document, span, found.answer) for span in found.evidence[:CITATIONS])
    return Report(
        status="found",
        answer=found.answer,
        citations=tuple(one.model_copy(update={"verified": found.verified}) for one in citations),
        confidence=found.confidence,
        how=found.how,
    )
