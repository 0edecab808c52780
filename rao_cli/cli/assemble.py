"""Put the parts together for one command: model, document, engine, agents, output.

The only place that knows them all. Sources are read before the model is loaded, so that a wrong path is reported
at once; the destination is opened before either, so that no answer is computed that cannot be kept.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from rao_cli.agent.events import Event, ModelCalled
from rao_cli.agent.planning import plan_task
from rao_cli.agent.preparing import Prepared, prepare
from rao_cli.agent.records import Limits, Plan, RunResult, Task
from rao_cli.agent.run import run_task
from rao_cli.cli import estimate, output
from rao_cli.cli.destination import Destination, open_destination, write_all
from rao_cli.cli.engines import FindModel, find_engine
from rao_cli.cli.folders import cache_folder, user_folders
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.keeping import Asked, Keeping, keeping
from rao_cli.cli.options import Options
from rao_cli.cli.progress import View, open_view
from rao_cli.cli.reading import read_sources, seldom, skipped_lines, tell_skipped
from rao_cli.cli.strategies_use import Following, check_strategy, follow
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.documents.model import Document
from rao_cli.engine.base import Engine
from rao_cli.errors import RaoError

SHORTEST_RUN = 0.01
"""Seconds that a run gets when reading and loading took all of --max-seconds: enough to end in order."""
STOPPING_SECONDS = 1.0
"""Time kept back from --max-seconds for starting Python, stopping agents and printing, at most a fifth of it."""


@dataclass(frozen=True)
class Given:
    """What a command works on, how, and where it tells of it."""

    sources: tuple[str, ...]
    options: Options
    streams: Streams
    notices: Notices
    find_model: FindModel | None = None
    """Names the model quickly and returns what loads it; None is what the options say."""


@dataclass(frozen=True)
class Work:
    """One task, and what its run needs."""

    task: Task
    destination: Destination
    interrupts: Interrupts
    started: float
    """When its time began, on the monotonic clock: a command's only task counts reading and loading too."""
    resumes: str = ""
    """The run that the user named to go on with, or empty."""

    def limits(self, options: Options) -> Limits:
        """Return what the run may still use."""
        seconds = options.max_seconds
        if seconds is not None:
            kept = min(STOPPING_SECONDS, seconds / 5)
            seconds = max(SHORTEST_RUN, seconds - kept - (time.monotonic() - self.started))
        return Limits(
            tokens=options.max_tokens, seconds=seconds, agents=options.max_agents, depth=options.max_depth
        )


@dataclass(frozen=True)
class Session:
    """Sources that were read and divided, and a model that was loaded, for any number of tasks."""

    given: Given
    prepared: Prepared
    engine: Engine
    """The model without the store of finished work."""

    def plan(self, work: Work) -> Plan:
        """Predict what a task will cost. Raises UsageError when the window is too small for its question."""
        return plan_task(work.task, self.prepared, work.limits(self.given.options))

    def run(self, work: Work, plan: Plan) -> tuple[RunResult, int]:
        """Run a task that was planned, shown and kept, and print its answer; return it and the exit code.

        Raises RaoError.
        """
        given = self.given
        if given.options.verbose:
            given.notices.line(output.plan_line(plan))
        _confirm(self, work, plan)
        if plan.depth and not work.task.reads_all:
            _index(self, work.interrupts)
        asked = Asked(work.task, given.sources, given.options, work.resumes)
        with keeping(asked, self.prepared, given.notices) as kept:
            following = follow(given.options, work.task, self.prepared, given.notices, kept.began)
            result = _run(self, work, kept, following)
            code = _deliver(given, work, result)
            kept.deliver(given.notices)
            if not given.options.no_cache:
                following.keep_outcome(result, self.prepared, given.notices)
        return result, code


def execute(
    task: Task,
    sources: tuple[str, ...],
    options: Options,
    streams: Streams,
    notices: Notices,
    find_model: FindModel | None = None,
    started: float | None = None,
    resumes: str = "",
) -> int:
    """Carry out a task and print its answer; return the exit code. Raises RaoError.

    ``started`` is when the time of ``--max-seconds`` began, on the monotonic clock; None is now. ``resumes`` names
    the run that is gone on with; without one it is the newest unfinished run of the same command, or a new one.
    """
    started = time.monotonic() if started is None else started
    given = Given(sources, options, streams, notices, find_model)
    if not resumes:  # what an earlier run began with may be gone
        check_strategy(options.strategy)
    try:
        with (
            closing(open_destination(options.output, streams.stdout, sources)) as destination,
            Interrupts(streams.stderr) as interrupts,
            open_session(given, interrupts, reads_all=task.reads_all) as session,
        ):
            work = Work(task, destination, interrupts, started, resumes)
            plan = session.plan(work)
            if options.dry_run:
                return _show_plan(given, destination, plan)
            return session.run(work, plan)[1]
    finally:
        notices.clear()


@contextmanager
def open_session(given: Given, interrupts: Interrupts, *, reads_all: bool = False) -> Iterator[Session]:
    """Read the sources, load the model and divide the text, for tasks that read all of it or some.

    Raises RaoError.
    """
    load = (given.find_model or partial(find_engine, say=given.notices.status))(given.options)
    document = _read(given)
    opened = load(interrupts.wait)
    engine = with_store(given, opened.engine)
    with closing(engine):
        given.notices.status("dividing the text")
        prepared = prepare(document, engine, opened.settings, reads_all=reads_all)
        yield Session(given, prepared, opened.engine)


def _read(given: Given) -> Document:
    """Return the document, what was not read of it among its warnings, so that JSON lists it."""
    document = read_sources(given.sources, given.options, given.streams, given.notices)
    tell_skipped(document, given.options, given.notices)
    return replace(document, warnings=document.warnings + skipped_lines(document))


def with_store(given: Given, engine: Engine) -> Engine:
    """Return the engine with its store of finished work, alone where there is to be none or it cannot be made."""
    if given.options.no_cache:
        return engine
    from rao_cli.engine.cache import CachedEngine

    folder = cache_folder(user_folders().completions, "finished work", given.notices.warning)
    return CachedEngine(engine, folder) if folder else engine


def _show_plan(given: Given, destination: Destination, plan: Plan) -> int:
    machine = given.options.json or given.options.jsonl
    text = output.plan_json(plan) + "\n" if machine else output.plan_text(plan)
    write_all(destination, text, given.options.output, given.streams.stdout)
    return 0


def _confirm(session: Session, work: Work, plan: Plan) -> None:
    """Ask before a run that may take more than an hour, unless a limit or the user says how long it may be."""
    given, options = session.given, session.given.options
    short = options.max_seconds is not None and options.max_seconds <= estimate.LONGEST
    if plan.prompt_tokens <= estimate.BIG_PLAN or options.yes or short:
        return
    given.notices.status("measuring the model's speed")
    seconds = work.interrupts.run(estimate.measure(session.engine)).seconds(plan)
    given.notices.clear()
    estimate.confirm(seconds, yes=options.yes, streams=given.streams, stdin_used="-" in given.sources)
    given.notices.line(f"this will take up to {estimate.duration(seconds)}")


def _index(session: Session, interrupts: Interrupts) -> None:
    """Make the search index before agents wait for it, and show how far it is."""
    show = seldom(session.given.notices.status)
    index = session.prepared.reading.index
    interrupts.wait(lambda: index.prepare(lambda share: show(f"indexing the text, {share:.0%}")))


def _run(session: Session, work: Work, kept: Keeping, following: Following) -> RunResult:
    given, name = session.given, session.given.options.output
    given.notices.clear()
    if kept.file:
        work.interrupts.hint = f"go on where it stopped: rao resume {kept.run}, or the same command again"
    try:
        return work.interrupts.run(_watch(given, work, kept.taken_up(session.prepared), kept, following))
    except BrokenPipeError:
        raise
    except OSError as error:
        place = "standard output" if name == "-" else name
        raise RaoError(f"cannot write {place}: {error.strerror}", hint="choose another file with -o") from error


async def _watch(given: Given, work: Work, prepared: Prepared, kept: Keeping, following: Following) -> RunResult:
    """Run the task, keeping, showing and writing its events; when they cannot be written out any more, stop it."""
    broken: list[OSError] = []
    limits = work.limits(given.options)
    with open_view(given.options, given.streams, given.notices) as view:

        def tell(event: Event) -> None:
            following.see(event)
            try:
                if not broken:
                    _tell(given, work, view, event)
            except OSError as error:
                broken.append(error)
                task.cancel()

        async with kept.journal(tell, given.notices) as emit:
            run = run_task(
                work.task,
                prepared,
                limits=limits,
                emit=emit,
                run_id=kept.run,
                policy=following.policy(work.task, prepared),
                strategy=following.told,
            )
            task = asyncio.ensure_future(run)
            try:
                result = await task
            except asyncio.CancelledError:
                if not broken:
                    raise
    if broken:
        raise broken[0]
    return result


def _tell(given: Given, work: Work, view: View, event: Event) -> None:
    """Show an event and write it. Raises OSError."""
    if not work.interrupts.stopping:  # agents that are cancelled are no news
        view.handle(event)
    if given.options.jsonl and not isinstance(event, ModelCalled):  # whole prompts are for rao runs export
        work.destination.write(output.to_json(event) + "\n")


def _answer(task: Task, result: RunResult) -> str:
    """Return the answer as it is printed: as text with its citations, or in the asked schema alone."""
    return output.data_text(result) if task.answer_schema else output.answer_text(result)


def _deliver(given: Given, work: Work, result: RunResult) -> int:
    """Print a run's answer with what is to be said of it; return the exit code."""
    options, notices = given.options, given.notices
    if result.limits_hit:
        names = ", ".join(f"--max-{name}" for name in result.limits_hit)
        notices.warning(f"the answer is partial: the run reached {names}")
    elif result.status == "partial":
        notices.warning(f"the answer is partial: {result.reason or 'some agents failed'}")
    if options.jsonl:
        write_all(work.destination, "", options.output, given.streams.stdout)
    else:
        text = output.to_json(result) + "\n" if options.json else _answer(work.task, result)
        write_all(work.destination, text, options.output, given.streams.stdout)
    code = output.exit_code(result, fail_not_found=options.fail_not_found)
    if code == 1:
        notices.error(result.reason or "no agent could answer", "--json shows what each agent reported")
    notices.line(output.summary_line(result))
    if options.verbose:
        notices.line(output.cost_line(result))
    return code
