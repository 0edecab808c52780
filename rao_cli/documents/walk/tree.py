"""Walk a tree of files, on disk or in an archive: what is to be read, what is left out, and why.

The rules are the same for both: version control data, links and devices, hidden, vendored, lock and generated
files, ignore files and --glob. Nothing here opens a file to be read. Folders may be nested to any depth.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from rao_cli.documents.context import ReadOptions
from rao_cli.documents.walk.ignore import GIT_FILES, OWN_FILES, Globs, Rules, read_globs, read_lines
from rao_cli.documents.walk.unwanted import is_version_control, unwanted
from rao_cli.errors import InputError

Item = TypeVar("Item")
_REPOSITORY = ".git"
# A hundred thousand files and some hundred rules take a second; only rules made for it take this long.
_MOST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Found(Generic[Item]):
    """What a folder holds: a name, and whether it is a folder; ``unread`` says why it is not to be read."""

    name: str
    folder: bool
    item: Item
    unread: str = ""
    failed: bool = False


class Tree(Protocol[Item]):
    """Folders and files by their relative paths; that of a folder ends in a slash, that of the top is empty."""

    def entries(self, folder: str) -> Sequence[Found[Item]]:
        """Return what a folder holds, in any order. Raises OSError when it cannot be listed."""
        ...

    def ignore_file(self, path: str) -> bytes:
        """Return the bytes of an ignore file. Raises OSError or ValueError when it is not to be read."""
        ...


@dataclass(frozen=True, slots=True)
class Taken(Generic[Item]):
    """A file to be read: its path below the top."""

    relative: str
    item: Item


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not read, by its path below the top, and why."""

    relative: str
    reason: str
    failed: bool = False


@dataclass
class Walk(Generic[Item]):
    """One walk: the tree, the options, what was taken and left out so far."""

    tree: Tree[Item]
    options: ReadOptions
    base: str = ""
    """The top's own path with a slash, where rules from above it count."""
    taken: list[Taken[Item]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    seconds: float = 0
    """Time spent on matching ignore rules."""

    def run(self, rules: Rules) -> None:
        """Take the files of the tree by their names. Raises UsageError for a glob that is no pattern."""
        globs = read_globs(self.options.globs)
        waiting: list[tuple[str, Found[Item] | None, Rules]] = [("", None, rules)]
        while waiting:
            relative, found, rules = waiting.pop()
            if found is None or self._enters(relative, found, rules, globs):
                waiting.extend(self._inside(relative if found is None else f"{relative}/", rules))

    def _enters(self, relative: str, found: Found[Item], rules: Rules, globs: Globs) -> bool:
        """Tell whether this is a folder to walk; take it if it is a file to be read."""
        reason = found.unread or self._unwanted(relative, found, rules)
        if not reason and not found.folder:
            reason = globs.leave_out(relative)
        if reason:
            self.left_out.append(LeftOut(relative, reason, found.failed))
        elif not found.folder:
            self.taken.append(Taken(relative, found.item))
        return found.folder and not reason

    def _unwanted(self, relative: str, found: Found[Item], rules: Rules) -> str:
        if found.folder and is_version_control(found.name):
            return "version control data"
        if found.name.startswith(".") and not self.options.hidden:
            return "hidden"
        if self.options.no_ignore:
            return ""
        return unwanted(found.name, folder=found.folder) or self._ignored(relative, found, rules)

    def _ignored(self, relative: str, found: Found[Item], rules: Rules) -> str:
        started = time.perf_counter()
        reason = rules.ignores(self.base + relative, folder=found.folder)
        self.seconds += time.perf_counter() - started
        if self.seconds > _MOST_SECONDS:
            hint = "look at its ignore files, or leave them out of account: --no-ignore"
            raise InputError(f"the ignore rules take more than {_MOST_SECONDS} seconds to match", hint=hint)
        return reason

    def _inside(self, folder: str, rules: Rules) -> list[tuple[str, Found[Item] | None, Rules]]:
        """Return what a folder holds with the rules in force in it, the last name first."""
        try:
            entries = self.tree.entries(folder)
        except OSError as e:
            self.left_out.append(LeftOut(folder.rstrip("/"), f"cannot be listed: {e.strerror}", failed=True))
            return []
        if not self.options.no_ignore:
            rules = self._rules(folder, {found.name for found in entries}, rules)
        ordered = sorted(entries, key=lambda found: found.name, reverse=True)
        return [(folder + found.name, found, rules) for found in ordered]

    def _rules(self, folder: str, names: set[str], rules: Rules) -> Rules:
        if folder and _REPOSITORY in names:
            rules = rules.in_repository()
        for files, of_git in ((GIT_FILES, True), (OWN_FILES, False)):
            lines: list[bytes] = []
            for name in files:
                if name in names:
                    lines += self._lines(folder + name)
            try:
                rules = rules.below(self.base + folder, lines, of_git=of_git)
            except ValueError as e:
                self.left_out.append(LeftOut(folder + files[-1], f"its rules do not count: {e}", failed=True))
        return rules

    def _lines(self, path: str) -> list[bytes]:
        try:
            return read_lines(self.tree.ignore_file(path))
        except (OSError, ValueError) as e:
            why = (isinstance(e, OSError) and e.strerror) or str(e)
            self.left_out.append(LeftOut(path, f"its rules do not count: {why}", failed=True))
            return []
