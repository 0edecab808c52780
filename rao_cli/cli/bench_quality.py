"""``rao bench quality``: how right rao's answers are beside simpler ways with the same model."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rao_cli.bench.quality.arms import ARMS, Opened
from rao_cli.bench.quality.done import Results, Told, code_version
from rao_cli.bench.quality.measure import Bench, Outcome, Work, measure
from rao_cli.bench.tasks import BenchTask
from rao_cli.cli.bench_quality_tables import quality_json, quality_text
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.engines import FindModel, find_engine
from rao_cli.cli.engines import Opened as Model
from rao_cli.cli.folders import QUALITY_FILE, cache_folder, user_folders
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.reading import read_sources, seldom
from rao_cli.cli.terminal import Notices, Streams, can_redraw
from rao_cli.engine.base import Engine
from rao_cli.errors import UsageError
from rao_cli.text import one_line

SECONDS_A_LINE = 60.0
"""How often progress is told where it cannot be drawn over."""
_GO_ON = "run the same command again: what was answered is not asked again"


@dataclass(frozen=True)
class Asked:
    """What the user wants to have measured."""

    tasks: Sequence[BenchTask]
    arms: tuple[str, ...]
    max_words: int
    results: Path | None = None
    """Where outcomes are kept; None is a file in the cache."""


def check_arms(named: str) -> tuple[str, ...]:
    """Return the arms of a list, each once. Raises UsageError for one that does not exist, and for none."""
    names = dict.fromkeys(filter(None, (name.strip() for name in named.split(","))))
    for name in names:
        if name not in ARMS:
            raise UsageError(f"--arm does not know {one_line(name, 40)}", hint=f"known are {','.join(ARMS)}")
    if not names:
        raise UsageError("--arm names no arm", hint=f"known are {','.join(ARMS)}")
    return tuple(names)


def show_quality(
    asked: Asked, options: Options, streams: Streams, notices: Notices, find_model: FindModel | None = None
) -> int:
    """Measure and print; return the exit code. Raises RaoError."""
    read = tuple(str(task.source) for task in asked.tasks) + ((str(asked.results),) if asked.results else ())
    load = (find_model or partial(find_engine, say=notices.status))(options)
    try:
        with (
            closing(open_destination(options.output, streams.stdout, read)) as destination,
            Interrupts(streams.stderr, hint="" if _forgets(asked, options) else _GO_ON) as interrupts,
        ):
            session = _Session(asked, options, streams, notices, interrupts)
            outcomes = session.outcomes(load(interrupts.wait))
            notices.clear()
            text = quality_json(outcomes) if options.json else quality_text(outcomes, misses=options.verbose)
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def _forgets(asked: Asked, options: Options) -> bool:
    return asked.results is None and options.no_cache


@dataclass(frozen=True)
class _Session:
    """One run of the command."""

    asked: Asked
    options: Options
    streams: Streams
    notices: Notices
    interrupts: Interrupts

    def outcomes(self, model: Model) -> list[Outcome]:
        """Ask what is not known yet, and return everything."""
        with self._engine(model.engine) as (engine, repeats):
            bench = self._bench(engine)
            results = self._results(bench)
            outcomes = measure(bench, results, self._work(model, engine, repeats), self._progress())
        self._tell(results, outcomes)
        return outcomes

    def _bench(self, engine: Engine) -> Bench:
        package = Path(__file__).parent.parent
        asked = self.asked
        return Bench(asked.tasks, asked.arms, engine.identity, code_version(package), asked.max_words)

    def _results(self, bench: Bench) -> Results:
        if self.asked.results:
            return Results(self.asked.results, any_version=True)
        if self.options.no_cache:
            return Results(None)
        folder = cache_folder(user_folders().bench, "what was measured", self.notices.warning)
        name = hashlib.sha256(f"{bench.model}\0{bench.version}".encode()).hexdigest()[:16]
        return Results(folder / QUALITY_FILE.format(name) if folder else None)

    @contextmanager
    def _engine(self, engine: Engine) -> Iterator[tuple[Engine, Callable[[], int]]]:
        """Open the store of finished completions, unless it is not wanted; close it and the engine at the end."""
        from rao_cli.engine.cache import CachedEngine

        wanted = not self.options.no_cache
        folder = wanted and cache_folder(user_folders().completions, "finished work", self.notices.warning)
        if not folder:
            with closing(engine):
                yield engine, int
            return
        with closing(CachedEngine(engine, folder)) as cached:
            yield cached, lambda: cached.hits

    def _work(self, model: Model, engine: Engine, repeats: Callable[[], int]) -> Work:
        def opened(source: Path) -> Opened:
            document = read_sources((str(source),), self.options, self.streams, self.notices)
            return Opened(document, engine, model.settings, repeats)

        def tell(arm: str, question: str, source: Opened) -> Told:
            return self.interrupts.run(ARMS[arm].tell(question, source))

        return Work(opened, tell)

    def _progress(self) -> Callable[[str], None]:
        if can_redraw(self.streams.stderr):
            return self.notices.status
        return seldom(self.notices.line, SECONDS_A_LINE)

    def _tell(self, results: Results, outcomes: Sequence[Outcome]) -> None:
        """Tell what should be known before the figures are trusted."""
        if results.others:
            self.notices.warning(f"{results.others} of {len(outcomes)} answers are from another version of rao")
        repeated = sum(each.told.repeated for each in outcomes)
        if repeated:
            self.notices.warning(
                f"{repeated} of {len(outcomes)} answers used what was kept from before: their seconds are too few"
            )
