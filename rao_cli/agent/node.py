"""One agent of a running tree: its place, what it was handed, what it is shown and what it has used."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rao_cli.agent.budget import Reservation
from rao_cli.agent.policy import Situation, State, Step
from rao_cli.agent.proposing import Proposal
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import AgentSummary, Handoff, Report, Task, Usage
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span
from rao_cli.engine.base import Completion
from rao_cli.text import one_line


@dataclass
class Node(Situation):
    """A live agent. ``id`` is its path of child numbers; ``prepaid`` are the means of its first step."""

    id: str
    parent: str
    depth: int
    handoff: Handoff
    view: View
    hits: tuple[Section, ...]
    opened_at: float
    prepaid: Reservation | None = None
    proposals: tuple[Proposal, ...] = ()
    steps: list[Step] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    children: int = 0

    @property
    def span(self) -> Span:
        """Return the span from the first to the last of the agent's sections."""
        spans = self.view.spans
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def named(self, numbers: Iterable[int]) -> list[Section]:
        """Return the sections behind the numbers, each once; numbers of none are passed over."""
        numbered = self.numbered
        return [numbered[number - 1] for number in dict.fromkeys(numbers) if number <= len(numbered)]

    def state(self, task: Task, *, may_delegate: bool) -> State:
        """Return what the policy may know."""
        steps = tuple(self.steps)
        return State(task, self.handoff, self.view, self.hits, steps, may_delegate, self.proposals, agent=self.id)

    def charge(self, completion: Completion) -> None:
        """Add one call's cost to the agent's own usage."""
        self.usage = add_call(self.usage, completion)

    def titles(self) -> tuple[str, ...]:
        """Return the titles of the agent's sections, safe to show."""
        return tuple(one_line(section.title, 120) for section in self.view.sections)

    def summary(self, reading: Reading, report: Report) -> AgentSummary:
        """Return the finished agent as the run's result lists it."""
        return AgentSummary(
            id=self.id,
            parent=self.parent,
            depth=self.depth,
            goal=one_line(self.handoff.goal, 400),
            sections=self.titles(),
            location=self.location(reading),
            view=self.view.kind,
            status=report.status,
            answer=one_line(report.answer, 400),
            tokens=self.usage.tokens,
            seconds=round(self.usage.seconds, 3),
        )

    def location(self, reading: Reading) -> str:
        """Say where the agent's sections can be opened."""
        return one_line(str(reading.document.locate(self.span)), 200)


def add_call(usage: Usage, completion: Completion) -> Usage:
    """Return usage with one more call's tokens."""
    return usage.model_copy(
        update={
            "prompt_tokens": usage.prompt_tokens + completion.prompt_tokens,
            "cached_tokens": usage.cached_tokens + completion.cached_tokens,
            "output_tokens": usage.output_tokens + len(completion.tokens),
        }
    )
