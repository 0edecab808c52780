"""The checks of ``rao doctor`` about files: folders, caches, settings, the model in use and how it is run.

No model is loaded, of its file the header is read. Limits: sizes of a cache of very many folders are those of the
first hundred thousand; which model an option would choose is not known here.
"""

import os
import shlex
import shutil
import stat
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rao_cli.cli.checkup import Finding
from rao_cli.cli.folders import Folders
from rao_cli.cli.words import counted, data_size
from rao_cli.errors import RaoError, UsageError
from rao_cli.models.machine import Machine
from rao_cli.models.resolve import ModelFile

if TYPE_CHECKING:
    from rao_cli.models.fits import FittedModel

_MOST_FOLDERS = 100_000
_LOW = 1 << 30


def file_findings(folders: Folders, machine: Machine, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the user's folders, settings and model."""
    yield _folder("config", folders.config.parent)
    yield _settings(folders, environment)
    yield _folder("cache", folders.cache)
    yield from _readable(folders)
    yield _caches(folders)
    yield _folder("data", folders.data)
    yield from _model(folders, machine, environment)


def _folder(name: str, path: Path) -> Finding:
    """Tell whether a folder, or the nearest one above it that exists, can be written and has room."""
    title, shown = f"{name} folder", shlex.quote(str(path))
    there = next((each for each in (path, *path.parents) if os.path.lexists(each)), Path("/"))
    try:
        status, room = there.stat(), shutil.disk_usage(there).free
    except OSError as error:
        return Finding(title, "warning", f"{path} cannot be looked at: {error.strerror}")
    if not there.is_dir():
        return Finding(title, "warning", f"{there} is no folder", "move it away, or set another place")
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = "make it writable, or set RAO_CACHE_DIR:" if name == "cache" else "make it writable:"
        return Finding(title, "warning", f"nothing can be written to {there}", remedy, f"chmod u+rwx {shown}")
    if there == path and status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
        return Finding(title, "warning", f"every user can change {path}", "", f"chmod o-w {shown}")
    if room < _LOW:
        return Finding(title, "warning", f"only {data_size(room)} are free at {path}", "make room")
    made = "" if there == path else " (not made yet)"
    return Finding(title, "ok", f"{path}, {data_size(room)} free{made}")


def _readable(folders: Folders) -> Iterator[Finding]:
    """Name the caches, which hold text of documents, that others can read."""
    for path in (folders.documents, folders.completions, folders.states, folders.fits):
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            command = f"chmod 700 {shlex.quote(str(path))}"
            yield Finding("cache folder", "warning", f"other users can read {path}", "", command)


def _settings(folders: Folders, environment: Mapping[str, str]) -> Finding:
    from rao_cli.cli.effective import effective_settings

    try:
        settings = effective_settings(folders.config, environment)
    except RaoError as error:
        return Finding("settings", "problem", error.message, error.hint)
    changed = [setting.key for setting in settings if setting.origin != "default"]
    return Finding("settings", "ok", f"{', '.join(changed)} set" if changed else "all as rao comes")


def _caches(folders: Folders) -> Finding:
    """Compare the caches with their limits, which they may pass for a while."""
    from rao_cli.documents.store import LARGEST
    from rao_cli.engine.cache import LIMIT as COMPLETIONS
    from rao_cli.engine.states_on_disk import LIMIT as STATES

    limits = ((folders.documents, LARGEST), (folders.completions, COMPLETIONS), (folders.states, STATES))
    sizes = [(path.name, _size(path), limit) for path, limit in limits]
    parts = [f"{name} {data_size(size)} of {data_size(limit)}" for name, size, limit in sizes]
    text = ", ".join([*parts, f"fits {data_size(_size(folders.fits))}"])
    if any(size > limit + limit // 4 for _name, size, limit in sizes):
        return Finding("caches", "warning", text, "more than they should take:", "rao cache clear")
    return Finding("caches", "ok", text)


def _size(folder: Path) -> int:
    """Return the bytes of the files below a folder; files that go meanwhile count as nothing."""
    total = 0
    for place, _folders, names in islice(os.walk(folder), _MOST_FOLDERS):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  a hundred thousand of them
            except OSError:
                continue
    return total


def _model(folders: Folders, machine: Machine, environment: Mapping[str, str]) -> Iterator[Finding]:
    from rao_cli.cli.effective import effective_settings
    from rao_cli.cli.models_known import models_at_hand
    from rao_cli.models.resolve import resolve

    try:
        settings = {each.key: each.value for each in effective_settings(folders.config, environment)}
        if settings["base-url"] != "not set":
            yield Finding("model", "ok", "a server answers (setting base-url)")
            return
        models = models_at_hand(folders, environment)
        file = resolve(models.chosen.name, known=models.known, own=models.own)
    except UsageError:
        return  # the settings were judged above
    except RaoError as error:
        yield Finding("model", "problem", error.message, error.hint)
        return
    header = file.header
    facts = f"{header.architecture}, {data_size(header.file_size)}, chosen by {models.chosen.origin}"
    yield Finding("model", "ok", f"{file.card.name}: {facts}")
    yield _memory(file, machine)
    if not machine.build.problem:
        yield _fit(file, folders, machine)


def _memory(file: ModelFile, machine: Machine) -> Finding:
    """Compare what the file and one agent's window take with what is free."""
    need = file.card.memory if file.card.cell_bytes else file.header.file_size
    if machine.available is None:
        return Finding("memory", "ok", f"{data_size(machine.memory)} in all; the model takes {data_size(need)}")
    text = f"{data_size(machine.available)} of {data_size(machine.memory)} free"
    text += " (a container's limit)" if machine.limited else ""
    if need > machine.available:
        remedy = "close other programs, or choose a smaller model: rao models list"
        return Finding("memory", "problem", f"{text}; the model takes {data_size(need)}", remedy)
    return Finding("memory", "ok", f"{text}; the model takes {data_size(need)}")


def _fit(file: ModelFile, folders: Folders, machine: Machine) -> Finding:
    from rao_cli.models.tune import kept_fit

    known = any(folders.fits.glob("*.json")) if folders.fits.is_dir() else False
    try:
        fitted = kept_fit(file, folders.fits, machine=machine) if known else None
    except RaoError as error:
        return Finding("machine fit", "warning", error.message, error.hint)
    if fitted is None:
        return Finding("machine fit", "ok", "not measured yet; the first question does it")
    return Finding("machine fit", "ok", fit_text(fitted, file.path))


def fit_text(fitted: "FittedModel", path: Path) -> str:
    """Return what was chosen for the model of a file, and the format of its weights where they were converted."""
    from rao_cli.models.convert import format_name
    from rao_cli.models.gguf import read_header

    fit, form = fitted.fit, ""
    if fitted.path != path:
        form = f"{format_name(read_header(fitted.path).metadata.get('general.file_type'))} weights, "
    text = f"{form}{counted(fit.threads, 'thread')}, {fit.parallel} agents together"
    text += f", batch {fit.batch}/{fit.micro_batch}, {fit.kv_type} states"
    return f"{text}, {counted(fit.gpu_layers, 'layer')} on the GPU" if fit.gpu_layers else text
