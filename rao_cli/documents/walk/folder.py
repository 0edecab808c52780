"""Read a folder into a document: one section for each folder and file, in the order of their names.

Limits: someone who can write to the folder while it is read can put another folder in the place of one above a
file; a file itself that was replaced by a link, a pipe or a device is refused.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.failures import readable, unreadable
from rao_cli.documents.model import Document
from rao_cli.documents.walk.gather import Read, Whole, gather
from rao_cli.documents.walk.listing import Entry, Listing, list_files, open_safely
from rao_cli.errors import InputError
from rao_cli.text import one_line

# Loaders look at a file's start before they read it; below this size it is not worth opening it twice.
_AT_ONCE = 1 << 20

__all__ = ["Entry", "Listing", "list_files", "read_folder"]


def read_folder(path: Path, listing: Listing, context: Context, read: Read) -> Document:
    """Return the document of a folder whose files were listed; ``read`` reads files.

    Raises InputError where nothing in it can be read, or, with ``strict``, where any file cannot.
    """
    title = one_line(readable(path.resolve().name)) or "folder"
    whole = Whole(title, readable(str(path)), listing.skipped)
    return gather([_File(entry) for entry in listing.files], whole, context, read)


@dataclass(frozen=True, slots=True)
class _File:
    """A listed file as gather reads it."""

    entry: Entry

    @property
    def relative(self) -> str:
        """Return its path below the folder."""
        return self.entry.relative

    @property
    def shown(self) -> str:
        """Return its path as the user would open it."""
        return self.entry.shown

    @property
    def size(self) -> int:
        """Return its size when it was listed."""
        return self.entry.status.st_size

    def blob(self) -> Blob:
        """Return it as a blob: its bytes if they are few, else opened when it is read."""
        name = one_line(self.relative) or "unnamed"
        if self.size > _AT_ONCE:
            return Blob(name, self.shown, self.size, self._open)
        with self._open() as file:
            # A file that grew meanwhile is read as far as it was listed; one of a device gives nothing.
            data = file.read(_AT_ONCE) or b""
        return Blob(name, self.shown, len(data), lambda: io.BytesIO(data))

    def _open(self) -> BinaryIO:
        try:
            return os.fdopen(open_safely(self.entry.path), "rb")
        except ValueError as e:
            raise InputError(f"{one_line(self.shown)} is {e}", hint="name a folder that does not change") from e
        except OSError as e:
            raise unreadable(self.shown, e) from e
