"""List the members of a zip or tar file and read them, one at a time, without unpacking anything to disk.

Python's zipfile reads zip files, a reader of our own tar files (tar.py). Both work in this process: all that is
native about them is decompression, what comes out of it is counted, and sending members through the pipe of a
worker process took longer than unpacking them (docs/experiments.md). Limits: MOST_MEMBERS members, LARGEST_MEMBER
bytes in one.
"""

import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from rao_cli.documents.walk.tar import DamagedError, headers

MOST_MEMBERS = 200_000
"""Members of one archive; the largest source repositories have about a hundred thousand files."""
LARGEST_MEMBER = 256 << 20
"""Bytes of one member: it is held in memory while it is read."""
# The table of a zip file is read at once: an entry takes 46 bytes and its name, and a thousand in memory.
_LARGEST_READ = 16 << 20
_PIECE = 1 << 20
_ENCRYPTED, _UTF8 = 1, 0x800
_FROM_DOS, _FROM_UNIX = 0, 3
_KIND_MASK, _LINK, _REGULAR, _FOLDER = 0o170000, 0o120000, 0o100000, 0o040000
# What zipfile raises for damaged files; it does not promise to keep to its own errors.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,  # a place before the start of the file
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """What an archive holds: its name as written, whether it is a folder, its size; ``unread`` says why not."""

    name: str
    folder: bool
    size: int
    place: int
    """Its number in a zip file, the start of its bytes in a tar file."""
    unread: str = ""
    failed: bool = False


class Archive(Protocol):
    """An open archive; several threads may read from it."""

    def members(self) -> Iterator[Member]:
        """Yield what it holds. Raises DamagedError where it cannot be read on."""
        ...

    def read(self, member: Member) -> bytes:
        """Return a member's bytes. Raises DamagedError where they cannot be read."""
        ...


class Tar:
    """A tar file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._length = file.seek(0, 2)

    def members(self) -> Iterator[Member]:
        """Yield what it holds. Raises DamagedError where it cannot be read on."""
        for header in headers(self._read_at, self._length):
            name = header.name.decode("utf-8", "surrogateescape")
            yield Member(name, header.folder, header.size, header.start, header.unread)

    def read(self, member: Member) -> bytes:
        """Return a member's bytes. Raises DamagedError where there are fewer than its header says."""
        data = self._read_at(member.place, member.size)
        if len(data) < member.size:
            raise DamagedError("cut short")
        return data

    def _read_at(self, at: int, size: int) -> bytes:
        with self._lock:
            self._file.seek(at)
            return self._file.read(size)


class Zip:
    """A zip file. Raises DamagedError when it cannot be opened."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(_Bounded(file))
        except _ZIP_ERRORS as e:
            raise DamagedError(f"damaged or cut short: {e}") from e

    def members(self) -> Iterator[Member]:
        """Yield what it holds."""
        for place, about in enumerate(self._zip.infolist()):
            unread, failed = _zip_unread(about)
            name = _zip_name(about)
            yield Member(name, name.endswith("/"), about.file_size, place, unread, failed)

    def read(self, member: Member) -> bytes:
        """Return a member's bytes. Raises DamagedError where they cannot be unpacked or are damaged."""
        try:
            with self._zip.open(self._zip.infolist()[member.place]) as file:
                data = b"".join(iter(lambda: file.read(_PIECE), b""))
        except _ZIP_ERRORS as e:
            raise DamagedError(f"damaged: {e}" if str(e) else "damaged") from e
        if len(data) != member.size:
            raise DamagedError("damaged: not of the size that the archive tells")
        return data


class _Bounded:
    """A file that refuses to read very much at once, so that a false size cannot fill the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes. Raises ValueError when that is too many."""
        data = self._file.read(min(size, _LARGEST_READ + 1) if size >= 0 else _LARGEST_READ + 1)
        if len(data) > _LARGEST_READ:
            raise ValueError("its table of contents is too large")
        return data

    def seekable(self) -> bool:
        """Tell that it can be read from any place."""
        return True


def _zip_name(about: zipfile.ZipInfo) -> str:
    name = about.filename
    if not about.flag_bits & _UTF8:
        # Unmarked names are in the packer's own encoding: mostly UTF-8 by now, else as zipfile takes them.
        try:
            name = name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = about.filename
    return name.replace("\\", "/") if about.create_system == _FROM_DOS else name


def _zip_unread(about: zipfile.ZipInfo) -> tuple[str, bool]:
    """Return why a member is not to be read, and whether that is a failure."""
    kind = about.external_attr >> 16 & _KIND_MASK if about.create_system == _FROM_UNIX else 0
    if kind == _LINK:
        return "symbolic link, not followed", False
    if kind not in (0, _REGULAR, _FOLDER):
        return "not a regular file", False
    if about.flag_bits & _ENCRYPTED:
        return "encrypted in the archive", True
    # zipfile unpacks the other methods without a limit on what comes out at once.
    if about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in a way that is not supported", True
    return "", False


def open_archive(file: BinaryIO, kind: str) -> Archive:
    """Return the zip or tar file. Raises DamagedError when it cannot be opened."""
    return Zip(file) if kind == "zip" else Tar(file)


def listed(archive: Archive) -> tuple[Sequence[Member], str]:
    """Return the members of an archive, and what kept the list from being whole or an empty string."""
    found: list[Member] = []
    try:
        for member in archive.members():
            if len(found) == MOST_MEMBERS:
                return found, f"holds more than {MOST_MEMBERS:,} files; the others were not read"
            found.append(member)
    except DamagedError as e:
        return found, str(e)
    return found, ""
