"""The recursion: open an agent, let the policy act, delegate to children, combine their reports.

An agent is a coroutine. Means are reserved before a child is opened; a refused child is reported to its parent as
failed. Limits and cancellation end a run in order: everything that was opened is closed in the event stream.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from rao_cli.agent.actions import Absent, Action, Answer, Compute, Delegate, Label, Search, Target
from rao_cli.agent.asking import Asker
from rao_cli.agent.combine import combine
from rao_cli.agent.compute.base import Labelling
from rao_cli.agent.computing import compute, guess
from rao_cli.agent.conclude import answer_from_proposal, answer_from_reports, answer_from_text
from rao_cli.agent.coverage import Reader
from rao_cli.agent.events import ActionTaken, AgentClosed, AgentOpened, BudgetHit, Ranges
from rao_cli.agent.labelling import Group, Labelled, Labeller
from rao_cli.agent.merge import Ask, merge
from rao_cli.agent.node import Node
from rao_cli.agent.offering import Offers
from rao_cli.agent.policy import Decision, Policy, State, Step
from rao_cli.agent.prompts import MERGE_GOAL, handoff_text, reports_text, search_text
from rao_cli.agent.question.deciding import decided, in_doubt, kind_request
from rao_cli.agent.question.model import Asked
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.records import AgentSummary, Handoff, Report
from rao_cli.agent.summary.telling import Telling
from rao_cli.agent.together import together
from rao_cli.agent.view import View
from rao_cli.documents.model import Section, Span, union
from rao_cli.errors import BudgetError, UsageError
from rao_cli.text import clean, one_line

MAX_STEPS = 6
"""Actions an agent may take beside those of a plan; the last report it can give is the best that was found."""
SEARCH_SAMPLES = 5


@dataclass(frozen=True)
class Room:
    """What the window of a run has room for."""

    build_view: Callable[[Sequence[Section]], View]
    view_fits: Callable[[str], bool]
    """Tells whether a text can be a view."""
    handoff_fits: Callable[[str], bool]
    """Tells whether a text can be a child's handoff."""


class Runner:
    """Run one task over one reading, once; then ``reader``, ``asker`` and ``summaries`` tell what happened."""

    def __init__(
        self,
        policy: Policy,
        *,
        room: Room,
        asker: Asker,
        offers: Offers,
        computes: bool = True,
        trusted: bool = False,
    ) -> None:
        self.task = offers.task
        self.reading = offers.reading
        self.engine = asker.engine
        self.policy = policy
        self.room = room
        self.budget = asker.budget
        self.emit = asker.emit
        self.offers = offers
        self.telling = offers.telling
        self.computes = computes
        self.trusted = trusted
        self.reader = Reader()
        self.asker = asker
        self.summaries: dict[str, AgentSummary] = {}
        self.reports: list[Report] = []
        """What agents that were shown text found, in the order they finished."""
        self.fell_back = ""
        """Why a strategy was first left for work without it."""

    async def run(self, handoff: Handoff) -> Report:
        """Run the tree under a root with this handoff. Raises BudgetError when not even the root may be opened."""
        return await self._live(self._open(handoff, None))

    # ------------------------------------------------------------------ one agent

    def _open(self, handoff: Handoff, parent: Node | None) -> Node:
        """Make an agent with its means set aside. Raises BudgetError when the tree has none left."""
        depth = parent.depth + 1 if parent else 0
        self.budget.check_agent(depth)
        view = self.room.build_view([self.reading.section(section) for section in handoff.sections])
        if parent and view.kind == "outline":
            self.budget.check_agent(depth, count=2)  # an agent that nobody is left to read for is a waste of one
        hits, proposals = self.offers.sections(handoff.goal, view), self.offers.proposals(handoff.goal, view)
        name = f"{parent.id}.{parent.children + 1}" if parent else "1"
        node = Node(name, parent.id if parent else "", depth, handoff, view, hits, opened_at=self._now())
        node.proposals = proposals
        return self._enter(node, parent, self.policy.cost(self._state(node)))

    def _enter(self, node: Node, parent: Node | None, tokens: int) -> Node:
        """Take an agent's means, ``tokens`` for its first step. Raises BudgetError when there are none."""
        node.prepaid = self.budget.reserve(tokens)
        self.budget.take_agent(node.depth)
        if parent:
            parent.children += 1
        self._announce(node)
        return node

    def _state(self, node: Node) -> State:
        # Text can be read instead of handed down; from an outline it cannot, and the refusal names the limit.
        agents = node.view.kind == "outline" or self.budget.has_agents()
        return node.state(self.task, may_delegate=agents and node.depth < self.budget.limits.depth)

    def _announce(self, node: Node) -> None:
        self.emit(
            AgentOpened(
                at=self._now(),
                agent=node.id,
                parent=node.parent,
                depth=node.depth,
                handoff=node.handoff,
                titles=node.titles(),
                location=node.location(self.reading),
                view=node.view.kind,
                spans=_ranges(node.view.spans),
            )
        )

    async def _live(self, node: Node, work: Callable[[Node], Awaitable[Report]] | None = None) -> Report:
        """Work as an agent and close it, whatever happens."""
        report = Report(status="failed", reason="interrupted")
        try:
            report = await (work or self._work)(node)
        except BudgetError as error:
            self._budget_hit(node, error)
            report = self._partial(node, error.message)
        finally:
            if node.prepaid:
                node.prepaid.cancel()
            self._close(node, report)
        return report

    def _close(self, node: Node, report: Report) -> None:
        node.usage = node.usage.model_copy(update={"agents": 1, "seconds": round(self._now() - node.opened_at, 3)})
        if node.view.kind == "text" and node.view.entries:
            self.reports.append(report)
        self.summaries[node.id] = node.summary(self.reading, report)
        self.emit(AgentClosed(at=self._now(), agent=node.id, report=report, usage=node.usage))

    async def _compute(self, root: Node) -> None:
        """Let code answer first; where it finds nothing, the root begins as if it had not been asked."""
        asked = await self._asked()
        step = await compute(asked, self.reading, partial(self._label, root))
        if step is None and not self.trusted:
            step = await guess(asked, self.reading)
        if step is not None:
            root.steps.append(step)
            for span in step.examined:
                self.reader.examine(span)
            self._tell(root, 0, step.action, "rules", step.examined)

    async def _asked(self) -> Asked:
        """Return the question as rules understand it; where they doubt, a trusted model decides."""
        asked = recognise(self.task.question)
        if not (self.trusted and in_doubt(asked)):
            return asked
        request = kind_request(asked)
        if self.engine.count_prompt(request.messages) + request.max_tokens > self.engine.window:
            return asked
        try:
            return decided(asked, (await self.asker.write(request)).text)
        except BudgetError:
            return asked

    async def _work(self, node: Node) -> Report:
        if not node.parent and self.computes and self.task.kind == "ask":
            await self._compute(node)
        number = own = 0
        while own < MAX_STEPS:
            number += 1
            try:
                decision = await self.policy.act(self._state(node), partial(self.asker.ask, node))
            except ValueError as error:
                return Report(status="failed", reason=str(error))
            self._took(node, number, decision)
            own += decision.by != "strategy"
            action = decision.action
            if isinstance(action, Answer):
                return self._answer(node, action, decision.confidence)
            if isinstance(action, Absent):
                return self._absent(node, decision.confidence)
            node.steps.append(await self._observe(node, action))
        return self._partial(node, f"no conclusion within {MAX_STEPS} steps")

    def _answer(self, node: Node, action: Answer, confidence: float) -> Report:
        document = self.reading.document
        if self.telling:
            return self._told(self.telling, node, action, confidence)
        if node.reports:
            return answer_from_reports(document, action, node.handoff.goal, node.reports)
        if node.proposals:
            return answer_from_proposal(
                document, node.proposals[action.cite[0] - 1], node.handoff.goal, confidence
            )
        entries = node.view.entries
        if node.view.kind == "outline":
            # The blocks of the leaves that it points at: little enough to check.
            entries = tuple(block for leaf in node.named(action.cite) for block in self.reading.blocks(leaf))
            action = action.model_copy(update={"cite": ()})
        return answer_from_text(document, action, self.task, entries, node.handoff.goal, confidence)

    def _told(self, telling: Telling, node: Node, action: Answer, confidence: float) -> Report:
        """Report what an agent adds to a summary; the root reports the whole."""
        report = combine(node.reports, "merge")
        if node.view.kind == "text" and not node.steps:
            report = telling.propose(node.view.sections, clean(action.answer), confidence)
        return report if node.parent else telling.compose()

    def _absent(self, node: Node, confidence: float) -> Report:
        """Accept that nothing is there only when every part that was handed down has been read.

        Raises BudgetError when an outline was all there was to see because the depth limit forbids delegation.
        """
        if node.view.kind == "outline" and not node.steps:
            self.budget.check_depth(node.depth + 1)
        failed = [report for report in node.reports if report.status == "failed"]
        if failed:
            return Report(status="failed", reason=failed[0].reason)
        return Report(status="absent", confidence=confidence)

    def _took(self, node: Node, step: int, decision: Decision) -> None:
        read = node.view.spans if node.view.kind == "text" and decision.by == "model" else ()
        for span in read:
            self.reader.read(span)
        self.fell_back = self.fell_back or decision.fell_back
        self._tell(node, step, decision.action, decision.by, read, decision.fell_back)

    def _tell(
        self,
        node: Node,
        step: int,
        action: Action | Compute | Label,
        by: Literal["model", "rules", "strategy"],
        read: Iterable[Span],
        fell_back: str = "",
    ) -> None:
        self.emit(
            ActionTaken(
                at=self._now(),
                agent=node.id,
                step=step,
                action=action.model_dump(mode="json"),
                by=by,
                usage=node.usage,
                read=_ranges(read),
                fell_back=fell_back,
            )
        )

    async def _observe(self, node: Node, action: Delegate | Search) -> Step:
        if isinstance(action, Search):
            return Step(action, self._search(node, action))
        reports = await self._delegate(node, action)
        combined = await self._combine(node, action, reports)
        text = reports_text(reports, first=len(node.reports) + 1)
        return Step(action, text, tuple(reports), combined)

    def _partial(self, node: Node, reason: str) -> Report:
        """Report the best of what an agent's children found before it had to stop."""
        if self.telling and not node.parent:
            best = self.telling.compose()
        else:
            best = combine(node.reports, "best" if self.task.kind == "ask" else "merge")
        if not best.answer:
            return Report(status="failed", reason=reason)
        return best.model_copy(update={"status": "partial", "reason": reason})

    # ------------------------------------------------------------------ labels

    async def _label(self, root: Node, labelling: Labelling) -> Labelled | None:
        """Let children of the root label records, a group each."""
        labeller = Labeller(labelling, self.reading, self.engine, self.budget, every=self.task.thorough)

        async def work(group: Group, node: Node) -> Report:
            report = await labeller.label(group, partial(self.asker.ask, node), self.reader)
            self._tell(node, 1, Label(labels=group.labels), "model", group.read)
            if group.stopped:
                self._budget_hit(node, group.stopped)
            return report

        async def child(number: int, group: Group) -> None:
            name = f"{root.id}.{number}"
            node = Node(name, root.id, root.depth + 1, group.handoff, group.view, (), opened_at=self._now())
            try:
                self._enter(node, root, labeller.cost(group))
            except BudgetError as error:
                group.stopped = error
                self._budget_hit(root, error)
            else:
                await self._live(node, partial(work, group))

        await together(child(number, group) for number, group in enumerate(labeller.groups, start=1))
        return await labeller.labelled()

    # ------------------------------------------------------------------ delegation

    async def _delegate(self, node: Node, action: Delegate) -> list[Report]:
        """Open a child for each target and run them side by side; the reports are in the targets' order."""
        children = [self._child(node, target, action) for target in action.to]
        lives = iter(await together(self._live(child) for child in children if isinstance(child, Node)))
        return [next(lives) if isinstance(child, Node) else child for child in children]

    def _child(self, node: Node, target: Target, action: Delegate) -> Node | Report:
        """Open a child, or say why not: a refusal is the child's report, never lost."""
        sections = node.named(target.sections)
        if not sections:
            return Report(status="failed", reason="the handoff names no section that exists")
        handoff = Handoff(
            goal=target.goal or node.handoff.goal,
            sections=tuple(dict.fromkeys(section.id for section in sections)),
            returns=action.returns,
            facts=target.facts or node.handoff.facts,
            choices=() if target.goal else node.handoff.choices,
        )
        if not self.room.handoff_fits(handoff_text(self.task.kind, handoff)):
            return Report(status="failed", reason="the goal and facts handed down are too long")
        try:
            return self._open(handoff, node)
        except BudgetError as error:
            self._budget_hit(node, error)
            return Report(status="failed", reason=error.message)
        except UsageError as error:  # more sections than a window can list
            return Report(status="failed", reason=error.message)

    async def _combine(self, node: Node, action: Delegate, reports: Sequence[Report]) -> Report:
        if action.combine != "merge":
            return combine(reports, action.combine)
        return await merge(self._merger(node), reports, self.room.view_fits)

    def _merger(self, node: Node) -> Ask:
        """Let the node's model rewrite numbered reports as one text."""

        async def ask(view: View) -> Answer | None:
            handoff = Handoff(goal=MERGE_GOAL, sections=())
            state = State(self.task, handoff, view, may_delegate=False)
            try:
                action = (await self.policy.act(state, partial(self.asker.ask, node))).action
            except ValueError:
                return None  # the parts themselves are kept instead of their summary
            except BudgetError as error:
                self._budget_hit(node, error)
                return None
            return action if isinstance(action, Answer) else None

        return ask

    def _search(self, node: Node, action: Search) -> str:
        """Count a pattern in an agent's own sections and show where it stands, by the numbers of its view."""
        scope = [section.span for section in node.named(action.scope)]
        pattern, within = action.expression or action.pattern, scope or node.view.spans
        try:
            found = self.reading.index.find(pattern, SEARCH_SAMPLES, within, expression=bool(action.expression))
        except UsageError as error:  # an expression that is none: the agent may try another
            return search_text(action.pattern, 0, [one_line(error.message, 160)])
        samples = [self._sample(node.numbered, hit.span) for hit in found.hits]
        return search_text(action.pattern, found.total, samples)

    def _sample(self, numbered: Sequence[Section], span: Span) -> str:
        holder = next((n for n, section in enumerate(numbered, start=1) if section.span.overlaps(span)), 0)
        around = Span(max(0, span.start - 60), min(len(self.reading.document), span.end + 60))
        return f"[{holder}] {one_line(self.reading.document.read(around), 160)}"

    # ------------------------------------------------------------------ what agents use

    def _now(self) -> float:
        return round(self.budget.elapsed, 4)

    def _budget_hit(self, node: Node, error: BudgetError) -> None:
        self.emit(BudgetHit(at=self._now(), agent=node.id, limit=error.limit, message=error.message))


def _ranges(spans: Iterable[Span]) -> Ranges:
    return tuple((span.start, span.end) for span in union(spans))
