"""Open the zip file that an office document is, within limits against decompression bombs.

Limits are checked on the sizes that the archive declares; what a member unpacks to beyond them is refused by the
library, and memory by the worker.
"""

import io
import zipfile

from rao_cli.documents.parsers.base import RefusedError

MOST_MEMBERS = 20_000
MOST_BYTES = 1 << 30
RATIO = 200
"""Times its own size that a document may unpack to, above FREE_BYTES."""
FREE_BYTES = 8 << 20
"""XML packs well: a small document may unpack to this much whatever its ratio."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 1
_OLE = b"\xd0\xcf\x11\xe0"


def check_zip(data: bytes) -> None:
    """Raise RefusedError for what is no zip file, is encrypted, or would unpack to too much."""
    if data.startswith(_OLE):
        raise RefusedError(
            "corrupt", "it is encrypted, or of an old kind; save it without a password as a new file"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise RefusedError("corrupt") from e
    if any(member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS for member in members):
        raise RefusedError("corrupt", "it is encrypted, or packed in a way that office programs do not use")
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_BYTES or total > max(FREE_BYTES, RATIO * len(data)):
        raise RefusedError("limit", f"{len(members)} parts that unpack to {total:,} bytes")
