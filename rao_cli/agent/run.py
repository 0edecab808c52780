"""The way in: prepare a document, plan a task, run it. Commands and tests all come through here.

    prepared = prepare(document, engine, settings)
    result = await run_task(Task(question="..."), prepared, limits=Limits(), emit=print)

Cancelling the task that awaits ``run_task`` stops every agent; finished completions stay in the engine's cache.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from rao_cli.agent import prompts
from rao_cli.agent.budget import Budget
from rao_cli.agent.cite import cite, most_telling
from rao_cli.agent.combine import combine
from rao_cli.agent.computing import ComputeFirst
from rao_cli.agent.events import BudgetHit, Emit, RunFinished, RunStarted
from rao_cli.agent.filling import in_schema
from rao_cli.agent.passages import with_passages
from rao_cli.agent.policy import DELEGATE_TOKENS, ModelPolicy, Policy
from rao_cli.agent.reading import Reading, prepare_reading
from rao_cli.agent.records import (
    AgentSummary,
    Handoff,
    Limits,
    Plan,
    Report,
    RunResult,
    Status,
    Task,
    Usage,
)
from rao_cli.agent.rules import ROUNDS, RulesPolicy
from rao_cli.agent.runner import Room, Runner
from rao_cli.agent.summary.passages import most_passages
from rao_cli.agent.summary.policy import SummaryPolicy
from rao_cli.agent.summary.telling import Telling
from rao_cli.agent.view import TITLE_LENGTHS, View, ViewBudget, build_view, hit_lines
from rao_cli.documents.model import Document, Section
from rao_cli.engine.base import Engine, Message
from rao_cli.errors import BudgetError, UsageError
from rao_cli.text import one_line

SMALLEST_VIEW = 128
"""Tokens below which a view holds too little to be read for sense."""
QUESTION_SHARE = 4
"""A question may take up to this fraction (one in four) of the window."""
HANDOFF_SLACK = 32
"""Tokens kept free for the return format and small differences between counting parts and counting the whole."""
PASSAGE_CHARACTERS = 300
LEAVES_AT_ONCE = 2
"""A reader is shown text of up to this many leaves at once (docs/experiments.md, 11)."""
VISITS = 4
"""Agents that a section may cost on average where no limit was given: an input's size bounds every run."""
FREE_AGENTS = 64
"""Agents that even the smallest input may have."""


@dataclass(frozen=True)
class Settings:
    """What a model is good for, from its catalogue card and the command line."""

    window: int
    """Tokens that one agent may see and write."""
    view_tokens: int
    """Size of the leaf views that a document is packed into."""
    delegation: Literal["model", "rules"]
    """Who chooses at outlines what is read."""
    output_tokens: int
    """Most tokens of one answer."""
    summary_tokens: int = 1024
    """Size of the leaf views when everything is read: longer ones cost fewer calls."""


@dataclass(frozen=True)
class Prepared:
    """A document ready for any number of tasks with one engine, which has the window of these settings."""

    reading: Reading
    engine: Engine
    settings: Settings
    fanout: int

    def budget(self, goal: str) -> int:
        """Return the tokens left for a view beside the protocol, this goal and the output.

        Raises UsageError when the question is too long or the window too small.
        """
        return _view_budget(self.engine, self.settings, goal)

    def view(self, sections: Sequence[Section], room: int) -> View:
        """Return what an agent is shown of sections in ``room`` tokens."""
        # Rules hand down what search found here and there; joined, it would be longer than a reader reads well.
        joined = room if self.settings.delegation == "model" else self.reading.view_tokens
        tokens = ViewBudget(room, joined=joined)
        return build_view(self.reading, sections, tokens, self.engine.count_tokens, self.fanout)


def prepare(document: Document, engine: Engine, settings: Settings, *, reads_all: bool = False) -> Prepared:
    """Pack a document, for tasks that read all of it or some. Raises UsageError when the window is too small."""
    settings = replace(settings, window=min(settings.window, engine.window))
    room = _view_budget(engine, settings, "")
    fanout = max(2, min(32, room // 24))
    wanted = settings.summary_tokens if reads_all else settings.view_tokens
    leaf = min(wanted, room * 9 // 16)  # beside numbers, a heading and the question
    return Prepared(prepare_reading(document, engine, leaf, fanout), engine, settings, fanout)


def _view_budget(engine: Engine, settings: Settings, goal: str) -> int:
    window = settings.window
    asked = engine.count_tokens(goal)
    handoff = prompts.handoff_text("ask", Handoff(goal=goal, sections=()))
    asking = Message("user", ("\n", handoff))
    opening = max(engine.count_prompt((*opening, asking)) for opening in _openings(settings))
    if asked > window // QUESTION_SHARE:
        raise UsageError(
            f"the question has {asked:,} tokens, more than a quarter of the window of {window:,}",
            hint=f"shorten the question or give --window {_smallest_window(settings, opening, asked)} or more",
        )
    room = window - opening - _reserve(settings, window)
    if room < SMALLEST_VIEW:
        raise UsageError(
            f"a window of {window:,} tokens is too small: protocol, question and answer need {window - room:,}",
            hint=f"give --window {_smallest_window(settings, opening, asked)} or more",
        )
    return room


def _smallest_window(settings: Settings, opening: int, asked: int) -> int:
    window = max(asked * QUESTION_SHARE, opening + SMALLEST_VIEW)
    while window - opening - _reserve(settings, window) < SMALLEST_VIEW:
        window += 1
    return window


def _openings(settings: Settings) -> list[tuple[Message, ...]]:
    delegates = settings.delegation == "model"
    return [prompts.opening(kind, delegates=delegates) for kind in prompts.READER]


def _reserve(settings: Settings, window: int) -> int:
    """Return what is kept free for the output and, where the model delegates, for search hits and reports."""
    if settings.delegation == "model":
        return max(DELEGATE_TOKENS, settings.output_tokens) + HANDOFF_SLACK + 2 * _share(window)
    return settings.output_tokens + HANDOFF_SLACK


def _share(window: int) -> int:
    """Return the most tokens of search hits, and as many again of a child's goal and facts."""
    return window // 8


def plan_task(task: Task, prepared: Prepared, limits: Limits) -> Plan:
    """Predict, before any generation, what a task will cost at most where rules delegate."""
    root, leaves = prepared.reading.root, prepared.reading.leaf_count
    room, settings = prepared.budget(task.question), prepared.settings
    at_once = task.kind == "ask" and _reads_at_once(root, prepared, room)
    calls = 1 if at_once else _calls(task, prepared)
    if limits.agents is not None:
        calls = min(calls, limits.agents)
    read = root.tokens if at_once else prepared.reading.view_tokens
    view = room if task.reads_all else min(room, _numbered_size(read))
    overhead = settings.window - room
    tokens = limits.tokens or calls * settings.window
    return Plan(
        sections=leaves,
        tokens=root.tokens,
        calls=calls,
        prompt_tokens=min(tokens, calls * (view + overhead)),
        output_tokens=min(tokens, calls * settings.output_tokens),
        depth=0 if at_once else _height(root),
        window=settings.window,
        view_tokens=prepared.reading.view_tokens,
    )


def _reads_at_once(section: Section, prepared: Prepared, room: int) -> bool:
    """Tell whether an agent is shown a section as text and does not hand parts of it down by rule."""
    if prepared.view([section], room).kind == "outline":
        return False
    whole = LEAVES_AT_ONCE * prepared.reading.view_tokens
    return prepared.settings.delegation == "model" or section.tokens <= whole


def _numbered_size(tokens: int) -> int:
    """Return the most tokens that a text takes once its blocks are numbered and it has a heading."""
    return tokens * 4 // 3 + TITLE_LENGTHS[0]


def _calls(task: Task, prepared: Prepared) -> int:
    """Count the calls of the model at most: everything is read, or what search ranks first or is to be told."""
    leaves = prepared.reading.leaf_count
    if task.thorough:
        return leaves
    return min(leaves, most_passages(task.words) if task.kind == "summarize" else sum(ROUNDS))


def _height(root: Section) -> int:
    return 1 + max((_height(child) for child in root.children), default=-1)


async def run_task(task: Task, prepared: Prepared, *, limits: Limits, emit: Emit, run_id: str = "") -> RunResult:
    """Run a task to its result; a limit that is reached gives a partial result, never an error.

    Raises UsageError when the window is too small for the question, ModelError when the model fails.
    """
    run = _Run(task, prepared, limits, emit, run_id or new_run_id())
    return await run.result()


def new_run_id() -> str:
    """Return an id that sorts by time and does not repeat."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


class _Run:
    """One task from its first to its last event."""

    def __init__(self, task: Task, prepared: Prepared, limits: Limits, emit: Emit, run_id: str) -> None:
        self.task, self.prepared, self.limits, self.emit, self.id = task, prepared, limits, emit, run_id
        self.budget = Budget(_bounded(limits, prepared.reading))
        self.data: JsonValue = None
        room = prepared.budget(task.question)
        count = prepared.engine.count_tokens
        goal = task.question or prompts.WHOLE_GOAL
        self.handoff = Handoff(goal=goal, sections=(prepared.reading.root.id,))
        self.telling = Telling(task, prepared.reading) if task.kind == "summarize" else None
        share = max(count(prompts.handoff_text(task.kind, self.handoff)), _share(prepared.settings.window))
        self.runner = Runner(
            task,
            prepared.reading,
            prepared.engine,
            make_policy(task, prepared, self.telling),
            room=Room(
                build_view=lambda sections: prepared.view(sections, room),
                view_fits=lambda text: count(text) <= room,
                handoff_fits=lambda text: count(text) <= share,
            ),
            budget=self.budget,
            emit=emit,
            telling=self.telling,
        )

    async def result(self) -> RunResult:
        """Run, and finish with a result whatever limit was reached."""
        self._start()
        try:
            async with asyncio.timeout(self.limits.seconds):
                if self.telling:
                    await asyncio.to_thread(self.telling.survey)
                report = await self.runner.run(self.handoff)
                report, self.data = await in_schema(self.task, report, self.runner.asker.write)
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
            citations=with_passages(document, report.citations) if self.task.passages else report.citations,
            verified=report.verified,
            confidence=round(report.confidence, 4),
            limits_hit=limits_hit,
            coverage=self.runner.reader.coverage(self.prepared.reading),
            usage=self._usage(),
            agents=self._agents(),
            model=one_line(self.prepared.engine.identity, 200),
            warnings=tuple(one_line(warning, 400) for warning in document.warnings),
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


def make_policy(task: Task, prepared: Prepared, telling: Telling | None = None) -> Policy:
    """Return the policy that the settings ask for; where everything is to be read, nobody need choose.

    What is read for a summary is chosen by ``telling``, whatever the model.
    """
    settings = prepared.settings
    trusted = settings.delegation == "model"
    reader = ModelPolicy(
        prepared.engine.count_prompt,
        trusted,
        settings.output_tokens,
        settings.window,
        hit_lines=lambda hits, first: _shortened(
            hit_lines(prepared.reading, hits, first), prepared.engine.count_tokens, _share(settings.window)
        ),
    )
    if telling:
        return SummaryPolicy(reader, telling)
    if trusted and not task.thorough:
        return ComputeFirst(reader)
    return ComputeFirst(RulesPolicy(reader, whole_tokens=LEAVES_AT_ONCE * prepared.reading.view_tokens))


def _shortened(lines: list[str], count_tokens: Callable[[str], int], most: int) -> list[str]:
    """Return as many of the first lines as ``most`` tokens hold."""
    while lines and count_tokens("\n".join(lines)) > most:
        lines = lines[:-1]
    return lines
