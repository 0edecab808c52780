"""Measure how fast sources are read, and in how much memory, beside other readers on the same input.

Each figure comes from a fresh process (ingest_probe.py), so that one measurement's memory does not count for the
next. Peak memory is what the process and its workers hold together, looked at fifty times a second. Limits: memory
is measured on Linux only; the files that are read were just written, so the disk plays no part.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rao_cli.bench import ingest_inputs
from rao_cli.errors import RaoError, UsageError
from rao_cli.text import one_line

Kind = Literal["pdf", "code", "logs", "walk"]
KINDS: tuple[Kind, ...] = ("pdf", "code", "logs", "walk")
PEERS = ("pypdf", "drain3")
_PEER_PAGES = 100
_PEER_LINES = 100_000
_LOOK_SECONDS = 0.02
_LONGEST_SECONDS = 1800
_LARGE_LOG = 2_000_000_000


@dataclass(frozen=True)
class Sizes:
    """How large the inputs are that are made when none are given."""

    log_bytes: int = 50_000_000
    """Bytes of the log."""
    pages: int = 1000
    """Pages of the PDF."""
    files: int = 50_000
    """Files of the tree that is walked."""

    @classmethod
    def large(cls) -> "Sizes":
        """Return the sizes that the targets speak of: a log of 2 GB."""
        return cls(log_bytes=_LARGE_LOG)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure."""

    name: str
    """What was measured, in words."""
    source: str
    amount: float
    unit: str
    """What the amount counts: pages, MB, lines or files."""
    seconds: float
    cpu_seconds: float
    """Processor time of the process, its start included, and its workers."""
    peak_bytes: int
    """Memory of the process and its workers at its highest; 0 where it cannot be measured."""
    target: float = 0.0
    """Units a second that are wanted; 0 for none."""
    most_bytes: int = 0
    """Memory that is wanted at most; 0 for none."""
    peer: str = ""
    """The other reader's name, if there is one to compare with."""
    peer_rate: float | None = None
    """Its units a second; None where it is not installed."""
    problem: str = ""
    """Why there is no figure."""

    @property
    def rate(self) -> float:
        """Return units a second."""
        return self.amount / self.seconds if self.seconds else 0.0

    @property
    def met(self) -> bool | None:
        """Tell whether the targets are met, or None where there is none."""
        if not self.target and not self.most_bytes:
            return None
        return (
            not self.problem
            and self.rate >= self.target
            and self.peak_bytes <= (self.most_bytes or self.peak_bytes)
        )


@dataclass(frozen=True)
class Bench:
    """What to measure, and with whom to compare."""

    kinds: tuple[Kind, ...] = KINDS
    against: tuple[str, ...] = PEERS
    against_python: str = sys.executable
    """The Python in which other readers are looked for."""
    sizes: Sizes = Sizes()
    settling: float = 2.5
    """Seconds from a file's last change after which the cache takes it."""


def ingest(paths: Sequence[str], bench: Bench, say: Callable[[str], None]) -> Iterator[Measure]:
    """Yield the figures for the paths, or without any for inputs that are made; ``say`` is told what goes on.

    Raises UsageError for a path that does not exist.
    """
    for path in paths:
        if not Path(path).exists():
            raise UsageError(
                f"no such file or folder: {one_line(path)}", hint="leave the paths out to use made inputs"
            )
    with tempfile.TemporaryDirectory(prefix="rao-bench-") as folder:
        named = [(kind, Path(path)) for path in paths for kind in _kinds_of(Path(path)) if kind in bench.kinds]
        for kind, source in named if paths else _made(Path(folder), bench, say):
            say(f"measuring {kind}: {source.name}")
            yield from _MEASURES[kind](source, bench, Path(folder))


def _kinds_of(path: Path) -> tuple[Kind, ...]:
    if path.is_dir():
        return ("code", "walk")
    return ("pdf",) if path.suffix.lower() == ".pdf" else ("logs",)


def _made(folder: Path, bench: Bench, say: Callable[[str], None]) -> Iterator[tuple[Kind, Path]]:
    """Yield an input of each kind, made when its turn comes."""
    for kind in bench.kinds:
        say(f"making the input for {kind}")
        place = folder / {"pdf": "made.pdf", "logs": "made.log", "walk": "made", "code": "code"}[kind]
        match kind:
            case "pdf":
                ingest_inputs.write_pdf(place, bench.sizes.pages)
            case "logs":
                ingest_inputs.write_log(place, bench.sizes.log_bytes)
            case "walk":
                ingest_inputs.write_tree(place, bench.sizes.files)
            case "code":
                place = ingest_inputs.installed_source() or Path(__file__).parents[1]
        yield kind, place


def _pdf(source: Path, bench: Bench, folder: Path) -> Iterator[Measure]:
    peer = _peer("pypdf", source, bench, _PEER_PAGES)
    yield _measure("read", source, "pages", target=400, **peer)
    yield from _twice(source, "pages", bench, folder)


def _code(source: Path, bench: Bench, folder: Path) -> Iterator[Measure]:
    yield _measure("definitions and references", source, "MB", target=2)
    yield from _twice(source, "MB", bench, folder)


def _logs(source: Path, bench: Bench, folder: Path) -> Iterator[Measure]:
    peer = _peer("drain3", source, bench, _PEER_LINES)
    most = 700_000_000
    yield _measure("on one core", source, "lines", target=80_000, most_bytes=most, one_core=True, **peer)
    yield _measure("on all cores", source, "lines", target=200_000, most_bytes=most, **peer)
    yield from _twice(source, "lines", bench, folder)


def _walk(source: Path, bench: Bench, folder: Path) -> Iterator[Measure]:  # noqa: ARG001
    yield _measure("walked", source, "files", reader="walk", target=5000)


_MEASURES: dict[Kind, Callable[[Path, Bench, Path], Iterator[Measure]]] = {
    "pdf": _pdf,
    "code": _code,
    "logs": _logs,
    "walk": _walk,
}


def _twice(source: Path, unit: str, bench: Bench, folder: Path) -> Iterator[Measure]:
    """Yield the first and the second opening with a cache, which keeps no file that has just been written."""
    if source.is_file():
        time.sleep(max(0.0, source.stat().st_mtime + bench.settling - time.time()))
    with tempfile.TemporaryDirectory(dir=folder, prefix="cache-") as cache:
        yield _measure("kept, first opening", source, unit, cache=cache)
        yield _measure("kept, second opening", source, unit, cache=cache)


def _measure(
    name: str,
    source: Path,
    unit: str,
    *,
    reader: str = "rao",
    one_core: bool = False,
    cache: str | None = None,
    **figures: Any,
) -> Measure:
    job = {"reader": reader, "source": str(source), "unit": unit, "one_core": one_core, "cache": cache}
    result, peak = _run(sys.executable, {**job, "paths": [str(Path(__file__).parents[2])]})
    problem = one_line(result.get("failed") or result.get("missing", ""))
    amount, seconds = float(result.get("amount", 0)), float(result.get("seconds", 0))
    cpu = float(result.get("cpu_seconds", 0))
    return Measure(name, str(source), amount, unit, seconds, cpu, peak, problem=problem, **figures)


def _peer(name: str, source: Path, bench: Bench, most: int) -> dict[str, Any]:
    if name not in bench.against:
        return {}
    result, _ = _run(bench.against_python, {"reader": name, "source": str(source), "most": most})
    rate = result["amount"] / result["seconds"] if result.get("seconds") else None
    return {"peer": name, "peer_rate": rate}


def _run(python: str, job: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return a probe's result and the most memory that it and its workers held. Raises RaoError."""
    script = str(Path(__file__).with_name("ingest_probe.py"))
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is ours, or a Python that the user named
            [python, "-I", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise UsageError(
            f"cannot run {one_line(python)}: {error.strerror}", hint="name a Python program"
        ) from error
    with _Watch(process.pid) as watch:
        try:
            out, errors = process.communicate(json.dumps(job).encode(), timeout=_LONGEST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise RaoError(f"measuring {job['source']} took too long", hint="give smaller inputs") from error
        finally:
            process.kill()  # nothing happens to one that has ended
    if process.returncode:
        lines = errors.decode("utf-8", "replace").strip().splitlines()
        return {"failed": lines[-1] if lines else f"ended with {process.returncode}"}, watch.peak
    return json.loads(out), watch.peak


class _Watch:
    """Looks at the memory of a process and all below it until it is left."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        """The most bytes that they held together."""
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            self.peak = max(self.peak, sum(map(_resident, family(self._pid))))


def family(pid: int) -> list[int]:
    """Return a process and all that it and its children started, as far as they live; Linux only."""
    found = [pid]
    for one in found:
        try:
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        except OSError:
            continue  # it has ended
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
