"""Open what lies inside a gzip or zstd file, of whatever kind it is, within limits against bombs.

The inner bytes are unpacked once, into memory or above a size into a file without a name that vanishes with its
last use. Locations show the packed file, since that is what the user has. Limits: LARGEST bytes come out of one
file; above FREE bytes it may unpack to no more than RATIO times its own size. A file that is cut short or damaged
gives what could be unpacked and a warning, or an error when nothing could or when reading is strict.
"""

import gzip
import io
import sys
import zlib
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import Any, BinaryIO

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.spool import Spool
from rao_cli.errors import InputError
from rao_cli.text import one_line

LARGEST = 16 << 30
"""Bytes that one file may unpack to."""
FREE = 64 << 20
"""Bytes up to which the ratio does not matter: a page of blanks packs very well, and does no harm."""
RATIO = 500
"""Times its own size that a file may unpack to; logs that repeat themselves reach 100 to 300."""
_PIECE_BYTES = 1 << 20
_MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_ENDINGS = frozenset({".gz", ".gzip", ".zst", ".zstd"})
_SHORT_ENDINGS = {".tgz": ".tar", ".tzst": ".tar", ".svgz": ".svg"}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was inside, named as it would be without the packing, and a warning if it is not all of it."""

    blob: Blob
    warning: str = ""


def compression(head: bytes) -> str:
    """Return what a file that starts so is packed with, gzip or zstd, or an empty string."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


def open_compressed(blob: Blob, context: Context) -> Unpacked | None:
    """Return what lies inside a gzip or zstd file, or None for any other file.

    Raises InputError for a file that unpacks to more than is allowed, to another packed file or to nothing, and in
    strict reading for one that is cut short or damaged.
    """
    kind = compression(blob.head(8))
    if not kind:
        return None
    shown = one_line(blob.path)
    context.progress(f"unpacking {shown}")
    spool = Spool(context.options.cache)
    with blob.open() as file:
        broken = _unpack(_opened(file, kind), spool, blob.size, shown)
    if broken and (context.options.strict or not spool.size):
        raise InputError(f"{shown} {broken}", hint=f"test it: {kind} -t FILE; or fetch it again")
    inner = Blob(_inner_name(blob.name), blob.path, spool.size, spool.open)
    if compression(inner.head(8)):
        raise InputError(f"{shown} holds another packed file", hint=f"unpack it once: {kind} -d FILE")
    return Unpacked(inner, f"{shown} {broken}; the first {spool.size:,} bytes of it were read" if broken else "")


def _opened(file: BinaryIO, kind: str) -> io.BufferedIOBase:
    if kind == "gzip":
        return gzip.open(file)
    return _zstd().ZstdFile(file)  # type: ignore[no-any-return]


def _zstd() -> Any:
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def _unpack(packed: io.BufferedIOBase, spool: Spool, size: int, shown: str) -> str:
    """Move everything into the spool; return what is wrong with the file, or an empty string."""
    most = min(LARGEST, max(FREE, RATIO * size))
    try:
        while piece := packed.read1(_PIECE_BYTES):
            spool.write(piece)
            if spool.size > most:
                raise InputError(
                    f"{shown} unpacks to more than {most:,} bytes, too much for its {size:,}; it may be a bomb",
                    hint="unpack it yourself if you trust it, and name what comes out",
                )
    except EOFError:
        return "is cut short"
    except (zlib.error, gzip.BadGzipFile, _zstd().ZstdError):
        return "is damaged"
    return ""


def _inner_name(name: str) -> str:
    path = PurePath(name)
    ending = path.suffix.lower()
    if ending in _SHORT_ENDINGS:
        return path.stem + _SHORT_ENDINGS[ending]
    return path.stem if ending in _ENDINGS else name
