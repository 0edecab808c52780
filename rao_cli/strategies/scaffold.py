"""Teach by a scaffold: a teacher's first delegation and a few cited findings, of which code checks each.

    scaffold = checked(scaffold_of(events, question), document, question)
    policy = ScaffoldPolicy(scaffold, default, reading)

The first agent of the student hands down what the teacher's run found something in, with the teacher's findings on
inner questions as facts; everything else is the student's work. Places are characters of the document, so the two
may divide it differently. What answers the question itself is never told. Limits: one scaffold is of one question
on one document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from rao_cli.agent.actions import Answer, Compute, Delegate, Target
from rao_cli.agent.cite import cite
from rao_cli.agent.combine import weight
from rao_cli.agent.events import AgentClosed, AgentOpened, Event, RunFinished
from rao_cli.agent.policy import Call, Decision, Policy, State
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import Record, Report
from rao_cli.documents.model import Document, Span
from rao_cli.strategies.policy import go_on, rest_of
from rao_cli.strategies.walk import Fallen
from rao_cli.text import one_line

MOST_SECTIONS = 4
MOST_ANCHORS = 3
LONGEST = 400
"""Characters of a goal, an answer or a quote that are told."""
ENOUGH = 0.2
"""Weight of a report at which the student answers with what it found by the scaffold."""

Place = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Anchor(Record):
    """What a teacher found to an inner question, and the words that say it, by their place."""

    question: Words
    answer: Words
    place: Place
    quote: Words


class Scaffold(Record):
    """What a teacher gives: where to read, and what it found on the way there."""

    sections: Annotated[tuple[Place, ...], Field(max_length=MOST_SECTIONS)] = ()
    anchors: Annotated[tuple[Anchor, ...], Field(max_length=MOST_ANCHORS)] = ()

    def holds(self, span: Span) -> bool:
        """Tell whether an anchor quotes something of a stretch of the text."""
        return any(Span(*anchor.place).overlaps(span) for anchor in self.anchors)


@dataclass(frozen=True)
class Checked:
    """A scaffold with the anchors that code found to be true, and why others were left out."""

    scaffold: Scaffold
    refused: tuple[str, ...] = ()


def checked(scaffold: Scaffold, document: Document, question: str) -> Checked:
    """Leave out anchors whose words do not stand where they are said to, or do not support their answer.

    Sections that reach behind the text are left out too, and an anchor that tells what was asked itself.
    """
    reasons = [fault_of(anchor, document, question) for anchor in scaffold.anchors]
    kept = tuple(anchor for anchor, reason in zip(scaffold.anchors, reasons, strict=True) if not reason)
    sections = tuple(place for place in scaffold.sections if place[0] < place[1] <= len(document))
    return Checked(Scaffold(sections=sections, anchors=kept), tuple(reason for reason in reasons if reason))


def fault_of(anchor: Anchor, document: Document, question: str) -> str:
    """Return what is wrong with an anchor; empty where its citation holds."""
    start, end = anchor.place
    shown = one_line(anchor.question, 60)
    if anchor.question.strip() == question.strip():
        return f"the anchor on {shown!r} answers the question itself"
    made = (
        cite(document, Span(start, end), anchor.answer, anchor.question) if start < end <= len(document) else None
    )
    if made is None or made.quote != anchor.quote:
        return f"the quote of the anchor on {shown!r} does not stand there"
    if not made.verified:
        return f"the quote of the anchor on {shown!r} does not support its answer"
    return ""


def scaffold_of(events: Sequence[Event], question: str) -> Scaffold:
    """Return what a teacher's run gives: where it found something, and its answers to inner questions."""
    opened = {event.agent: event for event in events if isinstance(event, AgentOpened)}
    reports = {event.agent: event.report for event in events if isinstance(event, AgentClosed)}
    result = next((event.result for event in events if isinstance(event, RunFinished)), None)
    told = result.answer if result else ""
    readers = [one for one in opened.values() if one.view == "text" and one.depth and one.agent in reports]
    readers.sort(key=lambda one: (not reports[one.agent].answer, -weight(reports[one.agent])))
    places = dict.fromkeys(span for one in readers for span in one.spans)
    inner = [one for one in opened.values() if one.depth == 1 and one.handoff.goal != question]
    anchors = [_anchor(one, reports[one.agent], told) for one in inner if one.agent in reports]
    kept = [anchor for anchor in anchors if anchor]
    return Scaffold(sections=tuple(places)[:MOST_SECTIONS], anchors=tuple(kept[:MOST_ANCHORS]))


def _anchor(agent: AgentOpened, report: Report, told: str) -> Anchor | None:
    """Return an agent's finding as an anchor; none where it cites nothing, or is the answer to the whole."""
    place = next((one for one in report.citations if one.verified), None)
    if place is None or not report.answer or report.answer == told:
        return None
    return Anchor(
        question=one_line(agent.handoff.goal, LONGEST),
        answer=one_line(report.answer, LONGEST),
        place=(place.start, place.end),
        quote=one_line(place.quote, LONGEST),
    )


@dataclass(frozen=True)
class ScaffoldPolicy:
    """Begin as a scaffold says; ``default`` does all other work, and goes on where that found nothing."""

    scaffold: Scaffold
    default: Policy
    reading: Reading

    def cost(self, state: State) -> int:
        """Return the default's cost where it decides; the scaffold's own steps cost nothing."""
        chosen = self._chosen(state)
        return 0 if isinstance(chosen, Decision) else self.default.cost(rest_of(state, chosen))

    async def act(self, state: State, call: Call) -> Decision:
        """Hand down what the scaffold names, answer with what that found, or leave the choice to the default."""
        chosen = self._chosen(state)
        if isinstance(chosen, Decision):
            return chosen
        if chosen is None:
            return await self.default.act(state, call)
        return await go_on(self.default, state, chosen, call)

    def _chosen(self, state: State) -> Decision | Fallen | None:
        """Return the scaffold's step, why there is none any more, or None for agents that it is not for."""
        root = state.handoff.goal == state.task.question and state.view.kind == "outline" and state.may_delegate
        whole = {section.id for section in state.view.sections} == {self.reading.root.id}
        if not (root and whole) or any(isinstance(step.action, Compute) for step in state.steps):
            return None
        if not state.steps:
            targets = self._targets(state)
            return Decision(Delegate(to=targets), "strategy") if targets else Fallen("it names nothing here", 0)
        found = state.steps[0].combined
        if found is None or not found.answer or not found.verified or weight(found) < ENOUGH:
            return Fallen("nothing was found by it", 1)
        cited = [n for n, report in enumerate(state.steps[0].reports, start=1) if report.answer == found.answer]
        return Decision(Answer(answer=found.answer, cite=tuple(cited)), "strategy", found.confidence)

    def _targets(self, state: State) -> tuple[Target, ...]:
        """Return the student's sections that lie where the scaffold's do, each once."""
        facts = tuple(f"{anchor.question} {anchor.answer}" for anchor in self.scaffold.anchors)
        best = (_nearest(state, Span(*place)) for place in self.scaffold.sections)
        numbers = dict.fromkeys(number for number in best if number)
        return tuple(Target(sections=(number,), facts=facts) for number in numbers)


def _nearest(state: State, span: Span) -> int:
    """Return the number of the section that has most in common with a place, the smallest of such; 0 for none."""
    shared = {n: span.shared(section.span) for n, section in enumerate(state.numbered, start=1)}
    most = max(shared.values(), default=0)
    fitting = [n for n in shared if shared[n] == most > 0]
    return min(fitting, key=lambda n: len(state.numbered[n - 1].span), default=0)
