"""Keep how models are best run on this machine: one small JSON file for each, and the weights that were converted.

A fit is found by a digest of the model's content, the adapter's, the machine and llama.cpp's version, so a file
that moves keeps its fit, and one that changes loses it. Files are written under another name and renamed, so a
half-written one is never found. Whatever is wrong with a kept file, it counts as not there. Limits: content is
read again only when a file's size, times or place on the disk changed.
"""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rao_cli.engine.fit import Fit
from rao_cli.engine.template import ChatFormat
from rao_cli.errors import ModelError
from rao_cli.files import lock
from rao_cli.models.choose import Measured
from rao_cli.models.gguf import read_header
from rao_cli.text import one_line

FORMAT = 2
"""Raised whenever the stored form, or what is measured, changes."""

LOG = logging.getLogger("rao.fits")
LOG.addHandler(logging.NullHandler())  # without any, Python would print warnings to stderr
_MODELS = "models"
_WORK = "making-"
_ABANDONED_SECONDS = 3600
_DAY = 24 * 3600
_UNUSED_SECONDS = 60 * _DAY
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FittedModel:
    """How one model is run on this machine."""

    path: Path
    """The file to load: the model's own, or its weights in another format."""
    fit: Fit
    """How it is computed."""
    chat: ChatFormat
    """How turns are written."""
    merged: bool = False
    """Whether the adapter is in the file already."""
    measured: tuple[Measured, ...] = ()
    """What was measured; empty where nothing was."""
    reasons: tuple[str, ...] = ()
    """One line for each choice, with its numbers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A fit as it lies on the disk."""

    fitted: FittedModel
    source: str
    """Where the model's own file was."""
    digest: str = ""
    """Of the converted file; empty without one."""
    busy: bool = False
    """Whether the machine did much else meanwhile, so that measuring again may find something better."""


def content_digest(path: Path, folder: Path) -> str:
    """Return a digest of a whole file, remembered in the folder as long as the file stays as it is.

    Raises ModelError when the file cannot be read.
    """
    if known := known_digest(path, folder):
        return known
    try:
        note = _note(path, folder)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise ModelError(f"cannot read the model {one_line(str(path), 200)}: {e.strerror or e}") from e
    with contextlib.suppress(OSError):
        _write(note, digest.encode())
    return digest


def known_digest(path: Path, folder: Path) -> str:
    """Return the digest of a file that was read before and has not changed since, or nothing."""
    try:
        known = _note(path, folder).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return known if len(known) == 64 else ""


def _note(path: Path, folder: Path) -> Path:
    """Return where the digest of a file is noted; raises OSError."""
    return folder / f"{_stamp(path)}.digest"


def _stamp(path: Path) -> str:
    """Name a file by what changes whenever its content does."""
    status = path.stat()
    facts = (
        str(path.resolve()),
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def load_fit(folder: Path, key: str) -> Kept | None:
    """Return a kept fit whose file is sound; None when there is none."""
    place = folder / f"{key}.json"
    try:
        if place.stat().st_size > _MOST_BYTES:
            return None
        kept = _read(json.loads(place.read_bytes()))
        if kept.digest:
            read_header(kept.fitted.path)
            if content_digest(kept.fitted.path, folder) != kept.digest:
                LOG.warning("the converted weights %s are damaged and are made again", kept.fitted.path)
                return None
        if time.time() - place.stat().st_mtime > _DAY:
            os.utime(place)  # so that it is known to be used
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ModelError) as e:
        LOG.warning("the kept fit %s was not used: %s", place, e)
        return None
    return kept


def save_fit(folder: Path, key: str, kept: Kept) -> None:
    """Keep a fit; raises OSError."""
    fields = asdict(kept)
    fields["fitted"]["path"] = str(kept.fitted.path)
    _write(folder / f"{key}.json", json.dumps({"format": FORMAT, **fields}).encode())


def _read(data: Any) -> Kept:
    """Rebuild a kept fit; raises ValueError, KeyError or TypeError when it is not one of ours."""
    from pydantic import TypeAdapter

    if not isinstance(data, dict) or data.pop("format") != FORMAT:
        raise ValueError("of another version")
    kept = TypeAdapter(Kept).validate_python(data)
    check_fit(kept.fitted.fit)
    return kept


def check_fit(fit: Fit) -> None:
    """Raise ValueError when a fit from a file or another process cannot be meant."""
    numbers = (fit.threads, fit.batch, fit.micro_batch, fit.parallel, fit.gpu_layers + 1)
    if not all(0 < number <= 1 << 16 for number in numbers) or fit.parallel > 256:
        raise ValueError("impossible numbers")


def _write(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_WORK)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder for files on their way, removed afterwards; raises OSError when it cannot be made."""
    models = folder / _MODELS
    models.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=models, prefix=_WORK))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def keep_weights(folder: Path, made: Path, name: str) -> tuple[Path, str]:
    """Move converted weights to where they are kept; return that place and their digest. Raises OSError."""
    made.chmod(0o600)
    place = folder / _MODELS / f"{name}.gguf"
    made.replace(place)
    return place, content_digest(place, folder)


def drop_weights(folder: Path, ending: str, chosen: Path) -> None:
    """Remove the converted weights of earlier choices, whose names end like this, but for the chosen ones."""
    for path in (folder / _MODELS).glob(f"*{ending}.gguf"):
        if path != chosen:
            with contextlib.suppress(OSError):
                path.unlink()


def sweep(folder: Path) -> None:
    """Remove fits and weights of models that are no more or not used for 60 days, and what was abandoned."""
    wanted: set[Path] = set()
    for place in folder.glob("*.json"):
        with contextlib.suppress(OSError):
            try:
                kept = _read(json.loads(place.read_bytes()))
            except (ValueError, KeyError, TypeError, RecursionError):
                kept = None
            unused = time.time() - place.stat().st_mtime > _UNUSED_SECONDS
            if kept is None or unused or not Path(kept.source).exists():
                place.unlink(missing_ok=True)
            else:
                wanted.add(kept.fitted.path)
    for path in (*(folder / _MODELS).glob("*"), *folder.glob(f"{_WORK}*"), *folder.glob("*.digest")):
        _remove_old(path, wanted)


def _remove_old(path: Path, wanted: set[Path]) -> None:
    """Remove what nobody wants and nobody is making: another process may just have written it."""
    with contextlib.suppress(OSError):
        age = time.time() - path.stat().st_mtime
        if path in wanted or age < (_UNUSED_SECONDS if path.suffix == ".digest" else _ABANDONED_SECONDS):
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def clear_fits(folder: Path) -> tuple[int, int]:
    """Delete what was kept; return how many files and bytes went. Raises OSError.

    Only files of ours are touched. The next run of each model measures again, which takes seconds.
    """
    count = size = 0
    found = [*folder.glob("*.json"), *folder.glob("*.digest"), *(folder / _MODELS).glob("*.gguf")]
    for path in found:
        size += path.lstat().st_size
        path.unlink()
        count += 1
    return count, size


@contextlib.contextmanager
def alone(folder: Path, patience: float) -> Iterator[None]:
    """Wait until no other process measures, at most so many seconds: two at once would disturb each other.

    What a process that was killed had begun is removed.
    """
    try:
        handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        if lock(handle, patience):
            for abandoned in (folder / _MODELS).glob(f"{_WORK}*"):
                shutil.rmtree(abandoned, ignore_errors=True)
        yield
    finally:
        os.close(handle)
