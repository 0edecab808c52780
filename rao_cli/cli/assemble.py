"""Put the parts together for one command: model, document, engine, agents, output.

The only place that knows them all. Sources are read before the model is loaded, so that a wrong path is reported
at once; the destination is opened before either, so that no answer is computed that cannot be kept.
"""

import asyncio
import time
from contextlib import closing
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
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.documents.model import Document
from rao_cli.engine.base import Engine
from rao_cli.errors import RaoError

SHORTEST_RUN = 0.01
"""Seconds that a run gets when reading and loading took all of --max-seconds: enough to end in order."""
STOPPING_SECONDS = 1.0
"""Time kept back from --max-seconds for starting Python, stopping agents and printing, at most a fifth of it."""


@dataclass(frozen=True)
class _Command:
    """What every step of one command needs."""

    task: Task
    sources: tuple[str, ...]
    options: Options
    streams: Streams
    notices: Notices
    destination: Destination
    interrupts: Interrupts
    started: float
    """When the command began, on the monotonic clock: ``--max-seconds`` counts reading and loading too."""
    resumes: str
    """The run that the user named to go on with, or empty."""

    def limits(self) -> Limits:
        """Return what the run may still use."""
        options, seconds = self.options, self.options.max_seconds
        if seconds is not None:
            kept = min(STOPPING_SECONDS, seconds / 5)
            seconds = max(SHORTEST_RUN, seconds - kept - (time.monotonic() - self.started))
        return Limits(
            tokens=options.max_tokens, seconds=seconds, agents=options.max_agents, depth=options.max_depth
        )


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

    ``find_model`` names the model quickly and returns what loads it; None is what the options say. ``started`` is
    when the time of ``--max-seconds`` began, on the monotonic clock; None is now. ``resumes`` names the run that
    is gone on with; without one it is the newest unfinished run of the same command, or a new one.
    """
    started = time.monotonic() if started is None else started
    try:
        with (
            closing(open_destination(options.output, streams.stdout, sources)) as destination,
            Interrupts(streams.stderr) as interrupts,
        ):
            command = _Command(task, sources, options, streams, notices, destination, interrupts, started, resumes)
            return _execute(command, find_model or partial(find_engine, say=notices.status))
    finally:
        notices.clear()


def _execute(command: _Command, find_model: FindModel) -> int:
    load = find_model(command.options)
    document = _read(command)
    opened = load(command.interrupts.wait)
    engine = opened.engine if command.options.no_cache else _cached(command, opened.engine)
    with closing(engine):
        command.notices.status("dividing the text")
        prepared = prepare(document, engine, opened.settings, reads_all=command.task.reads_all)
        plan = plan_task(command.task, prepared, command.limits())
        if command.options.dry_run:
            return _show_plan(command, plan)
        if command.options.verbose:
            command.notices.line(output.plan_line(plan))
        _confirm(command, opened.engine, plan)
        if plan.depth and not command.task.reads_all:
            _index(command, prepared)
        asked = Asked(command.task, command.sources, command.options, command.resumes)
        with keeping(asked, prepared, command.notices) as kept:
            code = _deliver(command, _run(command, prepared, kept))
            kept.deliver(command.notices)
    return code


def _read(command: _Command) -> Document:
    """Return the document, what was not read of it among its warnings, so that JSON lists it."""
    document = read_sources(command.sources, command.options, command.streams, command.notices)
    tell_skipped(document, command.options, command.notices)
    return replace(document, warnings=document.warnings + skipped_lines(document))


def _cached(command: _Command, engine: Engine) -> Engine:
    """Return the engine with its store of finished work, or alone where the usual folder cannot be made."""
    from rao_cli.engine.cache import CachedEngine

    folder = cache_folder(user_folders().completions, "finished work", command.notices.warning)
    return CachedEngine(engine, folder) if folder else engine


def _show_plan(command: _Command, plan: Plan) -> int:
    machine = command.options.json or command.options.jsonl
    text = output.plan_json(plan) + "\n" if machine else output.plan_text(plan)
    write_all(command.destination, text, command.options.output, command.streams.stdout)
    return 0


def _confirm(command: _Command, engine: Engine, plan: Plan) -> None:
    """Ask before a run that may take more than an hour, unless a limit or the user says how long it may be."""
    options = command.options
    short = options.max_seconds is not None and options.max_seconds <= estimate.LONGEST
    if plan.prompt_tokens <= estimate.BIG_PLAN or options.yes or short:
        return
    command.notices.status("measuring the model's speed")
    seconds = command.interrupts.run(estimate.measure(engine)).seconds(plan)
    command.notices.clear()
    estimate.confirm(seconds, yes=options.yes, streams=command.streams, stdin_used="-" in command.sources)
    command.notices.line(f"this will take up to {estimate.duration(seconds)}")


def _index(command: _Command, prepared: Prepared) -> None:
    """Make the search index before agents wait for it, and show how far it is."""
    show = seldom(command.notices.status)
    index = prepared.reading.index
    command.interrupts.wait(lambda: index.prepare(lambda share: show(f"indexing the text, {share:.0%}")))


def _run(command: _Command, prepared: Prepared, kept: Keeping) -> RunResult:
    command.notices.clear()
    name = command.options.output
    if kept.file:
        command.interrupts.hint = f"go on where it stopped: rao resume {kept.run}, or the same command again"
    try:
        return command.interrupts.run(_watch(command, kept.taken_up(prepared), kept))
    except BrokenPipeError:
        raise
    except OSError as error:
        place = "standard output" if name == "-" else name
        raise RaoError(f"cannot write {place}: {error.strerror}", hint="choose another file with -o") from error


async def _watch(command: _Command, prepared: Prepared, kept: Keeping) -> RunResult:
    """Run the task, keeping, showing and writing its events; when they cannot be written out any more, stop it."""
    broken: list[OSError] = []
    limits = command.limits()
    with open_view(command.options, command.streams, command.notices) as view:

        def tell(event: Event) -> None:
            try:
                if not broken:
                    _tell(command, view, event)
            except OSError as error:
                broken.append(error)
                task.cancel()

        async with kept.journal(tell, command.notices) as emit:
            task = asyncio.ensure_future(
                run_task(command.task, prepared, limits=limits, emit=emit, run_id=kept.run)
            )
            try:
                result = await task
            except asyncio.CancelledError:
                if not broken:
                    raise
    if broken:
        raise broken[0]
    return result


def _tell(command: _Command, view: View, event: Event) -> None:
    """Show an event and write it. Raises OSError."""
    if not command.interrupts.stopping:  # agents that are cancelled are no news
        view.handle(event)
    if command.options.jsonl and not isinstance(event, ModelCalled):  # whole prompts are for rao runs export
        command.destination.write(output.to_json(event) + "\n")


def _answer(task: Task, result: RunResult) -> str:
    """Return the answer as it is printed: as text with its citations, or in the asked schema alone."""
    return output.data_text(result) if task.answer_schema else output.answer_text(result)


def _deliver(command: _Command, result: RunResult) -> int:
    options, notices = command.options, command.notices
    if result.limits_hit:
        names = ", ".join(f"--max-{name}" for name in result.limits_hit)
        notices.warning(f"the answer is partial: the run reached {names}")
    elif result.status == "partial":
        notices.warning(f"the answer is partial: {result.reason or 'some agents failed'}")
    if options.jsonl:
        write_all(command.destination, "", options.output, command.streams.stdout)
    else:
        text = output.to_json(result) + "\n" if options.json else _answer(command.task, result)
        write_all(command.destination, text, options.output, command.streams.stdout)
    code = output.exit_code(result, fail_not_found=options.fail_not_found)
    if code == 1:
        notices.error(result.reason or "no agent could answer", "--json shows what each agent reported")
    notices.line(output.summary_line(result))
    if options.verbose:
        notices.line(output.cost_line(result))
    return code
