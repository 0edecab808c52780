"""List the files of a folder that are to be read, without reading them.

The walk is our own: no git process runs in a tree that may be hostile. Links are never followed, so the walk never
leaves the folder. .gitignore, .ignore and .raoignore count, in nested folders and upward to the root of the
repository, and so does .git/info/exclude; nothing else below .git is looked at. Submodules and repositories inside
the folder are read as ordinary folders, with git's rules of their own. Limits: the user's global ignore file does
not count; an ignore file that is a link, a pipe or larger than 1 MB does not count either, and is listed.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rao_cli.documents.context import ReadOptions
from rao_cli.documents.failures import readable
from rao_cli.documents.model import Skipped
from rao_cli.documents.store import identity, settled
from rao_cli.documents.walk.ignore import GIT_FILES, OWN_FILES, Rules, read_lines
from rao_cli.documents.walk.tree import Found, LeftOut, Walk

_LARGEST_BYTES = 1 << 20
# Without waiting for the other end of a pipe, and without following a link that took a file's place.
_SAFELY = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_EXCLUDE = (".git", "info", "exclude")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be read: where it lies, its path below the folder in readable characters, its status."""

    path: Path
    relative: str
    shown: str
    """What locations show: as the user would open it."""
    status: os.stat_result

    @property
    def identity(self) -> str:
        """Return what changes whenever the content does."""
        return identity(self.status)

    @property
    def settled(self) -> bool:
        """Tell whether it was last changed long enough ago for ``identity`` to be relied upon."""
        return settled(self.status)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder in the order of their names, and what was left out."""

    files: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]


def list_files(path: Path, options: ReadOptions) -> Listing:
    """Return the files of a folder that are to be read; what cannot be listed is among those left out.

    Raises UsageError for a glob that is no pattern.
    """
    top = path.resolve()
    base = f"{top}/".replace("//", "/")
    disk = _Disk(base)
    walk = Walk(disk, options, base)
    walk.run(Rules() if options.no_ignore else _rules_above(top, walk.left_out))
    prefix = "" if str(path) == "." else f"{path}/".replace("//", "/")
    files = [
        Entry(Path(base + taken.relative), readable(taken.relative), readable(prefix + taken.relative), taken.item)
        for taken in walk.taken
    ]
    skipped = [Skipped(readable(prefix + out.relative) or ".", out.reason, out.failed) for out in walk.left_out]
    return Listing(tuple(files), tuple(skipped))


def open_safely(path: str | Path) -> int:
    """Return a descriptor of a regular file.

    Raises OSError where the file is a link or cannot be opened, ValueError where it is not a regular file.
    """
    descriptor = os.open(path, _SAFELY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("not a regular file")
    return descriptor


@dataclass(frozen=True, slots=True)
class _Disk:
    """The folders and files below a path that ends in a slash."""

    base: str

    def entries(self, folder: str) -> Sequence[Found[os.stat_result]]:
        """Return what a folder holds; one that was replaced by a link meanwhile is not listed."""
        descriptor = os.open(self.base + folder, _SAFELY | os.O_DIRECTORY)
        try:
            with os.scandir(descriptor) as entries:
                return [_found(entry) for entry in entries]
        finally:
            os.close(descriptor)

    def ignore_file(self, path: str) -> bytes:
        """Return the bytes of an ignore file."""
        return _ignore_file(self.base + path)


def _found(entry: os.DirEntry[str]) -> Found[os.stat_result]:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as e:
        nothing = os.stat_result((0,) * 10)
        return Found(entry.name, False, nothing, f"cannot be read: {e.strerror}", failed=True)
    if stat.S_ISLNK(status.st_mode):
        return Found(entry.name, False, status, "symbolic link, not followed")
    folder = stat.S_ISDIR(status.st_mode)
    special = not folder and not stat.S_ISREG(status.st_mode)
    return Found(entry.name, folder, status, "not a regular file" if special else "")


def _ignore_file(path: str) -> bytes:
    with os.fdopen(open_safely(path), "rb") as file:
        data = file.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise ValueError("larger than 1 MB")
    return data


def _rules_above(folder: Path, left_out: list[LeftOut]) -> Rules:
    """Return the rules of the repository that a folder lies in: of the folders above it, and of info/exclude."""
    chain = [folder, *folder.parents]
    root = next((place for place in chain if os.path.lexists(place / _EXCLUDE[0])), None)
    if root is None:
        return Rules()
    above = [place for place in chain[1:] if place.is_relative_to(root)]
    rules = Rules().below(_slashed(root), _exclude(root), of_git=True)
    for place in reversed(above):
        for names, of_git in ((GIT_FILES, True), (OWN_FILES, False)):
            lines = [line for name in names for line in _lines(place / name, left_out)]
            rules = rules.below(_slashed(place), lines, of_git=of_git)
    return rules


def _slashed(folder: Path) -> str:
    return f"{folder}/".replace("//", "/")


def _lines(path: Path, left_out: list[LeftOut]) -> list[bytes]:
    try:
        return read_lines(_ignore_file(str(path)))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as e:
        why = (isinstance(e, OSError) and e.strerror) or str(e)
        left_out.append(LeftOut(str(path), f"its rules do not count: {why}", failed=True))
        return []


def _exclude(root: Path) -> list[bytes]:
    """Return the lines of .git/info/exclude, reached without following a link; none where that cannot be read."""
    opened: list[int] = []
    try:
        for name in (root, *_EXCLUDE[:-1]):
            opened.append(os.open(name, _SAFELY | os.O_DIRECTORY, dir_fd=opened[-1] if opened else None))
        descriptor = os.open(_EXCLUDE[-1], _SAFELY, dir_fd=opened[-1])
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return read_lines(file.read(_LARGEST_BYTES)) if regular else []
    except OSError:
        return []
    finally:
        for folder in opened:
            os.close(folder)
