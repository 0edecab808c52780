"""Read what a range of a git repository changed: its commits, and the files as they were and as they are.

Nothing but objects and refs is read, through dulwich: no configuration, hooks, filters or attributes, and no other
program is started. It runs in a worker process, whose limits hold against packs that swell. Limits: objects
borrowed from other repositories, reftables and SHA-256 are refused; a renamed file is told only where its content
is the same; what is beyond MOST_FILES, LARGEST_FILE or MOST_BYTES is listed and not read.
"""

import difflib
import heapq
import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dulwich.errors import ChecksumMismatch, FileFormatException, NotCommitError, ObjectFormatException
from dulwich.object_store import DiskObjectStore
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tag, Tree

from rao_cli.documents.parsers.base import Content, Options, RefusedError
from rao_cli.documents.parsers.git_refs import Refs, safe_file
from rao_cli.documents.walk.unwanted import unwanted

MOST_COMMITS = 500
"""Commits of a range that are told; of more the newest."""
MOST_WALKED = 50_000
MOST_FILES = 2_000
LARGEST_FILE = 1 << 20
MOST_BYTES = 32 << 20
_LARGEST_OBJECT = 256 << 20
_DEEPEST = 100
_MOST_PEELED = 10
_MOST_BODY = 2_000
# Comparing lines takes time by the product of their numbers where few are equal.
_MOST_COMPARED = 30_000_000
_STEP = re.compile(r"([~^])(\d{0,5})")
_ERRORS = (
    *(ObjectFormatException, FileFormatException, ChecksumMismatch, NotCommitError),
    *(KeyError, ValueError, AssertionError, IndexError, TypeError, OverflowError, NotImplementedError, EOFError),
)


def parse(data: bytes, options: Options) -> Content:  # noqa: ARG001  the repository is read where it lies
    """Return ``old`` and ``new`` ids, ``diverged``, ``commits``, ``files`` with their texts, and ``skipped``.

    Raises RefusedError for what is no repository, a revision that is not there, or what is damaged.
    """
    import zlib

    try:
        with closing(_objects(Path(str(options["path"])))) as objects:
            return _Range(Path(str(options["path"])), objects, str(options["since"])).content()
    except RefusedError:
        raise
    except OSError as e:
        raise RefusedError("corrupt", e.strerror or "it cannot be read") from e
    except (*_ERRORS, zlib.error, RecursionError) as e:
        raise RefusedError("corrupt", f"an object of it cannot be read ({type(e).__name__})") from e


class _Objects(DiskObjectStore):
    """The objects of one repository, and of no other."""

    @property
    def alternates(self) -> list[Any]:
        """Return no other stores."""
        return []

    def _get_shafile_path(self, sha: Any) -> str:
        path = super()._get_shafile_path(sha)
        if Path(path).is_symlink():
            raise RefusedError("outside", "an object is a link")
        return str(path)


def _objects(folder: Path) -> _Objects:
    """Return the store of a repository. Raises RefusedError where objects lie elsewhere."""
    objects = folder / "objects"
    if safe_file(objects / "info" / "alternates").strip():
        raise RefusedError("outside", "it borrows objects from another repository")
    places = [objects, objects / "pack", *objects.glob("*"), *(objects / "pack").glob("*")]
    if any(place.is_symlink() for place in places):
        raise RefusedError("outside", "its objects are links")
    return _Objects(str(objects), loose_object_size_limit=_LARGEST_OBJECT)


@dataclass
class _Texts:
    """What was read of the files that changed."""

    files: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of a tree, by the id of its content."""

    id: bytes
    mode: int


class _Range:
    """Reads one range."""

    def __init__(self, folder: Path, objects: _Objects, since: str) -> None:
        self._refs, self._objects = Refs(folder), objects
        first, dots, last = since.partition("..")
        if last.startswith("."):
            raise RefusedError("revision", f"{since}: three dots are not read; give two")
        self._new = self._resolve(last or "HEAD")
        self._old = self._resolve(first) if first or not dots else self._resolve("HEAD")
        self._is_head = self._new.id == self._resolve("HEAD").id

    def content(self) -> Content:
        """Return all that is told of the range."""
        commits, base, more = self._between()
        found = _Texts()
        changes = dict(self._changes(self._tree(base), self._tree(self._new), ""))
        self._read(changes, found)
        return {
            "old": base.id.decode(),
            "new": self._new.id.decode(),
            "head": self._is_head,
            "diverged": base.id != self._old.id,
            "commits": [_told(commit) for commit in commits],
            "more": more,
            "files": found.files,
            "skipped": found.skipped,
        }

    def _resolve(self, name: str) -> Commit:
        """Return the commit that a revision names. Raises RefusedError for none, or several."""
        base, steps = re.fullmatch(r"(.*?)((?:[~^]\d{0,5})*)", name, re.DOTALL).groups()  # type: ignore[union-attr]
        commit = self._commit(self._refs.find(base) or self._by_prefix(base, name), name)
        for mark, digits in _STEP.findall(steps):
            count = int(digits or 1)
            for number in [count] if mark == "^" else [1] * count:
                if number == 0:
                    continue
                if number > len(commit.parents):
                    raise RefusedError("revision", f"{name} goes back further than the history")
                commit = self._commit(commit.parents[number - 1], name)
        return commit

    def _by_prefix(self, prefix: str, name: str) -> bytes:
        if not re.fullmatch(r"[0-9a-fA-F]{4,40}", prefix):
            raise RefusedError("revision", f"there is no revision {name}")
        found = set(self._objects.iter_prefix(prefix.lower().encode()))
        commits = [sha for sha in sorted(found)[:100] if isinstance(self._get(sha), Commit | Tag)]
        if len(commits) != 1:
            raise RefusedError("revision", f"{len(commits) or 'no'} commits begin with {prefix}")
        return commits[0]

    def _get(self, sha: bytes) -> ShaFile:
        return self._objects[ObjectID(sha)]

    def _commit(self, sha: bytes, name: str) -> Commit:
        for _ in range(_MOST_PEELED):
            try:
                found = self._get(sha)
            except KeyError:
                raise RefusedError("revision", f"{name} is not in the history that is here") from None
            if isinstance(found, Commit):
                return found
            if not isinstance(found, Tag):
                break
            sha = found.object[1]
        raise RefusedError("revision", f"{name} is no commit")

    def _tree(self, commit: Commit) -> Tree:
        tree = self._get(commit.tree)
        if not isinstance(tree, Tree):
            raise ObjectFormatException("not a tree")
        return tree

    def _between(self) -> tuple[list[Commit], Commit, int]:
        """Return the commits since the older end, newest first, where the ends parted, and how many more."""
        old, new = 1, 2
        seen = {self._new.id: new}
        seen[self._old.id] = seen.get(self._old.id, 0) | old
        commits = {commit.id: commit for commit in (self._new, self._old)}
        heap = sorted((-commit.commit_time, sha) for sha, commit in commits.items())
        only, both = list[Commit](), list[Commit]()
        for _ in range(MOST_WALKED):
            if not any(seen[sha] != old | new for sha in commits):
                break
            commit = commits.pop(heapq.heappop(heap)[1])
            {new: only, old | new: both}.get(seen[commit.id], []).append(commit)
            for parent in commit.parents:
                flags = seen.get(parent, 0) | seen[commit.id]
                if flags == seen.get(parent):
                    continue
                seen[parent] = flags
                if parent not in commits and (found := self._known(parent)):
                    commits[parent] = found
                    heapq.heappush(heap, (-found.commit_time, parent))
        both += sorted(commits.values(), key=lambda commit: -commit.commit_time)
        base = next((commit for commit in both if seen[commit.id] == old | new), self._old)
        told = [commit for commit in only if seen[commit.id] == new]
        return told[:MOST_COMMITS], base, max(0, len(told) - MOST_COMMITS)

    def _known(self, sha: bytes) -> Commit | None:
        """Return a commit, or None where a shallow clone ends."""
        try:
            found = self._get(sha)
        except KeyError:
            return None
        return found if isinstance(found, Commit) else None

    def _changes(
        self, old: Tree | None, new: Tree | None, folder: str, depth: int = 0
    ) -> Iterator[tuple[str, tuple[_Entry | None, _Entry | None]]]:
        """Yield the path of each file that differs, with what it was and is."""
        if depth > _DEEPEST:
            raise RefusedError("limit")
        before, after = _entries(old), _entries(new)
        for name in sorted(before.keys() | after.keys()):
            was, now = before.get(name), after.get(name)
            if was == now:
                continue
            path = folder + name.decode("utf-8", "surrogateescape")
            trees = [self._subtree(entry) for entry in (was, now)]
            if any(trees):
                yield from self._changes(trees[0], trees[1], f"{path}/", depth + 1)
            files = (_file(was), _file(now))
            if any(files):
                yield path, files

    def _subtree(self, entry: _Entry | None) -> Tree | None:
        if entry is None or entry.mode & 0o170000 != 0o040000:
            return None
        tree = self._get(entry.id)
        return tree if isinstance(tree, Tree) else None

    def _read(self, changes: dict[str, tuple[_Entry | None, _Entry | None]], found: _Texts) -> None:
        gone = {was.id: path for path, (was, now) in changes.items() if was and not now}
        moved = {path: gone[now.id] for path, (was, now) in changes.items() if now and not was and now.id in gone}
        origins = set(moved.values())
        for number, (path, (was, now)) in enumerate(changes.items()):
            reason = "more files changed than are read" if number >= MOST_FILES else _unread(path, was, now)
            if path in moved:
                file = {
                    "path": path,
                    "change": "renamed",
                    "from": moved[path],
                    "old": "",
                    "new": "",
                    "changes": [],
                }
                found.files.append(file)
            elif reason:
                found.skipped.append((path, reason))
            elif now or path not in origins:
                self._add(path, was, now, found)

    def _add(self, path: str, was: _Entry | None, now: _Entry | None, found: _Texts) -> None:
        texts = [self._text(entry) for entry in (was, now)]
        reason = next((text[1] for text in texts if text[1]), "")
        found.size += sum(len(text[0]) for text in texts)
        if reason or found.size > MOST_BYTES:
            found.skipped.append((path, reason or "the changes are larger than is read"))
            return
        old, new = texts[0][0], texts[1][0]
        change = "changed" if was and now else "added" if now else "deleted"
        changes = list(compared(text_lines(old), text_lines(new)))
        found.files.append({"path": path, "change": change, "old": old, "new": new, "changes": changes})

    def _text(self, entry: _Entry | None) -> tuple[str, str]:
        """Return a file's text, and why it is not read where it is not."""
        if entry is None:
            return "", ""
        blob = self._get(entry.id)
        data = blob.as_raw_string() if isinstance(blob, Blob) else b""
        if len(data) > LARGEST_FILE:
            return "", f"larger than {LARGEST_FILE >> 20} MB"
        if b"\0" in data:
            return "", "binary"
        return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n"), ""


def text_lines(text: str) -> list[str]:
    """Return the lines of a text, their ends included; nothing but a newline ends one."""
    return list(io.StringIO(text, newline="\n"))


def compared(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield where lines differ: first and last of the old ones, and of the new ones, counted from 0."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if len(left) * len(right) > _MOST_COMPARED:
        yield start, start + len(left), start, start + len(right)
        return
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right).get_opcodes():
        if tag != "equal":
            yield start + i1, start + i2, start + j1, start + j2


def _entries(tree: Tree | None) -> dict[bytes, _Entry]:
    return {} if tree is None else {name: _Entry(sha, mode) for name, mode, sha in tree.iteritems()}


def _file(entry: _Entry | None) -> _Entry | None:
    return None if entry is None or entry.mode & 0o170000 == 0o040000 else entry


def _unread(path: str, was: _Entry | None, now: _Entry | None) -> str:
    """Return why a file is not read, by its name and its kind."""
    parts = path.split("/")
    if any(part in ("", ".", "..", ".git") or "\0" in part for part in parts) or len(path) > 4096:
        return "has a name that no file may have"
    kinds = {entry.mode & 0o170000 for entry in (was, now) if entry}
    if 0o160000 in kinds:
        return "a submodule"
    if 0o120000 in kinds:
        return "a link"
    folders = (unwanted(part, folder=True) for part in parts[:-1])
    return unwanted(parts[-1], folder=False) or next((reason for reason in folders if reason), "")


def _told(commit: Commit) -> dict[str, Any]:
    message = commit.message[: _MOST_BODY * 4].decode("utf-8", "replace").strip()
    subject, _, body = message.partition("\n")
    return {"id": commit.id.decode(), "subject": subject[:400], "body": body.strip()[:_MOST_BODY]}
