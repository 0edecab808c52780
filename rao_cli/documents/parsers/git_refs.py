"""Find what a name means in a git repository, by its refs alone; links are not followed.

Limits: refs kept in a reftable are refused; of the rules that git has for short names those for tags, branches and
remote branches count.
"""

import os
import re
import stat
from pathlib import Path

from rao_cli.documents.parsers.base import RefusedError

LARGEST = 32 << 20
"""Bytes of packed refs."""
_LINKS = 5
_NAME = re.compile(r"[^\x00-\x20~^:?*\[\\\x7f]{1,250}")
_ID = re.compile(rb"[0-9a-f]{40}")
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


class Refs:
    """The refs of the repository in a folder. Raises RefusedError where there is none, or in a form not read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if (folder / "reftable").exists():
            raise RefusedError("repository", "its refs are in a reftable, which is not read")
        if not safe_file(folder / "HEAD"):
            raise RefusedError("repository", "it has no HEAD")
        self._packed = dict(_packed(safe_file(folder / "packed-refs")))

    def find(self, name: str) -> bytes | None:
        """Return the id that a name stands for, or None."""
        if not _NAME.fullmatch(name) or ".." in name or name.startswith(("/", "-")) or name.endswith("/"):
            return None
        for place in _PLACES if name != "HEAD" else ("HEAD",):
            if found := self._follow(place.format(name)):
                return found
        return None

    def _follow(self, name: str) -> bytes | None:
        for _ in range(_LINKS):
            if name != "HEAD" and not name.startswith("refs/"):
                return None
            content = safe_file(self._folder / name).strip()
            if not content.startswith(b"ref: "):
                return content if _ID.fullmatch(content) else self._packed.get(name)
            name = content[5:].decode("utf-8", "replace")
            if not _NAME.fullmatch(name) or ".." in name:
                return None
        return None


def _packed(data: bytes) -> list[tuple[str, bytes]]:
    rows = (line.split(b" ", 1) for line in data.splitlines() if line[:1] not in (b"#", b"^"))
    return [(row[1].decode("utf-8", "replace"), row[0]) for row in rows if len(row) == 2 and _ID.fullmatch(row[0])]


def safe_file(path: Path) -> bytes:
    """Return a file's bytes, none of one that is missing or a link. Raises RefusedError for one too large."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b""
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise RefusedError("limit")
    return data
