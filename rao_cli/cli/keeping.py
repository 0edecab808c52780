"""Keep a command's run as it happens, and take up an earlier one that was not finished.

The same command again, or ``rao resume``, goes on with the newest unfinished run that asked the same of the same
sources in the same way: what its agents had got from the model is not asked again.
"""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rao_cli import __version__
from rao_cli.agent.events import AgentClosed, Emit, Event, RunStarted
from rao_cli.agent.preparing import Prepared
from rao_cli.agent.records import Task
from rao_cli.agent.run import new_run_id
from rao_cli.cli.folders import user_folders
from rao_cli.cli.options import PRINTING, Options
from rao_cli.cli.terminal import Notices
from rao_cli.cli.words import counted
from rao_cli.engine.base import Completion
from rao_cli.errors import RaoError
from rao_cli.runs.library import Library
from rao_cli.runs.records import Kept, sameness
from rao_cli.runs.store import RunFile

LOOKED_AT = 50
"""The newest runs that are looked at for one to go on with."""
_SHOWN = frozenset((*PRINTING, "dry_run", "strict", "fail_not_found"))
"""Options that may differ between a run and its resumption."""
_MEANS = frozenset(("max_tokens", "max_seconds", "max_agents", "parallel", "gpu_layers", "threads"))


@dataclass(frozen=True)
class Asked:
    """A command's task and sources, and the run that the user named to go on with."""

    task: Task
    sources: tuple[str, ...]
    options: Options
    resumes: str = ""


@dataclass
class Keeping:
    """The run that a command's work is kept as; without a file it is not kept."""

    run: str
    file: RunFile | None = None
    recorded: Mapping[str, Completion] = field(default_factory=dict)
    began: str | None = None
    """The strategy that the run began with, empty for none; None where it begins now."""
    note: str = ""
    """What is to be said of an answer whose sources changed since the run began."""

    def taken_up(self, prepared: Prepared) -> Prepared:
        """Return what was prepared, with the calls that are there already and the note among the warnings."""
        if self.note:
            document = prepared.reading.document
            changed = replace(document, warnings=(*document.warnings, self.note))
            prepared = replace(prepared, reading=replace(prepared.reading, document=changed))
        if not self.recorded:
            return prepared
        from rao_cli.runs.recorded import RecordedEngine

        return replace(prepared, engine=RecordedEngine(prepared.engine, self.recorded))

    def deliver(self, notices: Notices) -> None:
        """Note that the answer has reached the user."""
        try:
            if self.file:
                self.file.deliver()
        except RaoError as error:  # the same command would only print it once more
            notices.warning(f"that the answer was given is not kept: {error.message}")

    @asynccontextmanager
    async def journal(self, tell: Emit, notices: Notices) -> AsyncIterator[Emit]:
        """Give what takes the run's events: they are kept and then told; without a file they are told at once."""
        if self.file is None:
            yield tell
            return
        from rao_cli.runs.journal import Journal

        def failed(error: RaoError) -> None:
            self.file = None
            notices.warning(f"the rest of this run is not kept: {error.message}")

        journal = Journal(self.file, tell, failed)
        try:
            yield journal.emit
        finally:
            await journal.close()


def library() -> Library:
    """Return the user's runs."""
    return Library(user_folders().runs)


@contextmanager
def keeping(asked: Asked, prepared: Prepared, notices: Notices) -> Iterator[Keeping]:
    """Hold the run that a command's work is kept as: one that is gone on with, or a new one.

    Raises UsageError where the run that the user named is being worked on or was finished.
    """
    if asked.options.no_cache:
        yield Keeping(new_run_id())
        return
    with ExitStack() as stack:
        kept = _described(asked, prepared)
        runs = library()
        found = _named(runs, asked.resumes, stack) if asked.resumes else _unfinished(runs, kept.key, stack)
        yield _taken_up(found, prepared, notices) if found else _begun(runs, kept, stack, notices)


def _described(asked: Asked, prepared: Prepared) -> Kept:
    """Return what a run of this command is to be kept as."""
    given, identity = given_options(asked.options), prepared.engine.identity
    same = {name: value for name, value in given.items() if name not in _SHOWN | _MEANS}
    sources = [source if source == "-" else os.path.abspath(source) for source in asked.sources]  # noqa: PTH100
    return Kept(
        run=new_run_id(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        task=asked.task,
        sources=asked.sources,
        folder=str(Path.cwd()),
        options=given,
        identity=identity,
        key=sameness(asked.task.model_dump(mode="json"), sources, same, identity, repr(prepared.settings)),
    )


def given_options(options: Options) -> dict[str, Any]:
    """Return the options that differ from their defaults, by name."""
    given = {one.name: getattr(options, one.name) for one in fields(Options)}
    default = Options()
    return {name: value for name, value in given.items() if value != getattr(default, name)}


def _begun(runs: Library, kept: Kept, stack: ExitStack, notices: Notices) -> Keeping:
    """Begin a run; where it cannot be kept the answer is worth more than the record of it."""
    try:
        file = stack.enter_context(runs.begin(kept))
    except RaoError as error:
        if os.environ.get("RAO_STATE_DIR"):
            raise
        notices.warning(f"{error.message}; this run is not kept")
        return Keeping(kept.run)
    runs.trim()
    return Keeping(kept.run, file)


def _named(runs: Library, name: str, stack: ExitStack) -> RunFile:
    """Hold the run that the user named."""
    path = runs.find(name)
    stack.enter_context(runs.hold(path))
    return stack.enter_context(runs.open(path))


def _unfinished(runs: Library, key: str, stack: ExitStack) -> RunFile | None:
    """Hold the newest run with this key whose answer reached nobody and that nobody works on."""
    try:
        newest = runs.entries()[:LOOKED_AT]
    except RaoError:  # where no run can be read one may still be begun, or that fails with its own reason
        return None
    for entry in newest:
        with ExitStack() as held:
            try:
                held.enter_context(runs.hold(entry.path))
                file = held.enter_context(runs.open(entry.path))
                wanted = file.kept().key == key and not file.delivered()
            except RaoError:  # another's, or damaged: to this command it is as if it were not there
                continue
            if wanted:
                stack.push(held.pop_all())
                return file
    return None


def _taken_up(file: RunFile, prepared: Prepared, notices: Notices) -> Keeping:
    """Go on with a run, and tell what of it is there."""
    from rao_cli.runs.recorded import recorded_calls

    kept, contents = file.kept(), file.contents()
    events = [stored.event for stored in contents.events]
    if contents.damaged:
        notices.warning(
            f"{counted(contents.damaged, 'event')} of run {kept.run} cannot be read; that work is done again"
        )
    same = kept.identity == prepared.engine.identity
    if not same:
        notices.warning(f"run {kept.run} was of another model, so its agents are asked again")
    done = len(
        {
            event.agent
            for event in events
            if isinstance(event, AgentClosed) and event.report.reason != "interrupted"
        }
    )
    notices.line(f"going on with run {kept.run}: {counted(done, 'agent')} had finished")
    note = _changed(kept, events, prepared)
    if note:
        notices.warning(note)
    recorded = recorded_calls(kept.identity, events) if same else {}
    return Keeping(kept.run, file, recorded, _strategy(events), note)


def _strategy(events: list[Event]) -> str | None:
    return next((event.strategy for event in reversed(events) if isinstance(event, RunStarted)), None)


def _changed(kept: Kept, events: list[Event], prepared: Prepared) -> str:
    digest = prepared.reading.document.digest
    before = next((event.digest for event in events if isinstance(event, RunStarted)), digest)
    if before == digest:
        return ""
    return f"the sources changed after run {kept.run} began ({kept.started}); the answer is on what they hold now"
