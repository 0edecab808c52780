"""The way in: prepare a document, plan a task, run it. Commands and tests all come through here.

    prepared = prepare(document, engine, settings)
    result = await run_task(Task(question="..."), prepared, limits=Limits(), emit=print)

Cancelling the task that awaits ``run_task`` stops every agent; finished completions stay in the engine's cache.
"""

import asyncio
import secrets
import time

from pydantic import JsonValue

from rao_cli.agent import prompts
from rao_cli.agent.asking import Asker
from rao_cli.agent.budget import Budget
from rao_cli.agent.cite import cite, most_telling
from rao_cli.agent.combine import combine
from rao_cli.agent.events import BudgetHit, Emit, RunFinished, RunStarted
from rao_cli.agent.filling import in_schema
from rao_cli.agent.form import formed
from rao_cli.agent.offering import Offers
from rao_cli.agent.passages import with_passages
from rao_cli.agent.policies import make_policy
from rao_cli.agent.policy import Policy
from rao_cli.agent.preparing import Prepared, most_hits
from rao_cli.agent.question.model import choices_of
from rao_cli.agent.question.recognise import recognise
from rao_cli.agent.reading import Reading
from rao_cli.agent.records import (
    AgentSummary,
    Handoff,
    Limits,
    Report,
    RunResult,
    Status,
    Task,
    Usage,
)
from rao_cli.agent.runner import Room, Runner
from rao_cli.agent.summary.telling import Telling
from rao_cli.errors import BudgetError
from rao_cli.text import one_line

PASSAGE_CHARACTERS = 300
VISITS = 4
"""Agents that a section may cost on average where no limit was given: an input's size bounds every run."""
FREE_AGENTS = 64
"""Agents that even the smallest input may have."""


async def run_task(
    task: Task,
    prepared: Prepared,
    *,
    limits: Limits,
    emit: Emit,
    run_id: str = "",
    policy: Policy | None = None,
    sections: tuple[str, ...] = (),
    strategy: str = "",
) -> RunResult:
    """Run a task to its result; a limit that is reached gives a partial result, never an error.

    ``policy`` decides in place of what the settings say; training gives one that takes its actions by chance, and
    one that follows a strategy has that named in ``strategy``. ``sections`` are the ids of those that the root may
    read, in place of all.

    Raises UsageError when the window is too small for the question, ModelError when the model fails.
    """
    run = _Run(task, prepared, limits, emit, run_id or new_run_id(), policy, sections)
    run.strategy = strategy
    return await run.result()


def new_run_id() -> str:
    """Return an id that sorts by time and does not repeat."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


class _Run:
    """One task from its first to its last event."""

    def __init__(
        self,
        task: Task,
        prepared: Prepared,
        limits: Limits,
        emit: Emit,
        run_id: str,
        policy: Policy | None = None,
        sections: tuple[str, ...] = (),
    ) -> None:
        self.task, self.prepared, self.limits, self.emit, self.id = task, prepared, limits, emit, run_id
        self.budget = Budget(_bounded(limits, prepared.reading))
        self.data: JsonValue = None
        self.strategy = ""
        facts = prepared.known(task)
        room = prepared.budget(task.question, facts)
        count = prepared.engine.count_tokens
        goal = task.question or prompts.WHOLE_GOAL
        choices = choices_of(recognise(goal).form) if task.kind == "ask" else ()
        read = sections or (prepared.reading.root.id,)
        self.handoff = Handoff(goal=goal, sections=read, facts=facts, choices=choices)
        trusted = prepared.settings.delegation == "model"
        self.telling = Telling(task, prepared.reading, trusted) if task.kind == "summarize" else None
        share = max(count(prompts.handoff_text(task.kind, self.handoff)), most_hits(prepared.settings.window))
        by_size = task.kind == "summarize" and task.thorough
        self.runner = Runner(
            policy or make_policy(task, prepared, self.telling),
            room=Room(
                build_view=lambda sections: prepared.view(sections, room, by_size=by_size),
                view_fits=lambda text: count(text) <= room,
                handoff_fits=lambda text: count(text) <= share,
            ),
            asker=Asker(prepared.engine, self.budget, emit),
            offers=Offers(task, prepared.reading, self.telling, prepared.proposer),
            computes=prepared.settings.computes,
            trusted=prepared.settings.delegation == "model",
        )

    async def result(self) -> RunResult:
        """Run, and finish with a result whatever limit was reached."""
        self._start()
        document = self.prepared.reading.document
        try:
            async with asyncio.timeout(self.limits.seconds):
                if self.telling:
                    await asyncio.to_thread(self.telling.survey)
                report = await self.runner.run(self.handoff)
                report = formed(report, self.task.question) if self.task.kind == "ask" else report
                report, self.data = await in_schema(self.task, report, document, self.runner.asker.write)
        except TimeoutError:
            self._hit(BudgetError("seconds", "the time of --max-seconds is over"))
            report = self._so_far()
        except BudgetError as error:
            self._hit(error)
            report = self._so_far()
        if self.budget.hits and not report.answer:
            report = self._so_far()
        result = self._finish(report)
        self.emit(RunFinished(at=round(self.budget.elapsed, 4), result=result))
        return result

    def _start(self) -> None:
        reading = self.prepared.reading
        self.emit(
            RunStarted(
                at=0.0,
                run=self.id,
                task=self.task.kind,
                question=self.task.question,
                document=one_line(reading.document.name, 200),
                digest=reading.document.digest,
                sections=reading.leaf_count,
                tokens=reading.root.tokens,
                model=one_line(self.prepared.engine.identity, 200),
                window=self.prepared.settings.window,
                strategy=self.strategy,
            )
        )

    def _hit(self, error: BudgetError) -> None:
        self.budget.hit(error.limit)
        self.emit(BudgetHit(at=round(self.budget.elapsed, 4), agent="1", limit=error.limit, message=error.message))

    def _so_far(self) -> Report:
        """Return the best of what was read before a limit, or, when nothing was, what search ranks first."""
        best = self.telling.compose() if self.telling else combine(self.runner.reports, "best")
        if best.answer:
            return best.model_copy(update={"status": "partial", "reason": "a limit was reached"})
        return self._best_passage()

    def _best_passage(self) -> Report:
        document = self.prepared.reading.document
        hits = self.prepared.reading.index.ranked(self.task.question, limit=1)
        if not hits:
            return Report(status="failed", reason="a limit was reached before anything was read")
        span = most_telling(document, hits[0].span, self.task.question)
        passage = one_line(document.read(span), PASSAGE_CHARACTERS)
        return Report(
            status="partial",
            answer=passage,
            citations=(cite(document, span, passage).model_copy(update={"verified": False}),),
            reason="a limit was reached before any section was read; this is the best search hit",
        )

    def _finish(self, report: Report) -> RunResult:
        limits_hit, document = tuple(self.budget.hits), self.prepared.reading.document
        status: Status = "partial" if limits_hit and report.answer else report.status
        return RunResult(
            run=self.id,
            task=self.task.kind,
            question=self.task.question,
            status=status,
            answer=report.answer,
            data=self.data,
            reason=report.reason,
            how=one_line(report.how, 400),
            conflicts=tuple(one_line(conflict, 200) for conflict in report.conflicts),
            citations=with_passages(document, report.citations) if self.task.passages else report.citations,
            verified=report.verified,
            confidence=round(report.confidence, 4),
            limits_hit=limits_hit,
            coverage=self.runner.reader.coverage(self.prepared.reading),
            usage=self._usage(),
            agents=self._agents(),
            model=one_line(self.prepared.engine.identity, 200),
            warnings=tuple(one_line(warning, 400) for warning in document.warnings),
            strategy=self.strategy,
            fell_back=self.runner.fell_back,
        )

    def _usage(self) -> Usage:
        used = self.runner.asker.usage
        return used.model_copy(
            update={
                "agents": self.budget.agents,
                "depth": self.budget.depth,
                "seconds": round(self.budget.elapsed, 3),
            }
        )

    def _agents(self) -> tuple[AgentSummary, ...]:
        def order(summary: AgentSummary) -> list[int]:
            return [int(number) for number in summary.id.split(".")]

        return tuple(sorted(self.runner.summaries.values(), key=order))


def _bounded(limits: Limits, reading: Reading) -> Limits:
    """Return limits under which every run ends."""
    if limits.agents is not None:
        return limits
    sections = sum(1 for _ in reading.root.walk()) + reading.leaf_count
    return limits.model_copy(update={"agents": FREE_AGENTS + VISITS * sections})
