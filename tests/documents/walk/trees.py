"""Write trees of files, list and read them, for the tests of walking."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context, ReadOptions
from rao_cli.documents.encoding import decode
from rao_cli.documents.failures import no_text
from rao_cli.documents.model import Document, Origin, Section, Span
from rao_cli.documents.sections import finish
from rao_cli.documents.walk.listing import Listing, list_files
from rao_cli.errors import InputError

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
Files = dict[str, str | bytes]


def tree(root: Path, files: Files) -> Path:
    """Write files below a root and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


@contextmanager
def deep_folder(root: Path, depth: int) -> Iterator[Path]:
    """Make and yield a folder so many folders below a root; remove it, with its files, without recursion."""
    for count in range(1, depth + 1):
        os.mkdir(f"{root}/{'d/' * count}")  # noqa: PTH102 - a path object takes long to join a thousand times
    deep = root.joinpath(*["d"] * depth)
    yield deep
    for file in deep.iterdir():
        file.unlink()
    os.removedirs(deep)


def names(*paths: str) -> Files:
    """Return files of those names, each with a line of text."""
    return dict.fromkeys(paths, "text\n")


def listed(root: Path, **options) -> list[str]:
    """Return the paths below the root of the files that would be read."""
    return [entry.relative for entry in listing(root, **options).files]


def left_out(root: Path, **options) -> dict[str, str]:
    """Return what is left out, by its path below the root, and why."""
    return {os.path.relpath(entry.path, root): entry.reason for entry in listing(root, **options).skipped}


def listing(root: Path, **options) -> Listing:
    """List a folder."""
    return list_files(root, ReadOptions(**options))


def read_text(blob: Blob, _context: Context) -> Document:
    """Return a document of one section, as the simplest loader would; it takes BROKEN for damage."""
    text, _warning = decode(blob.read(), blob.path)
    if text == "BROKEN":
        raise InputError(f"{blob.path} is damaged", hint="mend it")
    if not text.strip():
        raise no_text(blob.path)
    span = Span(0, len(text))
    return finish(text, Section("", blob.name, "file", span), [Origin(blob.path, span)])


def read_texts(blobs: Sequence[Blob], context: Context) -> Iterator[Document | InputError]:
    """Read texts one after another, as ``gather`` wants it."""
    for blob in blobs:
        try:
            yield read_text(blob, context)
        except InputError as e:
            yield e


def git(root: Path, *command: str) -> bytes:
    """Run git without the user's settings and return what it prints."""
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(root)}
    environment = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        ["git", "-C", str(root), *command], check=True, capture_output=True, env=environment
    ).stdout


def git_files(root: Path) -> list[str]:
    """Return the files that git would add, in the order of their names."""
    found = git(root, "ls-files", "-coz", "--exclude-standard").split(b"\0")
    return sorted({os.fsdecode(path) for path in found if path})
