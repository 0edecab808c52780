"""``rao bench engine``: the local engine beside other ways to run the same model, as a table or JSON."""

import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.agent.preparing import Settings
from rao_cli.bench.engine.figures import Figure
from rao_cli.bench.engine.rows import ROWS, measure
from rao_cli.bench.engine.setup import Setup, Sizes
from rao_cli.cli.destination import open_destination, write_all
from rao_cli.cli.interrupts import Interrupts
from rao_cli.cli.options import Options
from rao_cli.cli.terminal import Notices, Streams
from rao_cli.cli.words import counted, data_size, seconds
from rao_cli.errors import UsageError
from rao_cli.text import one_line

if TYPE_CHECKING:
    from rao_cli.models.catalogue import Card

_WIDTH = 80
_WORDS = {True: "met", False: "missed", None: ""}
_LIBRARIES = ("llama-cpp-python", "numpy")


@dataclass(frozen=True)
class Asked:
    """What the user wants to have measured."""

    only: tuple[str, ...] = ()
    against_python: str | None = None
    quick: bool = False


Find = Callable[[Asked, Options, Path, Notices], Setup]


def check_rows(only: Sequence[str]) -> None:
    """Raise UsageError for a row that does not exist."""
    for name in only:
        if name not in ROWS:
            raise UsageError(f"--only does not know {one_line(name, 40)}", hint=f"known are {', '.join(ROWS)}")


def show_engine(
    asked: Asked,
    options: Options,
    streams: Streams,
    notices: Notices,
    find: Find | None = None,
) -> int:
    """Measure and print; return the exit code. Raises RaoError.

    ``find`` finds what is measured; None is the model that the options name, as it is run on this machine.
    """
    check_rows(asked.only)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="rao-bench-") as folder,
            closing(open_destination(options.output, streams.stdout, ())) as destination,
            Interrupts(streams.stderr),
        ):
            setup = (find or find_setup)(asked, options, Path(folder), notices)
            figures = list(measure(setup, asked.only))
            notices.clear()
            text = _json(setup, figures) if options.json else f"{_heading(setup)}\n{engine_text(figures)}"
            write_all(destination, text, options.output, streams.stdout)
    finally:
        notices.clear()
    return 0


def find_setup(asked: Asked, options: Options, folder: Path, notices: Notices) -> Setup:
    """Find the model and how it runs best here, as every command does. Raises ModelError."""
    from rao_cli.cli.folders import user_folders
    from rao_cli.models.registry import read_registry
    from rao_cli.models.resolve import resolve
    from rao_cli.models.tune import fit_model

    folders = user_folders()
    file = resolve(options.model, own=read_registry(folders.data))
    fitted = fit_model(file, folders.fits, status=notices.status)
    return Setup(
        model=fitted.path,
        original=file.path,
        fit=replace(fitted.fit, threads=options.threads or fitted.fit.threads),
        chat=fitted.chat,
        settings=_settings(file.card),
        folder=folder,
        peer_python=asked.against_python,
        sizes=Sizes.quick() if asked.quick else Sizes(),
        say=notices.status,
    )


def _settings(card: "Card") -> Settings:
    return Settings(
        window=card.window,
        view_tokens=card.view_tokens,
        delegation=card.delegation,
        output_tokens=card.output_tokens,
        summary_tokens=card.summary_tokens,
    )


def engine_text(figures: Sequence[Figure]) -> str:
    """Return the figures as tables, one for each row, that fit eighty columns."""
    return "\n".join(_block(name, list(group)) for name, group in groupby(figures, lambda figure: figure.row))


def _block(name: str, figures: list[Figure]) -> str:
    from rao_cli.cli.columns import columns, rendered

    table = [("", "ours", "other", "ratio", "wanted", "", "runs"), *(_line(f) for f in figures if not f.problem)]
    lines = [f"{ROWS[name].title}\n"]
    if len(table) > 1:
        lines.append(rendered(columns(table, "lrrrrlr", _WIDTH), color=False))
    lines += [f"  {figure.name}: {one_line(figure.problem, 160)}\n" for figure in figures if figure.problem]
    lines += [f"  {note}\n" for note in dict.fromkeys(_notes(figures))]
    return "".join(lines)


def _notes(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield what is to be said of all figures, or of each by its name where they differ."""
    alike = len({figure.note for figure in figures}) == 1
    for figure in figures:
        if figure.note:
            yield figure.note if alike else f"{figure.name}: {figure.note}"


def _line(figure: Figure) -> tuple[str, ...]:
    from statistics import median

    other = _amount(median(figure.other), figure.tokens) if figure.other else ""
    return (
        f"  {figure.name}",
        _amount(median(figure.ours), figure.tokens) if figure.ours else "",
        other,
        _ratio(figure),
        _wanted(figure),
        _WORDS[figure.met],
        str(len(figure.ours)),
    )


def _amount(duration: float, tokens: float) -> str:
    """Return a rate in tokens a second where tokens are known, else the time."""
    return f"{tokens / duration:,.0f}/s" if tokens and duration else seconds(duration)


def _ratio(figure: Figure) -> str:
    return "" if figure.value is None or figure.measure == "seconds" else f"{figure.value:.2f}"


def _wanted(figure: Figure) -> str:
    if figure.target is None:
        return ""
    sign = ">=" if figure.measure == "speed" else "<="
    return f"{sign} {figure.target:g}" + (" s" if figure.measure == "seconds" else "")


def _heading(setup: Setup) -> str:
    """Return what was measured, on what, in a few lines."""
    from rao_cli.models.machine import machine

    here, fit = machine(), setup.fit
    cards = ", ".join(gpu.name for gpu in here.gpus) or "no GPU"
    where = f", {fit.gpu_layers} layers on the GPU" if setup.on_gpu else ""
    versions = ", ".join(f"{name} {found}" for name, found in _versions().items())
    lines = (
        f"{here.cpu}, {counted(here.cores, 'core')}, {data_size(here.memory)}, {cards}",
        f"{setup.model.name} ({data_size(setup.model.stat().st_size)}), {counted(fit.threads, 'thread')}{where}",
        f"batch {fit.batch}, micro-batch {fit.micro_batch}, KV {fit.kv_type}; /s is tokens a second",
        versions,
    )
    return "".join(f"{one_line(line, _WIDTH)}\n" for line in lines)


def _json(setup: Setup, figures: Sequence[Figure]) -> str:
    from rao_cli.cli.output import bench_json
    from rao_cli.models.machine import machine

    values = {
        "machine": asdict(machine()),
        "model": {"file": setup.model.name, "bytes": setup.model.stat().st_size, "original": setup.original.name},
        "versions": _versions(),
        "fit": asdict(setup.fit),
        "sizes": asdict(setup.sizes),
        "figures": [{**asdict(figure), "value": figure.value, "met": figure.met} for figure in figures],
    }
    return bench_json("engine", values) + "\n"


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
