"""Find the members of a tar file: old, POSIX and GNU headers, long names and sizes.

Only headers are read, each at most 1 MB, and nothing is ever unpacked. A reader of our own rather than tarfile,
which reads headers of any size into memory and whose known hangs on hostile ones depend on the Python version.
Limits: sparse files are not read; what follows the end mark of an archive (tar --ignore-zeros) is not looked at.

Source: POSIX.1-2024, pax interchange format; GNU tar manual, "Basic Tar Format".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

BLOCK = 512
_LARGEST_HEADER = 1 << 20
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_OTHER_KINDS = {
    b"1": "a hard link, not followed",
    b"2": "symbolic link, not followed",
    b"3": "not a regular file",
    b"4": "not a regular file",
    b"6": "not a regular file",
    b"S": "a sparse file, which is not supported",
}
ReadAt = Callable[[int, int], bytes]


class DamagedError(ValueError):
    """The archive is damaged or cut short; the message says how and where."""


@dataclass(frozen=True, slots=True)
class Header:
    """A member: its name as written, whether it is a folder, where its bytes lie; ``unread`` says why not."""

    name: bytes
    folder: bool
    start: int
    size: int
    unread: str = ""


def is_header(block: bytes) -> bool:
    """Tell whether a block is the header of a member, by its checksum."""
    if len(block) < BLOCK or not block[0]:
        return False
    digits = block[148:156].strip(b" \0")
    # The checksum's own field counts as spaces; some old programs added signed bytes, which nobody does now.
    return digits.isdigit() and _octal(digits) == sum(block[:148]) + 8 * 32 + sum(block[156:BLOCK])


def headers(read_at: ReadAt, length: int) -> Iterator[Header]:
    """Yield the members of a tar file of some length. Raises DamagedError where it cannot be read on."""
    at = 0
    said: dict[bytes, bytes] = {}
    while True:
        block = read_at(at, BLOCK)
        if len(block) == BLOCK and not block.strip(b"\0"):
            return
        if not is_header(block):
            raise DamagedError(f"{'damaged' if len(block) == BLOCK else 'cut short'} at byte {at:,}")
        kind, size = block[156:157], _number(block[124:136], at)
        at += BLOCK
        if kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL):
            if kind in (_LONG_NAME, _PAX):
                said |= _said(kind, _body(read_at, at, size))
        else:
            member = _member(block, kind, at, size, said)
            size, said = member.size, {}
            if at + size > length:
                raise DamagedError(f"cut short in {member.name.decode('utf-8', 'replace')}")
            yield member
        at += -(-size // BLOCK) * BLOCK


def _member(block: bytes, kind: bytes, at: int, size: int, said: dict[bytes, bytes]) -> Header:
    name = said.get(b"path") or _name(block)
    if b"size" in said:
        size = _decimal(said[b"size"], at)
    member = Header(name, False, at, size, _OTHER_KINDS.get(kind, ""))
    if kind == b"5" or (kind == b"\0" and name.endswith(b"/")):
        return replace(member, folder=True, size=0)
    # Links and devices may tell a size, but have no bytes.
    if member.unread and kind != b"S":
        return replace(member, size=0)
    if any(key.startswith(b"GNU.sparse.") for key in said):
        return replace(member, unread=_OTHER_KINDS[b"S"])
    return member


def _name(block: bytes) -> bytes:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _said(kind: bytes, body: bytes) -> dict[bytes, bytes]:
    """Return what an extra header says of the next member: records of "length key=value"."""
    if kind == _LONG_NAME:
        return {b"path": body.split(b"\0")[0]}
    said: dict[bytes, bytes] = {}
    at = 0
    while at < len(body):
        digits = body[at : at + 20].split(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        key, equals, value = body[at + len(digits) + 1 : at + length].partition(b"=")
        if not equals or at + length > len(body):
            raise DamagedError("damaged in an extended header")
        said[key] = value.removesuffix(b"\n")
        at += length
    return said


def _body(read_at: ReadAt, at: int, size: int) -> bytes:
    if size > _LARGEST_HEADER:
        raise DamagedError(f"a header of {size:,} bytes at byte {at:,}")
    body = read_at(at, size)
    if len(body) < size:
        raise DamagedError(f"cut short at byte {at:,}")
    return body


def _number(field: bytes, at: int) -> int:
    """Return a size: octal digits, or the whole field in base 256 after a mark."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    size = _octal(digits) if digits.isdigit() else -1
    if size < 0:
        raise DamagedError(f"no valid size at byte {at:,}")
    return size


def _octal(digits: bytes) -> int:
    try:
        return int(digits, 8)
    except ValueError:
        return -1


def _decimal(digits: bytes, at: int) -> int:
    if not digits.isdigit() or len(digits) > 20:
        raise DamagedError(f"no valid size at byte {at:,}")
    return int(digits)
