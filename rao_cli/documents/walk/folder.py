"""Read a folder into a document: one section for each folder and file, in the order of their names.

The walk is our own: no git process runs in a tree that may be hostile, links are not followed, and what is left
out is listed with the reason. .gitignore, .ignore and .raoignore count, in nested folders and up to the root of
the repository. Limits: .git/info/exclude and the user's global ignore file are not read; folders nested deeper
than 64 are left out.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from rao_cli.documents.files import NoTextError, ReadOptions, read_file, readable
from rao_cli.documents.walk.ignore import Globs, Rules, is_version_control, leading_rules, read_globs, unwanted
from rao_cli.documents.model import Document, Section, Skipped, Span
from rao_cli.documents.sections import Assembly
from rao_cli.errors import InputError
from rao_cli.text import one_line

_DEEPEST = 64
_BY_RULE = ("ignored", "lock", "vendored", "minified")


def read_folder(path: Path, options: ReadOptions) -> Document:
    """Return the document of a folder.

    Raises InputError where nothing in it can be read, or, with ``strict``, where any file cannot; UsageError
    for a glob that is no pattern.
    """
    top = path.resolve()
    walk = _Walk(top, path, options, read_globs(options.globs) if options.globs else Globs())
    rules = Rules() if options.no_ignore else leading_rules(top)
    root = walk.folder(top, one_line(top.name) or "folder", rules, 0)
    if root is None:
        reasons = sorted({entry.reason for entry in walk.skipped})
        why = f"{len(walk.skipped)} left out ({'; '.join(reasons[:3])})" if reasons else "it is empty"
        raise InputError(f"nothing readable in {one_line(str(path))}: {why}", hint=_remedy(reasons))
    return walk.parts.finish(root, walk.skipped)


@dataclass
class _Walk:
    """One walk: its absolute top, the top as the user named it, its rules, what was read and left out so far."""

    top: Path
    named: Path
    options: ReadOptions
    globs: Globs
    parts: Assembly = field(default_factory=Assembly)
    skipped: list[Skipped] = field(default_factory=list)

    def folder(self, path: Path, title: str, rules: Rules, depth: int) -> Section | None:
        """Read a folder; return its section, or None where nothing in it can be read."""
        if depth > _DEEPEST:
            self._skip(path, f"nested deeper than {_DEEPEST} folders", failed=True)
            return None
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as e:
            self._skip(path, f"cannot be listed: {e.strerror}", failed=True)
            return None
        if not self.options.no_ignore:
            rules = rules.below(path)
        start = self.parts.end
        children = [section for entry in found if (section := self._entry(entry, rules, depth)) is not None]
        return Section("", title, "folder", Span(start, self.parts.end), tuple(children)) if children else None

    def _entry(self, entry: os.DirEntry[str], rules: Rules, depth: int) -> Section | None:
        path = Path(entry.path)
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError as e:
            self._skip(path, f"cannot be read: {e.strerror}", failed=True)
            return None
        if reason := self._left_out(entry, mode, rules):
            self._skip(path, reason)
            return None
        name = one_line(readable(str(path.relative_to(self.top)))) or "unnamed"
        if stat.S_ISDIR(mode):
            return self.folder(path, f"{name}/", rules, depth + 1)
        return self._file(path, name)

    def _file(self, path: Path, name: str) -> Section | None:
        shown = self._shown(path)
        try:
            return self.parts.add(read_file(path, name, shown, self.options))
        except NoTextError:
            self._skip(path, "empty")
            return None
        except InputError as e:
            self._skip(path, _short(e.message, shown), failed=True)
            return None

    def _left_out(self, entry: os.DirEntry[str], mode: int, rules: Rules) -> str:
        folder = stat.S_ISDIR(mode)
        if stat.S_ISLNK(mode):
            return "symbolic link, not followed"
        if not folder and not stat.S_ISREG(mode):
            return "not a regular file"
        if folder and is_version_control(entry.name):
            return "version control data"
        if entry.name.startswith(".") and not self.options.hidden:
            return "hidden"
        if not self.options.no_ignore:
            reason = unwanted(entry.name, folder=folder) or rules.ignores(entry.path, folder=folder)
            if reason:
                return reason
        return "" if folder else self.globs.leave_out(str(Path(entry.path).relative_to(self.top)))

    def _skip(self, path: Path, reason: str, *, failed: bool = False) -> None:
        shown = self._shown(path)
        if failed and self.options.strict:
            raise InputError(f"{one_line(shown)}: {reason}", hint="without --strict it is skipped and counted")
        self.skipped.append(Skipped(shown, reason, failed))

    def _shown(self, path: Path) -> str:
        return readable(str(self.named / path.relative_to(self.top)))


def _short(message: str, path: str) -> str:
    """Return a loader's message without the path that the entry already names."""
    return message.removeprefix(one_line(path)).lstrip(": ").removeprefix("is ")


def _remedy(reasons: list[str]) -> str:
    if "left out by --glob" in reasons:
        return "check what --glob names; paths are below the folder: --glob 'src/*.py'"
    if any(reason.startswith(_BY_RULE) for reason in reasons):
        return "read ignored, lock and vendored files too: --no-ignore"
    if "hidden" in reasons:
        return "read hidden files too: --hidden"
    return "name a folder that holds text or PDF files"
