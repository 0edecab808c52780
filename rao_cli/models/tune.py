"""Find out once how a model is best run on this machine, and keep it.

    fitted = fit_model(file, folder, status=print)
    engine = LlamaEngine(fitted.path, window=window, fit=fitted.fit, chat=fitted.chat)

A file never seen before is loaded, measured and its template rendered in other processes (probe.py), so a damaged
or hostile one costs one line. Measuring takes seconds: large models are tried in fewer ways, and their weights are
converted only when the user asks for it with ``rao models tune``. Limits: numbers taken while the machine does
other work are worse than they should be, mostly for all ways alike.
"""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rao_cli.engine.fit import Fit
from rao_cli.engine.template import PLAIN, ChatFormat, known_format
from rao_cli.errors import ModelError
from rao_cli.models.chat_template import refine
from rao_cli.models.choose import Measured, layers_that_fit, thread_counts
from rao_cli.models.convert import converted_size, format_name
from rao_cli.models.fits import (
    FORMAT,
    LOG,
    FittedModel,
    Kept,
    alone,
    check_fit,
    content_digest,
    drop_weights,
    keep_weights,
    known_digest,
    load_fit,
    save_fit,
    sweep,
    work_folder,
)
from rao_cli.models.gguf import GgufHeader
from rao_cli.models.machine import Machine, machine_key
from rao_cli.models.machine import machine as this_machine
from rao_cli.models.measure import Job
from rao_cli.models.probe import ProbeLimits, ProbeLostError, probe
from rao_cli.models.resolve import ModelFile
from rao_cli.text import one_line

Status = Callable[[str], None]

_QUICK_SECONDS = 7.0
_FULL_SECONDS = 40.0
_SMALL = 400_000_000
_LARGE = 1 << 30
_GPU_BATCH, _GPU_PARALLEL = 2048, 64
_KV_BYTES = 2 << 30
_COMPUTE_BYTES = 1 << 30
_PATIENCE = 60.0
_IDLE, _BUSY = 0.5, 1.5
_TEMPLATE = ProbeLimits(wall_seconds=10, cpu_seconds=2, memory_bytes=1 << 30)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the probe's process found out."""

    fit: Fit
    format: str
    measured: tuple[Measured, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """One model to fit."""

    file: ModelFile
    folder: Path
    machine: Machine
    status: Status
    adapter: Path | None
    retune: bool
    load: float
    """Processes at work for each core when the task began."""
    key: str = ""


def fit_model(
    file: ModelFile,
    folder: Path,
    *,
    adapter: Path | None = None,
    retune: bool = False,
    status: Status,
    machine: Machine | None = None,
    load: float | None = None,
) -> FittedModel:
    """Return how a model is run here: as kept in the folder, or as found out now.

    What was measured on a busy machine is measured again on an idle one; ``load`` is how many processes are at
    work for each core.

    An ``adapter`` is merged into the weights when they are converted; else the engine applies it. ``retune``
    measures again, longer and with more weight formats. ``status`` is told what is being done. Call it
    on the main thread, so that Ctrl-C stops it at once. Raises ModelError when the model cannot be run.
    """
    machine = machine or this_machine()
    task = _Task(file, folder, machine, status, adapter, retune, _load(machine) if load is None else load)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        return _without_folder(task, e)
    task = replace(task, key=_key(task))
    if fitted := _current(task):
        return fitted
    with alone(folder, _PATIENCE):
        if fitted := _current(task):
            return fitted
        try:
            with work_folder(folder) as work:
                return _fit(task, work)
        except OSError as e:
            return _without_folder(task, e)


def kept_fit(
    file: ModelFile, folder: Path, *, adapter: Path | None = None, machine: Machine | None = None
) -> FittedModel | None:
    """Return how a model is run here if that is kept, measuring nothing; raises ModelError."""
    # A large model takes a minute to read; one that was never read at its place was never fitted there.
    if not all(known_digest(path, folder) for path in (file.path, adapter) if path):
        return None
    task = _Task(file, folder, machine or this_machine(), lambda _text: None, adapter, retune=False, load=0)
    kept = _kept(replace(task, key=_key(task)))
    return kept.fitted if kept else None


def _load(machine: Machine) -> float:
    """Return how many processes are at work for each core, over the last minute."""
    try:
        return os.getloadavg()[0] / machine.cores
    except OSError:
        return 0.0


def _key(task: _Task) -> str:
    """Name everything that a fit depends on."""
    if task.file.header.file_size > _LARGE:
        task.status("reading the model's content")
    digests = [content_digest(path, task.folder) for path in (task.file.path, task.adapter) if path]
    return hashlib.sha256(repr((FORMAT, digests, machine_key(task.machine))).encode()).hexdigest()[:32]


def _current(task: _Task) -> FittedModel | None:
    """Return a kept fit, unless the user or a machine that is idle now wants another."""
    kept = None if task.retune else _kept(task)
    return None if kept is None or (kept.busy and task.load < _IDLE) else kept.fitted


def _kept(task: _Task) -> Kept | None:
    """Return a kept fit with the paths of today."""
    kept = load_fit(task.folder, task.key)
    if kept is None:
        return None
    if not Path(kept.source).exists():  # the file moved; its fit must not be taken for that of one that is gone
        kept = replace(kept, source=str(task.file.path.absolute()))
        with contextlib.suppress(OSError):
            save_fit(task.folder, task.key, kept)
    return kept if kept.digest else replace(kept, fitted=replace(kept.fitted, path=task.file.path))


def _without_folder(task: _Task, error: OSError) -> FittedModel:
    """Try the model all the same, and run it in the plain way."""
    why = f"{error.strerror or error}: {one_line(str(task.folder), 200)}"
    LOG.warning("how the model is best run is not measured, because it cannot be kept: %s", why)
    outcome, chat, reasons = _probed(task, None)
    return FittedModel(task.file.path, outcome.fit, chat, reasons=(*reasons, f"nothing was measured: {why}"))


def _fit(task: _Task, work: Path) -> FittedModel:
    """Measure, keep what was chosen, and clear away what nobody needs; raises OSError when it cannot be kept."""
    outcome, chat, reasons = _probed(task, work)
    path, digest = task.file.path, ""
    if outcome.format:
        path, digest = keep_weights(task.folder, work / f"{outcome.format}.gguf", _name(task, outcome.format))
    merged = bool(task.adapter and outcome.format)
    fitted = FittedModel(path, outcome.fit, chat, merged, outcome.measured, reasons)
    busy = task.load > _BUSY and not task.retune
    save_fit(task.folder, task.key, Kept(fitted, str(task.file.path.absolute()), digest, busy))
    drop_weights(task.folder, _ending(task), path)
    sweep(task.folder)
    return fitted


def _name(task: _Task, weights: str) -> str:
    """Name converted weights so that a person knows them, and so that no others have that name."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", task.file.path.stem)[:60].lstrip(".")
    return f"{stem or 'model'}-{weights}{_ending(task)}"


def _ending(task: _Task) -> str:
    """Return what the names of this model's converted weights end with."""
    return f"-{task.key[:16]}"


def _probed(task: _Task, work: Path | None) -> tuple[_Outcome, ChatFormat, tuple[str, ...]]:
    """Try the model in another process; a GPU that fails is left out."""
    task.status("trying the model")
    layers, notes = _layers(task)
    fit = _plain(task, layers)
    try:
        outcome, tokens = _run(task, fit, work)
    except ProbeLostError as e:
        if not layers:
            raise
        notes = (f"the GPU is not used: {e.message}",)
        outcome, tokens = _run(task, _plain(task, 0), work)
    chat, remarks = chat_format(task.file.header.chat_template, *tokens)
    return outcome, chat, (*notes, *outcome.reasons, *remarks)


def _layers(task: _Task) -> tuple[int, tuple[str, ...]]:
    """Return how many layers go to the GPU, and why."""
    free, header = [gpu.free for gpu in task.machine.gpus], task.file.header
    if not free:
        return 0, ()
    whole = header.block_count + 1
    layers = layers_that_fit(
        weights=header.file_size,
        layers=header.block_count,
        kv_bytes=_KV_BYTES,
        compute_bytes=_COMPUTE_BYTES,
        free=free,
    )
    return layers, (f"GPU layers {layers} of {whole}: {sum(free) / 1e9:.1f} GB of GPU memory are free",)


def _plain(task: _Task, layers: int) -> Fit:
    """Return what is run where nothing better is known; only a whole model on a GPU wants many agents."""
    fit = Fit(threads=task.machine.cores, gpu_layers=layers)
    whole = layers > task.file.header.block_count
    return replace(fit, batch=_GPU_BATCH, parallel=_GPU_PARALLEL) if whole else fit


def _run(task: _Task, fit: Fit, work: Path | None) -> tuple[_Outcome, tuple[str, str]]:
    """Run the probe's process; return what it found and the texts of two control tokens.

    A process that dies after the model had worked costs the measurements only.
    """
    job = _job(task, fit, work)
    shown = f"the model {one_line(task.file.path.name, 80)}"
    tokens: tuple[str, str] | None = None
    try:
        for line in probe("model", asdict(job), _limits(task, job), shown=shown):
            if line["kind"] == "loaded":
                tokens = (str(line["bos"])[:64], str(line["eos"])[:64])
            elif line["kind"] == "say":
                task.status(one_line(str(line["text"]), 80))
            elif line["kind"] == "done" and tokens:
                return _outcome(line["result"], job), tokens
    except ProbeLostError as e:
        if tokens is None:
            raise
        LOG.warning("measuring was given up: %s", e.message)
        return _Outcome(fit, "", (), (f"measuring was given up: {e.message}",)), tokens
    raise ProbeLostError(f"{shown} cannot be tried: no sound answer", hint="report this with the model's name")


def _job(task: _Task, fit: Fit, work: Path | None) -> Job:
    header, machine = task.file.header, task.machine
    small = header.parameters <= _SMALL
    return Job(
        path=str(task.file.path.absolute()),
        fit=asdict(fit),
        effort="probe" if work is None else "full" if task.retune else "quick",
        seconds=(_FULL_SECONDS if small else 5 * _FULL_SECONDS) if task.retune else _QUICK_SECONDS,
        threads=tuple(thread_counts(machine.cores, machine.processors)),
        formats=_formats(task, work) if work and (small or task.retune) else (),
        format_name=format_name(header.metadata.get("general.file_type")),
        folder=str(work or ""),
        adapter=str(task.adapter.absolute()) if task.adapter else "",
    )


def _formats(task: _Task, work: Path) -> tuple[str, ...]:
    """Return the weight formats worth trying, as far as disk and memory have room for them together."""
    header = task.file.header
    if "split.count" in header.metadata:
        return ()
    features = " ".join(task.machine.build.features)
    wide = ("bf16", "f16") if "bf16" in features or task.machine.gpus else ("f16", "bf16")
    names = (*wide, "q8_0", "q4_0") if task.retune else (wide[0], "q8_0")
    own = format_name(header.metadata.get("general.file_type"))
    memory = task.machine.available if task.machine.available is not None else task.machine.memory
    room = min(shutil.disk_usage(work).free, memory) // 2
    return _with_room([name for name in names if name != own], header, room)


def _with_room(names: Sequence[str], header: GgufHeader, room: int) -> tuple[str, ...]:
    kept: list[str] = []
    for name in names:
        size = converted_size(header.parameters, name)
        if size <= room:
            kept.append(name)
            room -= size
    return tuple(kept)


def _limits(task: _Task, job: Job) -> ProbeLimits:
    """Return what the probe's process may take: far more than a sound model needs."""
    header = task.file.header
    wall = 60 + 4 * job.seconds + header.file_size / 20e6
    memory = 0 if task.machine.gpus else (8 << 30) + 4 * (header.file_size + 2 * header.parameters)
    return ProbeLimits(wall, int(wall * task.machine.processors), memory)


def _outcome(result: Any, job: Job) -> _Outcome:
    """Check what the process answered: a hostile model may have had its way in there."""
    from pydantic import TypeAdapter

    try:
        outcome = TypeAdapter(_Outcome).validate_python(result)
        check_fit(outcome.fit)
    except ValueError as e:
        raise ProbeLostError("the process that tried the model answered nonsense") from e
    if outcome.format not in ("", *job.formats):
        raise ProbeLostError("the process that tried the model answered nonsense")
    return replace(outcome, reasons=tuple(one_line(reason, 300) for reason in outcome.reasons[:20]))


def chat_format(template: str, bos: str = "", eos: str = "") -> tuple[ChatFormat, tuple[str, ...]]:
    """Return how a model's turns are written, and remarks.

    The template is rendered in a process of its own; ``bos`` and ``eos`` are the texts of the model's control
    tokens. Known families are written by our own code, with no more than spaces and thinking from the template.
    """
    known = known_format(template)
    if not template.strip():
        return PLAIN, ()
    try:
        answer = list(probe("template", {"template": template, "bos": bos, "eos": eos}, _TEMPLATE))[-1]
        derived, remarks = _read_chat(answer["result"])
    except ModelError as e:
        if known:
            return known, ()
        return PLAIN, (one_line(f"chat template: turns are written as plain text, because {e.message}", 300),)
    if not known:
        return derived, tuple(one_line(f"chat template: {remark}", 300) for remark in remarks)
    chat = refine(known, derived)
    return chat, ("chat template: thinking is turned off",) if "<think>" in chat.ask else ()


def _read_chat(result: Any) -> tuple[ChatFormat, list[str]]:
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(ChatFormat).validate_python(result["chat"]), [str(one) for one in result["remarks"]]
    except (ValueError, KeyError, TypeError) as e:
        raise ProbeLostError("the process that rendered it answered nonsense") from e
