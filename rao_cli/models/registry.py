"""The user's own models and default, kept in one file of the data folder.

The file is JSON, versioned, readable by its owner only, and replaced whole under a lock, so two rao processes lose
nothing of each other's. A damaged file is an error that says how to go on; it is never replaced silently. Limits:
the lock is the file system's (flock), which some network file systems ignore.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rao_cli.errors import ModelError, RaoError, UsageError
from rao_cli.files import locked, replace_text
from rao_cli.text import one_line

_FILE = "models.json"
_LOCK = "models.lock"
_LARGEST_BYTES = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")


class Entry(BaseModel):
    """One model that the user added."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(min_length=1)
    """The file, as an absolute path."""
    source: str = ""
    """Where rao downloaded it from, as hf:ORG/REPO/FILE@REVISION; empty for a file that was there."""
    sha256: str = ""
    """Checksum that the download had."""

    @property
    def downloaded(self) -> bool:
        """Tell whether rao put the file there, and so may delete it."""
        return bool(self.source)


class Registry(BaseModel):
    """What the user added and chose."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    version: Literal["rao.models/1"] = Field(default="rao.models/1", alias="schema")
    default: str | None = None
    """Name of the model that is used when none is asked for; None is the catalogue's."""
    models: dict[str, Entry] = Field(default_factory=dict)
    """Entries by name, which is in small letters."""

    def with_entry(self, name: str, entry: Entry) -> "Registry":
        """Return this registry with one more model, or another file for a known one."""
        return self.model_copy(update={"models": {**self.models, name: entry}})

    def without(self, name: str) -> "Registry":
        """Return this registry less one model; if it was the default, the catalogue's is."""
        left = {other: entry for other, entry in self.models.items() if other != name}
        return self.model_copy(update={"models": left, "default": None if self.default == name else self.default})

    def with_default(self, name: str | None) -> "Registry":
        """Return this registry with another default; None is the catalogue's."""
        return self.model_copy(update={"default": name})


def read_registry(folder: Path) -> Registry:
    """Read the user's registry from the data folder; a missing one is empty.

    Raises ModelError when the file is damaged, was written by a newer rao, or cannot be read.
    """
    path = folder / _FILE
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        return Registry()
    except OSError as e:
        raise ModelError(
            f"cannot read the list of your models: {e.strerror}", hint=f"check the file {path} and its folder"
        ) from e
    try:
        return Registry.model_validate(_parsed(data))
    except (ValueError, RecursionError) as e:  # pydantic's and json's errors are ValueErrors
        raise ModelError(
            f"the list of your models, {path}, is damaged: {_why(e)}",
            hint=f"correct it, or move it away and add your models again: mv {path} {path}.damaged",
        ) from e


def _parsed(data: bytes) -> object:
    if len(data) > _LARGEST_BYTES:
        raise ValueError("it is larger than 1 MB")
    return json.loads(data)


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        if first["loc"][:1] == ("schema",):
            return "it was written by another version of rao"
        place = ".".join(str(part) for part in first["loc"])
        return one_line(f"{place}: {first['msg']}", 120)
    return one_line(str(error), 120)


def change_registry(folder: Path, change: Callable[[Registry], Registry]) -> Registry:
    """Replace the user's registry by what ``change`` makes of it; return the new one.

    Others wait meanwhile. Raises ModelError for a damaged registry, and RaoError where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(folder / _LOCK):
            changed = change(read_registry(folder))
            replace_text(folder / _FILE, json.dumps(changed.model_dump(by_alias=True), indent=1) + "\n")
    except OSError as e:
        raise RaoError(
            f"cannot write the list of your models: {(e.strerror or str(e)).lower()}",
            hint=f"check the folder {folder}",
        ) from e
    return changed


def check_name(name: str) -> str:
    """Return a name for a model in small letters; raises UsageError when it could be taken for something else."""
    lowered = name.lower()
    if not _NAME.fullmatch(lowered) or lowered.endswith(".gguf"):
        raise UsageError(
            f"{one_line(name, 80)!r} cannot be a model's name",
            hint="use up to 64 letters, digits, dots, dashes and underscores, not ending in .gguf",
        )
    return lowered


def name_for(file: str) -> str:
    """Return a name made of a file's: small letters, digits, dots and dashes."""
    stem = file.lower().replace(".gguf", "-")
    return _NOT_IN_NAMES.sub("-", stem).strip("-._")[:64].rstrip("-._") or "model"
