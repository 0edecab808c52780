"""What every loader is given beside the bytes: how to read, the worker processes, whom to tell how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rao_cli.documents.store import Store
from rao_cli.documents.stored import TextWriter
from rao_cli.documents.workers import Workers


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read."""

    stdin_name: str = "stdin"
    """What standard input is called in citations; its ending (.md) tells its kind."""
    password: str | None = None
    """The password of encrypted PDFs."""
    hidden: bool = False
    """Read files and folders whose names start with a dot, too."""
    no_ignore: bool = False
    """Read what .gitignore, .ignore, .raoignore and the lists of lock and vendored files leave out, too."""
    globs: tuple[str, ...] = ()
    """Read only the files of folders that these patterns name; one that starts with ! leaves files out."""
    strict: bool = False
    """Refuse a source with a part that cannot be read instead of skipping that part."""
    cache: Path | None = None
    """The folder in which what was read is kept for the next time; None keeps nothing."""


def silent(_message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Context:
    """One reading of sources."""

    options: ReadOptions = field(default_factory=ReadOptions)
    workers: Workers = field(default_factory=Workers)
    progress: Callable[[str], None] = silent
    """Called now and then, from any thread, with a line such as "reading app.log, 40%"."""

    @property
    def store(self) -> Store | None:
        """Return the store of what was read before, if anything is kept."""
        return Store(self.options.cache) if self.options.cache else None

    def writer(self) -> TextWriter:
        """Return a writer for a text that may be large."""
        return TextWriter(self.options.cache)
