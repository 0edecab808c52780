"""Errors of reading: what happened, in one clean line, and what to do next."""

import errno

import pytest

from rao_cli.documents.failures import (
    BinaryError,
    NoTextError,
    binary,
    no_text,
    not_kept,
    readable,
    reason,
    unreadable,
)
from rao_cli.errors import InputError

ESCAPE = "a\x1b[31mred\x07\nsecond line\u202e.txt"


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "no such file or folder: a.txt", "quotes"),
        (PermissionError(errno.EACCES, "Permission denied"), "permission denied: a.txt", "chmod u+r"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), "cannot read a.txt: Is a directory", "check the path"),
        (OSError(errno.EIO, "Input/output error"), "cannot read a.txt: Input/output error", "check the path"),
        (OSError("gone"), "cannot read a.txt: gone", "check the path"),
        (ValueError("embedded null byte"), "cannot read a.txt: embedded null byte", "check the path"),
    ],
)
def test_each_refusal_is_explained(error, message, hint):
    """What the system says becomes a message that names the file, and a hint on what to do."""
    found = unreadable("a.txt", error)
    assert isinstance(found, InputError)
    assert found.message == message
    assert hint in found.hint


@pytest.mark.parametrize("make", [binary, lambda name: unreadable(name, OSError("x"))])
def test_names_cannot_reach_the_terminal(make):
    """Escape sequences, line breaks and signs that turn the direction of a name do not get into a message."""
    message = make(ESCAPE).message
    assert not any(sign in message for sign in "\x1b\x07\n\u202e")
    assert "red" in message


def test_kinds_of_errors_can_be_told_apart():
    """A file without text and a binary one are errors of their own, both of the input."""
    assert type(no_text("a")) is NoTextError
    assert type(binary("a")) is BinaryError
    assert issubclass(NoTextError, InputError)
    assert issubclass(BinaryError, InputError)
    assert not issubclass(NoTextError, BinaryError)


@pytest.mark.parametrize("found", [binary("a"), no_text("a"), not_kept(OSError(28, "No space left on device"))])
def test_every_error_says_what_to_do(found):
    """No error of reading comes without a hint."""
    assert found.hint
    assert found.message


def test_a_full_disk_names_the_setting():
    """A text that cannot be kept says why, and which variable moves the cache."""
    found = not_kept(OSError(errno.ENOSPC, "No space left on device"))
    assert "No space left on device" in found.message
    assert "RAO_CACHE_DIR" in found.hint


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain.txt", "plain.txt"),
        ("é漢.txt".encode(), "é漢.txt"),
        (b"a\xff.txt", "a�.txt"),
        (b"\xff\xfe", "��"),
        (b"\xe9t\xe9", "�t�"),
        (b"", ""),
    ],
)
def test_no_byte_of_a_name_vanishes(raw, shown):
    """A byte that is not UTF-8 is shown by a mark, so that two names stay two."""
    found = readable(raw.decode("utf-8", "surrogateescape"))
    assert found == shown
    found.encode("utf-8")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(2, "No such file or directory"), "No such file or directory"),
        (OSError("only a text"), "only a text"),
        (OSError(), ""),
        (ValueError("bad"), "bad"),
    ],
)
def test_reasons_are_short(error, words):
    """The reason is the system's words without number and path, or the error's own."""
    assert reason(error) == words
