"""Read a zip or tar file as a folder, without unpacking it to disk.

The rules are those of folders: ignore files inside the archive, hidden, vendored, lock and generated files,
--glob. Members that lead out of the archive, links, devices and encrypted members are left out and listed, and so
are archives inside the archive. Limits: MOST_BYTES bytes of all files to be read, or FREE bytes and RATIO times
the archive's size where that is less; MOST_MEMBERS members; LARGEST_MEMBER bytes of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rao_cli.documents.blob import Blob
from rao_cli.documents.compressed import FREE, RATIO, open_compressed
from rao_cli.documents.context import Context
from rao_cli.documents.failures import readable
from rao_cli.documents.model import Document, Skipped
from rao_cli.documents.walk.gather import Read, Whole, gather
from rao_cli.documents.walk.ignore import Rules
from rao_cli.documents.walk.members import LARGEST_MEMBER, Archive, Member, listed, open_archive
from rao_cli.documents.walk.tar import BLOCK, DamagedError, is_header
from rao_cli.documents.walk.tree import Found, LeftOut, Walk
from rao_cli.errors import InputError
from rao_cli.text import one_line

MOST_BYTES = 4 << 30
"""Bytes that the files of one archive may have together."""
_LARGEST_IGNORE_FILE = 1 << 20
_LONGEST_PATH = 4096
_DEEPEST_PATH = 100
_MOST_FOLDERS = 200_000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# What macOS adds beside the files.
_RESOURCES = "__MACOSX"


def archive_kind(head: bytes) -> str:
    """Return zip or tar if a file starts like one, or an empty string; office documents are zip files, too."""
    if head.startswith(_ZIP):
        return "zip"
    return "tar" if is_header(head[:BLOCK]) else ""


def read_archive(blob: Blob, context: Context, read: Read) -> Document:
    """Return the document of a zip or tar file; ``read`` reads files.

    Raises InputError where nothing in it can be read, where it unpacks to more than is allowed, or, with
    ``strict``, where any member cannot be read.
    """
    with blob.open() as file:
        try:
            archive = open_archive(file, archive_kind(blob.head(BLOCK)))
        except DamagedError as e:
            raise InputError(f"{one_line(blob.path)} is {e}", hint="test it: unzip -t, or fetch it again") from e
        members, wrong = listed(archive)
        tree = _Members(archive)
        tree.place_all(members)
        top = tree.single_top()
        walk = Walk(replace(tree, top=top), context.options)
        walk.run(Rules())
        inside = _Inside(archive, _Budget(blob), context)
        files = [
            _File(inside, taken.item, readable(taken.relative), readable(f"{blob.path}/{top}{taken.relative}"))
            for taken in walk.taken
        ]
        inside.budget.spend(sum(file.size for file in files))
        left_out = [*tree.left_out, *(replace(out, relative=top + out.relative) for out in walk.left_out)]
        whole = Whole(one_line(readable(top.rstrip("/"))) or blob.name, blob.path, _skipped(blob, left_out, wrong))
        return gather(files, whole, context, read)


def _skipped(blob: Blob, left_out: Iterable[LeftOut], wrong: str) -> Sequence[Skipped]:
    skipped = [Skipped(readable(f"{blob.path}/{out.relative}"), out.reason, out.failed) for out in left_out]
    return [*skipped, Skipped(blob.path, wrong, failed=True)] if wrong else skipped


class _Budget:
    """The bytes that may still come out of an archive."""

    def __init__(self, blob: Blob) -> None:
        self._shown = blob.path
        self._most = min(MOST_BYTES, max(FREE, RATIO * blob.size))
        self._spent = 0

    def spend(self, size: int) -> None:
        """Count bytes. Raises InputError when there are more than is allowed."""
        self._spent += size
        if self._spent > self._most:
            raise InputError(
                f"{one_line(self._shown)} unpacks to more than {self._most:,} bytes; it may be a bomb",
                hint="unpack it yourself if you trust it, and name the folder",
            )


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the files of an archive share."""

    archive: Archive
    budget: _Budget
    context: Context


@dataclass(frozen=True, slots=True)
class _File:
    """A member as gather reads it."""

    inside: _Inside
    member: Member
    relative: str
    shown: str

    @property
    def size(self) -> int:
        """Return its unpacked size."""
        return self.member.size

    def blob(self) -> Blob:
        """Return its bytes, unpacked and checked. Raises InputError where they cannot be had."""
        shown = one_line(self.shown)
        if self.size > LARGEST_MEMBER:
            why = f"is larger than {LARGEST_MEMBER >> 20} MB, too large to be read inside an archive"
            raise InputError(f"{shown} {why}", hint="unpack it, and name the folder")
        try:
            data = self.inside.archive.read(self.member)
        except DamagedError as e:
            raise InputError(f"{shown} is {e}", hint="fetch the archive again") from e
        blob = Blob.of(data, one_line(self.relative) or "unnamed", self.shown)
        # Packed files may not be a way around the limit of the archive that holds them.
        if packed := open_compressed(blob, self.inside.context):
            self.inside.budget.spend(packed.blob.size)
        return blob


@dataclass
class _Members:
    """The members of an archive as a tree of folders; only what lies below ``top`` is walked."""

    archive: Archive
    top: str = ""
    folders: dict[str, dict[str, Found[Member]]] = field(default_factory=lambda: {"": {}})
    left_out: list[LeftOut] = field(default_factory=list)

    def entries(self, folder: str) -> Sequence[Found[Member]]:
        """Return what a folder holds."""
        return list(self.folders[self.top + folder].values())

    def ignore_file(self, path: str) -> bytes:
        """Return the bytes of an ignore file. Raises ValueError when it is not to be read."""
        folder, _, name = (self.top + path).rpartition("/")
        found = self.folders[f"{folder}/" if folder else ""][name]
        if found.folder or found.unread or found.item.size > _LARGEST_IGNORE_FILE:
            raise ValueError(found.unread or "not a file, or larger than 1 MB")
        return self.archive.read(found.item)

    def single_top(self) -> str:
        """Return the one folder that holds everything else, with a slash, or an empty string."""
        names = [name for name in self.folders[""] if name != _RESOURCES]
        return f"{names[0]}/" if len(names) == 1 and self.folders[""][names[0]].folder else ""

    def place_all(self, members: Iterable[Member]) -> None:
        """Put members at their paths; those that have none inside the archive are left out."""
        for member in members:
            parts = [part for part in member.name.split("/") if part not in ("", ".")]
            if reason := _misplaced(member.name, parts):
                self.left_out.append(LeftOut(one_line(readable(member.name), 200), reason, failed=True))
            elif parts:
                self._place(member, parts)

    def _place(self, member: Member, parts: Sequence[str]) -> None:
        path = "/".join(parts)
        folder = self._folder(parts[:-1], member)
        if folder is None or (member.folder and self._folder(parts, member) is None):
            self.left_out.append(LeftOut(path, "lies below a file, or below too many folders", failed=True))
            return
        if member.folder:
            return
        before = self.folders[folder].get(parts[-1])
        if before and before.folder:
            self.left_out.append(LeftOut(path, "has the name of a folder", failed=True))
            return
        if before:
            self.left_out.append(LeftOut(path, "is there more than once; the last one is read"))
        self.folders[folder][parts[-1]] = Found(parts[-1], False, member, member.unread, member.failed)

    def _folder(self, parts: Sequence[str], member: Member) -> str | None:
        """Return the path of a folder, made if it is new; None where a file is in the way."""
        path = ""
        for part in parts:
            found = self.folders[path].setdefault(part, Found(part, True, member))
            path += f"{part}/"
            if not found.folder or len(self.folders) > _MOST_FOLDERS:
                return None
            self.folders.setdefault(path, {})
        return path


def _misplaced(name: str, parts: Sequence[str]) -> str:
    """Return why a member's name is none that a file inside the archive can have, or an empty string."""
    if name.startswith("/") or ".." in parts or (parts and parts[0][1:] == ":"):
        return "leads out of the archive"
    if len(name) > _LONGEST_PATH or len(parts) > _DEEPEST_PATH:
        return "has too long a path"
    return ""
