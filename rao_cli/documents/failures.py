"""Errors of reading in words: a path that cannot be opened, a file without text."""

from rao_cli.errors import InputError
from rao_cli.text import one_line


class NoTextError(InputError):
    """A file is empty or holds white space only: an error where it was named, nothing in a folder."""


class BinaryError(InputError):
    """A file is no text and of no kind that can be read: an error where it was named, left out in a folder."""


def binary(shown: str) -> BinaryError:
    """Return the error of a file that is not text."""
    return BinaryError(
        f"{one_line(shown)} is a binary file, not text", hint="convert it to text or PDF, then ask again"
    )


def readable(name: str) -> str:
    """Return a file's name with a mark in the place of each byte that is not UTF-8, so that none vanishes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def reason(error: OSError | ValueError) -> str:
    """Return why the system refused, in a few words."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def unreadable(source: str, error: OSError | ValueError) -> InputError:
    """Return the error of a path that could not be looked at or read."""
    shown = one_line(readable(source))
    if isinstance(error, FileNotFoundError):
        hint = "check the path; names and questions with spaces need quotes"
        return InputError(f"no such file or folder: {shown}", hint=hint)
    if isinstance(error, PermissionError):
        return InputError(f"permission denied: {shown}", hint="make it readable: chmod u+r")
    return InputError(f"cannot read {shown}: {reason(error)}", hint="check the path")


def no_text(shown: str) -> NoTextError:
    """Return the error of a file that holds nothing to read."""
    return NoTextError(f"{shown} holds no text, only white space", hint="name a file that holds text")


def not_kept(error: OSError) -> InputError:
    """Return the error of a large input that cannot lie on disk while it is read."""
    hint = "set RAO_CACHE_DIR to a folder on a disk with room that you may write to"
    return InputError(f"cannot keep a large text on disk: {reason(error)}", hint=hint)
