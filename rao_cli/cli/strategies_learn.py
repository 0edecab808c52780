"""``rao strategies learn``: read the sources of runs again, learn a strategy from them, and keep it."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rao_cli.agent.preparing import Prepared, Settings, prepare
from rao_cli.cli.assemble import Given, with_store
from rao_cli.cli.columns import prose, rendered
from rao_cli.cli.engines import find_engine
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.keeping import library as runs_library
from rao_cli.cli.models_known import screen_width
from rao_cli.cli.options import PRINTING, Options
from rao_cli.cli.progress import open_notices
from rao_cli.cli.reading import read_sources
from rao_cli.cli.strategies_shown import deliver, meant_for, record_of, standing_text
from rao_cli.cli.strategies_use import strategies
from rao_cli.cli.terminal import Streams
from rao_cli.cli.words import counted
from rao_cli.engine.base import Engine
from rao_cli.errors import InputError, UsageError
from rao_cli.runs.records import Kept
from rao_cli.runs.tree import Run, read_run
from rao_cli.strategies.learn import Learned, learn
from rao_cli.strategies.lessons import Lesson
from rao_cli.strategies.library import Added, today
from rao_cli.strategies.standing import unseen_digest
from rao_cli.text import one_line

if TYPE_CHECKING:
    from rao_cli.cli.engines import FindModel

_READING = ("stdin_name", "password_file", "glob", "hidden", "no_ignore", "strict")
"""Options of a run that say what was read of its sources."""
_MODEL = ("model", "adapter", "base_url", "api_key_file", "window", "delegation")
"""Those that say who read it."""


def learn_from(
    names: tuple[str, ...],
    called: str,
    calls: int,
    options: Options,
    streams: Streams,
    find_model: "FindModel | None" = None,
) -> int:
    """Learn from runs, keep what was learned and print it; return the exit code. Raises RaoError."""
    check_name(called)
    notices = open_notices(options, streams)
    runs = _runs(names)
    asked = _as_asked(options, runs[0].kept)
    given = Given((), asked, streams, notices, find_model)
    load = (find_model or partial(find_engine, say=notices.status))(asked)
    try:
        with Interrupts(streams.stderr) as interrupts:
            opened = load(interrupts.wait)
            with closing(with_store(given, opened.engine)) as engine:
                lessons = _lessons(runs, given, engine, opened.settings)
                notices.status(f"learning from {counted(len(lessons), 'run')}")
                work = learn(lessons, engine, name=called, most_calls=calls, day=today(), say=notices.status)
                learned = interrupts.run(work)
    finally:
        notices.clear()
    return _keep(learned, lessons, given)


def check_name(name: str) -> None:
    """Refuse what cannot be a strategy's name. Raises UsageError."""
    from pydantic import TypeAdapter, ValidationError

    from rao_cli.strategies.records import Name

    try:
        TypeAdapter(Name).validate_python(name or "a")
    except ValidationError as error:
        raise UsageError(
            f"{one_line(name, 60)!r} cannot be a strategy's name",
            hint="use small letters, digits and hyphens, at most 40, a letter first",
        ) from error


def _runs(names: tuple[str, ...]) -> list[Run]:
    """Return the named runs, each once. Raises RaoError."""
    library = runs_library()
    paths = dict.fromkeys(library.find(name) for name in names)
    return [read_run(library, path) for path in paths]


def _as_asked(options: Options, kept: Kept) -> Options:
    """Return the options of this command, with the model of a run where it names none itself."""
    default = Options()
    named = {name for name in _MODEL if getattr(options, name) != getattr(default, name)}
    own = {} if named else {name: kept.options[name] for name in _MODEL if name in kept.options}
    return replace(options, **_known(own))


def _known(own: dict[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(Options)} - set(PRINTING)
    return {name: value for name, value in own.items() if name in names}


def _lessons(runs: list[Run], given: Given, engine: Engine, settings: Settings) -> list[Lesson]:
    """Return what is to be learned from: each run with its sources, which are read once for all of them."""
    read: dict[str, Prepared] = {}
    lessons = []
    for run in runs:
        key = repr((run.kept.folder, run.kept.sources, _reading(run.kept)))
        if key not in read:
            read[key] = _read_again(run.kept, given, engine, settings)
        lessons.append(Lesson(run, read[key]))
    return lessons


def _reading(kept: Kept) -> dict[str, Any]:
    return {name: kept.options[name] for name in _READING if name in kept.options}


def _read_again(kept: Kept, given: Given, engine: Engine, settings: Settings) -> Prepared:
    """Read and divide a run's sources as they are now. Raises RaoError."""
    if "-" in kept.sources:
        raise UsageError(
            f"run {kept.run} read standard input, which is gone", hint="learn from runs that read files"
        )
    given.notices.status(f"reading {', '.join(kept.sources)}")
    with _inside(kept):
        options = replace(given.options, **_reading(kept))
        document = read_sources(kept.sources, options, given.streams, given.notices)
    return prepare(document, engine, settings)


@contextmanager
def _inside(kept: Kept) -> Iterator[None]:
    """Be in the folder that a run's sources were named from. Raises InputError where it is gone."""
    before = Path.cwd()
    try:
        os.chdir(kept.folder)
    except OSError as error:
        raise InputError(f"cannot open {kept.folder}, the folder of run {kept.run}: {error.strerror}") from error
    try:
        yield
    finally:
        os.chdir(before)


def _keep(learned: Learned, lessons: list[Lesson], given: Given) -> int:
    """Put what was learned into the library and tell of it. Raises RaoError."""
    kept = [unseen_digest(one.digest) for one in learned.unseen if one.kept] if learned.active else []
    seen = [unseen_digest(lesson.digest) for lesson in lessons]
    added = strategies(given.notices.warning).add(learned.strategy, unseen=kept, seen=seen)
    width = screen_width(given.options, given.streams)
    lines = [line for text in _told(learned, added) for line in prose(text, width)]
    record = {
        **record_of(added.held),
        "known": added.known,
        "active": learned.active,
        "ratios": asdict(learned.ratios),
        "unseen": [{"digest": one.digest, "kept": one.kept} for one in learned.unseen],
        "refused": [asdict(one) for one in learned.refused],
        "edits": learned.edits,
        "tokens": {"strategy": learned.tokens[0], "runs": learned.tokens[1]},
        "calls": learned.calls,
    }
    code = deliver("learn", rendered(lines, color=False), record, given.options, given.streams)
    if not given.options.json:
        given.notices.line(f"its plan: rao strategies show {added.held.strategy.name}")
    return code


def _told(learned: Learned, added: Added) -> Iterator[str]:
    """Yield what was learned, and what is known of it, in lines."""
    strategy = added.held.strategy
    again = "learned again" if added.known else "learned"
    yield f"{again} {strategy.name}, for {meant_for(strategy)}: {standing_text(added.held)}"
    tokens, own = learned.tokens
    yield f"{tokens:,} tokens instead of {own:,}, {tokens / max(1, own):.2f} times as many"
    known = [one.kept for one in learned.unseen if one.kept is not None]
    yield (
        f"learned without it, {sum(known)} of {counted(len(known), 'document')} kept all answers"
        if known
        else "no document could be left out to see whether it holds: learn from runs on two documents or more"
    )
    if len(known) < len(learned.unseen):
        missed = counted(len(learned.unseen) - len(known), "document")
        yield f"{missed} could not be tried to the end: raise --calls"
    yield from (f"not learned from {one.run}: {one.reason}" for one in learned.refused)
    ratios = learned.ratios
    kept = "" if ratios.retention is None else f"; it keeps {ratios.retention:.2f} of what the whole plans keep"
    yield (
        f"strategy/document {ratios.strategy_to_context:.4f}, trace/document {ratios.trace_to_context:.3f},"
        f" strategy/trace {ratios.strategy_to_trace:.3f}{kept}"
    )
