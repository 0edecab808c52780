"""Where rao keeps its files: settings, caches and models, each in the folder the system has for it.

Folders that hold text from documents are readable by their owner only.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rao_cli.errors import RaoError

_COMPLETIONS = "completions"
QUALITY_FILE = "quality-{}.jsonl"
"""Answers that ``rao bench quality`` keeps of one model and version."""


@dataclass(frozen=True)
class Folders:
    """The places of one user."""

    config: Path
    """The settings file; it need not exist."""
    cache: Path
    """What can be computed again: finished agents' work, what was read, how models are best run."""
    data: Path
    """Models."""
    state: Path
    """What was done: the runs."""

    @property
    def runs(self) -> Path:
        """Return the folder of runs."""
        return self.state / "runs"

    @property
    def strategies(self) -> Path:
        """Return the folder of strategies that were learned or imported."""
        return self.state / "strategies"

    @property
    def questions(self) -> Path:
        """Return the file of the questions that were typed in conversations."""
        return self.state / "questions"

    @property
    def completions(self) -> Path:
        """Return the folder of stored completions."""
        return self.cache / _COMPLETIONS

    @property
    def documents(self) -> Path:
        """Return the folder of what was read."""
        return self.cache / "documents"

    @property
    def states(self) -> Path:
        """Return the folder of computed prompts."""
        return self.cache / "states"

    @property
    def bench(self) -> Path:
        """Return the folder of what benchmarks measured."""
        return self.cache / "bench"

    @property
    def fits(self) -> Path:
        """Return the folder of how models are best run here, with their weights in other formats."""
        return self.cache / "fits"

    @property
    def bases(self) -> Path:
        """Return the folder of models whose weights were made ready to be trained."""
        return self.cache / "bases"


def user_folders() -> Folders:
    """Return the user's folders; ``RAO_CONFIG``, ``RAO_CACHE_DIR`` and ``RAO_STATE_DIR`` move three of them."""
    import platformdirs

    config = os.environ.get("RAO_CONFIG") or platformdirs.user_config_path("rao") / "config.toml"
    cache = os.environ.get("RAO_CACHE_DIR") or platformdirs.user_cache_path("rao")
    state = os.environ.get("RAO_STATE_DIR") or platformdirs.user_state_path("rao")
    data = platformdirs.user_data_path("rao")
    return Folders(Path(config), Path(cache).absolute(), data, Path(state).absolute())


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner can read; raises RaoError."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise RaoError(
            f"cannot create {path}: {error.strerror}", hint="set RAO_CACHE_DIR, or use --no-cache"
        ) from error
    return path


def cache_folder(path: Path, kept: str, warn: Callable[[str], None]) -> Path | None:
    """Create a private folder of the cache, or warn that ``kept`` is not kept where the usual one cannot be made.

    Raises RaoError where the user chose the folder.
    """
    try:
        return private_folder(path)
    except RaoError as error:
        if os.environ.get("RAO_CACHE_DIR"):
            raise
        warn(f"{error.message}; {kept} is not kept")
        return None


def clear_cache(folders: Folders) -> tuple[int, int]:
    """Delete what is kept of documents, answers and measurements; return the files and bytes. Raises RaoError.

    Only files that rao itself wrote are touched, so a ``RAO_CACHE_DIR`` set to a wrong folder loses nothing.
    """
    from rao_cli.documents.store import Store
    from rao_cli.engine.state_folder import clear_states
    from rao_cli.models.fits import clear_fits
    from rao_cli.training.base_model import clear_bases

    try:
        cleared = (
            Store(folders.documents).clear(),
            clear_states(folders.states),
            clear_fits(folders.fits),
            clear_bases(folders.bases),
            _clear_files(folders.completions, f"{_COMPLETIONS}.*"),
            _clear_files(folders.bench, QUALITY_FILE.format("*")),
        )
    except OSError as error:
        raise RaoError(f"cannot clear {folders.cache}: {error.strerror}") from error
    return sum(count for count, _ in cleared), sum(size for _, size in cleared)


def _clear_files(folder: Path, names: str) -> tuple[int, int]:
    """Delete the files of a pattern: a database with what SQLite keeps beside it, or results."""
    count = size = 0
    for path in sorted(folder.glob(names)):
        if path.is_file() or path.is_symlink():
            size += path.lstat().st_size
            path.unlink()
            count += 1
    return count, size
